//! Files whose rows are nearly ours already.

use super::layout::Layout;
use super::values::{Draft, price, take, text};
use super::{Begun, Dialect, Step};
use crate::files::columns::Columns;
use crate::files::error::FileError;
use crate::files::notes::Notes;
use crate::files::options::Noun;
use crate::files::rows::Row;

/// The stock of commercetools' Sunrise shop.
pub(super) const SUNRISE_INVENTORY: Layout = Layout {
    dialect: Dialect::Sunrise,
    noun: Noun::Inventory,
    title: "Sunrise's inventory file",
    marks: &["sku", "quantityOnStock"],
    fields: &[("sku", "sku"), ("quantityOnStock", "on_hand")],
    unkept: &["supplyChannel", "restockableInDays", "expectedDelivery"],
    ..Layout::NONE
};

/// Its orders. The customer is a bare number.
pub(super) const SUNRISE_ORDERS: Layout = Layout {
    dialect: Dialect::Sunrise,
    noun: Noun::Orders,
    title: "Sunrise's order file",
    marks: &["customerEmail", "orderNumber", "lineitems.variant.sku"],
    fields: &[("customerEmail", "customer"), ("orderNumber", "external_ref"), ("totalPrice", "total")],
    lines: &[
        ("lineitems.variant.sku", "sku"),
        ("lineitems.price", "unit_price"),
        ("lineitems.quantity", "quantity"),
    ],
    ..Layout::NONE
};

/// Spree's customers.
pub(super) const SPREE_CUSTOMERS: Layout = Layout {
    dialect: Dialect::Spree,
    noun: Noun::Users,
    title: "Spree's customer file",
    marks: &["email", "first_name", "last_name"],
    fields: &[("email", "email"), ("phone", "phone")],
    taken: &["first_name", "last_name"],
    unkept: &[
        "accepts_email_marketing",
        "tags",
        "company",
        "address1",
        "address2",
        "city",
        "province_code",
        "province_name",
        "country_code",
        "zip",
        "labels",
        "notes",
    ],
    unkept_like: &["metafield.", "custom_field."],
    ..Layout::NONE
};

/// Bagisto's products.
pub(super) const BAGISTO: Layout = Layout {
    dialect: Dialect::Bagisto,
    noun: Noun::Products,
    title: "Bagisto's product file",
    marks: &["sku", "parent_sku", "attribute_family_code", "type", "price"],
    fields: &[("sku", "sku"), ("name", "name"), ("description", "description")],
    taken: &["parent_sku", "type", "status", "price", "inventories"],
    unkept: &[
        "locale",
        "channel",
        "attribute_family_code",
        "categories",
        "images",
        "short_description",
        "visible_individually",
        "new",
        "featured",
        "guest_checkout",
        "length",
        "width",
        "height",
        "weight",
        "tax_category_name",
        "cost",
        "special_price",
        "special_price_from",
        "special_price_to",
        "customer_group_prices",
        "url_key",
        "meta_title",
        "meta_keywords",
        "meta_description",
        "manage_stock",
        "related_skus",
        "cross_sell_skus",
        "up_sell_skus",
        "configurable_variants",
        "bundle_options",
        "associated_skus",
        "product_number",
        "booking_type",
    ],
    ..Layout::NONE
};

/// Reads Spree's customers.
pub(in crate::files) struct Customers {
    first: Option<usize>,
    last: Option<usize>,
}

impl Customers {
    pub(super) fn new(columns: &mut Columns) -> Self {
        Self { first: take(columns, "first_name"), last: take(columns, "last_name") }
    }

    pub(super) fn row(&self, row: &Row, columns: &Columns) -> Step {
        let mut draft = Draft::new(row, columns);
        let name = format!("{} {}", text(row, columns, self.first), text(row, columns, self.last));
        draft.text(self.first.or(self.last), "name", name.trim());
        Step::Begin(Begun { cells: draft.cells, ..Begun::default() })
    }
}

/// Reads Bagisto's products.
pub(in crate::files) struct Bagisto {
    parent: Option<usize>,
    kind: Option<usize>,
    status: Option<usize>,
    price: Option<usize>,
    stock: Option<usize>,
}

impl Bagisto {
    pub(super) fn new(columns: &mut Columns) -> Self {
        let [parent, kind, status, price, stock] =
            ["parent_sku", "type", "status", "price", "inventories"].map(|name| take(columns, name));
        Self { parent, kind, status, price, stock }
    }

    pub(super) fn row(&self, row: &Row, columns: &Columns, notes: &mut Notes) -> Result<Step, FileError> {
        let get = |index| text(row, columns, index);
        let kind = get(self.kind);
        match kind.as_str() {
            "simple" | "virtual" | "downloadable" => {}
            "configurable" => {
                notes.remark("products that hold only what their variants share");
                return Ok(Step::Shared);
            }
            _ => {
                let index = self.kind.unwrap_or_default();
                let detail = format!(
                    "{kind:?} is not a type of product that is one SKU: simple, virtual, downloadable"
                );
                let error = FileError::row(row.line_of(index), "unsupported_type", detail);
                return Err(error.column(columns.name(index)).value(&kind));
            }
        }
        let mut draft = Draft::new(row, columns);
        draft.text(self.price, "price", price(&get(self.price)));
        let status = match get(self.status).as_str() {
            "1" => "active".to_owned(),
            "0" => "draft".to_owned(),
            other => other.to_owned(),
        };
        draft.text(self.status, "status", status);
        if self.parent.is_some_and(|index| row.has(index)) {
            draft.text(self.parent, "group", get(self.parent));
        }
        if self.stock.is_some_and(|index| row.has(index)) {
            draft.text(self.stock, "stock", stock(&get(self.stock)));
        }
        Ok(Step::Begin(Begun { cells: draft.cells, ..Begun::default() }))
    }
}

/// `default=100,second=5`: what the places hold together; as it stands where that is no number.
fn stock(text: &str) -> String {
    let amounts = text.split(',').map(|place| place.split_once('=')?.1.trim().parse::<i64>().ok());
    amounts.sum::<Option<i64>>().map_or_else(|| text.to_owned(), |sum| sum.to_string())
}
