//! Users as they are kept.

use mongodb::bson::DateTime;
use serde::{Deserialize, Serialize};

use super::{Origin, Row};
use crate::domain::text::Phone;
use crate::domain::user::{PasswordHash, User};
use crate::store::Result;
use crate::store::mongo::filter::time;

/// A document of `users`.
#[derive(Serialize, Deserialize)]
pub(in crate::store::mongo) struct UserRow {
    #[serde(rename = "_id")]
    id: String,
    version: i64,
    created_at: DateTime,
    updated_at: DateTime,
    email: String,
    email_norm: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    role: String,
    status: String,
    auth_epoch: i64,
    /// What a search looks through.
    search: String,
}

impl Row for UserRow {
    const COLLECTION: &'static str = "users";
    type Value = User;

    fn into_value(self) -> Result<User> {
        let at = Origin { collection: Self::COLLECTION, key: &self.id };
        Ok(User {
            id: at.parse("_id", &self.id)?,
            version: at.version(self.version)?,
            created_at: at.time("created_at", self.created_at)?,
            updated_at: at.time("updated_at", self.updated_at)?,
            email: at.parse("email", &self.email)?,
            name: at.parse_some("name", self.name.as_deref())?,
            phone: at.parse_some("phone", self.phone.as_deref())?,
            password: self.password.map(PasswordHash::from_phc),
            role: at.parse("role", &self.role)?,
            status: at.parse("status", &self.status)?,
            auth_epoch: self.auth_epoch,
        })
    }

    fn of(user: &User) -> Self {
        Self {
            id: user.id.to_string(),
            version: user.version.get(),
            created_at: time(user.created_at),
            updated_at: time(user.updated_at),
            email: user.email.as_str().to_owned(),
            email_norm: user.email.norm().to_owned(),
            name: user.name.as_ref().map(ToString::to_string),
            phone: user.phone.as_ref().map(Phone::to_string),
            password: user.password.as_ref().map(|hash| hash.expose().to_owned()),
            role: user.role.to_string(),
            status: user.status.to_string(),
            auth_epoch: user.auth_epoch,
            search: user.search_text(),
        }
    }
}
