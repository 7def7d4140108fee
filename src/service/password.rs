//! Passwords: which are accepted, and hashing them without hurting anything else.
//!
//! A hash costs tens of milliseconds of a core and 19 MiB of memory, on purpose. A small fixed pool of threads does the work and
//! keeps its memory, so that a flood of sign-ins makes sign-ins slow and nothing else.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::oneshot;

use super::error::{Error, Kind, Result};
use crate::domain::invalid::Invalid;
use crate::domain::user::PasswordHash;

/// The shortest password, in bytes (NIST SP 800-63B asks for 8 characters).
pub const MIN_BYTES: usize = 8;
/// The longest password, in bytes: enough for any phrase, and a bound on the work a stranger can cause.
pub const MAX_BYTES: usize = 1024;

/// OWASP's first recommendation for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;

/// How many may wait for a thread before more are turned away.
const QUEUE: usize = 32;

/// The passwords that guessing begins with.
const COMMON: &[&str] = &[
    "password",
    "password1",
    "passw0rd",
    "12345678",
    "123456789",
    "1234567890",
    "qwertyuiop",
    "qwerty123",
    "11111111",
    "00000000",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "trustno1",
    "letmein1",
    "welcome1",
    "admin123",
    "administrator",
    "changeme",
    "abcd1234",
    "1q2w3e4r",
    "1qaz2wsx",
    "asdfghjkl",
];

/// Checks a password that somebody wants to have.
///
/// # Errors
/// `password_too_short`, `password_too_long`, `password_too_common`. The text never repeats the password.
pub fn check_new(password: &SecretString) -> std::result::Result<(), Invalid> {
    let text = password.expose_secret();
    if text.len() < MIN_BYTES {
        Err(Invalid::new("password_too_short", format!("the password is shorter than {MIN_BYTES} bytes")))
    } else if text.len() > MAX_BYTES {
        Err(Invalid::new("password_too_long", format!("the password is longer than {MAX_BYTES} bytes")))
    } else if COMMON.contains(&text.to_lowercase().as_str()) {
        Err(Invalid::new("password_too_common", "the password is one of the most common ones"))
    } else {
        Ok(())
    }
}

enum Work {
    Hash(oneshot::Sender<std::result::Result<PasswordHash, String>>),
    /// Without a hash the same work is done for nothing, so that an unknown user takes as long as a wrong password.
    Verify(Option<PasswordHash>, oneshot::Sender<bool>),
}

struct Job {
    password: SecretString,
    work: Work,
}

/// Hashes and verifies passwords on its own threads, which start with the first job.
#[derive(Default)]
pub struct PasswordHasher {
    queue: OnceLock<SyncSender<Job>>,
}

impl PasswordHasher {
    /// A hasher whose threads have not started yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The PHC string of a new password, with a fresh salt.
    ///
    /// # Errors
    /// `Invalid` for a password [`check_new`] refuses, `TooMany` when too many wait already.
    pub async fn hash(&self, password: SecretString) -> Result<PasswordHash> {
        check_new(&password).map_err(|invalid| Error::invalid("/password", invalid))?;
        let (reply, answer) = oneshot::channel();
        self.send(Job { password, work: Work::Hash(reply) })?;
        answer.await.map_err(Error::internal)?.map_err(Error::internal)
    }

    /// Whether a password is the one behind a hash. Takes the same time without a hash, and answers no.
    ///
    /// # Errors
    /// `TooMany` when too many wait already.
    pub async fn verify(&self, password: SecretString, hash: Option<PasswordHash>) -> Result<bool> {
        if password.expose_secret().len() > MAX_BYTES {
            return Ok(false);
        }
        let (reply, answer) = oneshot::channel();
        self.send(Job { password, work: Work::Verify(hash, reply) })?;
        answer.await.map_err(Error::internal)
    }

    fn send(&self, job: Job) -> Result<()> {
        match self.queue.get_or_init(start).try_send(job) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_)) => Err(Error::new(
                Kind::TooMany,
                "too_many_sign_ins",
                "too many sign-ins at once; try again in a moment",
            )),
            Err(TrySendError::Disconnected(_)) => Err(Error::internal("the hashing threads are gone")),
        }
    }
}

fn start() -> SyncSender<Job> {
    let (sender, receiver) = sync_channel(QUEUE);
    let receiver = Arc::new(Mutex::new(receiver));
    // One core stays free for everything else.
    let cores = thread::available_parallelism().map_or(1, usize::from);
    for _ in 0..cores.saturating_sub(1).max(1) {
        let receiver = Arc::clone(&receiver);
        thread::spawn(move || work(&receiver));
    }
    sender
}

