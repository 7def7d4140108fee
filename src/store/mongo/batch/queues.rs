//! Which changes go into which group, and when.
//!
//! There is one main lane. What arrives while groups of it are under way makes up the next. Up to [`ABREAST`] of its groups are under
//! way at once as long as they share no product: for one product one group at a time, in the order of arrival.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::oneshot;

use super::{Done, Member};
use crate::domain::id::ProductId;
use crate::store::Result;

/// The most groups of the main lane at once. More would only make them smaller, and each costs the server the same commit.
const ABREAST: usize = 2;
/// The most members of a group.
const MOST_MEMBERS: usize = 256;
/// The most order lines of a group, so that its transaction stays short. One order may have more.
const MOST_LINES: usize = 1024;

/// A member in a queue, and who waits for it.
pub(super) struct Waiting {
    pub(super) member: Member,
    pub(super) waiter: Waiter,
}

/// Who waits for a member.
pub(super) struct Waiter {
    /// Of which products the member changes the stock.
    products: BTreeSet<ProductId>,
    reply: oneshot::Sender<Result<Done>>,
    arrived: Instant,
}

impl Waiting {
    pub(super) fn new(member: Member, reply: oneshot::Sender<Result<Done>>) -> Self {
        let waiter = Waiter { products: member.work.products(), reply, arrived: Instant::now() };
        Self { member, waiter }
    }

    pub(super) fn products(&self) -> &BTreeSet<ProductId> {
        &self.waiter.products
    }

    pub(super) fn arrived(&self) -> Instant {
        self.waiter.arrived
    }

    pub(super) fn answer(self, outcome: Result<Done>) {
        // Who no longer listens has been told that the outcome is unknown.
        let _ = self.waiter.reply.send(outcome);
    }
}

/// The main lane is 0.
pub(super) type LaneId = u64;
pub(super) const MAIN: LaneId = 0;

#[derive(Default)]
struct State {
    main: VecDeque<Waiting>,
    /// How many groups of the main lane are under way, or about to be.
    main_runs: usize,
    /// The products of those that are under way.
    taken: BTreeSet<ProductId>,
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

    /// Puts a member into its queue. Returns whether a group of the main lane has to be set going.
    pub(super) fn push(&self, waiting: Waiting) -> bool {
        let mut state = self.state();
        let products = waiting.products();
        if let Some(lane) = state.stuck.values_mut().find(|lane| !lane.products.is_disjoint(products)) {
            lane.queue.push_back(waiting);
            return false;
        }
        // What has to wait for a group that is under way will go into the next of those.
        let free = state.taken.is_disjoint(products);
        state.main.push_back(waiting);
        free && state.may_run()
    }

    /// The next group of a lane, after one of these products; empty when it has none, and then the lane no longer runs.
    pub(super) fn next(&self, lane: LaneId, done: &BTreeSet<ProductId>) -> Vec<Waiting> {
        let mut state = self.state();
        if lane != MAIN {
            let queue = state.stuck.get_mut(&lane).map(|lane| &mut lane.queue);
            let group = queue.map(|queue| take_group(queue, BTreeSet::new())).unwrap_or_default();
            if group.is_empty() {
                state.stuck.remove(&lane);
            }
            return group;
        }
        state.taken.retain(|product| !done.contains(product));
        let taken = state.taken.clone();
        let group = take_group(&mut state.main, taken);
        if group.is_empty() {
            state.main_runs -= 1;
        }
        state.taken.extend(products_of(&group));
        group
    }

    /// Gives the products of a lane back to the main one, with what waits for them. Returns whether a group of the main lane has to be
    /// set going.
    pub(super) fn dissolve(&self, lane: LaneId) -> bool {
        let mut state = self.state();
        let Some(Stuck { queue, .. }) = state.stuck.remove(&lane) else { return false };
        state.main.extend(queue);
        !state.main.is_empty() && state.may_run()
    }

    /// Opens a lane for the products of a stuck island.
    pub(super) fn open(&self, island: &[Waiting]) -> LaneId {
        let mut state = self.state();
        state.last += 1;
        let id = state.last;
        state.stuck.insert(id, Stuck { products: products_of(island), queue: VecDeque::new() });
        id
    }
}

impl State {
    /// Whether one more group of the main lane may be under way; it is counted.
    fn may_run(&mut self) -> bool {
        let may = self.main_runs < ABREAST;
        self.main_runs += usize::from(may);
        may
    }
}

/// The products of a group.
pub(super) fn products_of(group: &[Waiting]) -> BTreeSet<ProductId> {
    group.iter().flat_map(Waiting::products).copied().collect()
}

