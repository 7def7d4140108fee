//! How the server finds the rows of a list: by an index, and reading no more documents than it gives and one.

use mongodb::bson::{Document, doc};
use shopctl::domain::import::{Import, ImportFilter, ImportNoun, ImportSort, ImportState};
use shopctl::domain::inventory::{StockFilter, StockOp, StockSort};
use shopctl::domain::order::{OrderFilter, OrderSort, OrderStatus, PaymentStatus};
use shopctl::domain::page::{PageRequest, Position, SortBy, SortValue};
use shopctl::domain::product::{Product, ProductFilter, ProductSort, ProductStatus};
use shopctl::domain::search::ProductSearch;
use shopctl::domain::user::{Role, User, UserFilter, UserSort, UserStatus};
use shopctl::store::{Commit, Premises, Store};

use super::store;
use crate::support::builders::{at, change, eur, for_order, import, order_of, product, q, user};
use crate::support::mongod::TestDatabase;
use crate::support::store::stocked;

/// Rows of each collection: several pages, whatever the filter.
const ROWS: i64 = 150;
const LIMIT: usize = 10;

/// What the server says of the reads that it was sent since the last time.
async fn reads(raw: &mongodb::Database) -> Vec<Document> {
    use futures_util::TryStreamExt;
    raw.run_command(doc! { "profile": 0 }).await.unwrap();
    let profile = raw.collection::<Document>("system.profile");
    let wanted =
        doc! { "op": { "$in": ["query", "getmore"] }, "ns": { "$not": { "$regex": "system.profile" } } };
    let found = profile.find(wanted).await.unwrap().try_collect().await.unwrap();
    profile.drop().await.unwrap();
    raw.run_command(doc! { "profile": 2 }).await.unwrap();
    found
}

fn number(read: &Document, name: &str) -> i64 {
    let found = read.get(name).and_then(|value| value.as_i64().or_else(|| value.as_i32().map(i64::from)));
    found.unwrap_or_else(|| panic!("{read:?}"))
}

/// That each read walked an index, and that all of them together read no more documents than were given and one. How many reads there were.
fn assert_frugal(told: &str, reads: &[Document], given: usize) -> usize {
    for read in reads {
        let plan = read.get_str("planSummary").unwrap();
        assert!(plan.split("}, ").all(|walk| walk.starts_with("IXSCAN ")), "{told}: {plan}");
        // Each key once, and a seek now and then.
        let keys = number(read, "keysExamined");
        assert!(keys <= 3 * ROWS + 20, "{told}: {keys} keys: {plan}");
    }
    let read: i64 = reads.iter().map(|read| number(read, "docsExamined")).sum();
    let most = i64::try_from(given).unwrap() + 1;
    let each = |read: &Document| (number(read, "docsExamined"), read.get_document("command").cloned());
    let all: Vec<_> = reads.iter().map(each).collect();
    assert!(read <= most, "{told}: read {read} to give {given}: {all:?}");
    reads.len()
}

/// Reads the first page of a list in every order, and a page from the middle, with so many reads each at the most.
async fn each<F: Copy + std::fmt::Debug>(
    raw: &mongodb::Database,
    what: &str,
    sorts: &[F],
    middle: impl Fn(F) -> Position,
    most: usize,
    list: impl AsyncFn(PageRequest<F>) -> usize,
) {
    for &field in sorts {
        for descending in [false, true] {
            for after in [None, Some(middle(field))] {
                let sort = SortBy { field, descending };
                let told = format!(
                    "{what} by {field:?}, descending {descending}, from the start {}",
                    after.is_none()
                );
                let given = list(PageRequest { limit: LIMIT, sort, after }).await;
                let reads = assert_frugal(&told, &reads(raw).await, given);
                assert!((1..=most).contains(&reads), "{told}: {reads} reads");
            }
        }
    }
}

