//! Test data: sound documents with a name or a price changed here and there.

use std::sync::atomic::{AtomicU64, Ordering};

use shopctl::domain::actor::Actor;
use shopctl::domain::clock::Timestamp;
use shopctl::domain::id::{ImportId, KeyId, OrderId, ProductId, SessionId, UserId};
use shopctl::domain::import::{Import, ImportMode, ImportNoun, ImportState, Tally};
use shopctl::domain::inventory::{MovementContext, StockEffect, StockOp};
use shopctl::domain::money::Money;
use shopctl::domain::number::{OrderNumber, Quantity, Version};
use shopctl::domain::order::{
    Command, CommandWord, Customer, Flags, HistoryEntry, Line, LineProgress, Order, OrderStatus, Outcome,
};
use shopctl::domain::page::{PageRequest, SortBy};
use shopctl::domain::product::{Product, ProductStatus};
use shopctl::domain::session::{PublicKey, RefreshToken, SigningKey};
use shopctl::domain::user::{PasswordHash, Role, User, UserStatus};
use shopctl::store::{Presence, StockChange};
use uuid::Uuid;

/// The `n`-th millisecond of the tests' time.
pub(crate) fn at(n: i64) -> Timestamp {
    Timestamp::from_millis(1_767_225_600_000 + n).expect("a moment of 2026")
}

/// Ids that rise in the order in which a test asks for them, as real ones do.
fn next_uuid() -> Uuid {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Uuid::from_u128(
        (0x0190_0000_0000_7000_8000_u128 << 48) | u128::from(NEXT.fetch_add(1, Ordering::Relaxed)),
    )
}

/// A quantity.
pub(crate) fn q(count: i64) -> Quantity {
    Quantity::new(count).expect("a sound quantity")
}

/// An amount of euros, in cents.
pub(crate) fn eur(minor: i64) -> Money {
    Money::from_minor(minor, "EUR".parse().expect("a currency")).expect("a sound amount")
}

/// A registered customer with a name and a password.
pub(crate) fn user(email: &str) -> User {
    User {
        id: UserId::from_uuid(next_uuid()),
        version: Version::FIRST,
        created_at: at(0),
        updated_at: at(0),
        email: email.parse().expect("an address"),
        name: Some("Ada Lovelace".parse().expect("a name")),
        phone: Some("+44 20 7946 0958".parse().expect("a number")),
        password: Some(PasswordHash::from_phc("$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA".to_owned())),
        role: Role::Customer,
        status: UserStatus::Active,
        auth_epoch: 0,
    }
}

/// An active product at 19.99 EUR.
pub(crate) fn product(sku: &str) -> Product {
    Product {
        id: ProductId::from_uuid(next_uuid()),
        version: Version::FIRST,
        created_at: at(0),
        updated_at: at(0),
        sku: sku.parse().expect("a SKU"),
        name: format!("Product {sku}").parse().expect("a name"),
        description: Some("Two lines,\nof prose".parse().expect("a description")),
        tags: vec!["kitchen".parse().expect("a tag"), "Blue".parse().expect("a tag")],
        metadata: [("$where.a".parse().expect("a label"), "1".parse().expect("a value"))].into(),
        price: eur(1999),
        status: ProductStatus::Active,
        group: Some("mugs".parse().expect("a group")),
        options: [("colour".parse().expect("a label"), "blue".parse().expect("a value"))].into(),
    }
}

