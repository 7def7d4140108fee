//! Shopify's inventory, in both layouts: a row a location with what was counted and what is to be, or a column a location.
//!
//! Shopctl keeps stock in one place: what the locations of a SKU hold is added up.
//! <https://help.shopify.com/manual/products/inventory/setup/inventory-csv>

use super::layout::Layout;
use super::values::{Draft, take, take_any, text};
use super::{Begun, Dialect, Step};
use crate::files::columns::{Columns, Role};
use crate::files::notes::Notes;
use crate::files::options::Noun;
use crate::files::rows::Row;

/// A row a location.
pub(super) const LAYOUT: Layout = Layout {
    dialect: Dialect::Shopify,
    noun: Noun::Inventory,
    title: "Shopify's inventory file",
    marks: &["Handle", "SKU", "Location"],
    fields: &[("SKU", "sku")],
    taken: &["On hand (current)", "On hand (new)", "On hand"],
    idle: &[
        "Handle",
        "Title",
        "Option# Name",
        "Option# Value",
        "Location",
        "Incoming",
        "Unavailable",
        "Committed",
        "Available",
        "Incoming (not editable)",
        "Unavailable (not editable)",
        "Committed (not editable)",
        "Available (not editable)",
    ],
    unkept: &["HS Code", "COO", "Bin name", "Barcode"],
    ..Layout::NONE
};

/// A column a location.
pub(super) const BY_LOCATION: Layout = Layout {
    marks: &["Handle", "Title", "SKU", "HS Code", "COO"],
    without: &["Location", "Variant Price", "Price"],
    taken: &[],
    open: true,
    ..LAYOUT
};

/// Reads Shopify's inventory.
pub(in crate::files) struct Stock {
    current: Option<usize>,
    new: Option<usize>,
    /// The columns of the locations.
    places: Vec<usize>,
    sku: String,
    sums: Sums,
}

/// What the locations of a SKU hold together; `None` where one of them says something that is no number.
#[derive(Clone, Copy)]
struct Sums {
    current: Option<i64>,
    new: Option<i64>,
    /// Whether any location says what is to be.
    counted: bool,
}

impl Stock {
    pub(super) fn new(columns: &mut Columns) -> Self {
        let current = take(columns, "On hand (current)");
        let new = take_any(columns, &["On hand (new)", "On hand"]);
        let places = if new.is_none() { columns.open() } else { Vec::new() };
        for index in &places {
            columns.give(*index, Role::Taken);
        }
        let sums = Sums { current: None, new: None, counted: false };
        Self { current, new, places, sku: String::new(), sums }
    }

    pub(super) fn row(&mut self, row: &Row, columns: &Columns, notes: &mut Notes) -> Step {
        let sku = text(row, columns, columns.of_field("sku"));
        let further = !sku.is_empty() && sku == self.sku;
        self.sku = sku;
        let sums = self.sums_of(row, columns, notes);
        if further {
            let add =
                |one: Option<i64>, other: Option<i64>| one.zip(other).and_then(|(a, b)| a.checked_add(b));
            let counted = self.sums.counted || sums.counted;
            self.sums = Sums {
                current: add(self.sums.current, sums.current),
                new: add(self.sums.new, sums.new),
                counted,
            };
            notes.remark("further locations of a SKU, added up");
            return Step::Amend(self.cells(row, columns));
        }
        self.sums = sums;
        Step::Begin(Begun { cells: self.cells(row, columns), ..Begun::default() })
    }

    fn cells(&self, row: &Row, columns: &Columns) -> Vec<crate::files::record::Cell> {
        let mut draft = Draft::new(row, columns);
        let raw = |index| text(row, columns, index);
        let of = |sum: Option<i64>, index| sum.map_or_else(|| raw(index), |sum| sum.to_string());
        let place = self.new.or(self.places.first().copied());
        if self.sums.counted {
            draft.text(place, "on_hand", of(self.sums.new, place));
            draft.text(self.current, "expected", of(self.sums.current, self.current));
        } else {
            // Nothing is to be changed: what is there is what is expected to be there.
            draft.text(self.current, "on_hand", of(self.sums.current, self.current));
            draft.text(self.current, "expected", of(self.sums.current, self.current));
        }
        draft.cells
    }

    fn sums_of(&self, row: &Row, columns: &Columns, notes: &mut Notes) -> Sums {
        let mut number = |index: usize| {
            let text = text(row, columns, Some(index));
            if text.eq_ignore_ascii_case("not stocked") {
                notes.remark("locations where a SKU is not stocked, taken as 0");
                return Some(0);
            }
            text.parse::<i64>().ok()
        };
        if let Some(new) = self.new {
            let current = self.current.and_then(&mut number);
            let counted = row.has(new);
            let new = if counted { number(new) } else { current };
            return Sums { current, new, counted };
        }
        let sum = self.places.iter().filter(|index| row.has(**index)).map(|index| number(*index));
        let new = sum.sum::<Option<i64>>();
        notes.remark("available quantities, taken as what is on hand");
        Sums { current: None, new, counted: true }
    }
}
