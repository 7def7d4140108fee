//! Rate limits, told in the headers of the IETF's draft (draft-ietf-httpapi-ratelimit-headers).
//!
//! Whoever is signed in is counted by who they are, everybody else by where they come from: clients behind one address do not use up
//! each other's share once they sign in, and one client cannot have several by changing addresses. What is counted is kept in memory,
//! by each process for itself, and never grows beyond a bound.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{HeaderName, RETRY_AFTER};
use axum::http::{HeaderValue, Response, StatusCode};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::{Quota, RateLimiter};

use super::problem::Problem;
use crate::domain::id::UserId;
use crate::domain::invalid::Invalid;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// How many requests a client may make in a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// So many, also all at once.
    pub requests: NonZeroU32,
    /// In so many seconds; they come back evenly over this time.
    pub seconds: u32,
}

impl FromStr for RateLimit {
    type Err = Invalid;

    /// `100/s`, `1000/m` or `5000/h`.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let parse = || {
            let (requests, unit) = text.trim().split_once('/')?;
            let seconds = match unit {
                "s" => 1,
                "m" => 60,
                "h" => 3600,
                _ => return None,
            };
            // More than one a microsecond is no limit.
            let requests =
                requests.parse::<NonZeroU32>().ok().filter(|requests| requests.get() <= 1_000_000)?;
            Some(Self { requests, seconds })
        };
        parse().ok_or_else(|| {
            let detail = format!("{text:?} is not a rate limit such as 100/s, 1000/m or 5000/h");
            Invalid::new("invalid_rate_limit", detail)
        })
    }
}

/// Who is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Client {
    /// Somebody who is signed in.
    Subject(UserId),
    /// An address, of IPv6 its network: whoever has one has 2^64.
    Peer(IpAddr),
    /// Nobody knows who.
    Unknown,
}

impl Client {
    /// Who asks from this address.
    pub(super) fn at(peer: Option<IpAddr>) -> Self {
        match peer.map(|peer| peer.to_canonical()) {
            Some(IpAddr::V6(address)) => {
                let network = u128::from(address) & (u128::MAX << 64);
                Self::Peer(IpAddr::V6(network.into()))
            }
            Some(address) => Self::Peer(address),
            None => Self::Unknown,
        }
    }
}

/// Counts the requests of a service.
pub(super) struct RateLimits {
    limit: RateLimit,
    /// How long one request takes to come back.
    each: Duration,
    limiter: RateLimiter<u64, Recent, DefaultClock, StateInformationMiddleware>,
    clock: DefaultClock,
    /// Clients are told apart by a hash under a secret of this process: eight bytes each, and none that a client can choose.
    hasher: RandomState,
}

/// What a client has left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Left {
    limit: RateLimit,
    remaining: u32,
    /// Until all has come back; after a refusal until the next may be made.
    reset: Duration,
}

impl RateLimits {
    pub(super) fn new(limit: RateLimit) -> Self {
        let each =
            (Duration::from_secs(limit.seconds.into()) / limit.requests.get()).max(Duration::from_nanos(1));
        // A period of zero has just been excluded.
        let quota =
            Quota::with_period(each).unwrap_or(Quota::per_second(limit.requests)).allow_burst(limit.requests);
        let clock = DefaultClock::default();
        let limiter = RateLimiter::new(quota, Recent::default(), clock.clone());
        Self { limit, each, limiter, clock, hasher: RandomState::new() }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// The answer to one too many.
    pub(super) fn count(&self, client: Client) -> Result<Left, Problem> {
        let limit = self.limit;
        match self.limiter.check_key(&self.hasher.hash_one(client)) {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                let spent = limit.requests.get().saturating_sub(remaining);
                Ok(Left { limit, remaining, reset: self.each * spent })
            }
            Err(until) => {
                let wait = until.wait_time_from(self.clock.now());
                let left = Left { limit, remaining: 0, reset: wait };
                let detail = format!("too many requests; try again in {} s", seconds(wait));
                let mut problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail);
                problem.headers.push((RETRY_AFTER, seconds(wait).into()));
                problem.headers.extend(left.headers());
                Err(problem)
            }
        }
    }
}

