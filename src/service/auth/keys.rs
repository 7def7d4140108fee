//! Signing keys: making the first, and showing the public halves.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::clock::Timestamp;
use crate::domain::id::KeyId;
use crate::domain::session::{PublicKey, SigningKey};
use crate::service::error::{Error, Result};
use crate::service::ids::new_uuid;
use crate::store::SigningKeyStore;

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
    };
    Ok(SigningKey { public, pkcs8: pkcs8.as_ref().to_vec() })
}

/// The key that signs now; the first is made here. Processes that start at once agree on one.
pub(super) async fn current(store: &dyn SigningKeyStore, now: Timestamp) -> Result<SigningKey> {
    if let Some(key) = store.current_signing_key().await.map_err(Error::from_store)? {
        return Ok(key);
    }
    store.insert_signing_key(&generate(now)?, true).await.map_err(Error::from_store)?;
    let key = store.current_signing_key().await.map_err(Error::from_store)?;
    key.ok_or_else(|| Error::internal("the first signing key is gone"))
}
