//! The settings in force.

use std::path::PathBuf;
use std::time::Duration;

use super::file;
use super::layer::{Layer, Origin, Values, env};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::globals::Globals;
use crate::cli::syntax;
use crate::cli::word::{self, LogFormat};
use crate::domain::money::Currency;
use crate::domain::order::Hold;
use crate::output::{ColorChoice, Format};

/// How long a command may take unless told otherwise.
const TIMEOUT: &str = "30s";
/// The shop's own currency unless told otherwise.
const CURRENCY: &str = "EUR";

/// A value and where it came from.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Sourced<T> {
    /// What counts.
    pub(in crate::cli) value: T,
    /// Who said so.
    pub(in crate::cli) origin: Origin,
}

/// How the store was named.
#[derive(Clone)]
pub(in crate::cli) enum StoreChoice {
    /// By a URL, which may hold a password and is not shown.
    Url(String),
    /// By a file that holds the URL.
    UrlFile(PathBuf),
    /// Not at all: the embedded file, where there is a home for it.
    Embedded(Option<PathBuf>),
}

/// Every setting.
#[derive(Clone)]
pub(in crate::cli) struct Settings {
    /// The profile, if one was named.
    pub(in crate::cli) profile: Sourced<Option<String>>,
    /// The store.
    pub(in crate::cli) store: Sourced<StoreChoice>,
    /// The format of results; none leaves it to where they go.
    pub(in crate::cli) output: Sourced<Option<Format>>,
    /// When to use colours.
    pub(in crate::cli) color: Sourced<ColorChoice>,
    /// The shop's own currency.
    pub(in crate::cli) currency: Sourced<Currency>,
    /// How long a command may take; zero for ever.
    pub(in crate::cli) timeout: Sourced<Duration>,
    /// How long an order waits for its payment where it does not say.
    pub(in crate::cli) hold: Sourced<Option<Hold>>,
    /// How log lines are written.
    pub(in crate::cli) log_format: Sourced<LogFormat>,
    /// Whether destroying something needs the profile's name.
    pub(in crate::cli) protected: Sourced<bool>,
}

impl Settings {
    /// Flag over environment over profile over `./shopctl.toml` over the user's file over default. Without `files` only flags and
    /// environment count: such a command must work while a file is broken.
    ///
    /// # Errors
    /// Exit 2: unknown keys and profiles, values that are none, two ways of naming the store in one place.
    pub(in crate::cli) fn resolve(globals: &Globals, files: bool) -> Result<Self, Failure> {
        let profile = profile(globals)?;
        let mut layers = vec![Layer::flags(globals), Layer::environment()?, Layer::mongo_uri()?];
        if files {
            layers.extend(file_layers(profile.value.as_deref())?);
        }
        Ok(Self {
            store: store(&layers)?,
            output: parsed(&layers, "output", |v| v.output.as_ref(), word::parse::<Format>)?.or_default(),
            color: parsed(&layers, "color", |v| v.color.as_ref(), word::parse::<ColorChoice>)?.or_default(),
            currency: match parsed(
                &layers,
                "currency",
                |v| v.currency.as_ref(),
                |text| text.parse().map_err(|invalid: crate::domain::invalid::Invalid| invalid.detail),
            )? {
                Some(currency) => currency,
                None => Sourced { value: CURRENCY.parse()?, origin: Origin::Default },
            },
            timeout: match parsed(
                &layers,
                "timeout",
                |v| v.timeout.as_ref(),
                |text| syntax::duration(text).map_err(|invalid| invalid.detail),
            )? {
                Some(timeout) => timeout,
                None => Sourced { value: syntax::duration(TIMEOUT)?, origin: Origin::Default },
            },
            hold: parsed(
                &layers,
                "hold",
                |v| v.hold.as_ref(),
                |text| syntax::duration(text).and_then(Hold::new).map_err(|invalid| invalid.detail),
            )?
            .or_default(),
            log_format: parsed(&layers, "log_format", |v| v.log_format.as_ref(), word::parse::<LogFormat>)?
                .or_default(),
            protected: pick(&layers, "protected", |v| v.protected.as_ref()).or_default(),
            profile,
        })
    }

