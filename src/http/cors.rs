//! Which pages may call the services from a browser: none, unless their origin is named.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use axum::http::header::{
    AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH, LINK, LOCATION,
    RETRY_AFTER,
};
use axum::http::{Method, Uri};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::pipeline::REQUEST_ID;
use crate::domain::invalid::Invalid;

/// How long a browser may keep what it was told of a route.
const MAX_AGE: Duration = Duration::from_mins(10);

/// An origin (RFC 6454), or any of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// `*`. Services take tokens and no cookies, so a page gains nothing that its visitor did not give it.
    Any,
    /// `https://shop.example`, as a browser writes it.
    One(HeaderValue),
}

impl FromStr for Origin {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let refused = || {
            let detail =
                format!("{text:?} is not an origin such as https://shop.example or http://localhost:3000");
            Invalid::new("invalid_origin", detail)
        };
        let uri: Uri = text.parse().map_err(|_| refused())?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(refused());
        };
        let bare = matches!(scheme, "http" | "https")
            && uri.path() == "/"
            && uri.query().is_none()
            && !text.ends_with('/')
            && !authority.as_str().contains('@');
        let written = format!("{scheme}://{authority}").to_ascii_lowercase();
        if bare { written.parse().map(Self::One).map_err(|_| refused()) } else { Err(refused()) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::One(value) => f.write_str(value.to_str().unwrap_or_default()),
        }
    }
}

/// Answers browsers that ask first, and says on every answer who may read it. None where no origin is named.
pub(super) fn layer(origins: &[Origin]) -> Option<CorsLayer> {
    let named: Vec<HeaderValue> = origins
        .iter()
        .filter_map(|origin| match origin {
            Origin::Any => None,
            Origin::One(value) => Some(value.clone()),
        })
        .collect();
    let allowed = match origins {
        [] => return None,
        origins if origins.contains(&Origin::Any) => AllowOrigin::any(),
        _ => AllowOrigin::list(named),
    };
    let header = HeaderName::from_static;
    Some(
        CorsLayer::new()
            .allow_origin(allowed)
            .allow_methods([
                Method::GET,
                Method::HEAD,
                Method::POST,
                Method::PUT,
                Method::PATCH,
                Method::DELETE,
            ])
            .allow_headers([
                AUTHORIZATION,
                CONTENT_TYPE,
                IF_MATCH,
                IF_NONE_MATCH,
                REQUEST_ID,
                header("idempotency-key"),
                header("traceparent"),
                header("tracestate"),
            ])
            .expose_headers([
                ETAG,
                LINK,
                LOCATION,
                RETRY_AFTER,
                REQUEST_ID,
                header("idempotent-replayed"),
                header("ratelimit"),
                header("ratelimit-policy"),
            ])
            .max_age(MAX_AGE),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_a_host_and_perhaps_a_port() {
        for (text, shown) in [
            ("https://shop.example", "https://shop.example"),
            ("HTTP://LocalHost:3000", "http://localhost:3000"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("*", "*"),
        ] {
            assert_eq!(text.parse::<Origin>().unwrap().to_string(), shown);
        }
        for bad in [
            "",
            "shop.example",
            "https://",
            "https://a/",
            "https://a/b",
            "https://a?b",
            "ftp://a",
            "null",
            "https://u@a",
            "https://*.a b",
        ] {
            assert_eq!(bad.parse::<Origin>().map_err(|invalid| invalid.code), Err("invalid_origin"), "{bad}");
        }
    }
}
