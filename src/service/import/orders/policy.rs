//! What imported orders do to stock.

use crate::domain::import::Import;
use crate::domain::words::words;

words! {
    /// What orders from a file do to stock for pieces that are neither sent nor given up.
    StockPolicy, "invalid_stock_policy", "way to treat stock" {
        /// They are reserved; an order for which there is too little is not taken.
        Obey = "obey",
        /// Stock is left alone; an order that still has such pieces is not taken.
        Bypass = "bypass",
        /// They are reserved, and what is missing is put on hand by a correction that says so.
        Force = "force",
    }
}

/// The flag that says so, as the options of an import keep it.
const FLAG: &str = "--stock";

impl StockPolicy {
    /// As the options of an import keep it.
    pub(in crate::service::import) fn said(self) -> [String; 2] {
        [FLAG.to_owned(), self.as_str().to_owned()]
    }

    /// What was said for an import.
    pub(super) fn of(import: &Import) -> Self {
        let at = import.options.iter().position(|option| option == FLAG);
        let word = at.and_then(|at| import.options.get(at + 1));
        word.and_then(|word| word.parse().ok()).unwrap_or(Self::Obey)
    }

    /// The words of it among the options of an import.
    pub(in crate::service::import) fn among(options: &[String]) -> Vec<String> {
        let at = options.iter().position(|option| option == FLAG);
        at.and_then(|at| options.get(at..at + 2)).map(<[String]>::to_vec).unwrap_or_default()
    }
}
