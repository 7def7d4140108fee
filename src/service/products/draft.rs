//! Reading what is written of a product: one parser for new products, for changes, and for the rows of files.

use std::borrow::Cow;

use crate::domain::clock::Timestamp;
use crate::domain::id::ProductId;
use crate::domain::invalid::Invalid;
use crate::domain::money::{Currency, Money};
use crate::domain::number::Version;
use crate::domain::product::{Labels, Product, ProductStatus};
use crate::domain::sku::Sku;
use crate::domain::text::{Description, Group, Label, Name, Tag, Value};
use crate::service::fields::{Fields, escape};
use crate::service::patch::Patch;

/// Names with values; without one, the entry is to go.
pub(in crate::service) type Entries<'a> = Vec<(Cow<'a, str>, Option<Cow<'a, str>>)>;

/// What is written of a product, field by field. What is not written is absent.
#[derive(Debug, Default)]
pub(in crate::service) struct Written<'a> {
    /// The currency of a price beside which none is written; without it, that is left for later.
    pub(in crate::service) assumed: Option<Currency>,
    pub(in crate::service) sku: Option<&'a str>,
    pub(in crate::service) name: Option<&'a str>,
    pub(in crate::service) price: Option<&'a str>,
    pub(in crate::service) currency: Option<&'a str>,
    pub(in crate::service) description: Patch<&'a str>,
    pub(in crate::service) tags: Patch<Vec<Cow<'a, str>>>,
    pub(in crate::service) metadata: WrittenLabels<'a>,
    pub(in crate::service) status: Option<&'a str>,
    pub(in crate::service) group: Patch<&'a str>,
    pub(in crate::service) options: WrittenLabels<'a>,
}

/// What is written of names and values.
#[derive(Debug, Default)]
pub(in crate::service) struct WrittenLabels<'a> {
    /// Whether those that are there go first.
    pub(in crate::service) anew: bool,
    /// What is then put or taken away.
    pub(in crate::service) entries: Entries<'a>,
}

/// What was written, parsed.
#[derive(Debug, Clone)]
pub(in crate::service) struct Draft {
    sku: Option<Sku>,
    name: Option<Name>,
    price: Option<Price>,
    currency: Option<Currency>,
    description: Patch<Description>,
    tags: Patch<Vec<Tag>>,
    metadata: LabelChanges,
    status: Option<ProductStatus>,
    group: Patch<Group>,
    options: LabelChanges,
}

/// A price, as far as it can be read.
#[derive(Debug, Clone)]
enum Price {
    Money(Money),
    /// No currency stands beside it: that of the product or the shop decides.
    Text(Box<str>),
}

#[derive(Debug, Clone, Default)]
struct LabelChanges {
    anew: bool,
    entries: Vec<(Label, Option<Value>)>,
}

impl Draft {
    /// Parses what was written. `None` where a problem was noted.
    pub(in crate::service) fn parse(fields: &mut Fields, written: &Written<'_>) -> Option<Self> {
        let sku = fields.optional("/sku", written.sku);
        let name = fields.optional("/name", written.name);
        let currency = fields.optional::<Currency>("/currency", written.currency);
        let price = match (written.price, currency.map(|currency| currency.or(written.assumed))) {
            (None, _) => Some(None),
            (Some(text), Some(Some(currency))) => {
                fields.check("/price", Money::parse(text, currency)).map(|money| Some(Price::Money(money)))
            }
            (Some(text), Some(None)) => Some(Some(Price::Text(text.into()))),
            // Without a currency a price cannot be read; only the currency is then told.
            (Some(_), None) => None,
        };
        let description = parse_patch(fields, "/description", &written.description);
        let status = fields.optional("/status", written.status);
        let group = parse_patch(fields, "/group", &written.group);
        let tags = match &written.tags {
            Patch::Keep => Patch::Keep,
            Patch::Clear => Patch::Clear,
            Patch::Set(tags) => Patch::Set(parse_tags(fields, tags)),
        };
        let metadata = parse_labels(fields, "/metadata", &written.metadata);
        let options = parse_labels(fields, "/options", &written.options);
        Some(Self {
            sku: sku?,
            name: name?,
            price: price?,
            currency: currency?,
            description: description?,
            tags,
            metadata,
            status: status?,
            group: group?,
            options,
        })
    }

    /// Its SKU, if it says one.
    pub(in crate::service) fn sku(&self) -> Option<&Sku> {
        self.sku.as_ref()
    }

    /// Whether it can be taken whatever is there: it makes a product, and changes one.
    pub(in crate::service) fn stands_alone(&self) -> bool {
        let labels = [&self.metadata, &self.options];
        let few = |labels: &LabelChanges| labels.anew || labels.entries.is_empty();
        self.name.is_some() && matches!(self.price, Some(Price::Money(_))) && labels.into_iter().all(few)
    }

