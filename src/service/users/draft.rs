//! Reading what is written of a user: one parser for new users, for changes, and for the rows of files.

use super::UserChange;
use crate::domain::clock::Timestamp;
use crate::domain::email::Email;
use crate::domain::id::UserId;
use crate::domain::number::Version;
use crate::domain::text::{Name, Phone};
use crate::domain::user::{Role, User, UserStatus};
use crate::service::fields::Fields;
use crate::service::patch::{Patch, apply, parse_patch};

/// What was written, parsed.
#[derive(Debug, Clone)]
pub(in crate::service) struct Draft {
    email: Option<Email>,
    name: Patch<Name>,
    phone: Patch<Phone>,
    role: Option<Role>,
    status: Option<UserStatus>,
}

impl Draft {
    /// Parses what was written. `None` where a problem was noted.
    pub(in crate::service) fn parse(fields: &mut Fields, written: &UserChange) -> Option<Self> {
        let email = fields.optional("/email", written.email.as_deref());
        let name = parse_patch(fields, "/name", &written.name);
        let phone = parse_patch(fields, "/phone", &written.phone);
        let role = fields.optional("/role", written.role.as_deref());
        let status = fields.optional("/status", written.status.as_deref());
        Some(Self { email: email?, name: name?, phone: phone?, role: role?, status: status? })
    }

    /// Its address, if it says one.
    pub(in crate::service) fn email(&self) -> Option<&Email> {
        self.email.as_ref()
    }

    /// A new user of this with this address, and without a password.
    pub(in crate::service) fn create(&self, email: Email, id: UserId, at: Timestamp) -> User {
        let mut user = User {
            id,
            version: Version::FIRST,
            created_at: at,
            updated_at: at,
            email,
            name: None,
            phone: None,
            password: None,
            role: self.role.unwrap_or(Role::Customer),
            status: self.status.unwrap_or(UserStatus::Active),
            auth_epoch: 0,
        };
        apply(&mut user.name, &self.name);
        apply(&mut user.phone, &self.phone);
        user
    }

    /// Changes a user as it says. What they may do being another thing, every token issued before ends.
    pub(in crate::service) fn change(&self, user: &mut User) {
        if let Some(email) = &self.email {
            user.email = email.clone();
        }
        apply(&mut user.name, &self.name);
        apply(&mut user.phone, &self.phone);
        let before = (user.role, user.status);
        user.role = self.role.unwrap_or(user.role);
        user.status = self.status.unwrap_or(user.status);
        if (user.role, user.status) != before {
            user.auth_epoch += 1;
        }
    }
}
