//! Guessing passwords takes longer with every wrong guess, whichever copy of a service is asked.
//!
//! A try is counted before the password is looked at, and given back when it was right: a thousand guesses at once are let through
//! no further than a thousand one after another. One count is kept for the account, one for where the guess comes from. A peer that
//! has to wait does not reach the account's count, so a single machine cannot keep the owner waiting for long; nobody is ever
//! locked out, because the longest wait is short and asking during it does not prolong it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::domain::backoff::Patience;
use crate::domain::clock::Clock;
use crate::service::error::{Error, Kind, Result};
use crate::store::TryStore;

/// For an account: five guesses, then 1 s, 2 s, 4 s … to a minute.
const ACCOUNT: Patience = Patience {
    free: 5,
    first: Duration::from_secs(1),
    longest: Duration::from_mins(1),
    memory: Duration::from_hours(1),
};

/// For a peer, behind which a whole office may be: a hundred guesses, then 1 s, 2 s, 4 s … to five minutes.
const PEER: Patience = Patience {
    free: 100,
    first: Duration::from_secs(1),
    longest: Duration::from_mins(5),
    memory: Duration::from_hours(1),
};

/// Counts guesses.
pub struct Guard {
    tries: Arc<dyn TryStore>,
    clock: Arc<dyn Clock>,
}

/// A guess that was let through.
pub(super) struct Guess {
    account: String,
    peer: Option<String>,
}

impl Guard {
    /// On this store.
    pub fn new(tries: Arc<dyn TryStore>, clock: Arc<dyn Clock>) -> Self {
        Self { tries, clock }
    }

    /// Counts a guess at this account (an address or id, as normalised) from this peer.
    ///
    /// # Errors
    /// `too_many_tries`, with the time to wait.
    pub(super) async fn admit(&self, account: &str, peer: Option<IpAddr>) -> Result<Guess> {
        let guess = Guess {
            account: digest("account", account),
            peer: peer.map(|peer| digest("peer", &network(peer))),
        };
        if let Some(peer) = &guess.peer {
            self.take(peer, &PEER).await?;
        }
        self.take(&guess.account, &ACCOUNT).await?;
        Ok(guess)
    }

    /// The guess was right: the account starts anew, and the peer has guessed once less.
    pub(super) async fn was_right(&self, guess: &Guess) -> Result<()> {
        self.tries.forget_tries(&guess.account).await.map_err(Error::from_store)?;
        self.give_back_peer(guess).await
    }

    /// Nobody looked at the password: it was no guess.
    pub(super) async fn was_none(&self, guess: &Guess) -> Result<()> {
        let now = self.clock.now();
        self.tries.give_back_try(&guess.account, now).await.map_err(Error::from_store)?;
        self.give_back_peer(guess).await
    }

    async fn give_back_peer(&self, guess: &Guess) -> Result<()> {
        let Some(peer) = &guess.peer else { return Ok(()) };
        self.tries.give_back_try(peer, self.clock.now()).await.map_err(Error::from_store)
    }

    async fn take(&self, key: &str, patience: &Patience) -> Result<()> {
        let now = self.clock.now();
        let Some(free_at) = self.tries.take_try(key, patience, now).await.map_err(Error::from_store)? else {
            return Ok(());
        };
        let millis = (free_at.as_millis() - now.as_millis()).max(1).unsigned_abs();
        let seconds = u32::try_from(millis.div_ceil(1000)).unwrap_or(u32::MAX);
        let detail = format!("too many wrong guesses; try again in {seconds} s");
        let error = Error::new(Kind::TooMany, "too_many_tries", detail);
        Err(error.retry_after(seconds))
    }
}

/// Names of people and machines are not kept: a digest does as well.
fn digest(kind: &str, name: &str) -> String {
    let hash = Sha256::new().chain_update(kind).chain_update([0]).chain_update(name).finalize();
    base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, hash)
}

/// Whoever has one IPv6 address has a whole network of 2^64 to guess from.
fn network(peer: IpAddr) -> String {
    match peer.to_canonical() {
        IpAddr::V4(peer) => peer.to_string(),
        IpAddr::V6(peer) => format!("{:x?}", &peer.segments()[..4]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_network_is_one_peer_however_it_is_written() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("192.0.2.1"), of("::ffff:192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_ne!(digest("account", "a"), digest("peer", "a"));
    }
}
