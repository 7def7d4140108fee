//! Medusa's products, of version 1 and 2: one row a variant, each with everything.

use super::layout::Layout;
use super::values::{Draft, Pairs, price, take, take_any, text};
use super::{Begun, Dialect, Step};
use crate::domain::money::Currency;
use crate::files::columns::{Columns, Role};
use crate::files::error::FileError;
use crate::files::notes::Notes;
use crate::files::options::{Noun, ReadOptions};
use crate::files::record::Value;
use crate::files::rows::Row;

/// Version 2.
pub(super) const V2: Layout = Layout {
    dialect: Dialect::Medusa,
    noun: Noun::Products,
    title: "Medusa's product file",
    marks: &[
        "Product Handle",
        "Product Title",
        "Variant Title",
        "Variant Manage Inventory",
        "Variant Metadata",
    ],
    fields: &[("Variant Sku", "sku"), ("Product Title", "name"), ("Product Description", "description")],
    taken: &[
        "Product Handle",
        "Product Status",
        "Product Tag #",
        "Variant Option # Name",
        "Variant Option # Value",
    ],
    taken_like: &["price "],
    unkept: &[
        "Product Id",
        "Product Subtitle",
        "Product External Id",
        "Product Thumbnail",
        "Product Collection Id",
        "Product Type Id",
        "Product Created At",
        "Product Updated At",
        "Product Deleted At",
        "Product Discountable",
        "Product Height",
        "Product Length",
        "Product Width",
        "Product Weight",
        "Product Hs Code",
        "Product Image #",
        "Product Is Giftcard",
        "Product Material",
        "Product Mid Code",
        "Product Origin Country",
        "Product Category #",
        "Product Sales Channel #",
        "Shipping Profile Id",
        "Product Metadata",
        "Variant Id",
        "Variant Title",
        "Variant Upc",
        "Variant Ean",
        "Variant Barcode",
        "Variant Hs Code",
        "Variant Mid Code",
        "Variant Manage Inventory",
        "Variant Allow Backorder",
        "Variant Created At",
        "Variant Updated At",
        "Variant Deleted At",
        "Variant Height",
        "Variant Length",
        "Variant Width",
        "Variant Weight",
        "Variant Material",
        "Variant Metadata",
        "Variant Origin Country",
        "Variant Product Id",
        "Variant Variant Rank",
        "Variant Thumbnail",
    ],
    ..Layout::NONE
};

/// Version 1.
pub(super) const V1: Layout = Layout {
    marks: &["Product Handle", "Product Title", "Variant SKU", "Variant Inventory Quantity"],
    taken: &[
        "Product Handle",
        "Product Status",
        "Product Tags",
        "Variant Inventory Quantity",
        "Option # Name",
        "Option # Value",
    ],
    unkept: &[
        "Product Id",
        "Product Subtitle",
        "Product Thumbnail",
        "Product Weight",
        "Product Length",
        "Product Width",
        "Product Height",
        "Product HS Code",
        "Product Origin Country",
        "Product MID Code",
        "Product Material",
        "Product Collection Title",
        "Product Collection Handle",
        "Product Type",
        "Product Discountable",
        "Product External Id",
        "Product Profile Name",
        "Product Profile Type",
        "Product Is Giftcard",
        "Variant Id",
        "Variant Title",
        "Variant Barcode",
        "Variant Allow Backorder",
        "Variant Manage Inventory",
        "Variant Weight",
        "Variant Length",
        "Variant Width",
        "Variant Height",
        "Variant HS Code",
        "Variant Origin Country",
        "Variant MID Code",
        "Variant Material",
        "Image # Url",
        "Sales Channel # Name",
        "Sales Channel # Description",
        "Sales Channel # Id",
    ],
    ..V2
};

/// Reads Medusa's products.
pub(in crate::files) struct Products {
    handle: Option<usize>,
    status: Option<usize>,
    /// One cell with all of them (version 1), or a column each.
    tags: Vec<usize>,
    stock: Option<usize>,
    options: Pairs,
    price: Option<(usize, Currency)>,
}

