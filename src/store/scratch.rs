//! Stores to try things on, beside a shop's own and gone afterwards.
//!
//! What is removed here is named by a [`ScratchName`], and a name of another shape cannot be made into one: no shop's own data can
//! ever be removed by mistake.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::{Result, Store};
use crate::domain::clock::Timestamp;

/// What stands between the shop's name and the rest.
const MARK: &str = "_selftest_";

/// The longest part of the shop's own name that is taken over, in bytes. MongoDB's database names end at 63.
const MOST_BASE: usize = 34;

/// The name of a scratch store: that of the shop's store, a mark, when it will be of no more use, and something random.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScratchName {
    text: String,
    ends: Timestamp,
}

impl ScratchName {
    /// A new name beside the store called `base`. `random` tells it from others.
    pub fn new(base: &str, ends: Timestamp, random: u32) -> Self {
        let seconds = ends.as_millis().max(0) / 1000;
        Self { text: format!("{}{seconds:x}_{random:08x}", prefix(base)), ends }
    }

    /// Reads the name of a scratch store beside the store called `base`; `None` for any other name.
    pub fn parse(base: &str, text: &str) -> Option<Self> {
        let (seconds, random) = text.strip_prefix(&prefix(base))?.split_once('_')?;
        let hex = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if !hex(seconds) || !hex(random) || random.len() != 8 || seconds.len() > 12 {
            return None;
        }
        let seconds = i64::from_str_radix(seconds, 16).ok()?;
        Some(Self { text: text.to_owned(), ends: Timestamp::from_millis(seconds.checked_mul(1000)?)? })
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// When the run that made it is over, whatever became of it.
    pub fn ends(&self) -> Timestamp {
        self.ends
    }
}

impl fmt::Display for ScratchName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn prefix(base: &str) -> String {
    let mut end = base.len().min(MOST_BASE);
    while !base.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{MARK}", &base[..end])
}

/// Where a back end keeps scratch stores.
#[async_trait]
pub(super) trait ScratchPlace: Send + Sync {
    /// What the shop's own store is called.
    fn base(&self) -> &str;

    /// Makes a fresh store of this name. MUST leave everything else alone.
    async fn make(&self, name: &ScratchName) -> Result<Arc<dyn Store>>;

    /// Every name that may be a scratch store's.
    async fn names(&self) -> Result<Vec<String>>;

    /// Removes a store that was let go of, with all that belongs to it. One that is not there is no error.
    async fn remove(&self, name: &ScratchName) -> Result<()>;
}

/// The scratch stores beside one store.
pub struct Scratches {
    place: Box<dyn ScratchPlace>,
}

/// A scratch store.
pub struct Scratch {
    /// What it is called.
    pub name: ScratchName,
    /// The store.
    pub store: Arc<dyn Store>,
}

impl Scratches {
    pub(super) fn new(place: impl ScratchPlace + 'static) -> Self {
        Self { place: Box::new(place) }
    }

    /// Makes a fresh one that is of use until `ends`.
    ///
    /// # Errors
    /// Those of the store; nothing is left then, as far as the store can be reached.
    pub async fn make(&self, ends: Timestamp, random: u32) -> Result<Scratch> {
        let name = ScratchName::new(self.place.base(), ends, random);
        let made = match self.place.make(&name).await {
            Ok(store) => match store.init().await {
                Ok(()) => Ok(store),
                Err(error) => {
                    store.close().await;
                    Err(error)
                }
            },
            Err(error) => Err(error),
        };
        match made {
            Ok(store) => Ok(Scratch { name, store }),
            Err(error) => {
                // The first error is the one to tell.
                let _ = self.place.remove(&name).await;
                Err(error)
            }
        }
    }

    /// Those that are there, also of runs that go on.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list(&self) -> Result<Vec<ScratchName>> {
        let names = self.place.names().await?;
        Ok(names.iter().filter_map(|name| ScratchName::parse(self.place.base(), name)).collect())
    }

    /// Lets go of a scratch store and removes it.
    ///
    /// # Errors
    /// Those of the store; something may be left then.
    pub async fn remove(&self, scratch: Scratch) -> Result<()> {
        scratch.store.close().await;
        self.place.remove(&scratch.name).await
    }

    /// Removes one that an earlier run has left.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn remove_left(&self, name: &ScratchName) -> Result<()> {
        self.place.remove(name).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000).unwrap()
    }

    #[test]
    fn only_names_of_its_own_shape_are_read() {
        let name = ScratchName::new("shop", at(1_767_225_600), 0xab);
        assert_eq!(name.as_str(), "shop_selftest_6955b900_000000ab");
        assert_eq!(ScratchName::parse("shop", name.as_str()), Some(name));
        for other in [
            "shop",
            "shop_selftest_",
            "shop_selftest_6955b900",
            "shop_selftest_6955b900_",
            "shop_selftest_6955b900_ab",
            "shop_selftest_6955B900_000000ab",
            "shop_selftest_6955b900_000000ab_",
            "shop_selftest_6955b900_000000abc",
            "shop_selftest_+955b900_000000ab",
            "shop2_selftest_6955b900_000000ab",
            "other_selftest_6955b900_000000ab",
            "shop_selftest_ffffffffffffffff_000000ab",
        ] {
            assert_eq!(ScratchName::parse("shop", other), None, "{other}");
        }
    }

    #[test]
    fn a_long_name_still_fits_a_database() {
        let name = ScratchName::new(&"é".repeat(40), at(253_402_207_200), u32::MAX);
        assert!(name.as_str().len() <= 63, "{name}");
        assert!(ScratchName::parse(&"é".repeat(40), name.as_str()).is_some());
    }
}
