//! Long answers go compressed to whoever takes them so.

use axum::http::header::ETAG;
use axum::http::{Extensions, HeaderMap, StatusCode, Version};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{And, Predicate, SizeAbove};

/// Shorter answers, in bytes, gain nothing: they fit into one packet as they are.
const WORTH_IT: u64 = 1024;

type Untagged = fn(StatusCode, Version, &HeaderMap, &Extensions) -> bool;

/// gzip, as quick as it goes: a list shrinks by three quarters at its lowest level.
pub(super) fn layer() -> CompressionLayer<And<SizeAbove, Untagged>> {
    let untagged: Untagged = untagged;
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(WORTH_IT).and(untagged))
}

/// A strong entity tag is that of the very bytes (RFC 9110 §8.8.3.3), and `If-Match` takes no other: a thing that carries one goes as
/// it is. Only single objects do, and they are small.
fn untagged(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    !headers.contains_key(ETAG)
}
