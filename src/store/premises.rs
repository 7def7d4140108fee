//! What an order was made of.

use crate::domain::email::Email;
use crate::domain::id::{ProductId, UserId};
use crate::domain::number::Version;

/// What was read to make an order: prices, names, who the customer is. It is placed only where all of this still holds, so it does not
/// matter how long ago, or by which process, it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Premises {
    /// Products, and the versions in which they were read.
    pub products: Vec<(ProductId, Version)>,
    /// Whose order it is.
    pub customer: Option<KnownCustomer>,
}

/// What is known of the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KnownCustomer {
    /// A registered user, read in this version.
    User(UserId, Version),
    /// Nobody is registered under this address.
    Guest(Email),
}
