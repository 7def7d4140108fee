//! Products as other shop systems import them.
//!
//! Each system has its own idea of a product. Ours is one SKU, and variants are products that share a group; theirs is an article with
//! variants, which its file holds in rows that stand together. So whole groups are written at once ([`Family`]). What a system's columns
//! cannot hold is counted and named ([`Losses`]); it is for the caller to say it. What is bookkeeping of ours (id, version, times) is
//! in no such file and is not counted.
//!
//! [`shopify`] and [`woocommerce`] say which columns there are, where they are documented, and what becomes of what.

mod losses;
mod names;
mod shopify;
mod woocommerce;

use std::io::{self, Write};

pub use losses::{Loss, Losses};

use self::shopify::Shopify;
use self::woocommerce::WooCommerce;
use crate::domain::product::Product;
use crate::domain::text::Label;
use crate::domain::words::words;

words! {
    /// Whose columns a file of products is to have.
    System, "invalid_format", "system for which files are written" {
        /// Shopify's product CSV.
        Shopify = "shopify",
        /// WooCommerce's product CSV.
        WooCommerce = "woocommerce",
    }
}

/// A product, and how many of it can be sold; `None` where no stock is kept of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// What it is.
    pub product: Product,
    /// Pieces that are there and not promised to anybody.
    pub stock: Option<i64>,
}

/// What a file holds in rows that stand together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Family {
    /// A product of no group.
    Single(Box<Article>),
    /// The products of a group, at least one.
    Group {
        /// The name that the file gives the group, see [`System::name_of_group`].
        name: String,
        /// In the order of their ids.
        members: Vec<Article>,
    },
}

impl Family {
    /// How many products it has.
    pub fn products(&self) -> u64 {
        self.articles().len() as u64
    }

    fn articles(&self) -> &[Article] {
        match self {
            Self::Single(article) => std::slice::from_ref(&**article),
            Self::Group { members, .. } => members,
        }
    }
}

impl System {
    /// What a group is called in the file, as long as nothing else is called that: `None` where the system takes no such name.
    pub fn name_of_group(self, group: &str) -> Option<String> {
        match self {
            Self::Shopify => Some(names::handle(group)).filter(|handle| !handle.is_empty()),
            // Another product's number is not a SKU there.
            Self::WooCommerce => (!group.starts_with("id:")).then(|| group.to_owned()),
        }
    }

    /// What a group is called where it cannot have [that name](Self::name_of_group); no two groups have the same.
    pub fn other_name_of_group(self, group: &str) -> String {
        match self {
            Self::Shopify => names::marked(&names::handle(group), group),
            Self::WooCommerce => names::marked(group.trim_start_matches("id:"), group),
        }
    }

    /// Whether a product takes a name that no group can have then.
    pub fn occupies(self, product: &Product) -> bool {
        match self {
            // A variant has no handle of its own.
            Self::Shopify => product.group.is_none() || product.options.is_empty(),
            Self::WooCommerce => true,
        }
    }

    /// Whether the columns hang on what the file is to hold, see [`Columns::note`].
    pub fn has_open_columns(self) -> bool {
        self == Self::WooCommerce
    }
}

/// Which columns a file has, as far as that hangs on what it is to hold.
#[derive(Debug, Clone)]
pub struct Columns {
    system: System,
    /// The most options that anything in the file has.
    attributes: usize,
    /// Names within the metadata, sorted.
    metadata: Vec<Label>,
}

impl Columns {
    /// Those that are always there.
    pub fn new(system: System) -> Self {
        Self { system, attributes: 0, metadata: Vec::new() }
    }

    /// Makes room for what a family has.
    pub fn note(&mut self, family: &Family) {
        self.attributes = self.attributes.max(names::of_options(family.articles()).len());
        for name in family.articles().iter().flat_map(|article| article.product.metadata.keys()) {
            if let Err(place) = self.metadata.binary_search(name)
                && self.metadata.len() < woocommerce::MAX_METADATA
            {
                self.metadata.insert(place, name.clone());
            }
        }
    }
}

/// Writes products for another system.
pub struct ForeignWriter<W: Write> {
    out: W,
    shape: Shape,
    losses: Losses,
}

enum Shape {
    Shopify(Shopify),
    WooCommerce(WooCommerce),
}

impl<W: Write> ForeignWriter<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// Those of the output.
    pub fn new(mut out: W, columns: Columns) -> io::Result<Self> {
        let shape = match columns.system {
            System::Shopify => Shape::Shopify(Shopify::begin(&mut out)?),
            System::WooCommerce => Shape::WooCommerce(WooCommerce::begin(&mut out, columns)?),
        };
        Ok(Self { out, shape, losses: Losses::default() })
    }

    /// Writes the next family.
    ///
    /// # Errors
    /// Those of the output.
    pub fn write(&mut self, family: &Family) -> io::Result<()> {
        let (out, losses) = (&mut self.out, &mut self.losses);
        match (&mut self.shape, family) {
            (Shape::Shopify(shape), Family::Single(article)) => shape.single(out, article, losses),
            (Shape::Shopify(shape), Family::Group { name, members }) => {
                shape.group(out, name, members, losses)
            }
            (Shape::WooCommerce(shape), Family::Single(article)) => shape.single(out, article, losses),
            (Shape::WooCommerce(shape), Family::Group { name, members }) => {
                shape.group(out, name, members, losses)
            }
        }
    }

    /// Ends the file and gives the output back, and what is not in it.
    ///
    /// # Errors
    /// Those of the output.
    pub fn finish(mut self) -> io::Result<(W, Losses)> {
        self.out.flush()?;
        Ok((self.out, self.losses))
    }
}