impl Products {
    /// Finds the columns, and the price to take of several.
    pub(super) fn new(
        columns: &mut Columns,
        options: &ReadOptions,
        line: u64,
        notes: &mut Notes,
    ) -> Result<Self, FileError> {
        let tags = take(columns, "Product Tags").into_iter().collect::<Vec<_>>();
        let tags =
            tags.into_iter().chain((1..).map_while(|n| take(columns, &format!("Product Tag {n}")))).collect();
        let variant = Pairs::take(columns, "Variant Option ", " Name", " Value");
        let plain = Pairs::take(columns, "Option ", " Name", " Value");
        Ok(Self {
            handle: take(columns, "Product Handle"),
            status: take(columns, "Product Status"),
            tags,
            stock: take_any(columns, &["Variant Inventory Quantity"]),
            options: if variant.is_empty() { plain } else { variant },
            price: choose(columns, options, line, notes)?,
        })
    }

    pub(super) fn row(&self, row: &Row, columns: &Columns) -> Step {
        let get = |index| text(row, columns, index);
        let mut draft = Draft::new(row, columns);
        if let Some(status) = self.status {
            let word = match get(Some(status)).as_str() {
                "published" => "active".to_owned(),
                // Neither is seen by customers.
                "draft" | "proposed" | "rejected" => "draft".to_owned(),
                other => other.to_owned(),
            };
            draft.text(Some(status), "status", word);
        }
        if let Some((index, currency)) = self.price {
            draft.text(Some(index), "price", price(&get(Some(index))));
            draft.value(index, "currency", Value::Text(currency.code().to_owned()));
        }
        let tags = self.tags.iter().map(|index| get(Some(*index))).collect::<Vec<_>>().join(",");
        draft.tags(self.tags.first().copied(), &tags);
        if self.stock.is_some_and(|index| row.has(index)) {
            draft.text(self.stock, "stock", get(self.stock));
        }
        let options = self.options.of(row, columns);
        if !options.is_empty() {
            draft.text(self.handle, "group", get(self.handle));
            draft.map("options", options);
        }
        Step::Begin(Begun { cells: draft.cells, ..Begun::default() })
    }
}

/// Which price to take: the one in the shop's own currency, else the only one. The others are counted.
fn choose(
    columns: &mut Columns,
    options: &ReadOptions,
    line: u64,
    notes: &mut Notes,
) -> Result<Option<(usize, Currency)>, FileError> {
    let mut prices: Vec<(usize, Currency)> = Vec::new();
    for index in columns.open() {
        let name = columns.name(index).clone();
        let lower = name.to_lowercase();
        let Some(rest) = lower.strip_prefix("variant price ").or_else(|| lower.strip_prefix("price ")) else {
            continue;
        };
        match rest.parse::<Currency>() {
            Ok(currency) => prices.push((index, currency)),
            // A price by region: version 1 has it beside the others.
            Err(_) if rest.ends_with(']') && !lower.starts_with("variant") => {
                columns.give(index, Role::Unkept);
            }
            Err(_) => {
                let detail = format!(
                    "{name:?} is a price of a region or currency that is not known here (--map '{name}'=- leaves it out)"
                );
                return Err(FileError::fatal("unknown_region", detail).at(line).column(&name));
            }
        }
    }
    let own = prices.iter().find(|(_, currency)| Some(*currency) == options.currency);
    let chosen = match (own, &prices[..]) {
        _ if columns.gives("price") => None,
        (Some(own), _) | (None, [own]) => Some(*own),
        (None, []) => None,
        (None, several) => {
            let known = several.iter().map(|(_, currency)| currency.code()).collect::<Vec<_>>().join(", ");
            let example = columns.name(several[0].0);
            let detail = format!(
                "there are prices in {known}, none of them in the shop's own currency: choose one, for example with \
                 --map '{example}'=price --set currency={}",
                several[0].1
            );
            return Err(FileError::fatal("unclear_currency", detail).at(line));
        }
    };
    for (index, _) in prices {
        columns.give(
            index,
            if Some(index) == chosen.map(|(index, _)| index) { Role::Taken } else { Role::Unkept },
        );
    }
    if let Some((index, _)) = chosen {
        notes.choice = Some(columns.name(index).clone());
    }
    Ok(chosen)
}
