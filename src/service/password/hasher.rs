//! Hashing and verifying on threads of their own.
//!
//! A hash costs tens of milliseconds of a core and 19 MiB of memory, on purpose. A small fixed pool of threads does the work and
//! keeps its memory, so that a flood of sign-ins makes sign-ins slow and nothing else. Who would wait too long is told so.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{Semaphore, SemaphorePermit, oneshot};

use super::argon::{self, Memory};
use super::scheme::Scheme;
use super::{MAX_BYTES, check_new};
use crate::domain::user::PasswordHash;
use crate::service::error::{Error, Kind, Result};

/// How many may wait for a thread before more are turned away.
const QUEUE: usize = 32;
/// How long one waits for a thread before being turned away.
const PATIENCE: Duration = Duration::from_secs(2);

/// What became of a password that was compared with a hash.
#[derive(Debug)]
pub enum Verdict {
    /// It is another one, or there is no hash.
    Wrong,
    /// It is the one.
    Right,
    /// It is the one, and this stronger hash should replace the one that was kept.
    RightButWeak(PasswordHash),
}

enum Work {
    Hash(oneshot::Sender<std::result::Result<PasswordHash, String>>),
    /// Without a hash the same work is done for nothing, so that an unknown user takes as long as a wrong password.
    Verify {
        hash: Option<PasswordHash>,
        renew: bool,
        reply: oneshot::Sender<Verdict>,
    },
}

struct Job {
    password: SecretString,
    work: Work,
    /// Set by whoever is first: the thread that begins, or the asker who has waited too long.
    claimed: Arc<AtomicBool>,
}

/// Hashes and verifies passwords on its own threads, which start with the first job.
pub struct PasswordHasher {
    threads: usize,
    /// For those at work and those who wait.
    places: Semaphore,
    queue: OnceLock<SyncSender<Job>>,
}

/// The right to have one password at a time looked at. Taken before anything else is done for a sign-in, so that one too many costs next
/// to nothing.
pub struct Place<'a> {
    hasher: &'a PasswordHasher,
    _held: SemaphorePermit<'a>,
}

impl Default for PasswordHasher {
    fn default() -> Self {
        Self::new()
    }
}

impl PasswordHasher {
    /// A hasher whose threads have not started yet.
    pub fn new() -> Self {
        // One core stays free for everything else.
        let threads = thread::available_parallelism().map_or(1, usize::from).saturating_sub(1).max(1);
        Self { threads, places: Semaphore::new(QUEUE + threads), queue: OnceLock::new() }
    }

    /// A place among those at work and those who wait.
    ///
    /// # Errors
    /// `TooMany` when all are taken.
    pub fn place(&self) -> Result<Place<'_>> {
        let held = self.places.try_acquire().map_err(|_| too_many())?;
        Ok(Place { hasher: self, _held: held })
    }

    /// The PHC string of a new password, with a fresh salt.
    ///
    /// # Errors
    /// `Invalid` for a password [`check_new`] refuses, `TooMany` when too many wait already.
    pub async fn hash(&self, password: SecretString) -> Result<PasswordHash> {
        check_new(&password).map_err(|invalid| Error::invalid("/password", invalid))?;
        self.place()?.run(password, Work::Hash).await?.map_err(Error::internal)
    }

    /// Whether a password is the one behind a hash. Takes the same time without a hash, and answers no.
    ///
    /// # Errors
    /// `TooMany` when too many wait already.
    pub async fn verify(&self, password: SecretString, hash: Option<PasswordHash>) -> Result<bool> {
        self.place()?.verify(password, hash).await
    }

    fn queue(&self) -> &SyncSender<Job> {
        self.queue.get_or_init(|| {
            // Each place has one job at the most, so a job is never refused.
            let (sender, receiver) = sync_channel(QUEUE + self.threads);
            let receiver = Arc::new(Mutex::new(receiver));
            for _ in 0..self.threads {
                let receiver = Arc::clone(&receiver);
                thread::spawn(move || work(&receiver));
            }
            sender
        })
    }
}

impl Place<'_> {
    /// See [`PasswordHasher::verify`].
    ///
    /// # Errors
    /// `TooMany` after a wait that was too long.
    pub async fn verify(&self, password: SecretString, hash: Option<PasswordHash>) -> Result<bool> {
        Ok(!matches!(self.compare(password, hash, false).await?, Verdict::Wrong))
    }

    /// The same, and a new hash where the one given is weaker than new ones are or was made elsewhere.
    ///
    /// # Errors
    /// `TooMany` after a wait that was too long.
    pub async fn verify_and_renew(
        &self,
        password: SecretString,
        hash: Option<PasswordHash>,
    ) -> Result<Verdict> {
        self.compare(password, hash, true).await
    }

    async fn compare(
        &self,
        password: SecretString,
        hash: Option<PasswordHash>,
        renew: bool,
    ) -> Result<Verdict> {
        if password.expose_secret().len() > MAX_BYTES {
            return Ok(Verdict::Wrong);
        }
        self.run(password, |reply| Work::Verify { hash, renew, reply }).await
    }

    async fn run<T>(
        &self,
        password: SecretString,
        work: impl FnOnce(oneshot::Sender<T>) -> Work,
    ) -> Result<T> {
        let (reply, mut answer) = oneshot::channel();
        let claimed = Arc::new(AtomicBool::new(false));
        let job = Job { password, work: work(reply), claimed: Arc::clone(&claimed) };
        match self.hasher.queue().try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => return Err(too_many()),
            Err(TrySendError::Disconnected(_)) => {
                return Err(Error::internal("the hashing threads are gone"));
            }
        }
        match tokio::time::timeout(PATIENCE, &mut answer).await {
            Err(_) if !claimed.swap(true, Ordering::AcqRel) => Err(too_many()),
            // A thread is at it: the cost of every hash is bounded, so the rest of the wait is too.
            Err(_) => answer.await.map_err(Error::internal),
            Ok(answer) => answer.map_err(Error::internal),
        }
    }
}