/// Takes those that may go now. Who wants a product that is taken stays, and so does everybody behind them who wants one of theirs.
fn take_group(queue: &mut VecDeque<Waiting>, mut taken: BTreeSet<ProductId>) -> Vec<Waiting> {
    let (mut group, mut stay) = (Vec::new(), VecDeque::new());
    let mut lines = 0;
    while let Some(waiting) = queue.pop_front() {
        lines += waiting.member.work.size();
        let full = group.len() >= MOST_MEMBERS || (lines > MOST_LINES && !group.is_empty());
        if full {
            stay.push_back(waiting);
            break;
        }
        if taken.is_disjoint(waiting.products()) {
            group.push(waiting);
        } else {
            lines -= waiting.member.work.size();
            taken.extend(waiting.products());
            stay.push_back(waiting);
        }
    }
    stay.append(queue);
    *queue = stay;
    group
}

/// Parts of a group that share no product with each other, each in the order of arrival.
pub(super) fn islands(group: Vec<Waiting>) -> Vec<Vec<Waiting>> {
    let mut islands: Vec<(BTreeSet<ProductId>, Vec<Waiting>)> = Vec::new();
    for waiting in group {
        let mut products = waiting.products().clone();
        let (touched, apart): (Vec<_>, Vec<_>) =
            islands.into_iter().partition(|(island, _)| !island.is_disjoint(&products));
        islands = apart;
        let mut members = Vec::new();
        for (island, earlier) in touched {
            products.extend(island);
            members.extend(earlier);
        }
        members.push(waiting);
        members.sort_by_key(Waiting::arrived);
        islands.push((products, members));
    }
    islands.into_iter().map(|(_, members)| members).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::actor::Actor;
    use crate::domain::clock::Timestamp;
    use crate::domain::inventory::MovementContext;
    use crate::store::mongo::batch::Work;
    use crate::store::{Presence, StockChange};

    fn product(n: u128) -> ProductId {
        ProductId::from_uuid(uuid::Uuid::from_u128(n))
    }

    /// A change of this product's stock, in whose hands nobody waits.
    fn change(n: u128) -> Waiting {
        let context = MovementContext {
            actor: Actor::system(),
            at: Timestamp::from_millis(0).unwrap(),
            order_id: None,
            reason: None,
            reference: None,
        };
        let change = StockChange {
            product_id: product(n),
            op: None,
            low_stock_at: None,
            presence: Presence::Either,
            if_version: None,
            context,
        };
        Waiting::new(Member { work: Work::Change(change), receipt: None }, oneshot::channel().0)
    }

    fn products(group: &[Waiting]) -> Vec<ProductId> {
        group.iter().flat_map(Waiting::products).copied().collect()
    }

    #[test]
    fn what_one_product_waits_for_makes_up_one_group_at_a_time() {
        let lanes = Lanes::default();
        assert!(lanes.push(change(1)), "the first sets the lane going");
        let first = lanes.next(MAIN, &BTreeSet::new());
        assert_eq!(products(&first), [product(1)]);
        assert!(!lanes.push(change(1)) && !lanes.push(change(1)), "they wait for the first");
        let second = lanes.next(MAIN, &products_of(&first));
        assert_eq!(products(&second), [product(1), product(1)]);
        assert!(lanes.next(MAIN, &products_of(&second)).is_empty());
        assert!(lanes.push(change(1)), "the lane runs no longer");
    }

    #[test]
    fn other_products_do_not_wait_and_no_two_groups_share_one() {
        let lanes = Lanes::default();
        assert!(lanes.push(change(1)));
        let first = lanes.next(MAIN, &BTreeSet::new());
        assert!(!lanes.push(change(1)) && lanes.push(change(2)), "2 need not wait for 1");
        let second = lanes.next(MAIN, &BTreeSet::new());
        assert_eq!(products(&second), [product(2)]);
        assert!(!lanes.push(change(3)), "two groups are as many as there may be");
        assert!(!lanes.push(change(2)));
        let third = lanes.next(MAIN, &products_of(&first));
        assert_eq!(products(&third), [product(1), product(3)]);
        let fourth = lanes.next(MAIN, &products_of(&second));
        assert_eq!(products(&fourth), [product(2)]);
        assert!(lanes.next(MAIN, &products_of(&third)).is_empty());
        assert!(lanes.next(MAIN, &products_of(&fourth)).is_empty());
        let state = lanes.state();
        assert_eq!((state.main_runs, state.taken.len()), (0, 0));
    }

    #[test]
    fn a_group_has_its_bounds() {
        let lanes = Lanes::default();
        for n in 0..=MOST_MEMBERS {
            lanes.push(change(n as u128));
        }
        let first = lanes.next(MAIN, &BTreeSet::new());
        assert_eq!((first.len(), lanes.next(MAIN, &BTreeSet::new()).len()), (MOST_MEMBERS, 1));
    }
}
