//! Keys and tokens as they are shown.

use serde::Serialize;

/// A signing key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyView {
    /// Its id, as in the header of tokens (`kid`).
    pub id: String,
    /// `signing`: makes the tokens now; `checking`: has made tokens that are still good; `spent`: the next rotation removes it.
    pub status: &'static str,
    /// Since when it signs.
    pub created_at: String,
    /// Until when a token that it has signed may be good, where that is known.
    pub checks_until: Option<String>,
}

/// A machine's token, shown once. `Debug` is not derived: it holds the token.
#[derive(Serialize)]
pub struct IssuedTokenView {
    /// For the `Authorization` header, after `Bearer`. Empty after a dry run.
    pub token: String,
    /// As whom it acts.
    pub user_id: String,
    /// The user's role.
    pub role: String,
    /// All it is for.
    pub scopes: Vec<String>,
    /// Since when it is good.
    pub issued_at: String,
    /// Until when.
    pub expires_at: String,
}

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenView {
    /// `good`, `expired`, or `revoked`: the user is gone or disabled, or has another role or password since.
    pub status: &'static str,
    /// As whom it acts.
    pub user_id: String,
    /// The user's role when it was issued.
    pub role: String,
    /// All it is for; none means everything that the user may do.
    pub scopes: Option<Vec<String>>,
    /// The key that signed it.
    pub key_id: String,
    /// Since when it is good.
    pub issued_at: String,
    /// Until when.
    pub expires_at: String,
}
