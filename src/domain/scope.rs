//! What a machine's token is for.

use super::invalid::Invalid;
use super::words::words;

words! {
    /// A part of what its user may do. A token with scopes may do what both they and the user's role allow.
    Scope, "invalid_scope", "scope" {
        /// Look at users.
        UsersRead = "users:read",
        /// Change users.
        UsersWrite = "users:write",
        /// See the catalogue as staff do.
        ProductsRead = "products:read",
        /// Change the catalogue.
        ProductsWrite = "products:write",
        /// Look at orders.
        OrdersRead = "orders:read",
        /// Place orders and bring them on.
        OrdersWrite = "orders:write",
        /// Look at stock.
        InventoryRead = "inventory:read",
        /// Change stock.
        InventoryWrite = "inventory:write",
    }
}

/// Several scopes, each once, in the order of [`Scope::ALL`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// These scopes.
    pub fn new(scopes: &[Scope]) -> Self {
        Self(Scope::ALL.iter().copied().filter(|scope| scopes.contains(scope)).collect())
    }

    /// Reads names separated by spaces, as a token carries them (RFC 8693 §4.2).
    ///
    /// # Errors
    /// `invalid_scope`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let scopes: Vec<Scope> = text.split_ascii_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        Ok(Self::new(&scopes))
    }

    /// Whether this one is among them.
    pub fn allow(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// The names, one by one.
    pub fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|scope| scope.as_str()).collect()
    }
}

impl std::fmt::Display for Scopes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.names().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_written_once_and_in_one_order() {
        let scopes = Scopes::parse(" orders:read users:read  orders:read ").unwrap();
        assert_eq!(scopes.to_string(), "users:read orders:read");
        assert!(scopes.allow(Scope::OrdersRead) && !scopes.allow(Scope::OrdersWrite));
        assert_eq!(Scopes::parse("orders:all").unwrap_err().code, "invalid_scope");
    }
}