/// A pending order of these products and quantities by a guest.
pub(crate) fn order_of(items: &[(&Product, i64)]) -> Order {
    let line = |&(product, count): &(&Product, i64)| Line {
        product_id: product.id,
        sku: product.sku.clone(),
        name: product.name.clone(),
        unit_price: product.price,
        quantity: q(count),
        progress: LineProgress::default(),
    };
    Order {
        id: OrderId::from_uuid(next_uuid()),
        number: OrderNumber::new(1).expect("a number"),
        version: Version::FIRST,
        created_at: at(0),
        updated_at: at(0),
        external_ref: None,
        customer: Customer {
            user_id: None,
            email: Some("Grace@Example.com".parse().expect("an address")),
            reference: None,
            name: Some("Grace Hopper".parse().expect("a name")),
            address: Some("1 Navy Yard\nWashington".parse().expect("an address")),
        },
        currency: items[0].0.price.currency(),
        lines: items.iter().map(line).collect(),
        refunded: Money::zero(items[0].0.price.currency()),
        flags: Flags::default(),
        history: vec![HistoryEntry {
            at: at(0),
            actor: Actor::shell(Some("tester")),
            command: CommandWord::Place,
            from: None,
            to: OrderStatus::Pending,
            reason: None,
        }],
        hold_until: Some(at(86_400_000)),
        note: Some("ring twice".parse().expect("a note")),
        tracking: None,
    }
}

/// By whom and when stock changes.
pub(crate) fn context() -> MovementContext {
    MovementContext {
        actor: Actor::shell(Some("tester")),
        at: at(5),
        order_id: None,
        reason: Some("stocktaking".parse().expect("a reason")),
        reference: Some("LS-1".parse().expect("a reference")),
    }
}

/// The context of an order's step.
pub(crate) fn for_order(order: &Order) -> MovementContext {
    MovementContext { order_id: Some(order.id), reason: None, reference: None, ..context() }
}

/// An operation on the stock of a product, whether or not there is a record.
pub(crate) fn change(product: ProductId, op: StockOp) -> StockChange {
    StockChange {
        product_id: product,
        op: Some(op),
        low_stock_at: None,
        presence: Presence::Either,
        if_version: None,
        context: context(),
    }
}

/// A refresh token of a user that ends at minute `ends`.
pub(crate) fn token(hash: &str, family: SessionId, user_id: UserId, ends: i64) -> RefreshToken {
    RefreshToken {
        hash: format!("{hash:0>64}"),
        family,
        user_id,
        auth_epoch: 3,
        issued_at: at(0),
        expires_at: at(ends * 60_000),
        used_at: None,
    }
}

/// A new family of refresh tokens.
pub(crate) fn session() -> SessionId {
    SessionId::from_uuid(next_uuid())
}

/// A signing key, made at minute `made`.
pub(crate) fn signing_key(made: i64) -> SigningKey {
    let id = next_uuid();
    let public = id.as_bytes().repeat(2);
    SigningKey {
        public: PublicKey {
            id: KeyId::from_uuid(id),
            public,
            created_at: at(made * 60_000),
            tokens_until: None,
        },
        pkcs8: b"not a real document".to_vec(),
    }
}

/// The first page, in this order.
pub(crate) fn page<F>(field: F, descending: bool, limit: usize) -> PageRequest<F> {
    PageRequest { limit, sort: SortBy { field, descending }, after: None }
}

/// An order after a command, and what that does to stock.
pub(crate) fn step(order: &Order, command: &Command) -> (Order, Vec<StockEffect>) {
    match order.step(command, at(7), &Actor::shell(Some("tester")), None) {
        Ok(Outcome::Changed { order, stock }) => (*order, stock),
        other => panic!("{command:?} did not change the order: {other:?}"),
    }
}

/// Everything that is left of an order goes out.
pub(crate) fn ship_all() -> Command {
    Command::Ship { items: None, tracking: Some("TR-1".parse().expect("a reference")) }
}

/// Everything that is left of an order is given up.
pub(crate) fn cancel_all() -> Command {
    Command::Cancel { items: None }
}

/// An import of products that runs.
pub(crate) fn import(n: u128) -> Import {
    Import {
        id: ImportId::from_uuid(Uuid::from_u128((0x0190_0000_0000_7000_8000_u128 << 48) | n)),
        once: format!("once {}", n % 2),
        sha256: "ab".repeat(32),
        file: "a b.csv".to_owned(),
        noun: ImportNoun::Products,
        mode: ImportMode::Upsert,
        options: vec!["--set".to_owned(), "currency=EUR".to_owned()],
        actor: Actor::shell(Some("tester")),
        started_at: at(5),
        ended_at: None,
        state: ImportState::Running,
        batch_rows: 3,
        tally: Tally::default(),
    }
}
