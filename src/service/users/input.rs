//! What is written of users, and reading it.

use secrecy::SecretString;

use super::draft::Draft;
use crate::domain::page::{Position, SortValue};
use crate::domain::user::{User, UserFilter, UserSort};
use crate::service::error::{Problem, Result};
use crate::service::fields::Fields;
use crate::service::page::PageInput;
use crate::service::password::check_new;
use crate::service::patch::Patch;

/// A user to register, as written.
#[derive(Debug, Default)]
pub struct NewUser {
    /// E-mail address.
    pub email: String,
    /// What to call them.
    pub name: Option<String>,
    /// Where to ring them.
    pub phone: Option<String>,
    /// Without one nobody can sign in as this user.
    pub password: Option<SecretString>,
    /// `customer` without.
    pub role: Option<String>,
}

/// What to change of a user, as written.
#[derive(Debug, Default)]
pub struct UserChange {
    /// New address; an account without one cannot be.
    pub email: Option<String>,
    /// New name.
    pub name: Patch<String>,
    /// New telephone number.
    pub phone: Patch<String>,
    /// New role. Revokes every token.
    pub role: Option<String>,
    /// New status. Revokes every token.
    pub status: Option<String>,
}

impl NewUser {
    /// What is wrong with it, whatever the shop holds.
    pub fn problems(&self) -> Vec<Problem> {
        let mut fields = Fields::new();
        self.parse(&mut fields);
        fields.into_problems()
    }

    /// What is written but for the password, which is looked at. `None` where a problem was noted.
    pub(super) fn parse(&self, fields: &mut Fields) -> Option<Draft> {
        let written = UserChange {
            email: Some(self.email.clone()),
            name: Patch::from_flag(self.name.clone()),
            phone: Patch::from_flag(self.phone.clone()),
            role: self.role.clone(),
            status: None,
        };
        let draft = Draft::parse(fields, &written);
        if let Some(password) = &self.password {
            fields.check("/password", check_new(password));
        }
        draft
    }
}

impl UserChange {
    /// What is wrong with it, whoever is changed.
    pub fn problems(&self) -> Vec<Problem> {
        let mut fields = Fields::new();
        Draft::parse(&mut fields, self);
        fields.into_problems()
    }
}

/// Which users to list, as written.
#[derive(Debug, Default)]
pub struct UserQuery {
    /// With this role.
    pub role: Option<String>,
    /// With this status.
    pub status: Option<String>,
    /// With this text in address or name.
    pub query: Option<String>,
    /// Registered at or after.
    pub created_after: Option<String>,
    /// Registered before.
    pub created_before: Option<String>,
    /// Which part.
    pub page: PageInput,
}

/// Which users to list.
pub(super) fn filter(query: &UserQuery) -> Result<UserFilter> {
    let mut fields = Fields::new();
    let role = fields.optional("/role", query.role.as_deref());
    let status = fields.optional("/status", query.status.as_deref());
    let text = fields.optional("/q", query.query.as_deref());
    let after = fields.optional("/created_after", query.created_after.as_deref());
    let before = fields.optional("/created_before", query.created_before.as_deref());
    let (Some(role), Some(status), Some(text), Some(created_after), Some(created_before)) =
        (role, status, text, after, before)
    else {
        return Err(fields.into_error());
    };
    Ok(UserFilter { role, status, query: text, created_after, created_before })
}

pub(super) fn position(user: &User, sort: UserSort) -> Position {
    let value = match sort {
        UserSort::Id => SortValue::Text(user.id.to_string()),
        UserSort::CreatedAt => SortValue::Int(user.created_at.as_millis()),
        UserSort::UpdatedAt => SortValue::Int(user.updated_at.as_millis()),
        UserSort::Email => SortValue::Text(user.email.norm().to_owned()),
    };
    Position { value, id: user.id.to_string() }
}