fn too_many() -> Error {
    Error::new(Kind::TooMany, "too_many_sign_ins", "too many sign-ins at once; try again in a moment")
}

fn work(queue: &Mutex<Receiver<Job>>) {
    let mut memory = Memory::default();
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { password, work, claimed }) = next else { return };
        if claimed.swap(true, Ordering::AcqRel) {
            continue;
        }
        let password = password.expose_secret().as_bytes();
        // Whoever asked may have gone; then nobody needs the answer.
        match work {
            Work::Hash(reply) => drop(reply.send(argon::hash(password, &mut memory))),
            Work::Verify { hash, renew, reply } => {
                drop(reply.send(compare(password, hash.as_ref(), renew, &mut memory)));
            }
        }
        memory.trim();
    }
}

fn compare(password: &[u8], hash: Option<&PasswordHash>, renew: bool, memory: &mut Memory) -> Verdict {
    let Some(scheme) = hash.and_then(|hash| Scheme::parse(hash.expose()).ok()) else {
        argon::pretend(password, memory);
        return Verdict::Wrong;
    };
    if !scheme.matches(password, memory) {
        return Verdict::Wrong;
    }
    if !renew || scheme.is_current() {
        return Verdict::Right;
    }
    // Without a new hash the old one goes on being good.
    argon::hash(password, memory).map_or(Verdict::Right, Verdict::RightButWeak)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    fn kept(text: &str) -> PasswordHash {
        PasswordHash::from_phc(text.to_owned())
    }

    #[tokio::test]
    async fn a_hash_verifies_its_password_and_no_other() {
        let hasher = PasswordHasher::new();
        let hash = hasher.hash(secret("correct horse")).await.unwrap();
        assert!(hash.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(hasher.verify(secret("correct horse"), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify(secret("correct horsf"), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify(secret("correct horse"), None).await.unwrap());
        let verdict =
            hasher.place().unwrap().verify_and_renew(secret("correct horse"), Some(hash)).await.unwrap();
        assert!(matches!(verdict, Verdict::Right), "a new hash is strong enough: {verdict:?}");
    }

    #[tokio::test]
    async fn verifies_a_hash_that_another_library_made_and_gives_a_stronger_one() {
        // From the argon2 reference implementation's README: password "password", salt "somesalt".
        let hash = kept("$argon2i$v=19$m=65536,t=2,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b+dWRWJTmaaJObG");
        let hasher = PasswordHasher::new();
        assert!(!hasher.verify(secret("Password"), Some(hash.clone())).await.unwrap());
        let verdict = hasher.place().unwrap().verify_and_renew(secret("password"), Some(hash)).await.unwrap();
        let Verdict::RightButWeak(stronger) = verdict else { panic!("{verdict:?}") };
        assert!(stronger.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(hasher.verify(secret("password"), Some(stronger)).await.unwrap());
    }

    #[tokio::test]
    async fn a_damaged_hash_lets_nobody_in() {
        let hasher = PasswordHasher::new();
        for bad in ["", "$argon2id$", "plain", "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ"] {
            assert!(!hasher.verify(secret(bad), Some(kept(bad))).await.unwrap(), "{bad}");
        }
    }

    #[tokio::test]
    async fn of_a_flood_those_are_turned_away_who_would_wait_too_long() {
        let hasher = Arc::new(PasswordHasher::new());
        let asked: Vec<_> = (0..QUEUE + hasher.threads + 5)
            .map(|_| {
                let hasher = Arc::clone(&hasher);
                tokio::spawn(async move { hasher.verify(secret("correct horse"), None).await })
            })
            .collect();
        let mut turned_away = 0;
        for asked in asked {
            match asked.await.unwrap() {
                Ok(right) => assert!(!right),
                Err(error) => {
                    assert_eq!((error.kind, error.code), (Kind::TooMany, "too_many_sign_ins"));
                    turned_away += 1;
                }
            }
        }
        assert_eq!(turned_away, 5);
        assert!(!hasher.verify(secret("correct horse"), None).await.unwrap(), "and then it goes on");
    }
}
