//! WooCommerce's products: one row a product or variation; a variation names its parent, which may stand anywhere before it.
//!
//! <https://github.com/woocommerce/woocommerce/wiki/Product-CSV-Import-Schema>

use std::collections::HashMap;

use super::layout::Layout;
use super::values::{Draft, Pairs, price, take, text};
use super::{Begun, Dialect, Step};
use crate::files::columns::Columns;
use crate::files::error::FileError;
use crate::files::notes::Notes;
use crate::files::options::Noun;
use crate::files::rows::Row;

pub(super) const LAYOUT: Layout = Layout {
    dialect: Dialect::WooCommerce,
    noun: Noun::Products,
    title: "WooCommerce's product file",
    marks: &["Type", "SKU", "Name", "Published", "Regular price"],
    fields: &[("SKU", "sku"), ("Name", "name"), ("Description", "description")],
    taken: &[
        "ID",
        "Type",
        "Published",
        "Regular price",
        "Tags",
        "Stock",
        "Parent",
        "Attribute # name",
        "Attribute # value(s)",
    ],
    idle: &["Attribute # visible", "Attribute # global", "Attribute # default", "Position", "In stock?"],
    unkept: &[
        "GTIN, UPC, EAN, or ISBN",
        "Is featured?",
        "Visibility in catalog",
        "Short description",
        "Date sale price starts",
        "Date sale price ends",
        "Tax status",
        "Tax class",
        "Low stock amount",
        "Backorders allowed?",
        "Sold individually?",
        "Allow customer reviews?",
        "Purchase note",
        "Sale price",
        "Categories",
        "Tags (comma separated)",
        "Tags (space separated)",
        "Shipping class",
        "Images",
        "Download limit",
        "Download expiry days",
        "Download # ID",
        "Download # name",
        "Download # URL",
        "Grouped products",
        "Upsells",
        "Cross-sells",
        "External URL",
        "Button text",
        "Brands",
        "Cost of goods",
    ],
    unkept_like: &["meta: ", "weight (", "length (", "width (", "height ("],
    ..Layout::NONE
};

/// The most parents that are remembered.
const MAX_PARENTS: usize = 100_000;

/// Reads WooCommerce's products.
pub(in crate::files) struct Products {
    id: Option<usize>,
    kind: Option<usize>,
    published: Option<usize>,
    price: Option<usize>,
    tags: Option<usize>,
    stock: Option<usize>,
    parent: Option<usize>,
    attributes: Pairs,
    /// By SKU and by `id:` and number.
    parents: HashMap<String, Parent>,
}

/// What a variation takes over.
#[derive(Clone)]
struct Parent {
    name: String,
    tags: String,
    published: bool,
}

impl Products {
    pub(super) fn new(columns: &mut Columns) -> Self {
        Self {
            id: take(columns, "ID"),
            kind: take(columns, "Type"),
            published: take(columns, "Published"),
            price: take(columns, "Regular price"),
            tags: take(columns, "Tags"),
            stock: take(columns, "Stock"),
            parent: take(columns, "Parent"),
            attributes: Pairs::take(columns, "Attribute ", " name", " value(s)"),
            parents: HashMap::new(),
        }
    }

    pub(super) fn row(&mut self, row: &Row, columns: &Columns, notes: &mut Notes) -> Result<Step, FileError> {
        let get = |index| text(row, columns, index);
        let kinds = get(self.kind);
        let kind = kinds.split(',').map(str::trim).find(|kind| !matches!(*kind, "virtual" | "downloadable"));
        match kind.unwrap_or("simple") {
            "variable" => {
                self.remember(row, columns)?;
                notes.remark("products that hold only what their variations share");
                Ok(Step::Shared)
            }
            "variation" => Ok(Step::Begin(self.variation(row, columns))),
            "simple" => Ok(Step::Begin(self.simple(row, columns))),
            other => {
                let detail = format!("a product of type {other:?} is not one SKU that can be sold");
                let line = self.kind.map_or(row.line, |index| row.line_of(index));
                let error = FileError::row(line, "unsupported_type", detail).value(&kinds);
                Err(match self.kind {
                    Some(index) => error.column(columns.name(index)),
                    None => error,
                })
            }
        }
    }

    fn remember(&mut self, row: &Row, columns: &Columns) -> Result<(), FileError> {
        if self.parents.len() >= 2 * MAX_PARENTS {
            let detail = format!("more than {MAX_PARENTS} products with variations: split the file");
            return Err(FileError::fatal("too_many_parents", detail).at(row.line));
        }
        let get = |index| text(row, columns, index);
        let sku = get(columns.of_field("sku"));
        let id = format!("id:{}", get(self.id));
        let name = if sku.is_empty() { id.clone() } else { sku.clone() };
        let parent = Parent { name, tags: get(self.tags), published: get(self.published) == "1" };
        self.parents.insert(id, parent.clone());
        self.parents.insert(sku, parent);
        Ok(())
    }

    fn simple(&self, row: &Row, columns: &Columns) -> Begun {
        let mut draft = self.draft(row, columns, &text(row, columns, self.tags), true);
        draft.map("metadata", self.attributes.of(row, columns));
        Begun { cells: draft.cells, ..Begun::default() }
    }

    fn variation(&self, row: &Row, columns: &Columns) -> Begun {
        let named = text(row, columns, self.parent);
        let parent = self.parents.get(&named);
        let own = text(row, columns, self.tags);
        let tags = if own.is_empty() { parent.map_or(own, |parent| parent.tags.clone()) } else { own };
        let published = parent.is_none_or(|parent| parent.published);
        let mut draft = self.draft(row, columns, &tags, published);
        draft.text(self.parent, "group", parent.map_or(named, |parent| parent.name.clone()));
        draft.map("options", self.attributes.of(row, columns));
        let hidden = (!published).then(|| "0".to_owned());
        let fills = [self.tags.map(|index| (index, tags)), self.published.zip(hidden)];
        Begun { cells: draft.cells, fills: fills.into_iter().flatten().collect(), ..Begun::default() }
    }

    fn draft<'a>(&self, row: &'a Row, columns: &'a Columns, tags: &str, published: bool) -> Draft<'a> {
        let get = |index| text(row, columns, index);
        let mut draft = Draft::new(row, columns);
        draft.tags(self.tags, tags);
        let amount = get(self.price);
        // Where the shop's language writes a decimal comma.
        let amount = if amount.contains('.') { amount } else { amount.replacen(',', ".", 1) };
        let amount = if amount.starts_with('.') { format!("0{amount}") } else { amount };
        draft.text(self.price, "price", price(&amount));
        let status = match get(self.published).as_str() {
            "1" if published => "active".to_owned(),
            "1" | "0" | "-1" => "draft".to_owned(),
            other => other.to_owned(),
        };
        draft.text(self.published, "status", status);
        if self.stock.is_some_and(|index| row.has(index)) && get(self.stock) != "parent" {
            draft.text(self.stock, "stock", get(self.stock));
        }
        draft
    }
}
