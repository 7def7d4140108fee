//! The loop around a step that must be atomic.
//!
//! The driver's own loop retries for two minutes and repeats a commit without a pause. Here a transient error runs the whole step again
//! after a pause that grows, an unknown outcome repeats the commit only, and there is a deadline.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use mongodb::ClientSession;
use mongodb::bson::{Document, doc};
use mongodb::error::TRANSIENT_TRANSACTION_ERROR;
use mongodb::options::{ReadConcern, TransactionOptions};

use super::connect::{from_primary, primary_only, write_concern};
use super::error::{code, code_of};
use super::shared::Shared;
use crate::store::{Commit, Effect, Result, StoreError, crash};

/// After this long no attempt begins.
pub(super) const DEADLINE: Duration = Duration::from_secs(20);

/// After this long in conflict nobody alive can be the other side.
const LOCKED: Duration = Duration::from_secs(1);

/// The longest that the server may take over one commit.
const COMMIT: Duration = Duration::from_secs(5);

/// The longest pause between two attempts. Those in the way are through in milliseconds, and once a new primary is there nobody should
/// sleep on.
const PAUSE: Duration = Duration::from_millis(100);

/// Why an attempt at a step ended without a result.
pub(super) enum Fault {
    /// The driver's error; its labels say whether another attempt makes sense.
    Driver(mongodb::error::Error),
    /// A refusal: another attempt would end the same way.
    Refused(StoreError),
    /// Somebody was quicker; the next attempt sees what they did.
    Again,
    /// What this attempt was to add is there: an earlier one was done, though nothing was heard of it.
    There,
}

impl Fault {
    /// Whether another attempt may do better, and nothing is left of this one.
    fn is_passing(&self) -> bool {
        matches!(self, Self::Driver(error) if error.contains_label(TRANSIENT_TRANSACTION_ERROR))
    }
}

impl From<mongodb::error::Error> for Fault {
    fn from(error: mongodb::error::Error) -> Self {
        Self::Driver(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Refused(error)
    }
}

/// One attempt at a step.
pub(super) type Attempt<T> = std::result::Result<T, Fault>;

/// What happens in one transaction. May be run several times; only the last run counts.
#[async_trait]
pub(super) trait Step: Send + Sync {
    /// What it gives.
    type Output: Send;

    /// Does everything with this session. Errors of the driver MUST be passed on: the loop decides by their labels.
    async fn run(&self, store: &Shared, session: &mut ClientSession) -> Attempt<Self::Output>;

    /// Looks whether an earlier attempt, of whose commit nothing was heard, was done after all. Asked before the step runs again.
    async fn done_before(&self, _store: &Shared) -> Result<Option<Self::Output>> {
        Ok(None)
    }

    /// Whether somebody waits to be told that it is [applied](Self::applied).
    fn tells_when_applied(&self) -> bool {
        false
    }

    /// The primary has its effect, and who reads there sees it; a majority does not have it yet. It is done only once that has it too.
    fn applied(&self) {}

    /// What it came to, for the receipt of a request.
    fn effect(_output: &Self::Output) -> Effect<'_> {
        Effect::Done
    }
}

impl Shared {
    /// Runs a step in a transaction: all of it or nothing, with the receipt of its request where there is one. A dry run ends with
    /// an abort.
    pub(super) async fn transact<S: Step>(&self, step: &S, commit: &Commit) -> Result<S::Output> {
        self.transact_within(step, commit, DEADLINE).await
    }

