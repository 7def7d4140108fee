//! WooCommerce's products: one row a product or variation; a variation names its parent, which may stand anywhere before it.
//!
//! <https://github.com/woocommerce/woocommerce/wiki/Product-CSV-Import-Schema>. Lists and descriptions are taken apart as its own importer
//! does it (`WC_Product_Importer::explode_values`, `WC_Product_CSV_Importer::parse_description_field`).

mod cells;

use std::collections::HashMap;

use self::cells::{lines, list};
use super::layout::Layout;
use super::values::{Draft, Pairs, price, take, text};
use super::{Begun, Dialect, Step};
use crate::files::columns::{Columns, Role};
use crate::files::error::FileError;
use crate::files::notes::Notes;
use crate::files::options::Noun;
use crate::files::rows::Row;

pub(super) const LAYOUT: Layout = Layout {
    dialect: Dialect::WooCommerce,
    noun: Noun::Products,
    title: "WooCommerce's product file",
    marks: &["Type", "SKU", "Name", "Published", "Regular price"],
    fields: &[("SKU", "sku"), ("Name", "name")],
    taken: &[
        "ID",
        "Type",
        "Published",
        "Description",
        "Regular price",
        "Tags",
        "Stock",
        "Parent",
        "Attribute # name",
        "Attribute # value(s)",
    ],
    taken_like: &["meta: shopctl_"],
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

/// What the columns of our metadata are called, in front of the name.
pub(in crate::files) const METADATA: &str = "Meta: shopctl_";

/// The most parents that are remembered.
const MAX_PARENTS: usize = 100_000;

/// Reads WooCommerce's products.
pub(in crate::files) struct Products {
    id: Option<usize>,
    kind: Option<usize>,
    published: Option<usize>,
    description: Option<usize>,
    price: Option<usize>,
    tags: Option<usize>,
    stock: Option<usize>,
    parent: Option<usize>,
    attributes: Pairs,
    /// Column and name.
    metadata: Vec<(usize, String)>,
    /// By SKU and by `id:` and number.
    parents: HashMap<String, Parent>,
}

/// What a variation takes over.
#[derive(Clone)]
struct Parent {
    name: String,
    description: String,
    tags: String,
    published: bool,
}

/// A row's own values, and in their place those of its parent.
struct Own {
    description: String,
    tags: String,
    /// Whether its parent can be seen.
    published: bool,
}

impl Products {
    pub(super) fn new(columns: &mut Columns) -> Self {
        Self {
            id: take(columns, "ID"),
            kind: take(columns, "Type"),
            published: take(columns, "Published"),
            // What --map says wins.
            description: if columns.gives("description") { None } else { take(columns, "Description") },
            price: take(columns, "Regular price"),
            tags: take(columns, "Tags"),
            stock: take(columns, "Stock"),
            parent: take(columns, "Parent"),
            attributes: Pairs::take(columns, "Attribute ", " name", " value(s)"),
            metadata: metadata(columns),
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
        let Own { description, tags, .. } = self.own(row, columns);
        let parent = Parent { name, description, tags, published: get(self.published) == "1" };
        self.parents.insert(id, parent.clone());
        self.parents.insert(sku, parent);
        Ok(())
    }

    fn simple(&self, row: &Row, columns: &Columns) -> Begun {
        let mut draft = self.draft(row, columns, &self.own(row, columns));
        let metadata = self.metadata(row, columns);
        let attributes = self.attributes(row, columns).into_iter();
        let attributes =
            attributes.filter(|(_, name, _)| !metadata.iter().any(|(_, known, _)| known == name));
        draft.map("metadata", attributes.chain(metadata.iter().cloned()).collect());
        Begun { cells: draft.cells, ..Begun::default() }
    }

    fn variation(&self, row: &Row, columns: &Columns) -> Begun {
        let named = text(row, columns, self.parent);
        let parent = self.parents.get(&named);
        let mut own = self.own(row, columns);
        if let Some(parent) = parent {
            let or = |own: String, parents: &String| if own.is_empty() { parents.clone() } else { own };
            own = Own {
                description: or(own.description, &parent.description),
                tags: or(own.tags, &parent.tags),
                published: parent.published,
            };
        }
        let mut draft = self.draft(row, columns, &own);
        draft.text(self.parent, "group", parent.map_or(named, |parent| parent.name.clone()));
        draft.map("options", self.attributes(row, columns));
        draft.map("metadata", self.metadata(row, columns));
        let hidden = (!own.published).then(|| "0".to_owned());
        let fills = [
            self.tags.map(|index| (index, own.tags)),
            self.description.map(|index| (index, own.description)),
            self.published.zip(hidden),
        ];
        Begun { cells: draft.cells, fills: fills.into_iter().flatten().collect(), ..Begun::default() }
    }

    /// What a row says itself, as it stands there.
    fn own(&self, row: &Row, columns: &Columns) -> Own {
        // The white space in front of a list keeps an apostrophe.
        let as_it_stands = |index: Option<usize>| {
            index.filter(|index| row.has(*index)).map_or_else(String::new, |index| columns.text(row, index))
        };
        Own { description: as_it_stands(self.description), tags: as_it_stands(self.tags), published: true }
    }

    fn attributes(&self, row: &Row, columns: &Columns) -> Vec<(usize, String, String)> {
        let pairs = self.attributes.of(row, columns).into_iter();
        pairs.map(|(index, name, _)| (index, name, list(&columns.text(row, index)).join(", "))).collect()
    }

    fn metadata(&self, row: &Row, columns: &Columns) -> Vec<(usize, String, String)> {
        let filled = self.metadata.iter().filter(|(index, _)| row.has(*index));
        filled.map(|(index, name)| (*index, name.clone(), text(row, columns, Some(*index)))).collect()
    }

    fn draft<'a>(&self, row: &'a Row, columns: &'a Columns, own: &Own) -> Draft<'a> {
        let get = |index| text(row, columns, index);
        let mut draft = Draft::new(row, columns);
        draft.text(self.description, "description", lines(own.description.trim()));
        draft.list(self.tags, "tags", list(&own.tags));
        let amount = get(self.price);
        // Where the shop's language writes a decimal comma.
        let amount = if amount.contains('.') { amount } else { amount.replacen(',', ".", 1) };
        let amount = if amount.starts_with('.') { format!("0{amount}") } else { amount };
        draft.text(self.price, "price", price(&amount));
        let status = match get(self.published).as_str() {
            "1" if own.published => "active".to_owned(),
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

/// The columns of our metadata, and what they are called.
fn metadata(columns: &mut Columns) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for index in columns.open() {
        let name = columns.name(index).clone();
        let Some((front, label)) = name.split_at_checked(METADATA.len()) else { continue };
        if front.eq_ignore_ascii_case(METADATA) && !label.trim().is_empty() {
            columns.give(index, Role::Taken);
            found.push((index, label.trim().to_owned()));
        }
    }
    found
}
