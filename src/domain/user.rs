//! People who sign in or buy.

use std::fmt;

use super::clock::Timestamp;
use super::email::Email;
use super::id::UserId;
use super::number::Version;
use super::text::{Name, Phone, SearchText, fold};

use super::words::words;

words! {
    /// What a user may do.
    Role, "invalid_role", "role" {
        /// Buys, and sees only what is theirs.
        Customer = "customer",
        /// Runs the shop: products, stock and all orders.
        Staff = "staff",
        /// Staff who also manage users.
        Admin = "admin",
    }
}

words! {
    /// Whether a user may sign in.
    UserStatus, "invalid_status", "user status" {
        /// May sign in.
        Active = "active",
        /// May not; what they bought stays.
        Disabled = "disabled",
    }
}

/// A password hash in PHC string format. Neither printed nor logged: `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// A hash as a hasher or a store gave it.
    pub fn from_phc(text: String) -> Self {
        Self(text)
    }

    /// The PHC string, for a store or a verifier only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(hidden)")
    }
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Names it for ever.
    pub id: UserId,
    /// Counts its writes.
    pub version: Version,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
    /// Unique by its normalised form.
    pub email: Email,
    /// What to call them.
    pub name: Option<Name>,
    /// Where to ring them.
    pub phone: Option<Phone>,
    /// Without one nobody can sign in as this user.
    pub password: Option<PasswordHash>,
    /// What they may do.
    pub role: Role,
    /// Whether they may sign in.
    pub status: UserStatus,
    /// One more revokes every token issued before.
    pub auth_epoch: i64,
}

impl User {
    /// The text that a search looks through: address and name, one a line, folded. Both stores keep it beside the user.
    pub fn search_text(&self) -> String {
        fold(&format!("{}\n{}", self.email, self.name.as_ref().map_or("", Name::as_str)))
    }
}

/// Which users to list; everything given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// With this role.
    pub role: Option<Role>,
    /// With this status.
    pub status: Option<UserStatus>,
    /// With this text in e-mail address or name.
    pub query: Option<SearchText>,
    /// Created at or after.
    pub created_after: Option<Timestamp>,
    /// Created before.
    pub created_before: Option<Timestamp>,
}

words! {
    /// What users can be sorted by. Ties are broken by id.
    UserSort, "invalid_sort", "field to sort users by" {
        /// Order of registration.
        Id = "id",
        /// Time of registration.
        CreatedAt = "created_at",
        /// Time of the last write.
        UpdatedAt = "updated_at",
        /// Normalised address.
        Email = "email",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_word_is_answered_with_the_right_ones() {
        let error = "boss".parse::<Role>().unwrap_err();
        assert_eq!(error.code, "invalid_role");
        assert!(error.detail.contains("customer, staff, admin"), "{error}");
    }

    #[test]
    fn a_hash_is_not_shown_by_debug() {
        assert!(!format!("{:?}", PasswordHash::from_phc("$argon2id$x".into())).contains("argon"));
    }
}
