//! Who asks: the address of the client, also behind proxies.
//!
//! What a request says of its way (`X-Forwarded-For`, `Forwarded`, RFC 7239) is believed only as far as proxies of one's own wrote
//! it: read from the end, the first address that is none of theirs is the client's. Anybody may write the rest.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::http::header::FORWARDED;
use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address that a request came from, in the extensions of every request. IPv4 in its own form, also where it came over an IPv6
/// socket. Personal data: for limits, never for a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ClientAddr(pub(super) IpAddr);

/// The networks of proxies whose word is taken.
#[derive(Debug, Clone, Default)]
pub(super) struct TrustedProxies(Arc<[IpNet]>);

impl TrustedProxies {
    pub(super) fn new(networks: &[IpNet]) -> Self {
        Self(networks.into())
    }

    /// Whose request this is that came from `peer`.
    pub(super) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> ClientAddr {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return ClientAddr(peer);
        }
        let way = |name: &HeaderName, read: fn(&str) -> Option<IpAddr>| {
            headers.contains_key(name).then(|| self.follow(peer, headers, name, read))
        };
        let client = match (way(&X_FORWARDED_FOR, address), way(&FORWARDED, element)) {
            // A proxy writes one of them and hands on what the client sent as the other: which is which cannot be told.
            (Some(one), Some(other)) if one != other => peer,
            (Some(client), _) | (None, Some(client)) => client,
            (None, None) => peer,
        };
        ClientAddr(client)
    }

    /// The last address on the way that is not a proxy's; where one cannot be read, the proxy that wrote it.
    fn follow(
        &self,
        peer: IpAddr,
        headers: &HeaderMap,
        name: &HeaderName,
        read: fn(&str) -> Option<IpAddr>,
    ) -> IpAddr {
        let mut client = peer;
        let values: Vec<&str> =
            headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default()).collect();
        for hop in values.iter().rev().flat_map(|value| value.rsplit(',')) {
            let Some(before) = read(hop.trim()) else { return client };
            client = before.to_canonical();
            if !self.trusts(client) {
                return client;
            }
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1` or `[2001:db8::1]:80`.
fn address(text: &str) -> Option<IpAddr> {
    let plain = text.trim_start_matches('[').trim_end_matches(']');
    plain.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}

/// The `for` of one element of `Forwarded`: `for="[2001:db8::1]:80";proto=https`.
fn element(text: &str) -> Option<IpAddr> {
    text.split(';').find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        name.eq_ignore_ascii_case("for").then(|| address(value.trim_matches('"')))?
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn client(peer: &str, headers: &[(HeaderName, &'static str)]) -> String {
        let networks = ["10.0.0.0/8".parse().unwrap(), "2001:db8::/32".parse().unwrap()];
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, HeaderValue::from_static(value));
        }
        TrustedProxies::new(&networks).client(peer.parse().unwrap(), &map).0.to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let says = [(X_FORWARDED_FOR, "203.0.113.9")];
        assert_eq!(client("10.1.2.3", &says), "203.0.113.9");
        assert_eq!(client("::ffff:10.1.2.3", &says), "203.0.113.9");
        assert_eq!(client("2001:db8::5", &says), "203.0.113.9");
        assert_eq!(client("192.0.2.1", &says), "192.0.2.1");
        assert_eq!(client("::ffff:192.0.2.1", &[]), "192.0.2.1");
        assert_eq!(client("10.1.2.3", &[]), "10.1.2.3");
    }

    #[test]
    fn what_the_client_wrote_itself_counts_for_nothing() {
        for (said, found) in [
            ("1.1.1.1, 203.0.113.9", "203.0.113.9"),
            ("1.1.1.1, 203.0.113.9, 10.0.0.7", "203.0.113.9"),
            ("10.0.0.9, 10.0.0.7", "10.0.0.9"),
            ("garbage, 10.0.0.7", "10.0.0.7"),
            ("203.0.113.9, garbage", "10.1.2.3"),
            ("", "10.1.2.3"),
            ("203.0.113.9:4711", "203.0.113.9"),
            ("[2001:db9::1]:80", "2001:db9::1"),
        ] {
            assert_eq!(client("10.1.2.3", &[(X_FORWARDED_FOR, said)]), found, "{said:?}");
        }
        let lines = [(X_FORWARDED_FOR, "203.0.113.9"), (X_FORWARDED_FOR, "198.51.100.4, 10.0.0.7")];
        assert_eq!(client("10.1.2.3", &lines), "198.51.100.4");
    }

    #[test]
    fn the_standard_header_says_the_same() {
        for (said, found) in [
            ("for=203.0.113.9;proto=https", "203.0.113.9"),
            ("for=1.1.1.1, For=\"[2001:db9::1]:4711\";by=10.0.0.1", "2001:db9::1"),
            ("for=unknown", "10.1.2.3"),
            ("proto=https", "10.1.2.3"),
        ] {
            assert_eq!(client("10.1.2.3", &[(FORWARDED, said)]), found, "{said:?}");
        }
    }

    #[test]
    fn where_the_headers_disagree_neither_is_believed() {
        let mut says = [(X_FORWARDED_FOR, "203.0.113.9"), (FORWARDED, "for=1.1.1.1")];
        assert_eq!(client("10.1.2.3", &says), "10.1.2.3");
        says[1].1 = "for=203.0.113.9";
        assert_eq!(client("10.1.2.3", &says), "203.0.113.9");
    }
}
