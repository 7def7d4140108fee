//! Products.

use super::{pairs, text};
use crate::output::row::{Column, Row};
use crate::service::view::ProductView;

impl Row for ProductView {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::wide_text("id", |product| product.id.clone()),
        Column::text("sku", |product| product.sku.clone()),
        Column::text("name", |product| product.name.clone()),
        Column::wide_text("description", |product| text(product.description.as_deref())),
        Column::text("tags", |product| product.tags.join(",")),
        Column::wide_text("metadata", |product| pairs(&product.metadata)),
        Column::number("price", |product| product.price.clone()),
        Column::text("currency", |product| product.currency.clone()),
        Column::text("status", |product| product.status.clone()),
        Column::wide_text("group", |product| text(product.group.as_deref())),
        Column::wide_text("options", |product| pairs(&product.options)),
        Column::wide_number("version", |product| product.version.to_string()),
        Column::wide_text("created_at", |product| product.created_at.clone()),
        Column::wide_text("updated_at", |product| product.updated_at.clone()),
    ];

    fn id(&self) -> String {
        self.id.clone()
    }
}
