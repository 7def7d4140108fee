//! The rules, by their numbers in the data model.

/// A rule that can be read off a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Every document can be read.
    Readable,
    /// No count below 0, no more promised than is there.
    Counts,
    /// Counts equal the sums of the movements.
    Sums,
    /// Movements follow each other.
    Sequence,
    /// What is promised is what open orders hold.
    Reserved,
    /// The counters of order lines agree.
    Lines,
    /// The status word is what lines and flags amount to.
    Status,
    /// The payment status is what flags and refunds amount to.
    Payment,
    /// Histories follow the table of steps.
    History,
    /// Totals equal the sums of the lines.
    Totals,
    /// Order numbers and references are given once.
    Numbers,
    /// SKUs and addresses are unique, and filed under their normal forms.
    Keys,
    /// Stock and orders name products that are there.
    Products,
    /// What searches look through is what the documents say.
    Search,
}

impl Rule {
    /// All, in the order in which they are told.
    pub const ALL: &'static [Self] = &[
        Self::Readable,
        Self::Counts,
        Self::Sums,
        Self::Sequence,
        Self::Reserved,
        Self::Lines,
        Self::Status,
        Self::Payment,
        Self::History,
        Self::Totals,
        Self::Numbers,
        Self::Keys,
        Self::Products,
        Self::Search,
    ];

    /// Its number in the data model's list of what must always hold; none for what that list takes for granted.
    pub fn number(self) -> Option<u8> {
        match self {
            Self::Readable | Self::Payment | Self::Search => None,
            Self::Counts => Some(1),
            Self::Sums => Some(2),
            Self::Sequence => Some(3),
            Self::Reserved => Some(4),
            Self::Lines => Some(5),
            Self::Status => Some(6),
            Self::History => Some(7),
            Self::Totals => Some(8),
            Self::Numbers => Some(10),
            Self::Keys => Some(15),
            Self::Products => Some(16),
        }
    }

    /// Its short name, for scripts.
    pub fn code(self) -> &'static str {
        match self {
            Self::Readable => "readable",
            Self::Counts => "counts",
            Self::Sums => "sums",
            Self::Sequence => "sequence",
            Self::Reserved => "reserved",
            Self::Lines => "lines",
            Self::Status => "status",
            Self::Payment => "payment_status",
            Self::History => "history",
            Self::Totals => "totals",
            Self::Numbers => "numbers",
            Self::Keys => "keys",
            Self::Products => "products",
            Self::Search => "search",
        }
    }

    /// What it says, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Readable => "every document can be read",
            Self::Counts => "no count is below 0, and no more is reserved than is on hand",
            Self::Sums => "counts equal the sums of their movements",
            Self::Sequence => "movements have no gap, and each leads to the counts it states",
            Self::Reserved => "reserved equals what open orders hold",
            Self::Lines => "no order line ships, cancels or returns more than it has",
            Self::Status => "the status is what the lines amount to",
            Self::Payment => "the payment status is what was paid and paid back",
            Self::History => "every step of a history is allowed and follows the one before",
            Self::Totals => "totals equal the sums of the lines, and no more is paid back",
            Self::Numbers => "order numbers and references are given once",
            Self::Keys => "SKUs and addresses are unique and filed under their normal forms",
            Self::Products => "stock and orders name products that are there",
            Self::Search => "searches look through what the documents say",
        }
    }
}
