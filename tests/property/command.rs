//! Random commands. They name things by how far back they are, so that any part of a sequence is a sequence too.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;

/// Something that happens.
#[derive(Debug, Clone)]
pub(super) enum Command {
    /// Somebody wants something.
    Do(Doing),
    /// The request with a key that is so many such requests back is sent again.
    Again(usize),
    /// Ended holds are swept.
    Sweep { dry_run: bool },
    /// So many seconds pass.
    Wait(i64),
}

/// What is wanted, and how.
#[derive(Debug, Clone)]
pub(super) struct Doing {
    pub(super) what: What,
    pub(super) version: Guess,
    pub(super) dry_run: bool,
    pub(super) key: Option<u8>,
}

/// A number that somebody believes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guess {
    /// They do not care.
    Any,
    /// They know.
    Right,
    /// They are mistaken.
    Wrong,
    /// It is this one: what the others become before they are asked for.
    Is(i64),
}

/// What is wanted.
#[derive(Debug, Clone)]
pub(super) enum What {
    Create { sku: &'static str, price: i64, currency: &'static str, status: &'static str, stock: Option<i64> },
    Change { sku: &'static str, change: Change },
    DeleteProduct { sku: &'static str },
    Stock { sku: &'static str, change: StockDo },
    DeleteStock { sku: &'static str },
    Place { lines: Vec<(&'static str, i64)>, reference: Option<&'static str>, hold: Option<u64> },
    Step { order: Pick, step: Step },
    DeleteOrder { order: Pick },
}

/// One field of a product.
#[derive(Debug, Clone)]
pub(super) enum Change {
    Price(i64, &'static str),
    Name(&'static str),
    Sku(&'static str),
    Status(&'static str),
}

/// What is to happen to stock.
#[derive(Debug, Clone)]
pub(super) enum StockDo {
    Create(i64),
    Set { to: i64, expected: Guess, low: Low },
    Adjust(i64),
    Receive { quantity: i64, low: Low },
}

/// What is to become of the threshold.
#[derive(Debug, Clone, Copy)]
pub(super) enum Low {
    Keep,
    Clear,
    Set(i64),
}

/// An order.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pick {
    /// So many back from the newest.
    Back(usize),
    /// This one: what the other becomes before it is asked for. None where there is no order.
    At(Option<usize>),
}

/// A step of an order.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Word { word: &'static str, note: Option<&'static str> },
    Note(&'static str),
    Pay,
    Deliver,
    Expire,
    Ship(Option<Vec<Piece>>),
    Cancel(Option<Vec<Piece>>),
    Return { items: Option<Vec<Piece>>, restock: bool },
    Refund(Option<i64>),
}

/// So many of one line's SKU, of the last line where there are fewer; or of a SKU that is not on the order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    pub(super) line: Option<usize>,
    pub(super) quantity: i64,
}

/// The most that can be on hand.
pub(super) const MOST: i64 = (1 << 53) - 1;
/// Longer than any hold may be.
pub(super) const ENDLESS: u64 = 400 * 86_400;

fn sku() -> impl Strategy<Value = &'static str> {
    prop_oneof![6 => Just("A"), 5 => Just("B"), 3 => Just("C"), 1 => select(&["D", "a", "b"][..])]
}

fn currency() -> impl Strategy<Value = &'static str> {
    prop_oneof![15 => Just("EUR"), 1 => Just("JPY")]
}

fn status() -> impl Strategy<Value = &'static str> {
    prop_oneof![4 => Just("active"), 1 => Just("archived"), 1 => Just("draft")]
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        2 => (0..4_i64, currency()).prop_map(|(price, currency)| Change::Price(price, currency)),
        1 => select(&["Mug", "Cup"][..]).prop_map(Change::Name),
        1 => sku().prop_map(Change::Sku),
        3 => status().prop_map(Change::Status),
    ]
}

fn guess() -> impl Strategy<Value = Guess> {
    prop_oneof![6 => Just(Guess::Any), 1 => Just(Guess::Right), 1 => Just(Guess::Wrong)]
}

fn low() -> impl Strategy<Value = Low> {
    prop_oneof![4 => Just(Low::Keep), 1 => Just(Low::Clear), 1 => (0..3_i64).prop_map(Low::Set)]
}

fn quantity() -> impl Strategy<Value = i64> {
    prop_oneof![1 => Just(0), 20 => 1..6_i64, 4 => 6..20_i64, 1 => Just(MOST)]
}

fn stock() -> impl Strategy<Value = StockDo> {
    prop_oneof![
        1 => quantity().prop_map(StockDo::Create),
        4 => (quantity(), guess(), low()).prop_map(|(to, expected, low)| StockDo::Set { to, expected, low }),
        4 => prop_oneof![9 => -6..7_i64, 1 => Just(-MOST)].prop_map(StockDo::Adjust),
        3 => (quantity(), low()).prop_map(|(quantity, low)| StockDo::Receive { quantity, low }),
    ]
}

fn pieces() -> impl Strategy<Value = Option<Vec<Piece>>> {
    let piece = (weighted(0.95, 0..4_usize), prop_oneof![16 => 1..4_i64, 1 => Just(0), 1 => Just(40)]);
    let some = vec(piece.prop_map(|(line, quantity)| Piece { line, quantity }), 1..4);
    weighted(0.6, prop_oneof![20 => some, 1 => Just(Vec::new())])
}

fn step() -> impl Strategy<Value = Step> {
    let words = select(
        &["confirmed", "paid", "shipped", "delivered", "cancelled", "returned", "refunded", "pending"][..],
    );
    let note = || select(&["ring twice", "leave it at the door"][..]);
    prop_oneof![
        5 => (words, weighted(0.2, note())).prop_map(|(word, note)| Step::Word { word, note }),
        1 => note().prop_map(Step::Note),
        2 => Just(Step::Pay),
        1 => Just(Step::Deliver),
        1 => Just(Step::Expire),
        5 => pieces().prop_map(Step::Ship),
        3 => pieces().prop_map(Step::Cancel),
        4 => (pieces(), any::<bool>()).prop_map(|(items, restock)| Step::Return { items, restock }),
        2 => weighted(0.6, 0..6_i64).prop_map(Step::Refund),
    ]
}

/// Mostly one of the newest.
fn pick() -> impl Strategy<Value = Pick> {
    prop_oneof![3 => 0..2_usize, 1 => 0..20_usize].prop_map(Pick::Back)
}

fn what() -> impl Strategy<Value = What> {
    let hold = prop_oneof![12 => Just(60), 6 => Just(600), 2 => Just(0), 1 => Just(ENDLESS)];
    let line = || (sku(), prop_oneof![60 => 1..4_i64, 1 => Just(0), 3 => Just(30), 1 => Just(MOST)]);
    let lines = prop_oneof![3 => vec(line(), 1..3), 1 => vec(line(), 3..5)];
    let place = (lines, weighted(0.2, select(&["X-1", "X-2"][..])), weighted(0.5, hold));
    prop_oneof![
        1 => (sku(), 0..4_i64, currency(), status(), weighted(0.7, quantity())).prop_map(
            |(sku, price, currency, status, stock)| What::Create { sku, price, currency, status, stock }
        ),
        3 => (sku(), change()).prop_map(|(sku, change)| What::Change { sku, change }),
        1 => sku().prop_map(|sku| What::DeleteProduct { sku }),
        7 => (sku(), stock()).prop_map(|(sku, change)| What::Stock { sku, change }),
        1 => sku().prop_map(|sku| What::DeleteStock { sku }),
        10 => place.prop_map(|(lines, reference, hold)| What::Place { lines, reference, hold }),
        18 => (pick(), step()).prop_map(|(order, step)| What::Step { order, step }),
        1 => pick().prop_map(|order| What::DeleteOrder { order }),
    ]
}

/// Anything that can happen.
pub(super) fn command() -> impl Strategy<Value = Command> {
    let doing = (what(), guess(), prop::bool::weighted(0.1), weighted(0.3, 0..12_u8))
        .prop_map(|(what, version, dry_run, key)| Command::Do(Doing { what, version, dry_run, key }));
    prop_oneof![
        40 => doing,
        3 => (0..4_usize).prop_map(Command::Again),
        2 => any::<bool>().prop_map(|dry_run| Command::Sweep { dry_run }),
        3 => select(&[1, 60, 600, 86_400][..]).prop_map(Command::Wait),
    ]
}
