//! "An id or the natural key": how people and routes name a thing.

use std::fmt;

use super::email::Email;
use super::id::{OrderId, ProductId, UserId};
use super::invalid::Invalid;
use super::number::OrderNumber;
use super::sku::Sku;

/// Names a user: `usr_…` or an e-mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserKey {
    /// By id.
    Id(UserId),
    /// By address, whatever its case.
    Email(Email),
}

/// Names a product: `prd_…` or a SKU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProductKey {
    /// By id.
    Id(ProductId),
    /// By SKU, whatever its case.
    Sku(Sku),
}

/// Names an order: `ord_…` or its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderKey {
    /// By id.
    Id(OrderId),
    /// By number.
    Number(OrderNumber),
}

macro_rules! key {
    ($name:ident, $id:ident, $natural:ident($natural_type:ty)) => {
        impl std::str::FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                match text.trim().parse::<$id>() {
                    Ok(id) => Ok(Self::Id(id)),
                    Err(_) => text.parse::<$natural_type>().map(Self::$natural),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    Self::Id(id) => id.fmt(f),
                    Self::$natural(natural) => natural.fmt(f),
                }
            }
        }

        impl From<$id> for $name {
            fn from(id: $id) -> Self {
                Self::Id(id)
            }
        }
    };
}

key!(UserKey, UserId, Email(Email));
key!(ProductKey, ProductId, Sku(Sku));
key!(OrderKey, OrderId, Number(OrderNumber));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_an_id_and_anything_else_the_natural_key() {
        let id = "prd_01h455vb4pex5vsknk084sn02q";
        assert!(matches!(id.parse(), Ok(ProductKey::Id(_))));
        assert!(matches!("prd_short".parse(), Ok(ProductKey::Sku(_))));
        assert!(matches!("1042".parse(), Ok(OrderKey::Number(_))));
        assert!(matches!("ada@example.com".parse(), Ok(UserKey::Email(_))));
        assert!("ten".parse::<OrderKey>().is_err());
        assert!("ada".parse::<UserKey>().is_err());
    }
}
