//! Who may do what: the one table of every route, and the decision that follows from it.

use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{Method, StatusCode};

use super::problem::{CHALLENGE, Problem};
use crate::domain::scope::Scope::{
    self, InventoryRead, InventoryWrite, OrdersRead, OrdersWrite, ProductsRead, ProductsWrite, UsersRead,
    UsersWrite,
};
use crate::domain::user::Role;
use crate::service::auth::Identity;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Anybody; a bad token is refused all the same.
    Anyone,
    /// Whoever is signed in, about themselves.
    Oneself,
    /// Whoever is signed in: a customer reaches what is theirs, and to them everything else does not exist; staff reach all.
    Owner,
    /// Staff and admins.
    Staff,
    /// Admins.
    Admin,
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The method; `HEAD` follows `GET`.
    pub method: &'static str,
    /// The route, as the OpenAPI document names it.
    pub route: &'static str,
    /// Who may use it.
    pub who: Who,
    /// The scope that a machine's token needs. Without one the route is for people only.
    pub scope: Option<Scope>,
}

const fn rule(method: &'static str, route: &'static str, who: Who, scope: Scope) -> Rule {
    Rule { method, route, who, scope: Some(scope) }
}

const fn people(method: &'static str, route: &'static str, who: Who) -> Rule {
    Rule { method, route, who, scope: None }
}

/// Every route of the four services but those that tell how a service is, which are open. A route that is missing here serves nobody.
pub const RULES: &[Rule] = &[
    people("POST", "/register", Who::Anyone),
    people("POST", "/login", Who::Anyone),
    people("POST", "/refresh", Who::Anyone),
    people("POST", "/logout", Who::Anyone),
    people("GET", "/.well-known/jwks.json", Who::Anyone),
    people("GET", "/me", Who::Oneself),
    people("PATCH", "/me", Who::Oneself),
    people("PUT", "/me/password", Who::Oneself),
    rule("GET", "/users", Who::Admin, UsersRead),
    rule("GET", "/users/{id}", Who::Admin, UsersRead),
    rule("PATCH", "/users/{id}", Who::Admin, UsersWrite),
    rule("DELETE", "/users/{id}", Who::Admin, UsersWrite),
    rule("GET", "/products", Who::Anyone, ProductsRead),
    rule("POST", "/products", Who::Staff, ProductsWrite),
    rule("POST", "/products/batch", Who::Staff, ProductsWrite),
    rule("GET", "/products/{id}", Who::Anyone, ProductsRead),
    rule("PUT", "/products/{id}", Who::Staff, ProductsWrite),
    rule("PATCH", "/products/{id}", Who::Staff, ProductsWrite),
    rule("DELETE", "/products/{id}", Who::Staff, ProductsWrite),
    rule("GET", "/orders", Who::Owner, OrdersRead),
    rule("POST", "/orders", Who::Owner, OrdersWrite),
    rule("GET", "/orders/{id}", Who::Owner, OrdersRead),
    rule("PUT", "/orders/{id}", Who::Owner, OrdersWrite),
    rule("DELETE", "/orders/{id}", Who::Staff, OrdersWrite),
    rule("POST", "/orders/{id}/pay", Who::Staff, OrdersWrite),
    rule("POST", "/orders/{id}/ship", Who::Staff, OrdersWrite),
    rule("POST", "/orders/{id}/deliver", Who::Staff, OrdersWrite),
    rule("POST", "/orders/{id}/cancel", Who::Staff, OrdersWrite),
    rule("POST", "/orders/{id}/return", Who::Staff, OrdersWrite),
    rule("POST", "/orders/{id}/refund", Who::Staff, OrdersWrite),
    rule("GET", "/inventory", Who::Staff, InventoryRead),
    rule("POST", "/inventory", Who::Staff, InventoryWrite),
    rule("GET", "/inventory/{id}", Who::Staff, InventoryRead),
    rule("PUT", "/inventory/{id}", Who::Staff, InventoryWrite),
    rule("DELETE", "/inventory/{id}", Who::Staff, InventoryWrite),
    rule("POST", "/inventory/{id}/adjust", Who::Staff, InventoryWrite),
    rule("GET", "/inventory/{id}/movements", Who::Staff, InventoryRead),
];

/// The rule of a route.
pub(super) fn find(method: &Method, route: &str) -> Option<&'static Rule> {
    // A product may have the SKU "batch": only POST means something else there.
    let route = if route == "/products/batch" && *method != Method::POST { "/products/{id}" } else { route };
    let method = if *method == Method::HEAD { "GET" } else { method.as_str() };
    RULES.iter().find(|rule| rule.method == method && rule.route == route)
}

impl Rule {
    /// Whether somebody may use the route. `Ok(None)`: as anybody may, whoever they are.
    pub(super) fn admit(&self, identity: Option<Identity>) -> Result<Option<Identity>, Problem> {
        let Some(identity) = identity else {
            return if self.who == Who::Anyone { Ok(None) } else { Err(token_missing()) };
        };
        if let Some(scopes) = &identity.scopes
            && !self.scope.is_some_and(|scope| scopes.allow(scope))
        {
            // A token that is not for it takes nothing away from what anybody may.
            return if self.who == Who::Anyone { Ok(None) } else { Err(self.scope_missing()) };
        }
        match self.who {
            Who::Staff if !identity.is_staff() => {
                Err(Problem::new(StatusCode::FORBIDDEN, "staff_only", "only staff may do this"))
            }
            Who::Admin if identity.role != Role::Admin => {
                Err(Problem::new(StatusCode::FORBIDDEN, "admin_only", "only an admin may do this"))
            }
            Who::Anyone | Who::Oneself | Who::Owner | Who::Staff | Who::Admin => Ok(Some(identity)),
        }
    }

    fn scope_missing(&self) -> Problem {
        let detail = match self.scope {
            Some(scope) => format!("this token is not for it: it needs the scope {scope}"),
            None => "this is for people who sign in, not for a machine's token".to_owned(),
        };
        Problem::new(StatusCode::FORBIDDEN, "scope_missing", detail)
    }
}

fn token_missing() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "token_missing", "sign in and send the access token")
        .header(WWW_AUTHENTICATE, CHALLENGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_has_one_rule_and_writing_takes_a_scope_to_write() {
        for (at, rule) in RULES.iter().enumerate() {
            let twin =
                RULES[..at].iter().any(|other| (other.method, other.route) == (rule.method, rule.route));
            assert!(!twin, "{rule:?}");
            if let Some(scope) = rule.scope {
                assert_eq!(scope.as_str().ends_with(":read"), rule.method == "GET", "{rule:?}");
                assert!(rule.route[1..].starts_with(scope.as_str().split(':').next().unwrap()), "{rule:?}");
            }
        }
    }

    #[test]
    fn head_follows_get_and_what_is_not_in_the_table_has_no_rule() {
        assert_eq!(find(&Method::HEAD, "/me").unwrap().method, "GET");
        assert_eq!(find(&Method::PUT, "/products/batch").unwrap().who, Who::Staff);
        assert!(find(&Method::DELETE, "/me").is_none() && find(&Method::GET, "/nowhere").is_none());
    }
}
