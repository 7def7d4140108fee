//! Keys and tokens.

use super::text;
use crate::output::row::{Column, Row};
use crate::service::view::{IssuedTokenView, KeyView, TokenView};

impl Row for KeyView {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("id", |key| key.id.clone()),
        Column::text("status", |key| key.status.to_owned()),
        Column::text("created_at", |key| key.created_at.clone()),
        Column::text("checks_until", |key| text(key.checks_until.as_deref())),
    ];

    fn id(&self) -> String {
        self.id.clone()
    }
}

impl Row for IssuedTokenView {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("token", |issued| issued.token.clone()),
        Column::text("user_id", |issued| issued.user_id.clone()),
        Column::text("role", |issued| issued.role.clone()),
        Column::text("scopes", |issued| issued.scopes.join(" ")),
        Column::text("issued_at", |issued| issued.issued_at.clone()),
        Column::text("expires_at", |issued| issued.expires_at.clone()),
    ];

    /// The token: what a script wants of it.
    fn id(&self) -> String {
        self.token.clone()
    }
}

impl Row for TokenView {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("status", |token| token.status.to_owned()),
        Column::text("user_id", |token| token.user_id.clone()),
        Column::text("role", |token| token.role.clone()),
        Column::text("scopes", |token| {
            token.scopes.as_ref().map(|names| names.join(" ")).unwrap_or_default()
        }),
        Column::text("key_id", |token| token.key_id.clone()),
        Column::text("issued_at", |token| token.issued_at.clone()),
        Column::text("expires_at", |token| token.expires_at.clone()),
    ];

    fn id(&self) -> String {
        self.user_id.clone()
    }
}
