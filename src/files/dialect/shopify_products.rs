//! Shopify's products: one row a variant, the first of a handle with what all share; rows with only a picture between them.
//!
//! Shopify has renamed most columns; both sets are in use. <https://help.shopify.com/manual/products/import-export/using-csv>

use super::layout::Layout;
use super::values::{Draft, Pairs, price, take_any, text};
use super::{Begun, Dialect, Step};
use crate::files::columns::Columns;
use crate::files::notes::Notes;
use crate::files::options::Noun;
use crate::files::rows::Row;

/// The classic columns.
pub(super) const CLASSIC: Layout = Layout {
    dialect: Dialect::Shopify,
    noun: Noun::Products,
    title: "Shopify's product file",
    marks: &["Handle", "Title", "Variant Price"],
    fields: &[("Variant SKU", "sku")],
    taken: &[
        "Handle",
        "Title",
        "Body (HTML)",
        "Tags",
        "Published",
        "Status",
        "Variant Price",
        "Variant Inventory Qty",
        "Option# Name",
        "Option# Value",
    ],
    unkept: &[
        "Vendor",
        "Product Category",
        "Standardized Product Type",
        "Custom Product Type",
        "Type",
        "Option# Linked To",
        "Variant Grams",
        "Variant Inventory Tracker",
        "Variant Inventory Policy",
        "Variant Fulfillment Service",
        "Variant Compare At Price",
        "Variant Requires Shipping",
        "Variant Taxable",
        "Variant Barcode",
        "Variant Barcodes",
        "Unit Price Total Measure",
        "Unit Price Total Measure Unit",
        "Unit Price Base Measure",
        "Unit Price Base Measure Unit",
        "Image Src",
        "Image Position",
        "Image Alt Text",
        "Gift Card",
        "SEO Title",
        "SEO Description",
        "Variant Image",
        "Variant Weight Unit",
        "Variant Tax Code",
        "Cost per item",
        "Collection",
    ],
    unkept_like: MORE,
    ..Layout::NONE
};

/// The current columns.
pub(super) const CURRENT: Layout = Layout {
    marks: &["Title", "URL handle", "SKU", "Price"],
    fields: &[("SKU", "sku")],
    taken: &[
        "URL handle",
        "Title",
        "Description",
        "Tags",
        "Published on online store",
        "Status",
        "Price",
        "Inventory quantity",
        "Option# Name",
        "Option# Value",
    ],
    unkept: &[
        "Vendor",
        "Product category",
        "Type",
        "Option# Linked To",
        "Barcode",
        "Compare-at price",
        "Cost per item",
        "Charge tax",
        "Tax code",
        "Unit price total measure",
        "Unit price total measure unit",
        "Unit price base measure",
        "Unit price base measure unit",
        "Inventory tracker",
        "Continue selling when out of stock",
        "Weight value (grams)",
        "Weight unit for display",
        "Requires shipping",
        "Fulfillment service",
        "Product image URL",
        "Image position",
        "Image alt text",
        "Variant image URL",
        "Gift card",
        "SEO title",
        "SEO description",
    ],
    ..CLASSIC
};

/// Prices and publication by market, metafields, and what is for advertisements.
const MORE: &[&str] = &["google shopping / ", "price / ", "compare at price / ", "included / ", "metafield"];

/// Reads Shopify's products.
pub(in crate::files) struct Products {
    handle: Option<usize>,
    title: Option<usize>,
    body: Option<usize>,
    tags: Option<usize>,
    status: Option<usize>,
    published: Option<usize>,
    price: Option<usize>,
    stock: Option<usize>,
    options: Pairs,
    /// The handle under way, and what its first row says for all.
    shared: Shared,
}

#[derive(Default)]
struct Shared {
    handle: String,
    title: String,
    body: String,
    tags: String,
    status: String,
    published: String,
    options: Vec<String>,
}

impl Products {
    pub(super) fn new(columns: &mut Columns) -> Self {
        Self {
            handle: take_any(columns, &["Handle", "URL handle"]),
            title: take_any(columns, &["Title"]),
            body: take_any(columns, &["Body (HTML)", "Description"]),
            tags: take_any(columns, &["Tags"]),
            status: take_any(columns, &["Status"]),
            published: take_any(columns, &["Published", "Published on online store"]),
            price: take_any(columns, &["Variant Price", "Price"]),
            stock: take_any(columns, &["Variant Inventory Qty", "Inventory quantity"]),
            options: Pairs::take(columns, "Option", " Name", " Value"),
            shared: Shared::default(),
        }
    }

    pub(super) fn row(&mut self, row: &Row, columns: &Columns, notes: &mut Notes) -> Step {
        let get = |index| text(row, columns, index);
        let handle = get(self.handle);
        let further = !handle.is_empty() && handle == self.shared.handle;
        let sku = columns.of_field("sku").is_some_and(|index| row.has(index));
        if further && !sku && !self.price.is_some_and(|index| row.has(index)) && !self.options.any(row) {
            notes.remark("rows that hold only a picture");
            return Step::Extend;
        }
        let mut fills = Vec::new();
        if further && !self.title.is_some_and(|index| row.has(index)) {
            fills = self.fills(row);
        } else {
            self.shared = Shared {
                handle,
                title: get(self.title),
                body: get(self.body),
                tags: get(self.tags),
                status: get(self.status),
                published: get(self.published),
                options: self.options.names(row, columns),
            };
        }
        Step::Begin(Begun { cells: self.draft(row, columns).cells, fills, ..Begun::default() })
    }

    fn draft<'a>(&self, row: &'a Row, columns: &'a Columns) -> Draft<'a> {
        let shared = &self.shared;
        let mut draft = Draft::new(row, columns);
        draft.text(self.title, "name", shared.title.as_str());
        draft.text(self.body, "description", shared.body.as_str());
        draft.tags(self.tags, &shared.tags);
        draft.text(self.price, "price", price(&text(row, columns, self.price)));
        if let Some(status) = status(&shared.status, &shared.published) {
            draft.text(self.status.or(self.published), "status", status);
        }
        if self.stock.is_some_and(|index| row.has(index)) {
            draft.text(self.stock, "stock", text(row, columns, self.stock));
        }
        let options = self.options.with(row, columns, &shared.options);
        // What Shopify writes of a product without variants.
        let single =
            matches!(&options[..], [(_, name, value)] if name == "Title" && value == "Default Title");
        if !single && !options.is_empty() {
            draft.text(self.handle, "group", shared.handle.as_str());
            draft.map("options", options);
        }
        draft
    }

    /// What a further variant takes over, for the columns that it leaves empty.
    fn fills(&self, row: &Row) -> Vec<(usize, String)> {
        let shared = &self.shared;
        let of_product = [
            (self.title, &shared.title),
            (self.body, &shared.body),
            (self.tags, &shared.tags),
            (self.status, &shared.status),
            (self.published, &shared.published),
        ];
        let of_product = of_product.into_iter().filter_map(|(index, value)| Some((index?, value.clone())));
        let options = self.options.name_columns().zip(shared.options.iter().cloned());
        of_product.chain(options).filter(|(index, value)| !row.has(*index) && !value.is_empty()).collect()
    }
}

/// Shopify's status; in older files only whether it is published.
fn status(status: &str, published: &str) -> Option<String> {
    match (status.to_lowercase().as_str(), published.to_lowercase().as_str()) {
        ("", "") => None,
        ("", "true") => Some("active".to_owned()),
        ("", "false") | ("unlisted", _) => Some("draft".to_owned()),
        ("", other) | (other, _) => Some(other.to_owned()),
    }
}
