//! What a file cannot hold.

use std::fmt;

/// What is not in a file as it is in the shop, in the order in which it was met.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Losses(Vec<Loss>);

/// One kind of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// What it is, and what became of it.
    pub what: &'static str,
    /// How many there are.
    pub count: u64,
    /// The SKU with which it was first met.
    pub first: String,
}

impl Losses {
    /// So many more of these, which the product with this SKU has.
    pub(super) fn add(&mut self, what: &'static str, count: usize, sku: &str) {
        if count == 0 {
            return;
        }
        let count = count as u64;
        match self.0.iter_mut().find(|loss| loss.what == what) {
            Some(loss) => loss.count += count,
            None => self.0.push(Loss { what, count, first: sku.to_owned() }),
        }
    }

    /// The same for one thing, if it is so.
    pub(super) fn add_if(&mut self, is: bool, what: &'static str, sku: &str) {
        self.add(what, usize::from(is), sku);
    }

    /// Each kind.
    pub fn iter(&self) -> impl Iterator<Item = &Loss> {
        self.0.iter()
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, the first with SKU {:?})", self.what, self.count, self.first)
    }
}