impl Left {
    /// Tells the client, whatever the answer.
    pub(super) fn tell(&self, response: &mut Response<Body>) {
        match response.extensions_mut().get_mut::<Problem>() {
            Some(problem) => problem.headers.extend(self.headers()),
            None => response.headers_mut().extend(self.headers()),
        }
    }

    fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let policy = format!("\"default\";q={};w={}", self.limit.requests, self.limit.seconds);
        let left = format!("\"default\";r={};t={}", self.remaining, seconds(self.reset));
        let named = [(POLICY, policy), (LIMIT, left)];
        named.into_iter().filter_map(|(name, text)| Some((name, HeaderValue::try_from(text).ok()?))).collect()
    }
}

/// Whole seconds, the part of one counted as one.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// How many clients a generation holds; two generations take about 4 MiB.
const GENERATION: usize = 50_000;

/// What is known of recent clients, in two generations: when the young one is full it becomes the old one, and what was old is
/// forgotten. A client that goes on asking moves to the young one and is never forgotten.
#[derive(Default)]
struct Recent(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: HashMap<u64, Nanos>,
    old: HashMap<u64, Nanos>,
}

impl StateStore for Recent {
    type Key = u64;

    fn measure_and_replace<T, F, E>(&self, key: &u64, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = known.young.get(key).or_else(|| known.old.get(key)).copied();
        let (outcome, after) = decide(before)?;
        if known.young.len() >= GENERATION && !known.young.contains_key(key) {
            known.old = std::mem::take(&mut known.young);
        }
        known.young.insert(*key, after);
        Ok(outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(text: &str) -> RateLimits {
        RateLimits::new(text.parse().unwrap())
    }

    #[test]
    fn so_many_at_once_and_then_a_wait() {
        let limits = limits("3/h");
        let client = Client::at(Some([192, 0, 2, 1].into()));
        for remaining in [2, 1, 0] {
            assert_eq!(limits.count(client).unwrap().remaining, remaining);
        }
        let problem = limits.count(client).unwrap_err();
        assert_eq!((problem.status.as_u16(), problem.code), (429, "rate_limited"));
        let header = |name: &HeaderName| {
            let found = problem.headers.iter().find(|(named, _)| named == name).unwrap();
            found.1.to_str().unwrap().to_owned()
        };
        assert_eq!(header(&POLICY), "\"default\";q=3;w=3600");
        assert_eq!((header(&LIMIT), header(&RETRY_AFTER)), ("\"default\";r=0;t=1200".into(), "1200".into()));
        assert!(
            limits.count(Client::at(Some([192, 0, 2, 2].into()))).is_ok(),
            "others are counted by themselves"
        );
    }

    #[test]
    fn a_network_of_ipv6_is_one_client() {
        let at = |text: &str| Client::at(Some(text.parse().unwrap()));
        assert_eq!(at("2001:db8::1"), at("2001:db8::2:3"));
        assert_ne!(at("2001:db8::1"), at("2001:db8:0:1::1"));
        assert_eq!(at("::ffff:192.0.2.1"), at("192.0.2.1"));
    }

    #[test]
    fn memory_is_bounded_and_a_busy_client_is_not_forgotten() {
        // Refilled so slowly that none comes back while the test runs.
        let limits = limits("1000/h");
        let busy = Client::Peer([192, 0, 2, 1].into());
        for n in 0..3 * GENERATION {
            limits.limiter.check_key(&(n as u64)).unwrap();
            if n % 1000 == 0 {
                limits.count(busy).unwrap();
            }
        }
        let left = limits.count(busy).unwrap();
        assert_eq!(
            left.limit.requests.get() - left.remaining,
            151,
            "every one of its requests is remembered"
        );
    }

    #[test]
    fn reads_limits_and_refuses_what_is_none() {
        assert_eq!("100/s".parse::<RateLimit>().unwrap().seconds, 1);
        assert_eq!("5000/h".parse::<RateLimit>().unwrap().seconds, 3600);
        for bad in ["", "100", "0/s", "-1/s", "1.5/s", "100/d", "100/", "/s", "2000000/s"] {
            assert_eq!(bad.parse::<RateLimit>().unwrap_err().code, "invalid_rate_limit", "{bad}");
        }
    }
}
