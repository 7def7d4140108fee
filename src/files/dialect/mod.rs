//! Files of other systems, told by their header.
//!
//! Each has a [`Layout`]: which columns are fields as they stand, which are looked at together with others, and which shopctl has no place for
//! (these are counted, never dropped in silence). A column that is in none of these lists is refused like an unknown one of our own.

mod layout;
mod medusa;
mod shopify_orders;
mod shopify_products;
mod shopify_stock;
mod small;
mod spree;
mod values;
mod woocommerce;

use self::layout::Layout;
pub(super) use self::woocommerce::METADATA as WOOCOMMERCE_METADATA;
use super::columns::{Columns, Role};
use super::error::FileError;
use super::notes::Notes;
use super::options::{Noun, ReadOptions};
use super::own::Own;
use super::record::{Cell, Record};
use super::rows::Row;
use crate::domain::words::words;

words! {
    /// Whose file it is.
    Dialect, "invalid_format", "system whose files are known" {
        /// Our own columns.
        Shopctl = "shopctl",
        /// Shopify: products in the classic and the current columns, inventory in both layouts, orders.
        Shopify = "shopify",
        /// WooCommerce: products.
        WooCommerce = "woocommerce",
        /// Medusa: products of version 1 and 2.
        Medusa = "medusa",
        /// Spree: products and customers.
        Spree = "spree",
        /// The Sunrise shop of commercetools: inventory and orders.
        Sunrise = "sunrise",
        /// Bagisto: products.
        Bagisto = "bagisto",
    }
}

/// How the rows of a table become records.
pub(super) enum Shape {
    Own(Own),
    ShopifyProducts(shopify_products::Products),
    ShopifyStock(shopify_stock::Stock),
    ShopifyOrders(shopify_orders::Orders),
    WooCommerce(woocommerce::Products),
    Medusa(medusa::Products),
    SpreeProducts(spree::Products),
    SpreeCustomers(small::Customers),
    Bagisto(small::Bagisto),
}

/// What a row is.
pub(super) enum Step {
    /// It begins a record.
    Begin(Begun),
    /// Another line of the order under way, or what is wrong with it.
    Line(Result<Record, FileError>),
    /// Says something more of the record under way: these cells replace its own.
    Amend(Vec<Cell>),
    /// Belongs to the record under way and says nothing of its own.
    Extend,
    /// Holds only what other rows share.
    Shared,
}

/// A record that begins.
#[derive(Default)]
pub(super) struct Begun {
    pub(super) cells: Vec<Cell>,
    pub(super) lines: Vec<Record>,
    /// What the row takes over from one before it: column and value, so that it can stand alone in a rejects file.
    pub(super) fills: Vec<(usize, String)>,
    /// Whether this may turn out to hold only what the rows behind it share.
    pub(super) provisional: bool,
    /// Whether the record before, if provisional, has turned out so.
    pub(super) of_shared: bool,
}

impl Shape {
    /// What a row is.
    pub(super) fn row(&mut self, row: &Row, columns: &Columns, notes: &mut Notes) -> Result<Step, FileError> {
        match self {
            Self::Own(shape) => Ok(shape.row(row, columns)),
            Self::ShopifyProducts(shape) => Ok(shape.row(row, columns, notes)),
            Self::ShopifyStock(shape) => Ok(shape.row(row, columns, notes)),
            Self::ShopifyOrders(shape) => Ok(shape.row(row, columns, notes)),
            Self::WooCommerce(shape) => shape.row(row, columns, notes),
            Self::Medusa(shape) => Ok(shape.row(row, columns)),
            Self::SpreeProducts(shape) => Ok(shape.row(row, columns, notes)),
            Self::SpreeCustomers(shape) => Ok(shape.row(row, columns)),
            Self::Bagisto(shape) => shape.row(row, columns, notes),
        }
    }

    /// The order under way has no more lines.
    pub(super) fn forget_order(&mut self) {
        match self {
            Self::Own(shape) => shape.forget_order(),
            Self::ShopifyOrders(shape) => shape.forget_order(),
            _ => {}
        }
    }

