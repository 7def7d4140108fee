//! People who sign in or buy.

use std::fmt;
use std::str::FromStr;

use super::clock::Timestamp;
use super::email::Email;
use super::id::UserId;
use super::invalid::Invalid;
use super::number::Version;
use super::text::{Name, Phone, SearchText};

/// A closed set of words, with the error that lists them.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $code:literal, $what:literal { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every word, in the order in which help lists them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as stored, printed and sent.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(Invalid::new($code, format!(
                        concat!("{:?} is not a ", $what, "; it is one of: {}"), text, [$($word),+].join(", ")
                    ))),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;

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
