//! Spree's products: the row of a product, then its variants, then rows with a further price or picture.

use super::layout::Layout;
use super::values::{Draft, Pairs, price, take, text};
use super::{Begun, Dialect, Step};
use crate::files::columns::{Columns, Role};
use crate::files::notes::Notes;
use crate::files::options::{Noun, ReadOptions};
use crate::files::record::{Cell, Value};
use crate::files::rows::Row;

pub(super) const LAYOUT: Layout = Layout {
    dialect: Dialect::Spree,
    noun: Noun::Products,
    title: "Spree's product file",
    marks: &["slug", "sku", "name", "price", "option1_name", "option1_value"],
    fields: &[("sku", "sku")],
    taken: &[
        "slug",
        "name",
        "price",
        "currency",
        "status",
        "description",
        "tags",
        "option#_name",
        "option#_value",
        "inventory_count",
    ],
    unkept: &[
        "compare_at_price",
        "meta_title",
        "meta_description",
        "meta_keywords",
        "tax_category",
        "shipping_category",
        "product_type",
        "category#",
        "image#_src",
        "image#_alt",
        "width",
        "height",
        "depth",
        "dimensions_unit",
        "weight",
        "weight_unit",
        "available_on",
        "discontinue_on",
        "inventory_backorderable",
        "track_inventory",
        "digital",
        "barcode",
        "vendor_name",
        "brand_name",
        "product_id",
    ],
    unkept_like: &["metafield.", "store_"],
    // Attributes, whose names the shop chose: `custom_field.custom.wattage`.
    open: true,
    ..Layout::NONE
};

/// Reads Spree's products.
pub(in crate::files) struct Products {
    slug: Option<usize>,
    name: Option<usize>,
    price: Option<usize>,
    currency: Option<usize>,
    status: Option<usize>,
    description: Option<usize>,
    tags: Option<usize>,
    stock: Option<usize>,
    options: Pairs,
    /// Attributes: column and name.
    custom: Vec<(usize, String)>,
    /// The shop's own currency.
    own: Option<String>,
    product: Product,
    sku: String,
}

/// What the row of a product says for its variants.
#[derive(Default)]
struct Product {
    slug: String,
    name: String,
    status: String,
    description: String,
    tags: String,
    currency: String,
    custom: Vec<(usize, String, String)>,
}

impl Products {
    pub(super) fn new(columns: &mut Columns, options: &ReadOptions) -> Self {
        let [slug, name, price, currency] =
            ["slug", "name", "price", "currency"].map(|name| take(columns, name));
        let [status, description, tags] = ["status", "description", "tags"].map(|name| take(columns, name));
        let stock = take(columns, "inventory_count");
        let pairs = Pairs::take(columns, "option", "_name", "_value");
        let mut custom = Vec::new();
        for index in columns.open() {
            let name = columns.name(index).clone();
            let own =
                name.strip_prefix("custom_field.").map(|name| name.strip_prefix("custom.").unwrap_or(name));
            columns.give(index, if own.is_some() { Role::Taken } else { Role::Unkept });
            custom.extend(own.map(|own| (index, own.to_owned())));
        }
        Self {
            slug,
            name,
            price,
            currency,
            status,
            description,
            tags,
            stock,
            options: pairs,
            custom,
            own: options.currency.map(|currency| currency.code().to_owned()),
            product: Product::default(),
            sku: String::new(),
        }
    }

    pub(super) fn row(&mut self, row: &Row, columns: &Columns, notes: &mut Notes) -> Step {
        let get = |index| text(row, columns, index);
        let has = |index: Option<usize>| index.is_some_and(|index| row.has(index));
        let (slug, sku) = (get(self.slug), get(columns.of_field("sku")));
        let of_product = !slug.is_empty() && slug == self.product.slug;
        let plain = !has(self.name) && !self.options.any(row) && !has(self.stock);
        if plain && has(self.price) && (!of_product || get(self.currency) != self.product.currency) {
            return self.further_price(row, columns, &sku, notes);
        }
        if plain && of_product && (sku.is_empty() || sku == self.sku) {
            notes.remark("rows that hold only a picture");
            return Step::Extend;
        }
        self.sku = sku;
        let variant = of_product && !has(self.name);
        if !variant {
            self.product = Product {
                slug,
                name: get(self.name),
                status: get(self.status),
                description: get(self.description),
                tags: get(self.tags),
                currency: get(self.currency),
                custom: self.attributes(row, columns),
            };
        }
        let fills = if variant { self.fills(row) } else { Vec::new() };
        let provisional = !variant && !self.options.any(row);
        let of_shared = variant;
        Step::Begin(Begun {
            cells: self.cells(row, columns),
            fills,
            provisional,
            of_shared,
            ..Begun::default()
        })
    }

    /// A row that says only what something costs in another currency.
    fn further_price(&mut self, row: &Row, columns: &Columns, sku: &str, notes: &mut Notes) -> Step {
        let get = |index| text(row, columns, index);
        let currency = get(self.currency);
        if sku == self.sku && self.own.as_deref() == Some(currency.as_str()) {
            let mut draft = Draft::new(row, columns);
            draft.text(self.price, "price", price(&get(self.price)));
            draft.text(self.currency, "currency", currency);
            draft.cells.retain(|cell| matches!(&*cell.field, "price" | "currency"));
            return Step::Amend(draft.cells);
        }
        // What comes behind belongs to another variant than the one under way.
        self.sku.clear();
        let taken = &self.product.currency;
        notes.remark(&format!("prices in {currency}: a product has one, that in {taken} is taken"));
        Step::Shared
    }

    fn attributes(&self, row: &Row, columns: &Columns) -> Vec<(usize, String, String)> {
        let kept = self.custom.iter().filter(|(index, _)| row.has(*index));
        kept.map(|(index, name)| (*index, name.clone(), text(row, columns, Some(*index)))).collect()
    }

    fn cells(&self, row: &Row, columns: &Columns) -> Vec<Cell> {
        let get = |index| text(row, columns, index);
        let product = &self.product;
        let mut draft = Draft::new(row, columns);
        draft.text(self.name, "name", product.name.as_str());
        draft.text(self.description, "description", product.description.as_str());
        draft.text(self.status, "status", product.status.as_str());
        draft.tags(self.tags, &product.tags);
        draft.text(self.price, "price", price(&get(self.price)));
        let currency = self.currency.filter(|index| row.has(*index));
        if let Some(index) = currency {
            draft.value(index, "currency", Value::Text(get(Some(index))));
        }
        if self.stock.is_some_and(|index| row.has(index)) {
            draft.text(self.stock, "stock", get(self.stock));
        }
        let options = self.options.of(row, columns);
        if !options.is_empty() {
            draft.text(self.slug, "group", product.slug.as_str());
            draft.map("options", options);
        }
        draft.map("metadata", product.custom.clone());
        draft.cells
    }

    /// What a variant takes over from its product.
    fn fills(&self, row: &Row) -> Vec<(usize, String)> {
        let product = &self.product;
        let pairs = [
            (self.name, &product.name),
            (self.status, &product.status),
            (self.description, &product.description),
            (self.tags, &product.tags),
        ];
        let texts = pairs.into_iter().filter_map(|(index, value)| Some((index?, value.clone())));
        let custom = product.custom.iter().map(|(index, _, value)| (*index, value.clone()));
        texts.chain(custom).filter(|(index, value)| !row.has(*index) && !value.is_empty()).collect()
    }
}
