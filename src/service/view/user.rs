//! A user as shown.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::user::User;

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = User)]
pub struct UserView {
    /// Names it for ever.
    #[schema(example = "usr_01h455vb4pex5vsknk084sn02q")]
    pub id: String,
    /// As typed; unique whatever the case.
    #[schema(example = "ada@example.com")]
    pub email: String,
    /// What to call them.
    pub name: Option<String>,
    /// Where to ring them.
    pub phone: Option<String>,
    /// `customer`, `staff` or `admin`.
    #[schema(example = "customer")]
    pub role: String,
    /// `active` or `disabled`.
    #[schema(example = "active")]
    pub status: String,
    /// Whether they can sign in with a password.
    pub has_password: bool,
    /// Counts the writes, from 1.
    #[schema(example = 1)]
    pub version: i64,
    /// RFC 3339, UTC, milliseconds.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// RFC 3339, UTC, milliseconds.
    #[schema(format = DateTime)]
    pub updated_at: String,
}

impl From<&User> for UserView {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.to_string(),
            email: user.email.to_string(),
            name: user.name.as_ref().map(ToString::to_string),
            phone: user.phone.as_ref().map(ToString::to_string),
            role: user.role.as_str().to_owned(),
            status: user.status.as_str().to_owned(),
            has_password: user.password.is_some(),
            version: user.version.get(),
            created_at: user.created_at.to_string(),
            updated_at: user.updated_at.to_string(),
        }
    }
}
