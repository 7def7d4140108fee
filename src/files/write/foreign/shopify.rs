//! Shopify's product CSV: a row a variant, the first with what all variants share.
//!
//! The columns are those of Shopify's current template, under their current names
//! (<https://help.shopify.com/en/manual/products/import-export/using-csv>); those that we have nothing for are left out, which an
//! import there allows. Rows of one product have one handle and stand together, and the product's own columns are filled in its
//! first row only.
//!
//! - A group is a product. Its handle is the group's name in small letters, digits and dashes. Title, description, tags and status
//!   belong to the product there: variants that differ in them lose what is their own, except the status. A variant that is on
//!   sale beside one that is not would put that one on sale, so members of another status are products of their own, as are those that
//!   Shopify has no place for in a product: with other option names, with the options of another member, behind the 2,048th.
//! - A product that stands for itself has the handle of its SKU, and its only option is called `Title` with the value `Default Title`, as
//!   in Shopify's own files. A handle is the same at every export, so that a file can be imported again over the one before.
//! - A tag cannot hold a comma there, and nothing makes it one of a text; it is written with a semicolon instead.
//! - The description is HTML there, and plain text is taken as it is; it is written as it stands.
//! - Stock is what can be sold. Nothing is sold that is not there (`DENY`), and a product without stock of ours is tracked with none.
//! - There is no column for a currency: prices are in the shop's own.

use std::collections::HashSet;
use std::io::{self, Write};

use super::losses::Losses;
use super::{Article, names};
use crate::domain::product::{Product, ProductStatus};
use crate::domain::text::Tag;
use crate::files::write::row::Row;

const COLUMNS: [&str; 18] = [
    "Title",
    "URL handle",
    "Description",
    "Tags",
    "Published on online store",
    "Status",
    "SKU",
    "Option1 name",
    "Option1 value",
    "Option2 name",
    "Option2 value",
    "Option3 name",
    "Option3 value",
    "Price",
    "Inventory tracker",
    "Inventory quantity",
    "Continue selling when out of stock",
    "Fulfillment service",
];

/// The most options of a product.
const MAX_OPTIONS: usize = 3;

/// The most variants of a product (<https://help.shopify.com/en/manual/products/variants>).
const MAX_VARIANTS: usize = 2048;

/// What a product without variants has for an option.
const NO_OPTION: (&str, &str) = ("Title", "Default Title");

/// A file that is being written.
pub(super) struct Shopify {
    row: Row,
}

/// The product's own columns, in its first row.
struct Head<'a> {
    title: &'a str,
    description: &'a str,
    tags: String,
    status: ProductStatus,
}

impl Shopify {
    /// Writes the header.
    pub(super) fn begin(out: &mut impl Write) -> io::Result<Self> {
        let mut row = Row::new(b',');
        for column in COLUMNS {
            row.cell(column);
        }
        row.end(out)?;
        Ok(Self { row })
    }

    /// Writes a product of no group.
    pub(super) fn single(
        &mut self,
        out: &mut impl Write,
        article: &Article,
        losses: &mut Losses,
    ) -> io::Result<()> {
        let norm = article.product.sku.norm();
        let handle = names::handle(norm);
        // What is not told apart by its letters and digits is told apart by a mark.
        let handle = if handle == norm { handle } else { names::marked(&handle, norm) };
        self.alone(out, &handle, article, losses)
    }