fn work(queue: &Mutex<Receiver<Job>>) {
    let mut memory = Vec::new();
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { password, work }) = next else { return };
        let password = password.expose_secret().as_bytes();
        // Whoever asked may have gone; then nobody needs the answer.
        match work {
            Work::Hash(reply) => drop(reply.send(hash(password, &mut memory))),
            Work::Verify(hash, reply) => drop(reply.send(verify(password, hash.as_ref(), &mut memory))),
        }
    }
}

fn derive(
    password: &[u8],
    salt: &[u8],
    algorithm: Algorithm,
    version: Version,
    params: Params,
    memory: &mut Vec<Block>,
) -> std::result::Result<Vec<u8>, String> {
    let mut out = vec![0; params.output_len().unwrap_or(HASH_BYTES)];
    let blocks = params.block_count();
    if memory.len() < blocks {
        memory.resize(blocks, Block::default());
    }
    Argon2::new(algorithm, version, params)
        .hash_password_into_with_memory(password, salt, &mut out, &mut memory[..blocks])
        .map_err(|error| error.to_string())?;
    Ok(out)
}

fn ours() -> std::result::Result<Params, String> {
    Params::new(MEMORY_KIB, PASSES, LANES, Some(HASH_BYTES)).map_err(|error| error.to_string())
}

fn hash(password: &[u8], memory: &mut Vec<Block>) -> std::result::Result<PasswordHash, String> {
    let salt: [u8; SALT_BYTES] = rand::random();
    let hash = derive(password, &salt, Algorithm::Argon2id, Version::V0x13, ours()?, memory)?;
    Ok(PasswordHash::from_phc(format!(
        "$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${}${}",
        STANDARD_NO_PAD.encode(salt),
        STANDARD_NO_PAD.encode(hash),
    )))
}

fn verify(password: &[u8], hash: Option<&PasswordHash>, memory: &mut Vec<Block>) -> bool {
    let known = hash.and_then(|hash| {
        let parsed = phc::PasswordHash::new(hash.expose()).ok()?;
        let algorithm = Algorithm::try_from(parsed.algorithm.as_str()).ok()?;
        let version = parsed.version.map_or(Ok(Version::default()), Version::try_from).ok()?;
        let params = Params::try_from(&parsed).ok()?;
        let (salt, expected) = (parsed.salt?, parsed.hash?);
        let found = derive(password, salt.as_ref(), algorithm, version, params, memory).ok()?;
        Some(aws_lc_rs::constant_time::verify_slices_are_equal(&found, expected.as_bytes()).is_ok())
    });
    known.unwrap_or_else(|| {
        let same_work = ours().and_then(|ours| {
            derive(password, &[0; SALT_BYTES], Algorithm::Argon2id, Version::V0x13, ours, memory)
        });
        drop(same_work);
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    #[tokio::test]
    async fn a_hash_verifies_its_password_and_no_other() {
        let hasher = PasswordHasher::new();
        let hash = hasher.hash(secret("correct horse")).await.unwrap();
        assert!(hash.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(hasher.verify(secret("correct horse"), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify(secret("correct horsf"), Some(hash)).await.unwrap());
        assert!(!hasher.verify(secret("correct horse"), None).await.unwrap());
    }

    #[tokio::test]
    async fn verifies_a_hash_that_another_library_made() {
        // From the argon2 reference implementation's README: password "password", salt "somesalt".
        let hash = "$argon2i$v=19$m=65536,t=2,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b+dWRWJTmaaJObG";
        let hasher = PasswordHasher::new();
        let hash = Some(PasswordHash::from_phc(hash.to_owned()));
        assert!(hasher.verify(secret("password"), hash.clone()).await.unwrap());
        assert!(!hasher.verify(secret("Password"), hash).await.unwrap());
    }

    #[tokio::test]
    async fn a_damaged_hash_lets_nobody_in() {
        let hasher = PasswordHasher::new();
        for bad in ["", "$argon2id$", "plain", "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ"] {
            let hash = Some(PasswordHash::from_phc(bad.to_owned()));
            assert!(!hasher.verify(secret(bad), hash).await.unwrap(), "{bad}");
        }
    }

    #[test]
    fn refuses_short_long_and_common_passwords_without_repeating_them() {
        for (bad, code) in [
            ("seven77", "password_too_short"),
            ("Password1", "password_too_common"),
            (&*"x".repeat(1025), "password_too_long"),
        ] {
            let invalid = check_new(&secret(bad)).unwrap_err();
            assert_eq!(invalid.code, code);
            assert!(!invalid.detail.contains(bad));
        }
        assert!(check_new(&secret("pässwörd")).is_ok());
    }
}