    /// A new product of this; with placeholders for id, version and SKU where there is none. `None` where a problem was noted.
    pub(in crate::service) fn create(
        self,
        fields: &mut Fields,
        own: Currency,
        now: Timestamp,
    ) -> Option<Product> {
        let missing = |fields: &mut Fields, name: &str| {
            fields
                .problem(format!("/{name}"), Invalid::new("missing_member", format!("{name:?} is missing")));
        };
        if self.sku.is_none() {
            missing(fields, "sku");
        }
        if self.name.is_none() {
            missing(fields, "name");
        }
        let price = match self.price {
            None => {
                missing(fields, "price");
                None
            }
            Some(Price::Money(money)) => Some(money),
            Some(Price::Text(text)) => fields.check("/price", Money::parse(&text, own)),
        };
        let mut product = Product {
            id: ProductId::from_uuid(uuid::Uuid::nil()),
            version: Version::FIRST,
            created_at: now,
            updated_at: now,
            sku: self.sku?,
            name: self.name?,
            description: None,
            tags: Vec::new(),
            metadata: Labels::new(),
            price: price?,
            status: self.status.unwrap_or(ProductStatus::Active),
            group: None,
            options: Labels::new(),
        };
        put(&mut product.description, self.description);
        put(&mut product.group, self.group);
        put_tags(&mut product.tags, self.tags);
        let metadata = self.metadata.apply(fields, "/metadata", &mut product.metadata);
        let options = self.options.apply(fields, "/options", &mut product.options);
        (metadata && options).then_some(product)
    }

    /// Changes a product as it says. Returns `false` where a problem was noted; the product may then hold a part of the change.
    pub(in crate::service) fn change(self, fields: &mut Fields, product: &mut Product) -> bool {
        let mut sound = true;
        let was = product.price.currency();
        match (self.price, self.currency) {
            (Some(Price::Money(money)), _) => product.price = money,
            (Some(Price::Text(text)), _) => match fields.check("/price", Money::parse(&text, was)) {
                Some(money) => product.price = money,
                None => sound = false,
            },
            (None, Some(currency)) if currency != was => {
                let detail = format!("a change to {currency} needs the price in {currency} too");
                fields.problem("/currency", Invalid::new("price_missing", detail));
                sound = false;
            }
            (None, _) => {}
        }
        put_tags(&mut product.tags, self.tags);
        sound &= self.metadata.apply(fields, "/metadata", &mut product.metadata);
        sound &= self.options.apply(fields, "/options", &mut product.options);
        if let Some(sku) = self.sku {
            product.sku = sku;
        }
        if let Some(name) = self.name {
            product.name = name;
        }
        product.status = self.status.unwrap_or(product.status);
        put(&mut product.description, self.description);
        put(&mut product.group, self.group);
        sound
    }
}

impl LabelChanges {
    /// Returns `false` where there would be too many.
    fn apply(self, fields: &mut Fields, pointer: &str, labels: &mut Labels) -> bool {
        if self.anew {
            labels.clear();
        }
        for (label, value) in self.entries {
            match value {
                Some(value) => drop(labels.insert(label, value)),
                None => drop(labels.remove(&label)),
            }
        }
        if labels.len() <= Product::MAX_LABELS {
            return true;
        }
        let detail = format!("{} entries are more than {}", labels.len(), Product::MAX_LABELS);
        fields.problem(pointer, Invalid::new("too_many_labels", detail));
        false
    }
}

fn put<T>(field: &mut Option<T>, patch: Patch<T>) {
    match patch {
        Patch::Keep => {}
        Patch::Clear => *field = None,
        Patch::Set(value) => *field = Some(value),
    }
}

fn put_tags(field: &mut Vec<Tag>, patch: Patch<Vec<Tag>>) {
    match patch {
        Patch::Keep => {}
        Patch::Clear => field.clear(),
        Patch::Set(tags) => *field = tags,
    }
}

/// The outer `None` is a noted problem.
fn parse_patch<T>(fields: &mut Fields, pointer: &str, patch: &Patch<&str>) -> Option<Patch<T>>
where
    T: std::str::FromStr<Err = Invalid>,
{
    match patch {
        Patch::Keep => Some(Patch::Keep),
        Patch::Clear => Some(Patch::Clear),
        Patch::Set(text) => fields.check(pointer, text.parse()).map(Patch::Set),
    }
}

fn parse_tags(fields: &mut Fields, tags: &[Cow<'_, str>]) -> Vec<Tag> {
    let mut kept: Vec<Tag> = Vec::with_capacity(tags.len());
    for (index, tag) in tags.iter().enumerate() {
        match tag.parse() {
            Ok(tag) if kept.contains(&tag) => {}
            Ok(tag) => kept.push(tag),
            Err(invalid) => fields.problem(format!("/tags/{index}"), invalid),
        }
    }
    if kept.len() > Product::MAX_TAGS {
        let detail = format!("{} tags are more than {}", kept.len(), Product::MAX_TAGS);
        fields.problem("/tags", Invalid::new("too_many_tags", detail));
    }
    kept
}

fn parse_labels(fields: &mut Fields, pointer: &str, written: &WrittenLabels<'_>) -> LabelChanges {
    let mut entries = Vec::with_capacity(written.entries.len());
    for (name, value) in &written.entries {
        let label: Result<Label, Invalid> = name.parse();
        let value: Result<Option<Value>, Invalid> = value.as_deref().map(str::parse).transpose();
        match (label, value) {
            (Ok(label), Ok(value)) => entries.push((label, value)),
            (label, value) => {
                let at = format!("{pointer}/{}", escape(name));
                // A name that cannot be one is not there, so taking it away is no problem.
                let removed = matches!(value, Ok(None));
                for invalid in label.err().filter(|_| !removed).into_iter().chain(value.err()) {
                    fields.problem(at.clone(), invalid);
                }
            }
        }
    }
    LabelChanges { anew: written.anew, entries }
}
