//! Which changes go into which group, and when.
//!
//! There is one main lane. In it one group is under way at a time: what arrives meanwhile makes up the next.
//!
//! A group can be stuck: a process that was killed inside a transaction leaves its products locked until the server ends the
//! orphan, which takes up to a minute. Then the group leaves the main lane and falls apart into islands that share no
//! product. Each becomes a lane of its own, to which later changes of its products go; all others are no longer held up.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::group::{Group, Outcomes};
use super::{Done, Member};
use crate::domain::id::ProductId;
use crate::store::mongo::shared::Shared;
use crate::store::mongo::transaction::DEADLINE;
use crate::store::{Commit, Result, StoreError};

/// The most members of a group.
const MOST_MEMBERS: usize = 256;
/// The most order lines of a group, so that its transaction stays short. One order may have more.
const MOST_LINES: usize = 1024;
/// After this long in conflict a group of the main lane counts as stuck. Live competitors are through within milliseconds.
const STUCK: Duration = Duration::from_millis(500);

/// A member in a queue, and who waits for it.
pub(super) struct Waiting {
    member: Member,
    reply: oneshot::Sender<Result<Done>>,
    arrived: Instant,
}

impl Waiting {
    pub(super) fn new(member: Member, reply: oneshot::Sender<Result<Done>>) -> Self {
        Self { member, reply, arrived: Instant::now() }
    }

    fn answer(self, outcome: Result<Done>) {
        // Who no longer listens has been told that the outcome is unknown.
        let _ = self.reply.send(outcome);
    }
}

/// The main lane is 0.
type LaneId = u64;
const MAIN: LaneId = 0;

#[derive(Default)]
struct State {
    main: VecDeque<Waiting>,
    main_runs: bool,
    /// Lanes of stuck groups, by number; each runs.
    stuck: BTreeMap<LaneId, Stuck>,
    last: LaneId,
}

#[derive(Default)]
struct Stuck {
    products: BTreeSet<ProductId>,
    queue: VecDeque<Waiting>,
}

/// All queues of a store.
#[derive(Default)]
pub(in crate::store::mongo) struct Lanes(Mutex<State>);

impl Lanes {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that could panic runs under the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a member into its queue. Returns whether the main lane has to be set going.
    fn push(&self, waiting: Waiting) -> bool {
        let mut state = self.state();
        let products = waiting.member.work.products();
        if let Some(lane) = state.stuck.values_mut().find(|lane| !lane.products.is_disjoint(&products)) {
            lane.queue.push_back(waiting);
            return false;
        }
        state.main.push_back(waiting);
        !std::mem::replace(&mut state.main_runs, true)
    }

    /// The next group of a lane; empty when it has none, and then the lane no longer runs.
    fn next(&self, lane: LaneId) -> Vec<Waiting> {
        let mut state = self.state();
        if lane == MAIN {
            let group = take_group(&mut state.main);
            state.main_runs = !group.is_empty();
            return group;
        }
        let group = state.stuck.get_mut(&lane).map(|lane| take_group(&mut lane.queue)).unwrap_or_default();
        if group.is_empty() {
            state.stuck.remove(&lane);
        }
        group
    }

    /// Gives the products of a lane back to the main one, with what waits for them. Returns whether the main lane has to be set
    /// going.
    fn dissolve(&self, lane: LaneId) -> bool {
        let mut state = self.state();
        let Some(Stuck { queue, .. }) = state.stuck.remove(&lane) else { return false };
        state.main.extend(queue);
        !state.main.is_empty() && !std::mem::replace(&mut state.main_runs, true)
    }

    /// Opens a lane for the products of a stuck island.
    fn open(&self, island: &[Waiting]) -> LaneId {
        let mut state = self.state();
        state.last += 1;
        let id = state.last;
        let products = island.iter().flat_map(|waiting| waiting.member.work.products()).collect();
        state.stuck.insert(id, Stuck { products, queue: VecDeque::new() });
        id
    }
}

fn take_group(queue: &mut VecDeque<Waiting>) -> Vec<Waiting> {
    let mut lines = 0;
    let fits = |waiting: &&Waiting| {
        lines += waiting.member.work.size();
        lines <= MOST_LINES
    };
    let count = queue.iter().take(MOST_MEMBERS).take_while(fits).count().max(1);
    queue.drain(..count.min(queue.len())).collect()
}

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
        self.tasks.spawn(async move {
            let mut group = if first.is_empty() { store.lanes.next(lane) } else { first };
            while !group.is_empty() {
                // In a task of its own, so that a bug in one group cannot stop the lane for good.
                let work = Arc::clone(&store);
                let doing = tokio::spawn(async move { work.do_group(lane, group).await });
                let through = doing.await.unwrap_or(false);
                if through && lane != MAIN {
                    if store.lanes.dissolve(lane) {
                        store.run_lane(MAIN, Vec::new());
                    }
                    return;
                }
                group = store.lanes.next(lane);
            }
        });
    }

    /// Returns whether the group got through to the store.
    async fn do_group(self: &Arc<Self>, lane: LaneId, group: Vec<Waiting>) -> bool {
        // Who has waited for a whole deadline has been told so by now, or is about to be.
        let (due, overdue): (Vec<_>, Vec<_>) =
            group.into_iter().partition(|waiting| waiting.arrived.elapsed() < DEADLINE);
        for waiting in overdue {
            waiting.answer(Err(StoreError::Timeout));
        }
        let (members, waiters): (Vec<_>, Vec<_>) =
            due.into_iter().map(|waiting| (waiting.member, (waiting.reply, waiting.arrived))).unzip();
        if members.is_empty() {
            return false;
        }
        let patience = if lane == MAIN { STUCK } else { DEADLINE };
        let began = Instant::now();
        let outcome = self.do_together(&members, patience).await;
        let group = members.into_iter().zip(waiters);
        let group = group.map(|(member, (reply, arrived))| Waiting { member, reply, arrived });
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
                    let outcome = self.do_together(alone, DEADLINE).await;
                    let first = outcome
                        .and_then(|outcomes| outcomes.into_iter().next().unwrap_or(Err(StoreError::Timeout)));
                    waiting.answer(first);
                }
            }
        }
        through
    }

    async fn do_together(&self, members: &[Member], patience: Duration) -> Result<Outcomes> {
        let mut contact = self.contact.clone();
        let work = async {
            self.ready(&Commit::Keep).await?;
            self.transact_within(&Group::new(members, false), &Commit::Keep, patience).await
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

/// Parts of a group that share no product with each other, each in the order of arrival.
fn islands(group: Vec<Waiting>) -> Vec<Vec<Waiting>> {
    let mut islands: Vec<(BTreeSet<ProductId>, Vec<Waiting>)> = Vec::new();
    for waiting in group {
        let mut products = waiting.member.work.products();
        let (touched, apart): (Vec<_>, Vec<_>) =
            islands.into_iter().partition(|(island, _)| !island.is_disjoint(&products));
        islands = apart;
        let mut members = Vec::new();
        for (island, earlier) in touched {
            products.extend(island);
            members.extend(earlier);
        }
        members.push(waiting);
        members.sort_by_key(|waiting| waiting.arrived);
        islands.push((products, members));
    }
    islands.into_iter().map(|(_, members)| members).collect()
}
