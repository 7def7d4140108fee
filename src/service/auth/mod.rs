//! Signing in, and knowing who asks.

mod keys;
mod sessions;
mod token;

pub use keys::Jwk;
pub use sessions::{Sessions, SignedIn};
pub use token::{Claims, Gate, Identity, TOKEN_SECONDS};
