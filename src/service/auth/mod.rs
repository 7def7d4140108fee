//! Signing in, and knowing who asks.

mod claims;
mod gate;
mod guard;
mod keys;
mod machines;
mod sessions;

pub use claims::{Claims, TOKEN_SECONDS};
pub use gate::{Gate, Identity};
pub use guard::Guard;
pub use keys::{Jwk, Keys};
pub use machines::Machines;
pub use sessions::{Sessions, SignedIn};