    /// Writes a group.
    pub(super) fn group(
        &mut self,
        out: &mut impl Write,
        name: &str,
        members: &[Article],
        losses: &mut Losses,
    ) -> io::Result<()> {
        let mut chosen: Vec<&Article> = Vec::new();
        let mut others: Vec<(&Article, &'static str)> = Vec::new();
        let lead = lead(members);
        let mut taken = HashSet::new();
        for member in members {
            let product = &member.product;
            let why = match lead {
                None => Some(NO_OPTIONS),
                Some(lead) => misfit(product, lead, chosen.len()),
            };
            match why {
                None if taken.insert(product.options.values().collect::<Vec<_>>()) => chosen.push(member),
                None => others.push((member, SAME_OPTIONS)),
                Some(why) => others.push((member, why)),
            }
        }
        if let Some(lead) = lead {
            self.variants(out, name, lead, &chosen, losses)?;
        }
        for (member, why) in others {
            let sku = member.product.sku.as_str();
            losses.add(why, 1, sku);
            let handle = names::marked(&names::handle(sku), member.product.sku.norm());
            self.alone(out, &handle, member, losses)?;
        }
        Ok(())
    }

    fn variants(
        &mut self,
        out: &mut impl Write,
        handle: &str,
        lead: &Product,
        chosen: &[&Article],
        losses: &mut Losses,
    ) -> io::Result<()> {
        let title = names::shared_name(chosen.iter().copied());
        let mut head = Some(head(lead, title));
        losses.add_if(
            lead.group.as_ref().is_some_and(|group| group.as_str() != handle),
            "groups under another name, of the letters, digits and dashes that a handle may have",
            lead.sku.as_str(),
        );
        for article in chosen {
            let product = &article.product;
            let sku = product.sku.as_str();
            losses.add_if(
                product.name.as_str() != title,
                "names of variants, which have that of their product",
                sku,
            );
            losses.add_if(
                product.description != lead.description,
                "descriptions of variants, which have that of their product",
                sku,
            );
            losses.add_if(
                product.tags != lead.tags,
                "tags of variants, which have those of their product",
                sku,
            );
            count(product, losses);
            self.variant(out, handle, head.take().as_ref(), article, &options(product))?;
        }
        Ok(())
    }

    /// A product of one variant.
    fn alone(
        &mut self,
        out: &mut impl Write,
        handle: &str,
        article: &Article,
        losses: &mut Losses,
    ) -> io::Result<()> {
        let product = &article.product;
        count(product, losses);
        let mut options = options(product);
        let beyond = options.len().saturating_sub(MAX_OPTIONS);
        losses.add("options beyond the third", beyond, product.sku.as_str());
        options.truncate(MAX_OPTIONS);
        if options.is_empty() {
            options.push(NO_OPTION);
        }
        self.variant(out, handle, Some(&head(product, product.name.as_str())), article, &options)
    }

    fn variant(
        &mut self,
        out: &mut impl Write,
        handle: &str,
        head: Option<&Head<'_>>,
        article: &Article,
        options: &[(&str, &str)],
    ) -> io::Result<()> {
        let product = &article.product;
        let row = &mut self.row;
        row.cell(head.map_or("", |head| head.title));
        row.cell(handle);
        row.cell(head.map_or("", |head| head.description));
        row.cell(head.map_or("", |head| &head.tags));
        let on_sale = |head: &Head<'_>| if head.status == ProductStatus::Active { "TRUE" } else { "FALSE" };
        row.cell(head.map_or("", on_sale));
        row.cell(head.map_or("", |head| head.status.as_str()));
        row.cell(product.sku.as_str());
        for place in 0..MAX_OPTIONS {
            let (name, value) = options.get(place).copied().unwrap_or_default();
            row.cell(if head.is_some() { name } else { "" });
            row.cell(value);
        }
        row.cell(&product.price.to_string());
        row.cell("shopify");
        row.cell(&article.stock.map_or_else(String::new, |stock| stock.to_string()));
        row.cell("DENY");
        row.cell("manual");
        row.end(out)
    }
}

const NO_OPTIONS: &str =
    "members of groups without an option, or with more than three, are products of their own";
const OTHER_STATUS: &str = "members of groups with another status are products of their own";
const OTHER_OPTIONS: &str = "members of groups with other options are products of their own";
const SAME_OPTIONS: &str = "members of groups with the same options as another are products of their own";
const TOO_MANY: &str = "members of groups behind the 2048th are products of their own";

/// The member whose status and options are those of the product: one that is on sale, if any is.
fn lead(members: &[Article]) -> Option<&Product> {
    let fit = members.iter().map(|member| &member.product);
    let fit = fit.filter(|product| (1..=MAX_OPTIONS).contains(&product.options.len()));
    // Of several the first.
    fit.min_by_key(|product| match product.status {
        ProductStatus::Active => 0,
        ProductStatus::Draft => 1,
        ProductStatus::Archived => 2,
    })
}

/// Why a member cannot be a variant of the same product as the lead.
fn misfit(product: &Product, lead: &Product, before: usize) -> Option<&'static str> {
    if !(1..=MAX_OPTIONS).contains(&product.options.len()) {
        Some(NO_OPTIONS)
    } else if product.status != lead.status {
        Some(OTHER_STATUS)
    } else if !product.options.keys().eq(lead.options.keys()) {
        Some(OTHER_OPTIONS)
    } else {
        (before >= MAX_VARIANTS).then_some(TOO_MANY)
    }
}

fn head<'a>(product: &'a Product, title: &'a str) -> Head<'a> {
    let tags = product.tags.iter().map(|tag| tag.as_str().replace(',', ";"));
    Head {
        title,
        description: product.description.as_ref().map_or("", |description| description.as_str()),
        tags: tags.collect::<Vec<_>>().join(", "),
        status: product.status,
    }
}

fn options(product: &Product) -> Vec<(&str, &str)> {
    product.options.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// What no product can have there.
fn count(product: &Product, losses: &mut Losses) {
    let sku = product.sku.as_str();
    losses.add("metadata, for which there is no column", product.metadata.len(), sku);
    let with_comma = |tag: &&Tag| tag.as_str().contains(',');
    let commas = product.tags.iter().filter(with_comma).count();
    losses.add("tags with a comma, which have a semicolon instead", commas, sku);
}
