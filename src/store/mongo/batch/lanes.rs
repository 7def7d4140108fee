//! Lanes at work: each does one group after another.
//!
//! A group can be stuck: a process that was killed inside a transaction leaves its products locked until the server ends the
//! orphan, which takes up to a minute. Then the group leaves the main lane and falls apart into islands that share no
//! product. Each becomes a lane of its own, to which later changes of its products go; all others are no longer held up.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::Member;
use super::group::{Group, Outcomes};
use super::queues::{LaneId, MAIN, Waiting, islands, products_of};
use crate::store::mongo::shared::Shared;
use crate::store::mongo::transaction::DEADLINE;
use crate::store::{Commit, Result, StoreError};

/// After this long in conflict a group of the main lane counts as stuck. Live competitors are through within milliseconds.
const STUCK: Duration = Duration::from_millis(500);

impl Shared {
    /// Queues a member. It is done whether or not anybody still waits for it.
    pub(super) fn enqueue(self: &Arc<Self>, waiting: Waiting) {
        if self.lanes.push(waiting) {
            self.run_lane(MAIN, Vec::new());
        }
    }

    /// Works on a lane until it is empty, beginning with these.
    fn run_lane(self: &Arc<Self>, lane: LaneId, first: Vec<Waiting>) {
        let store = Arc::clone(self);
        self.engine.spawn(async move {
            let mut group = if first.is_empty() { store.lanes.next(lane, &BTreeSet::new()) } else { first };
            let mut before: Option<JoinHandle<bool>> = None;
            while !group.is_empty() {
                let products = products_of(&group);
                // In a task of its own, so that a bug in one group cannot stop the lane for good.
                let work = Arc::clone(&store);
                let (next, applied) = oneshot::channel();
                let next = (lane == MAIN).then_some(next);
                let mut doing = store.engine.spawn(async move { work.do_group(lane, group, next).await });
                let ended = tokio::select! {
                    biased;
                    // The majority's word on this one is waited for beside the next.
                    Ok(()) = applied => None,
                    ended = &mut doing => Some(ended),
                };
                // But never on two at once: where it takes long, orders wait and not connections.
                if let Some(before) = before.take() {
                    let _ = before.await;
                }
                let through = ended.is_none_or(|ended| ended.unwrap_or(false));
                if !doing.is_finished() {
                    before = Some(doing);
                }
                if through && lane != MAIN {
                    if store.lanes.dissolve(lane) {
                        store.run_lane(MAIN, Vec::new());
                    }
                    return;
                }
                group = store.lanes.next(lane, &products);
            }
        });
    }

    /// Returns whether the group got through to the store.
    async fn do_group(
        self: &Arc<Self>,
        lane: LaneId,
        group: Vec<Waiting>,
        next: Option<oneshot::Sender<()>>,
    ) -> bool {
        // Who has waited for a whole deadline has been told so by now, or is about to be.
        let (due, overdue): (Vec<_>, Vec<_>) =
            group.into_iter().partition(|waiting| waiting.arrived().elapsed() < DEADLINE);
        for waiting in overdue {
            waiting.answer(Err(StoreError::Timeout));
        }
        let (members, waiters): (Vec<_>, Vec<_>) =
            due.into_iter().map(|waiting| (waiting.member, waiting.waiter)).unzip();
        if members.is_empty() {
            return false;
        }
        let patience = if lane == MAIN { STUCK } else { DEADLINE };
        let began = Instant::now();
        let outcome = self.do_together(&members, patience, next).await;
        let group = members.into_iter().zip(waiters).map(|(member, waiter)| Waiting { member, waiter });
        let through = outcome.is_ok();
        match outcome {
            Ok(outcomes) => group.zip(outcomes).for_each(|(waiting, outcome)| waiting.answer(outcome)),
            Err(StoreError::Timeout) if lane == MAIN && began.elapsed() < DEADLINE => {
                for island in islands(group.collect()) {
                    self.run_lane(self.lanes.open(&island), island);
                }
            }
            Err(error) if concerns_all(&error) || group.len() == 1 => {
                group.for_each(|waiting| waiting.answer(Err(error.clone())));
            }
            // One of them is the matter: it must not hurt its neighbours.
            Err(_) => {
                for waiting in group {
                    let alone = std::slice::from_ref(&waiting.member);
                    let outcome = self.do_together(alone, DEADLINE, None).await;
                    let first = outcome
                        .and_then(|outcomes| outcomes.into_iter().next().unwrap_or(Err(StoreError::Timeout)));
                    waiting.answer(first);
                }
            }
        }
        through
    }

    async fn do_together(
        &self,
        members: &[Member],
        patience: Duration,
        next: Option<oneshot::Sender<()>>,
    ) -> Result<Outcomes> {
        let mut contact = self.contact.clone();
        let work = async {
            self.ready(&Commit::Keep).await?;
            let group = Group::new(members, false).telling(next);
            self.transact_within(&group, &Commit::Keep, patience).await
        };
        tokio::select! {
            biased;
            outcome = work => outcome,
            // It holds no connection, for there is none, and must not be done after all once a server comes up.
            why = contact.refused() => Err(self.unreachable(Some(why))),
        }
    }
}

/// Whether what went wrong would go wrong for each member by itself.
fn concerns_all(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Unavailable { .. }
            | StoreError::Timeout
            | StoreError::Denied(_)
            | StoreError::NeedsReplicaSet
            | StoreError::NewerSchema { .. }
    )
}