/// Everything that two filters of these ask for together, and each of them alone.
fn pairs<F: Clone>(filters: &[F], both: impl Fn(&F, &F) -> F) -> Vec<F> {
    let with = |(n, one): (usize, &F)| -> Vec<F> {
        std::iter::once(one.clone()).chain(filters[n + 1..].iter().map(|other| both(one, other))).collect()
    };
    filters.iter().enumerate().flat_map(with).collect()
}

fn position(value: impl Into<Value>, id: &impl ToString) -> Position {
    Position { value: value.into().0, id: id.to_string() }
}

struct Value(SortValue);

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self(SortValue::Int(value))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self(SortValue::Text(value))
    }
}

async fn profiled() -> (TestDatabase, std::sync::Arc<dyn Store>, mongodb::Database) {
    let database = TestDatabase::fresh();
    let store = store(&database.url()).await;
    store.init().await.unwrap();
    let raw = database.raw().await;
    (database, store, raw)
}

async fn catalogue(store: &std::sync::Arc<dyn Store>) -> Vec<Product> {
    let mut all = Vec::new();
    for n in 0..ROWS {
        let mut product = Product {
            created_at: at(n),
            updated_at: at(ROWS - n / 2),
            name: format!("name {}", n % 40).parse().unwrap(),
            price: eur(n % 60 + 100),
            status: ProductStatus::ALL[usize::try_from(n % 3).unwrap()],
            ..product(&format!("SKU-{:03}", n * 7 % ROWS))
        };
        product.group = (n % 2 == 0).then(|| "even".parse().unwrap());
        store.insert_product(&product, None, Commit::Keep).await.unwrap();
        all.push(product);
    }
    all
}