    /// Whether a row that cannot be read belongs to the order under way.
    pub(super) fn same_order(&self, row: &Row, columns: &Columns) -> bool {
        match self {
            Self::Own(shape) => shape.same_order(row, columns),
            Self::ShopifyOrders(shape) => shape.same_order(row, columns),
            _ => false,
        }
    }
}

/// Every layout, the more particular ones first.
const LAYOUTS: &[&Layout] = &[
    &shopify_orders::LAYOUT,
    &shopify_stock::LAYOUT,
    &shopify_stock::BY_LOCATION,
    &shopify_products::CLASSIC,
    &shopify_products::CURRENT,
    &woocommerce::LAYOUT,
    &medusa::V2,
    &medusa::V1,
    &spree::LAYOUT,
    &small::SPREE_CUSTOMERS,
    &small::SUNRISE_INVENTORY,
    &small::SUNRISE_ORDERS,
    &small::BAGISTO,
];

/// Tells whose file it is, gives its columns their roles, and says how to read its rows.
///
/// # Errors
/// `unknown_column`, `duplicate_column`; `wrong_noun` for another kind of file than was asked for; `missing_columns` for one that is not of the
/// dialect that was asked for; `unclear_currency`, `unknown_region` for prices nobody can choose from.
pub(super) fn recognise(
    columns: &mut Columns,
    options: &ReadOptions,
    line: u64,
    notes: &mut Notes,
) -> Result<(Dialect, Shape), FileError> {
    let wanted = |layout: &&&Layout| options.dialect.is_none_or(|dialect| dialect == layout.dialect);
    let found = LAYOUTS.iter().filter(wanted).find(|layout| layout.fits(columns));
    let layout = match (found, options.dialect) {
        (Some(layout), _) => layout,
        (None, None | Some(Dialect::Shopctl)) => {
            columns.settle(options, line)?;
            return Ok((Dialect::Shopctl, Shape::Own(Own::new(columns))));
        }
        (None, Some(dialect)) => return Err(not_of(dialect, options.noun, columns, line)),
    };
    if layout.noun != options.noun {
        let detail =
            format!("this is {}: import it with `shopctl {} import`", layout.title, layout.noun.one());
        return Err(FileError::fatal("wrong_noun", detail).at(line));
    }
    layout.check(columns, options, line)?;
    let shape = match (layout.dialect, layout.noun) {
        (Dialect::Shopify, Noun::Products) => {
            Shape::ShopifyProducts(shopify_products::Products::new(columns))
        }
        (Dialect::Shopify, Noun::Inventory) => Shape::ShopifyStock(shopify_stock::Stock::new(columns)),
        (Dialect::Shopify, _) => Shape::ShopifyOrders(shopify_orders::Orders::new(columns)),
        (Dialect::WooCommerce, _) => Shape::WooCommerce(woocommerce::Products::new(columns)),
        (Dialect::Medusa, _) => Shape::Medusa(medusa::Products::new(columns, options, line, notes)?),
        (Dialect::Spree, Noun::Products) => Shape::SpreeProducts(spree::Products::new(columns, options)),
        (Dialect::Spree, _) => Shape::SpreeCustomers(small::Customers::new(columns)),
        (Dialect::Bagisto, _) => Shape::Bagisto(small::Bagisto::new(columns)),
        (Dialect::Sunrise | Dialect::Shopctl, _) => Shape::Own(Own::new(columns)),
    };
    // What the shape did not look at after all.
    for index in columns.open() {
        columns.give(index, Role::Unkept);
    }
    Ok((layout.dialect, shape))
}

/// The refusal of a file that is not of the system that was named.
fn not_of(dialect: Dialect, noun: Noun, columns: &Columns, line: u64) -> FileError {
    let layout = LAYOUTS.iter().find(|layout| layout.dialect == dialect && layout.noun == noun);
    let detail = match layout {
        Some(layout) => {
            let missing = layout.marks.iter().filter(|mark| !columns.has(mark)).copied().collect::<Vec<_>>();
            format!("this is not {}: it has no column {}", layout.title, missing.join(", "))
        }
        None => format!("no {} files of {dialect} are known", noun.one()),
    };
    FileError::fatal("missing_columns", detail).at(line)
}
