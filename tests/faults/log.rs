//! What buyers write down.

use std::time::Duration;

/// An order that a service acknowledged.
#[derive(Debug, Clone)]
pub(super) struct Acknowledged {
    /// The buyer's own name for it.
    pub(super) reference: String,
    pub(super) id: String,
    pub(super) number: u64,
    /// When, from the beginning of the run.
    pub(super) at: Duration,
    /// The state it was brought into since, where that was acknowledged too.
    pub(super) end: Option<&'static str>,
}

/// What one buyer, or all together, heard.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) acknowledged: Vec<Acknowledged>,
    /// References of orders that were refused for lack of stock.
    pub(super) refused: Vec<String>,
    /// References of orders of which nothing was ever heard.
    pub(super) unheard: Vec<String>,
    /// Answers that nobody should get.
    pub(super) odd: Vec<String>,
    /// The longest that an order took from the first question to the answer.
    pub(super) slowest: Duration,
    /// Questions that were asked again.
    pub(super) repeats: usize,
    /// Answers that were given before, to an earlier question that was not heard out.
    pub(super) replayed: usize,
}

impl Log {
    /// Adds what another heard.
    pub(super) fn add(&mut self, other: Self) {
        self.acknowledged.extend(other.acknowledged);
        self.refused.extend(other.refused);
        self.unheard.extend(other.unheard);
        self.odd.extend(other.odd);
        self.slowest = self.slowest.max(other.slowest);
        self.repeats += other.repeats;
        self.replayed += other.replayed;
    }
}
