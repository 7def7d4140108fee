//! What a file of products holds.

use super::{Audience, ProductQuery, Products, input};
use crate::domain::product::{Product, ProductSort};
use crate::files::Value;
use crate::files::write::{Entry, Layout};
use crate::service::error::Error;
use crate::service::export::{labels, maybe, number, text, walk};

impl Products {
    /// The columns of a file of products. Stock has a file of its own.
    pub const LAYOUT: Layout = Layout {
        fields: &[
            "id",
            "sku",
            "name",
            "description",
            "tags",
            "metadata",
            "price",
            "currency",
            "status",
            "group",
            "options",
            "version",
            "created_at",
            "updated_at",
        ],
        lines: &[],
    };

    /// Hands the products that match to `write`, in the order of their ids, and says how many there were. Paging in `query` is ignored.
    ///
    /// # Errors
    /// `Invalid`; those of the store and of `write`.
    pub async fn export<E: From<Error>>(
        &self,
        query: &ProductQuery,
        mut write: impl FnMut(&Entry) -> Result<(), E>,
    ) -> Result<u64, E> {
        let filter = input::filter(query, Audience::Staff, self.currency)?;
        let fetch = async |page| self.store.list_products(&filter, &page).await;
        let position = |product: &Product, sort| input::position(&filter, product, sort);
        walk(ProductSort::Id, fetch, position, |product| write(&entry(product))).await
    }
}

fn entry(product: &Product) -> Entry {
    let values = vec![
        text(product.id),
        text(&product.sku),
        text(&product.name),
        maybe(product.description.as_ref()),
        Value::List(product.tags.iter().map(text).collect()),
        labels(&product.metadata),
        text(product.price),
        text(product.price.currency().code()),
        text(product.status),
        maybe(product.group.as_ref()),
        labels(&product.options),
        number(product.version.get()),
        text(product.created_at),
        text(product.updated_at),
    ];
    Entry { values, lines: Vec::new() }
}
