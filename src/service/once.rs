//! Doing a request once, however often it is sent.
//!
//! A request that carries a key leaves a receipt with its answer, in the transaction of its effect. Sent again within
//! [`RequestKey::KEPT`], after a crash, a time-out or by mistake, it is answered from there, by whichever process it reaches. A
//! refusal leaves none: it changed nothing, and the same request may do better later.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use base64::Engine;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::error::{Error, Kind, Result};
use super::write::WriteOptions;
use crate::domain::clock::Timestamp;
use crate::domain::invalid::Invalid;
use crate::store::{Commit, Effect, Receipt, ReceiptStore};

/// The code of what a store says of a request that was done meanwhile; nobody outside hears it.
pub(super) const DONE_BEFORE: &str = "request_done_before";

const FRESH: u8 = 1;
const REPLAYED: u8 = 2;

/// What makes a request the same as one before.
#[derive(Debug, Clone)]
pub struct RequestKey {
    id: String,
    fingerprint: String,
    /// Bits: what became of its parts.
    answered: Arc<AtomicU8>,
}

impl PartialEq for RequestKey {
    fn eq(&self, other: &Self) -> bool {
        (&self.id, &self.fingerprint) == (&other.id, &other.fingerprint)
    }
}

impl Eq for RequestKey {}

impl RequestKey {
    /// How long an answer is kept.
    pub const KEPT: Duration = Duration::from_hours(24);
    /// The longest key, in bytes.
    pub const MAX_LEN: usize = 255;

    /// The key that somebody gave, for a request that says this. Keys of different askers never meet.
    ///
    /// # Errors
    /// `invalid_idempotency_key` unless it is 1 to [`MAX_LEN`](Self::MAX_LEN) visible ASCII characters.
    pub fn new(asker: &str, key: &str, request: &[&[u8]]) -> Result<Self> {
        if !(1..=Self::MAX_LEN).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            let detail = format!(
                "an idempotency key is 1 to {} visible ASCII characters without spaces, such as a UUID",
                Self::MAX_LEN
            );
            return Err(Error::invalid("/idempotency_key", Invalid::new("invalid_idempotency_key", detail)));
        }
        let id = digest(&[b"request", asker.as_bytes(), key.as_bytes()]);
        Ok(Self { id, fingerprint: digest(request), answered: Arc::default() })
    }

    /// The key of one part of a request that has several; each is done once.
    #[must_use]
    pub fn part(&self, name: &str) -> Self {
        let id = digest(&[b"part", self.id.as_bytes(), name.as_bytes()]);
        Self { id, fingerprint: self.fingerprint.clone(), answered: Arc::clone(&self.answered) }
    }

    /// The same key for a request that says this: for one whose body holds what must not be digested and kept, such as a password.
    #[must_use]
    pub fn saying(&self, request: &[&[u8]]) -> Self {
        Self { fingerprint: digest(request), ..self.clone() }
    }

    /// Whether all that was answered was answered from what was kept.
    pub fn was_replayed(&self) -> bool {
        self.answered.load(Ordering::Relaxed) == REPLAYED
    }

    /// What the request goes by.
    pub(super) fn name(&self) -> &str {
        &self.id
    }

    /// Notes that what was asked was answered from what was kept.
    pub(super) fn note_replay(&self) {
        self.note(REPLAYED);
    }

    fn note(&self, bit: u8) {
        self.answered.fetch_or(bit, Ordering::Relaxed);
    }
}

/// SHA-256 over parts that cannot run into each other, in base 64.
pub(super) fn digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(hash.finalize())
}

/// Does the work of a request, or gives the answer that it was given before.
///
/// # Errors
/// Those of the work; `idempotency_key_reused` for another request under the same key.
pub(super) async fn once<V: Serialize + DeserializeOwned>(
    receipts: &(impl ReceiptStore + ?Sized),
    options: &WriteOptions,
    now: Timestamp,
    work: impl AsyncFnOnce() -> Result<V>,
) -> Result<V> {
    let Some(key) = options.request.as_ref().filter(|_| !options.dry_run) else { return work().await };
    if let Some(answer) = replay(receipts, key, now).await? {
        return Ok(answer);
    }
    match work().await {
        // Another copy was at the same request and quicker.
        Err(error) if error.code == DONE_BEFORE => replay(receipts, key, now).await?.ok_or_else(|| {
            // Seen by a transaction, and not yet safe on a majority: a primary that is cut off may still lose it.
            let detail = "the same request was done a moment ago and its answer is not safe yet";
            Error::new(Kind::Unavailable, "request_in_doubt", detail).hint("ask again in a moment")
        }),
        done => {
            key.note(FRESH);
            done
        }
    }
}

async fn replay<V: DeserializeOwned>(
    receipts: &(impl ReceiptStore + ?Sized),
    key: &RequestKey,
    now: Timestamp,
) -> Result<Option<V>> {
    let found = receipts.find_receipt(&key.id, now).await.map_err(Error::from_store)?;
    let Some(kept) = found else { return Ok(None) };
    if kept.fingerprint != key.fingerprint {
        return Err(reused());
    }
    let answer = serde_json::from_str(&kept.answer).map_err(Error::internal)?;
    key.note(REPLAYED);
    Ok(Some(answer))
}

/// The refusal of another request under a key that was used.
pub(super) fn reused() -> Error {
    let detail = "this idempotency key was used for another request";
    Error::new(Kind::Invalid, "idempotency_key_reused", detail)
        .hint("send what you sent before, or take a new key for a new request")
}

impl WriteOptions {
    /// How a write by these options is to last, when this is its answer.
    pub(super) fn commit<V: Serialize>(
        &self,
        at: Timestamp,
        answer: impl Fn(Effect<'_>) -> V + Send + Sync + 'static,
    ) -> Commit {
        match &self.request {
            _ if self.dry_run => Commit::DryRun,
            None => Commit::Keep,
            Some(key) => Commit::Once(Arc::new(receipt(key, at, answer))),
        }
    }

    /// Leaves the receipt of a request that found everything as it wants it and wrote nothing.
    pub(super) async fn settle<V: Serialize + Clone + Send + Sync + 'static>(
        &self,
        receipts: &(impl ReceiptStore + ?Sized),
        at: Timestamp,
        answer: V,
    ) -> Result<V> {
        if let Some(key) = self.request.as_ref().filter(|_| !self.dry_run) {
            let kept = answer.clone();
            let receipt = receipt(key, at, move |_| kept.clone());
            receipts.keep_receipt(&receipt).await.map_err(Error::from_store)?;
        }
        Ok(answer)
    }
}

fn receipt<V: Serialize>(
    key: &RequestKey,
    at: Timestamp,
    answer: impl Fn(Effect<'_>) -> V + Send + Sync + 'static,
) -> Receipt {
    Receipt {
        id: key.id.clone(),
        fingerprint: key.fingerprint.clone(),
        at,
        until: at.plus(RequestKey::KEPT),
        // A view is made of texts, numbers and lists of them, which always serialise.
        answer: Arc::new(move |effect| serde_json::to_string(&answer(effect)).unwrap_or_default()),
    }
}