fn product_place(field: ProductSort, middle: &Product) -> Position {
    match field {
        ProductSort::Id | ProductSort::Relevance => position(middle.id.to_string(), &middle.id),
        ProductSort::CreatedAt => position(middle.created_at.as_millis(), &middle.id),
        ProductSort::UpdatedAt => position(middle.updated_at.as_millis(), &middle.id),
        ProductSort::Sku => position(middle.sku.norm().to_owned(), &middle.id),
        ProductSort::Name => position(middle.name.to_string(), &middle.id),
        ProductSort::Price => position(middle.price.minor(), &middle.id),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_of_products_walks_an_index_and_reads_only_what_it_gives() {
    let (_database, store, raw) = profiled().await;
    let all = catalogue(&store).await;
    let place = |field| product_place(field, &all[70]);
    reads(&raw).await;
    for filter in product_filters() {
        let list = async |page| store.list_products(&filter, &page).await.unwrap().items.len();
        each(&raw, &format!("{filter:?}"), ProductSort::ALL, place, 1, list).await;
    }
}

/// Every pair of filters but a search.
fn product_filters() -> Vec<ProductFilter> {
    let none = ProductFilter::default();
    let each = [
        none.clone(),
        ProductFilter { status: Some(ProductStatus::Active), ..none.clone() },
        ProductFilter { tag: Some("Blue".parse().unwrap()), ..none.clone() },
        ProductFilter { group: Some("even".parse().unwrap()), ..none.clone() },
        ProductFilter { min_price: Some(130), ..none.clone() },
        ProductFilter { min_price: Some(110), max_price: Some(120), ..none.clone() },
        ProductFilter { currency: Some("EUR".parse().unwrap()), ..none.clone() },
        ProductFilter { created_after: Some(at(20)), ..none.clone() },
        ProductFilter { created_after: Some(at(20)), created_before: Some(at(90)), ..none },
    ];
    pairs(&each, |one, other| ProductFilter {
        status: one.status.or(other.status),
        tag: one.tag.clone().or(other.tag.clone()),
        group: one.group.clone().or(other.group.clone()),
        min_price: one.min_price.or(other.min_price),
        max_price: one.max_price.or(other.max_price),
        currency: one.currency.or(other.currency),
        created_after: one.created_after.or(other.created_after),
        created_before: one.created_before.or(other.created_before),
        query: None,
    })
}

/// Every name holds "name", every SKU begins with "sku-", each product has the tag "kitchen"; "4" stands in names and in SKUs.
const SEARCHES: [&str; 14] = [
    "name",
    "nam",
    "sku",
    "SKU-0",
    "kitchen",
    "kitch",
    "mug",
    "teapot",
    "4",
    "name 4",
    "4 kit sku",
    "na 1 blue",
    "sku-14 name",
    "teapot name",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_search_for_products_walks_indexes_and_reads_only_what_it_gives() {
    let (_database, store, raw) = profiled().await;
    catalogue(&store).await;
    reads(&raw).await;
    let sort = SortBy { field: ProductSort::Relevance, descending: false };
    for filter in product_filters() {
        for query in SEARCHES {
            let search: ProductSearch = query.parse().unwrap();
            let filter = ProductFilter { query: Some(search.clone()), ..filter.clone() };
            let mut request = PageRequest { limit: 2 * LIMIT, sort, after: None };
            // All of it, so that each page begins or ends in another tier.
            loop {
                let given = store.list_products(&filter, &request).await.unwrap();
                // Of few it reads all, as far as a page may.
                let most = given.items.len().max(request.limit);
                assert_frugal(&format!("{filter:?} {request:?}"), &reads(&raw).await, most);
                let Some(last) = given.items.last().filter(|_| given.has_more) else { break };
                request.after = Some(search.position(last));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_for_products_in_another_order_reads_only_what_it_gives() {
    let (_database, store, raw) = profiled().await;
    let all = catalogue(&store).await;
    reads(&raw).await;
    let sorts: Vec<ProductSort> =
        ProductSort::ALL.iter().copied().filter(|sort| *sort != ProductSort::Relevance).collect();
    for filter in product_filters().into_iter().step_by(4) {
        for query in SEARCHES.into_iter().chain(["--"]).step_by(2) {
            let filter = ProductFilter { query: Some(query.parse().unwrap()), ..filter.clone() };
            let list = async |page| store.list_products(&filter, &page).await.unwrap().items.len();
            let place = |field| product_place(field, &all[70]);
            each(&raw, &format!("{filter:?}"), &sorts, place, 15, list).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_of_orders_walks_an_index_and_reads_only_what_it_gives() {
    let (_database, store, raw) = profiled().await;
    let goods = [product("MUG"), product("CUP")];
    for product in &goods {
        stocked(&store, product, 10_000).await;
    }
    let ada = user("ada@example.com");
    let mut all = Vec::new();
    for n in 0..ROWS {
        let mut order = order_of(&[(&goods[usize::try_from(n % 2).unwrap()], n % 20 + 1)]);
        (order.created_at, order.updated_at) = (at(n), at(ROWS - n / 2));
        order.customer.user_id = (n % 3 != 0).then_some(ada.id);
        let context = for_order(&order);
        order.number = store.place_order(&order, &Premises::default(), &context, Commit::Keep).await.unwrap();
        all.push(order);
    }
    let middle = &all[70];
    let place = |field: OrderSort| match field {
        OrderSort::Id => position(middle.id.to_string(), &middle.id),
        OrderSort::CreatedAt => position(middle.created_at.as_millis(), &middle.id),
        OrderSort::UpdatedAt => position(middle.updated_at.as_millis(), &middle.id),
        OrderSort::Number => position(middle.number.get(), &middle.id),
        OrderSort::Total => position(middle.total().unwrap().minor(), &middle.id),
    };
    reads(&raw).await;
    let none = OrderFilter::default();
    let filters = [
        none.clone(),
        OrderFilter { user_id: Some(ada.id), ..none.clone() },
        OrderFilter { email: Some("grace@example.com".parse().unwrap()), ..none.clone() },
        OrderFilter { customer_ref: Some("till-1".parse().unwrap()), ..none.clone() },
        OrderFilter { status: Some(OrderStatus::Pending), ..none.clone() },
        OrderFilter { status: Some(OrderStatus::Shipped), ..none.clone() },
        OrderFilter { payment_status: Some(PaymentStatus::Unpaid), ..none.clone() },
        OrderFilter { product_id: Some(goods[0].id), ..none.clone() },
        OrderFilter { created_after: Some(at(50)), ..none.clone() },
        OrderFilter { created_after: Some(at(20)), created_before: Some(at(90)), ..none.clone() },
        OrderFilter { query: Some("grace".parse().unwrap()), ..none.clone() },
        OrderFilter { query: Some("10".parse().unwrap()), ..none.clone() },
        OrderFilter { query: Some("nobody".parse().unwrap()), ..none },
    ];
    for filter in pairs(&filters, |one, other| OrderFilter {
        user_id: one.user_id.or(other.user_id),
        email: one.email.clone().or(other.email.clone()),
        customer_ref: one.customer_ref.clone().or(other.customer_ref.clone()),
        status: one.status.or(other.status),
        payment_status: one.payment_status.or(other.payment_status),
        product_id: one.product_id.or(other.product_id),
        created_after: one.created_after.or(other.created_after),
        created_before: one.created_before.or(other.created_before),
        query: one.query.clone().or(other.query.clone()),
    }) {
        let list = async |page| store.list_orders(&filter, &page).await.unwrap().items.len();
        each(&raw, &format!("{filter:?}"), OrderSort::ALL, place, 4, list).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_of_users_walks_an_index_and_reads_only_what_it_gives() {
    let (_database, store, raw) = profiled().await;
    let mut all = Vec::new();
    for n in 0..ROWS {
        let one = User {
            created_at: at(n),
            updated_at: at(ROWS - n / 2),
            role: Role::ALL[usize::try_from(n % 3).unwrap()],
            status: UserStatus::ALL[usize::try_from(n % 2).unwrap()],
            ..user(&format!("u{:03}@example.com", n * 7 % ROWS))
        };
        store.insert_user(&one, Commit::Keep).await.unwrap();
        all.push(one);
    }
    let middle = &all[70];
    let place = |field: UserSort| match field {
        UserSort::Id => position(middle.id.to_string(), &middle.id),
        UserSort::CreatedAt => position(middle.created_at.as_millis(), &middle.id),
        UserSort::UpdatedAt => position(middle.updated_at.as_millis(), &middle.id),
        UserSort::Email => position(middle.email.norm().to_owned(), &middle.id),
    };
    reads(&raw).await;
    let none = UserFilter::default();
    let filters = [
        none.clone(),
        UserFilter { role: Some(Role::Staff), ..none.clone() },
        UserFilter { status: Some(UserStatus::Disabled), ..none.clone() },
        UserFilter { created_after: Some(at(20)), created_before: Some(at(90)), ..none.clone() },
        UserFilter { query: Some("U1".parse().unwrap()), ..none.clone() },
        UserFilter { query: Some("@example.".parse().unwrap()), ..none.clone() },
        UserFilter { query: Some("u.*".parse().unwrap()), ..none },
    ];
    for filter in pairs(&filters, |one, other| UserFilter {
        role: one.role.or(other.role),
        status: one.status.or(other.status),
        created_after: one.created_after.or(other.created_after),
        created_before: one.created_before.or(other.created_before),
        query: one.query.clone().or(other.query.clone()),
    }) {
        let list = async |page| store.list_users(&filter, &page).await.unwrap().items.len();
        each(&raw, &format!("{filter:?}"), UserSort::ALL, place, 1, list).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_stock_walks_an_index_and_reads_only_what_it_gives() {
    let (_database, store, raw) = profiled().await;
    for (n, product) in (0..ROWS).zip(catalogue(&store).await) {
        use shopctl::store::{Presence, StockChange};
        let change = StockChange {
            product_id: product.id,
            op: Some(StockOp::Receive(q(n % 30))),
            low_stock_at: (n % 3 == 0).then(|| Some(q(9))),
            presence: Presence::Either,
            if_version: None,
            context: shopctl::domain::inventory::MovementContext {
                at: at(n),
                ..crate::support::builders::context()
            },
        };
        store.change_stock(&change, Commit::Keep).await.unwrap();
    }
    let all = store
        .list_stock(&StockFilter::default(), &crate::support::builders::page(StockSort::Id, false, 1000))
        .await
        .unwrap()
        .items;
    let middle = &all[70];
    let place = |field: StockSort| match field {
        StockSort::Id => position(middle.product_id.to_string(), &middle.product_id),
        StockSort::CreatedAt => position(middle.created_at.as_millis(), &middle.product_id),
        StockSort::UpdatedAt => position(middle.updated_at.as_millis(), &middle.product_id),
        StockSort::Sku => position(middle.sku.norm().to_owned(), &middle.product_id),
        StockSort::OnHand => position(middle.level.on_hand(), &middle.product_id),
        StockSort::Reserved => position(middle.level.reserved(), &middle.product_id),
    };
    reads(&raw).await;
    let none = StockFilter::default();
    let filters = [
        none.clone(),
        StockFilter { created_after: Some(at(20)), created_before: Some(at(90)), ..none.clone() },
        StockFilter { below: Some(7), ..none.clone() },
        StockFilter { low: true, ..none.clone() },
        StockFilter { query: Some("SKU-1".parse().unwrap()), ..none.clone() },
        StockFilter { query: Some("7".parse().unwrap()), ..none },
    ];
    for filter in pairs(&filters, |one, other| StockFilter {
        created_after: one.created_after.or(other.created_after),
        created_before: one.created_before.or(other.created_before),
        below: one.below.or(other.below),
        low: one.low || other.low,
        query: one.query.clone().or(other.query.clone()),
    }) {
        let list = async |page| store.list_stock(&filter, &page).await.unwrap().items.len();
        each(&raw, &format!("{filter:?}"), StockSort::ALL, place, 1, list).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_of_imports_walks_an_index_and_reads_only_what_it_gives() {
    let (_database, store, raw) = profiled().await;
    let mut all = Vec::new();
    for n in 0..ROWS {
        let one = Import {
            noun: [ImportNoun::Products, ImportNoun::Orders][usize::try_from(n % 2).unwrap()],
            ..import(u128::try_from(n).unwrap())
        };
        store.begin_import(&one).await.unwrap();
        if n % 3 != 0 {
            let ended = Import { state: ImportState::Done, ended_at: Some(at(n)), ..one.clone() };
            store.end_import(&ended, ImportState::Running).await.unwrap();
        }
        all.push(one);
    }
    let place = |_| position(all[70].id.to_string(), &all[70].id);
    reads(&raw).await;
    let none = ImportFilter::default();
    let filters = [
        none.clone(),
        ImportFilter { noun: Some(ImportNoun::Orders), ..none.clone() },
        ImportFilter { state: Some(ImportState::Running), ..none.clone() },
        ImportFilter { state: Some(ImportState::Undone), ..none },
    ];
    let both = |one: &ImportFilter, other: &ImportFilter| ImportFilter {
        noun: one.noun.or(other.noun),
        state: one.state.or(other.state),
    };
    for filter in pairs(&filters, both) {
        let list = async |page| store.list_imports(&filter, &page).await.unwrap().items.len();
        each(&raw, &format!("{filter:?}"), ImportSort::ALL, place, 1, list).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_movements_walks_an_index_and_reads_only_what_it_gives() {
    let (_database, store, raw) = profiled().await;
    let mug = product("MUG");
    let cup = product("CUP");
    for goods in [&mug, &cup] {
        stocked(&store, goods, 1).await;
    }
    for n in 0..ROWS {
        let goods = if n % 2 == 0 { &mug } else { &cup };
        store.change_stock(&change(goods.id, StockOp::Receive(q(1))), Commit::Keep).await.unwrap();
    }
    reads(&raw).await;
    for newest_first in [false, true] {
        for after in [None, Some(40)] {
            let given = store.list_movements(mug.id, after, newest_first, LIMIT).await.unwrap().items.len();
            assert_eq!(given, LIMIT);
            let told = format!("movements after {after:?}, newest first {newest_first}");
            assert_eq!(assert_frugal(&told, &reads(&raw).await, given), 1, "{told}");
        }
    }
}
