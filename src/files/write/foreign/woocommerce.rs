//! WooCommerce's product CSV: a row for what variations share, and behind it a row a variation that names it as its parent.
//!
//! The columns and what may stand in them are those of WooCommerce's schema
//! (<https://github.com/woocommerce/woocommerce/wiki/Product-CSV-Import-Schema>) and of its own importer and exporter
//! (`WC_Product_CSV_Importer`, `WC_Product_Importer`, `WC_CSV_Exporter`), from which also the ways of writing lists and texts are taken.
//!
//! - A group is a `variable` product whose SKU is the group's name, and every member a `variation` of it. The parent names every
//!   option with all of its values, since an import there refuses a variation with an option that its parent has not.
//! - A comma within an item of a list (tags, values of options) has a backslash in front, `\,`; nothing else is escaped, so an item
//!   that ends in a backslash has a space behind. An import there takes an apostrophe off a list that begins with `'=`, `'+`, `'-` or
//!   `'@`; a space in front keeps it.
//! - In descriptions an import there reads `\n` as a line break; where it stands for itself the backslash is doubled. Line breaks are
//!   written as they are.
//! - Metadata goes into columns `Meta: shopctl_NAME`: a bare name could be one of those by which WooCommerce keeps its own data.
//! - `Published` is 1 for what is on sale, -1 for drafts, 0 (private) for drafts among variations, which cannot be drafts there, and
//!   for archived products, which it does not know.
//! - Stock is what can be sold. A product without stock of ours is out of stock without a number.
//! - There is no column for a currency: prices are in the shop's own.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::losses::Losses;
use super::{Article, Columns, names};
use crate::domain::product::{Product, ProductStatus};
use crate::domain::text::{Description, Label, Tag};
use crate::files::dialect::WOOCOMMERCE_METADATA;
use crate::files::write::row::Row;

/// The most columns of metadata.
pub(super) const MAX_METADATA: usize = 200;

const FIRST: [&str; 11] = [
    "Type",
    "SKU",
    "Name",
    "Published",
    "Description",
    "In stock?",
    "Stock",
    "Backorders allowed?",
    "Regular price",
    "Tags",
    "Parent",
];

/// A file that is being written.
pub(super) struct WooCommerce {
    row: Row,
    columns: Columns,
}

/// What a row holds.
struct Line<'a> {
    kind: &'a str,
    sku: &'a str,
    name: &'a str,
    published: &'a str,
    description: Option<&'a Description>,
    /// Whether it can be had, and how many there are.
    stock: (bool, Option<i64>),
    price: String,
    tags: Vec<&'a str>,
    parent: &'a str,
    /// By column: name and values.
    attributes: Vec<(&'a str, Vec<&'a str>)>,
    product: Option<&'a Product>,
}

impl WooCommerce {
    /// Writes the header.
    pub(super) fn begin(out: &mut impl Write, columns: Columns) -> io::Result<Self> {
        let mut row = Row::new(b',');
        for column in FIRST {
            row.cell(column);
        }
        for number in 1..=columns.attributes {
            for part in ["name", "value(s)", "visible", "global"] {
                row.cell(&format!("Attribute {number} {part}"));
            }
        }
        for name in &columns.metadata {
            row.cell(&format!("{WOOCOMMERCE_METADATA}{name}"));
        }
        row.end(out)?;
        Ok(Self { row, columns })
    }

    /// Writes a product of no group.
    pub(super) fn single(
        &mut self,
        out: &mut impl Write,
        article: &Article,
        losses: &mut Losses,
    ) -> io::Result<()> {
        let product = &article.product;
        self.count(product, product.options.len(), losses);
        let options = product.options.iter().map(|(name, value)| (name.as_str(), vec![value.as_str()]));
        let line = Line {
            kind: "simple",
            published: published(product.status, "-1"),
            attributes: options.collect(),
            description: product.description.as_ref(),
            tags: tags(product),
            ..variation(article)
        };
        self.line(out, &line)
    }

    /// Writes a group.
    pub(super) fn group(
        &mut self,
        out: &mut impl Write,
        name: &str,
        members: &[Article],
        losses: &mut Losses,
    ) -> io::Result<()> {
        let Some(first) = members.first().map(|member| &member.product) else { return Ok(()) };
        let products = || members.iter().map(|member| &member.product);
        let options = names::of_options(members);
        let one_description = products().all(|product| product.description == first.description);
        let one_tags = products().all(|product| product.tags == first.tags);
        losses.add_if(
            first.group.as_ref().is_some_and(|group| group.as_str() != name),
            "groups under another name, since theirs is a SKU",
            first.sku.as_str(),
        );
        let values = |option: &str| {
            let mut seen = BTreeSet::new();
            let values = products().filter_map(|product| value(product, option));
            values.filter(|value| seen.insert(*value)).collect()
        };
        let mut seen = BTreeSet::new();
        let parent = Line {
            kind: "variable",
            sku: name,
            name: names::shared_name(members),
            published: if products().any(|product| product.status == ProductStatus::Active) {
                "1"
            } else {
                "-1"
            },
            description: first.description.as_ref().filter(|_| one_description),
            stock: (members.iter().any(|member| member.stock.is_some_and(|stock| stock > 0)), None),
            price: String::new(),
            tags: products().flat_map(tags).filter(|tag| seen.insert(*tag)).collect(),
            parent: "",
            attributes: options.iter().map(|option| (*option, values(option))).collect(),
            product: None,
        };
        self.line(out, &parent)?;
        for member in members {
            let product = &member.product;
            self.count(product, options.len(), losses);
            losses.add_if(
                !one_tags && product.tags.is_empty(),
                "variants without tags, which have those of their group",
                product.sku.as_str(),
            );
            let own = options.iter().copied().map(|option| match value(product, option) {
                Some(value) => (option, vec![value]),
                None => ("", Vec::new()),
            });
            let line = Line {
                parent: name,
                attributes: own.collect(),
                description: product.description.as_ref().filter(|_| !one_description),
                tags: if one_tags { Vec::new() } else { tags(product) },
                ..variation(member)
            };
            self.line(out, &line)?;
        }
        Ok(())
    }