    /// What to call these settings where a name must be repeated.
    pub(in crate::cli) fn profile_name(&self) -> &str {
        self.profile.value.as_deref().unwrap_or("default")
    }
}

/// Turns "nobody said" into the default.
trait OrDefault<T> {
    fn or_default<U: Default + From<T>>(self) -> Sourced<U>;
}

impl<T> OrDefault<T> for Option<Sourced<T>> {
    fn or_default<U: Default + From<T>>(self) -> Sourced<U> {
        match self {
            Some(Sourced { value, origin }) => Sourced { value: value.into(), origin },
            None => Sourced { value: U::default(), origin: Origin::Default },
        }
    }
}

fn profile(globals: &Globals) -> Result<Sourced<Option<String>>, Failure> {
    if let Some(name) = &globals.profile {
        return Ok(Sourced { value: Some(name.clone()), origin: Origin::Flag("--profile") });
    }
    Ok(match env("SHOPCTL_PROFILE")? {
        Some(name) => Sourced { value: Some(name), origin: Origin::Env("SHOPCTL_PROFILE".to_owned()) },
        None => Sourced { value: None, origin: Origin::Default },
    })
}

/// The profile in each file, then each file's top level.
fn file_layers(profile: Option<&str>) -> Result<Vec<Layer>, Failure> {
    let (mut profiles, mut tops, mut known) = (Vec::new(), Vec::new(), Vec::new());
    for path in file::places()? {
        let Some(mut values) = file::read(&path)? else { continue };
        known.extend(values.profiles.keys().cloned());
        if let Some((name, found)) = profile.and_then(|name| values.profiles.remove_entry(name)) {
            profiles.push(Layer::profile(&name, found, &path));
        }
        tops.push(Layer::file(values, &path));
    }
    if let Some(name) = profile.filter(|_| profiles.is_empty()) {
        known.sort();
        known.dedup();
        let known = if known.is_empty() { "there are none".to_owned() } else { known.join(", ") };
        return Err(Failure::new(Exit::Usage, "unknown_profile", format!("profile {name:?} does not exist"))
            .hint(format!("profiles: {known}; shopctl config path shows where they are looked for")));
    }
    profiles.extend(tops);
    Ok(profiles)
}

/// A URL, or a file that holds one: whichever the highest layer names.
fn store(layers: &[Layer]) -> Result<Sourced<StoreChoice>, Failure> {
    for Layer { values, origin } in layers {
        match (&values.store, &values.store_file) {
            (Some(_), Some(_)) => {
                let (one, other) = (origin("store"), origin("store_file"));
                let detail = format!("both store ({one}) and store_file ({other}) name a store");
                return Err(Failure::new(Exit::Usage, "ambiguous_store", detail).hint("keep one of them"));
            }
            (Some(url), None) => {
                return Ok(Sourced { value: StoreChoice::Url(url.clone()), origin: origin("store") });
            }
            (None, Some(file)) => {
                return Ok(Sourced {
                    value: StoreChoice::UrlFile(file.clone()),
                    origin: origin("store_file"),
                });
            }
            (None, None) => {}
        }
    }
    Ok(Sourced { value: StoreChoice::Embedded(file::embedded_store()?), origin: Origin::Default })
}

fn pick<T: Clone>(
    layers: &[Layer],
    key: &'static str,
    of: impl Fn(&Values) -> Option<&T>,
) -> Option<Sourced<T>> {
    layers.iter().find_map(|layer| {
        let value = of(&layer.values)?.clone();
        Some(Sourced { value, origin: (layer.origin)(key) })
    })
}

fn parsed<T>(
    layers: &[Layer],
    key: &'static str,
    of: impl Fn(&Values) -> Option<&String>,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<Sourced<T>>, Failure> {
    let Some(Sourced { value: text, origin }) = pick(layers, key, of) else { return Ok(None) };
    match parse(&text) {
        Ok(value) => Ok(Some(Sourced { value, origin })),
        Err(why) => Err(Failure::new(Exit::Usage, "invalid_setting", format!("{key}: {why}"))
            .hint(format!("set by {origin}"))),
    }
}
