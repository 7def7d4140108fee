//! Who ordered.

use std::fmt;

use crate::domain::email::Email;
use crate::domain::id::UserId;
use crate::domain::invalid::Invalid;
use crate::domain::text::{Address, Name, Reference};

/// Who ordered, as they were at that moment. Always with a user, an address or a reference, see [`named`](Self::named).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// The registered user, if it was one.
    pub user_id: Option<UserId>,
    /// Where to write to. Orders of other systems may have none.
    pub email: Option<Email>,
    /// Another system's name for the customer.
    pub reference: Option<Reference>,
    /// What to call them.
    pub name: Option<Name>,
    /// Where it goes.
    pub address: Option<Address>,
}

impl Customer {
    /// The same, if anything in it says who it is.
    ///
    /// # Errors
    /// `customer_missing` with neither user nor address nor reference: a name alone is nobody.
    pub fn named(self) -> Result<Self, Invalid> {
        if self.user_id.is_none() && self.email.is_none() && self.reference.is_none() {
            return Err(Self::missing());
        }
        Ok(self)
    }

    /// What is wrong with an order that names nobody.
    pub fn missing() -> Invalid {
        Invalid::new("customer_missing", "an order needs a user, an e-mail address or a customer reference")
    }
}

/// What a person looking for the customer would go by: the address, else the reference, else the user's id.
impl fmt::Display for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.email, &self.reference, self.user_id) {
            (Some(email), _, _) => f.write_str(email.as_str()),
            (None, Some(reference), _) => f.write_str(reference.as_str()),
            (None, None, Some(user)) => user.fmt(f),
            (None, None, None) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_by_the_address_then_the_reference_and_is_somebody() {
        let nobody = Customer {
            user_id: None,
            email: None,
            reference: None,
            name: Some("Ada".parse().unwrap()),
            address: None,
        };
        assert_eq!(nobody.clone().named().unwrap_err().code, "customer_missing");
        let known = Customer { reference: Some("4711".parse().unwrap()), ..nobody }.named().unwrap();
        assert_eq!(known.to_string(), "4711");
        let written = Customer { email: Some("ada@example.com".parse().unwrap()), ..known };
        assert_eq!(written.to_string(), "ada@example.com");
    }
}