    fn line(&mut self, out: &mut impl Write, line: &Line<'_>) -> io::Result<()> {
        let row = &mut self.row;
        row.cell(line.kind);
        row.cell(line.sku);
        row.cell(line.name);
        row.cell(line.published);
        row.cell(&line.description.map_or_else(String::new, |text| description(text.as_str())));
        row.cell(if line.stock.0 { "1" } else { "0" });
        row.cell(&line.stock.1.map_or_else(String::new, |stock| stock.to_string()));
        row.cell("0");
        row.cell(&line.price);
        row.cell(&list(&line.tags));
        row.cell(line.parent);
        for place in 0..self.columns.attributes {
            match line.attributes.get(place) {
                Some((name, values)) if !values.is_empty() => {
                    row.cell(name);
                    row.cell(&list(values));
                    row.cell(if line.kind == "variation" { "" } else { "1" });
                    row.cell("0");
                }
                _ => (0..4).for_each(|_| row.cell("")),
            }
        }
        for name in &self.columns.metadata {
            let value = line.product.and_then(|product| product.metadata.get(name));
            row.cell(value.map_or("", |value| value.as_str()));
        }
        row.end(out)
    }

    /// What is not in the file.
    fn count(&self, product: &Product, options: usize, losses: &mut Losses) {
        let sku = product.sku.as_str();
        let known = |name: &&Label| self.columns.metadata.binary_search(name).is_ok();
        let unknown = product.metadata.keys().filter(|name| !known(name)).count();
        losses.add("metadata, for which there is no column", unknown, sku);
        // Something was changed while the file was being written.
        let beyond = options.saturating_sub(self.columns.attributes);
        losses.add("options, for which there is no column", beyond, sku);
        losses.add_if(product.status == ProductStatus::Archived, "archived products, which are private", sku);
    }
}

/// What a variation's row and that of a product by itself have in common.
fn variation(article: &Article) -> Line<'_> {
    let product = &article.product;
    Line {
        kind: "variation",
        sku: product.sku.as_str(),
        name: product.name.as_str(),
        published: published(product.status, "0"),
        description: None,
        stock: (article.stock.is_some_and(|stock| stock > 0), article.stock),
        price: product.price.to_string(),
        tags: Vec::new(),
        parent: "",
        attributes: Vec::new(),
        product: Some(product),
    }
}

fn published(status: ProductStatus, draft: &str) -> &str {
    match status {
        ProductStatus::Active => "1",
        ProductStatus::Draft => draft,
        ProductStatus::Archived => "0",
    }
}

fn tags(product: &Product) -> Vec<&str> {
    product.tags.iter().map(Tag::as_str).collect()
}

fn value<'a>(product: &'a Product, option: &str) -> Option<&'a str> {
    product.options.iter().find(|(name, _)| name.as_str() == option).map(|(_, value)| value.as_str())
}

/// A list in one cell.
fn list(items: &[&str]) -> String {
    let mut text = String::new();
    for item in items {
        if !text.is_empty() {
            // Else the comma would be part of the item.
            text.push_str(if text.ends_with('\\') { " , " } else { ", " });
        }
        text.push_str(&item.replace(',', "\\,"));
    }
    if text.starts_with('\'') && text[1..].starts_with(['=', '+', '-', '@']) {
        format!(" {text}")
    } else {
        text
    }
}

/// A description, in which a backslash and an `n` are no line break.
fn description(text: &str) -> String {
    text.replace("\\n", "\\\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_written_as_its_reader_takes_it_apart() {
        for (items, expected) in [
            (&["a", "b"][..], "a, b"),
            (&["a,b", "c"], r"a\,b, c"),
            (&[r"a\", "b"], r"a\ , b"),
            (&["'=1", "=2"], " '=1, =2"),
            (&["=1"], "=1"),
            (&[], ""),
        ] {
            assert_eq!(list(items), expected);
        }
    }

    #[test]
    fn a_backslash_before_an_n_is_doubled() {
        assert_eq!(description("a\nb \\n c:\\new"), "a\nb \\\\n c:\\\\new");
    }
}
