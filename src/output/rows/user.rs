//! Users.

use super::text;
use crate::output::row::{Column, Row};
use crate::service::view::UserView;

impl Row for UserView {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("id", |user| user.id.clone()),
        Column::text("email", |user| user.email.clone()),
        Column::text("name", |user| text(user.name.as_deref())),
        Column::wide_text("phone", |user| text(user.phone.as_deref())),
        Column::text("role", |user| user.role.clone()),
        Column::text("status", |user| user.status.clone()),
        Column::wide_text("has_password", |user| user.has_password.to_string()),
        Column::wide_number("version", |user| user.version.to_string()),
        Column::text("created_at", |user| user.created_at.clone()),
        Column::wide_text("updated_at", |user| user.updated_at.clone()),
    ];

    fn id(&self) -> String {
        self.id.clone()
    }
}