    /// The same, giving up with `Timeout` when it has met nothing but conflicts for so long.
    pub(super) async fn transact_within<S: Step>(
        &self,
        step: &S,
        commit: &Commit,
        conflicts: Duration,
    ) -> Result<S::Output> {
        self.need_transactions().await?;
        // The first commit is then answered by the primary alone, and the driver asks for a majority when it is repeated.
        let in_two = step.tells_when_applied() && self.majority_is_journaled().await;
        let concern = if in_two { primary_only() } else { write_concern() };
        let options = TransactionOptions::builder()
            .read_concern(ReadConcern::snapshot())
            .write_concern(concern)
            .selection_criteria(from_primary())
            .max_commit_time(COMMIT)
            .build();
        let begun = Instant::now();
        let deadline = begun + DEADLINE;
        let mut session = self.client.start_session().await.map_err(|error| self.explain(&error))?;
        let mut attempts = 0;
        let mut in_doubt = false;
        loop {
            if in_doubt && let Some(done) = step.done_before(self).await? {
                return Ok(done);
            }
            let started = session.start_transaction().with_options(options.clone()).await;
            started.map_err(|error| self.explain(&error))?;
            crash::point("begun");
            let fault = match self.attempt(step, commit, &mut session).await {
                Ok(output) if commit.is_dry_run() => {
                    // Nothing to hear: without a commit the server forgets the transaction, now or in a minute.
                    let _ = session.abort_transaction().await;
                    return Ok(output);
                }
                Ok(output) => {
                    let applied = in_two.then_some(|| step.applied());
                    match self.commit(&mut session, deadline, &mut in_doubt, applied).await {
                        Ok(()) => return Ok(output),
                        Err(fault) => fault,
                    }
                }
                Err(fault) if fault.is_passing() => {
                    // The server has given it up already, or is out of reach. Waiting to say goodbye to a primary that is frozen or cut
                    // off would hold up the next attempt, which the new primary could serve; a session that is dropped sees to it.
                    session = self.client.start_session().await.map_err(|error| self.explain(&error))?;
                    fault
                }
                Err(fault) => {
                    let _ = session.abort_transaction().await;
                    fault
                }
            };
            let (last, until) = match fault {
                Fault::Refused(error) => return Err(error),
                Fault::Driver(error) if code_of(&error) == Some(code::WRITE_CONFLICT) => {
                    if begun.elapsed() > LOCKED {
                        self.end_orphans().await;
                    }
                    (StoreError::Timeout, begun + conflicts)
                }
                Fault::Driver(error) if error.contains_label(TRANSIENT_TRANSACTION_ERROR) => {
                    (self.explain(&error), deadline)
                }
                Fault::Driver(error) => return Err(self.explain(&error)),
                Fault::Again => (StoreError::Timeout, begun + conflicts),
                Fault::There => {
                    in_doubt = true;
                    (StoreError::Timeout, deadline)
                }
            };
            let pause = pause_before(attempts);
            attempts += 1;
            if Instant::now() + pause >= until {
                // A conflict that lasts is a time-out to the caller; a server that is away stays that.
                return Err(if matches!(last, StoreError::Unavailable { .. }) {
                    last
                } else {
                    StoreError::Timeout
                });
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// One attempt, between looking for the receipt of its request and leaving one, and with the rows of the audit log that tell of it.
    async fn attempt<S: Step>(
        &self,
        step: &S,
        commit: &Commit,
        session: &mut ClientSession,
    ) -> Attempt<S::Output> {
        if let Some(receipt) = commit.receipt() {
            // Looked for in the very snapshot that the step decides from: what it finds, it finds without the request done.
            self.expect_new_receipts(session, &[receipt]).await?;
        }
        let output = step.run(self, session).await?;
        if let Some(receipt) = commit.receipt() {
            self.write_receipts(session, &[(receipt, S::effect(&output))]).await?;
        }
        self.log_in(session, commit.log()).await?;
        Ok(output)
    }

    /// Commits, and repeats the commit while its outcome is unknown: the server knows whether it has been done. With `applied` the first
    /// commit that succeeds is only the primary's word; a majority's is asked for after that has been told.
    async fn commit(
        &self,
        session: &mut ClientSession,
        deadline: Instant,
        in_doubt: &mut bool,
        mut applied: Option<impl FnOnce()>,
    ) -> Attempt<()> {
        let mut repeats = 0;
        crash::point("commit:before");
        loop {
            let Err(error) = session.commit_transaction().await else {
                let Some(applied) = applied.take() else {
                    crash::point("commit:after");
                    return Ok(());
                };
                applied();
                crash::point("commit:applied");
                // Until a majority has it, a new primary may not.
                *in_doubt = true;
                continue;
            };
            *in_doubt = true;
            // Only this label says for certain that nothing of it is there. Without any label comes, for one, a new primary's word that it
            // knows of no such transaction before a majority has confirmed that.
            if error.contains_label(TRANSIENT_TRANSACTION_ERROR) {
                return Err(Fault::Driver(error));
            }
            let pause = pause_before(repeats);
            repeats += 1;
            if Instant::now() + pause >= deadline {
                return Err(Fault::Refused(StoreError::Timeout));
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// Whether what a majority has is in its journals without being asked for, as it is unless somebody has turned that off. The driver
    /// repeats a commit without asking. Where that may not be read, the answer is no.
    async fn majority_is_journaled(&self) -> bool {
        let known = self.journaled.get_or_try_init(|| async {
            // A router does not show it.
            if self.is_sharded().await? {
                return Ok(false);
            }
            let config = self.client.database("local").collection::<Document>("system.replset");
            match config.find_one(doc! {}).read_concern(ReadConcern::local()).await {
                Ok(Some(config)) => Ok(config.get_bool("writeConcernMajorityJournalDefault").unwrap_or(true)),
                Ok(None) => Ok(false),
                Err(error) if code_of(&error) == Some(code::UNAUTHORIZED) => Ok(false),
                Err(error) => Err(self.explain(&error)),
            }
        });
        known.await.is_ok_and(|&known| known)
    }

    /// Fails with `NeedsReplicaSet` on a standalone server, before anything is written.
    pub(super) async fn need_transactions(&self) -> Result<()> {
        self.topology_with_transactions().await.map(drop)
    }

    /// Whether documents may be spread over several servers.
    pub(super) async fn is_sharded(&self) -> Result<bool> {
        Ok(matches!(self.topology_with_transactions().await?, Topology::Sharded))
    }

    async fn topology_with_transactions(&self) -> Result<&Topology> {
        let known = self.topology.get_or_try_init(|| async {
            let topology = self.topology().await?;
            if topology.transactions() { Ok(topology) } else { Err(StoreError::NeedsReplicaSet) }
        });
        known.await
    }

    /// What kind of server this is.
    pub(super) async fn topology(&self) -> Result<Topology> {
        let hello = self.client.database("admin").run_command(doc! { "hello": 1 }).await;
        let hello = hello.map_err(|error| self.explain(&error))?;
        Ok(match (hello.get_str("setName"), hello.get_str("msg")) {
            (Ok(name), _) => Topology::ReplicaSet(name.to_owned()),
            (_, Ok("isdbgrid")) => Topology::Sharded,
            _ => Topology::Standalone,
        })
    }
}

/// What kind of server a store is on.
pub(super) enum Topology {
    Standalone,
    ReplicaSet(String),
    Sharded,
}

impl Topology {
    /// Whether it has transactions.
    pub(super) fn transactions(&self) -> bool {
        !matches!(self, Self::Standalone)
    }
}

/// 5 ms · 1.5^n, at most [`PAUSE`], and of that a random part: two steps in each other's way must not meet again.
fn pause_before(attempt: i32) -> Duration {
    let most = Duration::from_millis(5).mul_f64(1.5_f64.powi(attempt.min(12))).min(PAUSE);
    most.mul_f64(rand::random())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_are_bounded() {
        for attempt in [0, 1, 5, 12, 1000] {
            assert!(pause_before(attempt) <= PAUSE);
        }
        assert!((0..100).any(|_| pause_before(30) > PAUSE / 4));
    }
}
