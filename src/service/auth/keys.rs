//! Signing keys: making, showing, rotating and removing them.
//!
//! The newest signs. Those before it still check the tokens they have signed, until the last of these has expired; then the next
//! rotation removes them. Services notice a new key by its first token, and a removed one within five seconds.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use utoipa::ToSchema;

use super::claims::{LEEWAY, TOKEN_SECONDS};
use crate::domain::audit::AuditAction;
use crate::domain::clock::{Clock, Timestamp};
use crate::domain::id::KeyId;
use crate::domain::session::{PublicKey, SigningKey};
use crate::service::WriteOptions;
use crate::service::error::{Error, Result};
use crate::service::ids::new_uuid;
use crate::service::view::KeyView;
use crate::store::SigningKeyStore;

/// For how long after its successor was made a key may still sign on a machine whose clock is behind, in seconds.
const SKEW: i64 = 60;

/// A public key as `/.well-known/jwks.json` shows it (RFC 7517, RFC 8037).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Jwk {
    /// `OKP`: an octet key pair.
    #[schema(example = "OKP")]
    pub kty: &'static str,
    /// `Ed25519`.
    #[schema(example = "Ed25519")]
    pub crv: &'static str,
    /// `EdDSA`.
    #[schema(example = "EdDSA")]
    pub alg: &'static str,
    /// `sig`: for signatures.
    #[serde(rename = "use")]
    #[schema(example = "sig")]
    pub usage: &'static str,
    /// The key's id, as in the header of tokens.
    pub kid: String,
    /// The public key, base64url.
    pub x: String,
}

impl From<&PublicKey> for Jwk {
    fn from(key: &PublicKey) -> Self {
        Self {
            kty: "OKP",
            crv: "Ed25519",
            alg: "EdDSA",
            usage: "sig",
            kid: key.id.to_string(),
            x: URL_SAFE_NO_PAD.encode(&key.public),
        }
    }
}

/// A new key pair.
pub(super) fn generate(now: Timestamp) -> Result<SigningKey> {
    let pkcs8 =
        Ed25519KeyPair::generate_pkcs8(&aws_lc_rs::rand::SystemRandom::new()).map_err(Error::internal)?;
    let pair = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).map_err(Error::internal)?;
    let public = PublicKey {
        id: KeyId::from_uuid(new_uuid(now)),
        public: pair.public_key().as_ref().to_vec(),
        created_at: now,
        tokens_until: None,
    };
    Ok(SigningKey { public, pkcs8: pkcs8.as_ref().to_vec() })
}

/// The key that signs now; the first is made here. Processes that start at once agree on one.
pub(super) async fn current(store: &dyn SigningKeyStore, now: Timestamp) -> Result<SigningKey> {
    if let Some(key) = store.current_signing_key().await.map_err(Error::from_store)? {
        return Ok(key);
    }
    store.insert_first_signing_key(&generate(now)?).await.map_err(Error::from_store)?;
    let key = store.current_signing_key().await.map_err(Error::from_store)?;
    key.ok_or_else(|| Error::internal("the first signing key is gone"))
}

/// The use cases of signing keys.
pub struct Keys {
    store: Arc<dyn SigningKeyStore>,
    clock: Arc<dyn Clock>,
}

impl Keys {
    /// On this store.
    pub fn new(store: Arc<dyn SigningKeyStore>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// Every key, newest first.
    ///
    /// # Errors
    /// Only the store's.
    pub async fn list(&self) -> Result<Vec<KeyView>> {
        let keys = self.store.public_keys().await.map_err(Error::from_store)?;
        let now = self.clock.now();
        let until = keys.iter().zip(keys.iter().skip(1)).map(|(key, next)| Some(checks_until(key, next)));
        let mut views: Vec<KeyView> = keys
            .iter()
            .zip(until.chain([None]))
            .map(|(key, until)| KeyView {
                id: key.id.to_string(),
                status: match until {
                    None => "signing",
                    Some(until) if until > now => "checking",
                    Some(_) => "spent",
                },
                created_at: key.created_at.to_string(),
                checks_until: until.or(key.tokens_until).map(|until| until.to_string()),
            })
            .collect();
        views.reverse();
        Ok(views)
    }

    /// Makes a new key that signs from now on, and removes those that are spent; with `revoke` every other one, which ends every
    /// token there is. Returns the keys that are left, newest first.
    ///
    /// # Errors
    /// Only the store's.
    pub async fn rotate(&self, revoke: bool, options: &WriteOptions) -> Result<Vec<KeyView>> {
        let before = self.store.public_keys().await.map_err(Error::from_store)?;
        let now = self.clock.now();
        // The newest signs, also where the clock that made the last one was ahead of ours.
        let made_at =
            before.last().map_or(now, |last| now.max(last.created_at.plus(Duration::from_millis(1))));
        let key = generate(made_at)?;
        let entry = options.entry(now, AuditAction::KeyRotated, key.public.id.to_string(), None);
        let commit = options.commit_without_receipt().logging(vec![entry]);
        self.store.insert_signing_key(&key, commit).await.map_err(Error::from_store)?;
        let successors = before.iter().skip(1).chain([&key.public]);
        for (old, next) in before.iter().zip(successors) {
            if revoke || checks_until(old, next) <= now {
                let why = if revoke { "revoked" } else { "spent" };
                let entry =
                    options.entry(now, AuditAction::KeyRemoved, old.id.to_string(), Some(why.to_owned()));
                let commit = options.commit_without_receipt().logging(vec![entry]);
                self.store.remove_signing_key(old.id, commit).await.map_err(Error::from_store)?;
            }
        }
        self.list().await
    }
}

/// The last moment at which any token is good that this key has signed, given the one that took its place.
fn checks_until(key: &PublicKey, next: &PublicKey) -> Timestamp {
    let after = |at: Timestamp, seconds: i64| at.plus(Duration::from_secs(seconds.unsigned_abs()));
    let people = after(next.created_at, TOKEN_SECONDS + LEEWAY + SKEW);
    key.tokens_until.map_or(people, |machines| people.max(after(machines, LEEWAY)))
}
