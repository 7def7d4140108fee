//! How the server finds the rows of a list: by an index, and reading no more documents than it gives and one.

use mongodb::bson::{Document, doc};
use shopctl::domain::inventory::{StockFilter, StockSort};
use shopctl::domain::order::{OrderFilter, OrderSort, OrderStatus, PaymentStatus};
use shopctl::domain::page::{PageRequest, Position, SortBy, SortValue};
use shopctl::domain::product::{Product, ProductFilter, ProductSort, ProductStatus};
use shopctl::domain::user::{Role, User, UserFilter, UserSort, UserStatus};
use shopctl::store::{Commit, Premises, Store};

use super::store;
use crate::support::builders::{at, eur, for_order, order_of, product, user};
use crate::support::mongod::TestDatabase;
use crate::support::store::stocked;

/// Rows of each collection: several pages, whatever the filter.
const ROWS: i64 = 150;
const LIMIT: usize = 10;

/// What the server says of the queries that it was sent since the last time.
async fn queries(raw: &mongodb::Database) -> Vec<Document> {
    use futures_util::TryStreamExt;
    raw.run_command(doc! { "profile": 0 }).await.unwrap();
    let profile = raw.collection::<Document>("system.profile");
    let wanted = doc! { "op": "query", "ns": { "$not": { "$regex": "system.profile" } } };
    let found = profile.find(wanted).await.unwrap().try_collect().await.unwrap();
    profile.drop().await.unwrap();
    raw.run_command(doc! { "profile": 2 }).await.unwrap();
    found
}

/// Reads the first page of a list in every order, and a page from the middle.
async fn each<F: Copy + std::fmt::Debug>(
    raw: &mongodb::Database,
    what: &str,
    sorts: &[F],
    middle: impl Fn(F) -> Position,
    list: impl AsyncFn(PageRequest<F>) -> usize,
) {
    for &field in sorts {
        for descending in [false, true] {
            for after in [None, Some(middle(field))] {
                let sort = SortBy { field, descending };
                let began = after.is_none();
                let given = list(PageRequest { limit: LIMIT, sort, after }).await;
                let told = format!("{what} by {field:?}, descending {descending}, from the start {began}");
                let asked = queries(raw).await;
                assert_eq!(asked.len(), 1, "{told}: {asked:?}");
                let number = |name: &str| {
                    let found = asked[0]
                        .get(name)
                        .and_then(|value| value.as_i64().or_else(|| value.as_i32().map(i64::from)));
                    found.unwrap_or_else(|| panic!("{told}: {:?}", asked[0]))
                };
                let plan = asked[0].get_str("planSummary").unwrap();
                assert!(plan.split("}, ").all(|walk| walk.starts_with("IXSCAN ")), "{told}: {plan}");
                let (read, keys) = (number("docsExamined"), number("keysExamined"));
                let most = i64::try_from(given).unwrap() + 1;
                assert!(read <= most, "{told}: read {read} to give {given}: {plan}");
                // Each key once, and a seek now and then.
                assert!(keys <= 2 * ROWS + 20, "{told}: {keys} keys: {plan}");
            }
        }
    }
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

#[tokio::test(flavor = "multi_thread")]
async fn every_list_of_products_walks_an_index_and_reads_only_what_it_gives() {
    let (_database, store, raw) = profiled().await;
    let all = catalogue(&store).await;
    let middle = &all[70];
    let place = |field: ProductSort| match field {
        ProductSort::Id | ProductSort::Relevance => position(middle.id.to_string(), &middle.id),
        ProductSort::CreatedAt => position(middle.created_at.as_millis(), &middle.id),
        ProductSort::UpdatedAt => position(middle.updated_at.as_millis(), &middle.id),
        ProductSort::Sku => position(middle.sku.norm().to_owned(), &middle.id),
        ProductSort::Name => position(middle.name.to_string(), &middle.id),
        ProductSort::Price => position(middle.price.minor(), &middle.id),
    };
    queries(&raw).await;
    let none = ProductFilter::default();
    for seen in [None, Some(ProductStatus::Active), Some(ProductStatus::Draft)] {
        let none = ProductFilter { status: seen, ..none.clone() };
        for filter in [
            none.clone(),
            ProductFilter { tag: Some("kitchen".parse().unwrap()), ..none.clone() },
            ProductFilter { group: Some("even".parse().unwrap()), ..none.clone() },
            ProductFilter { min_price: Some(130), ..none.clone() },
            ProductFilter { min_price: Some(110), max_price: Some(120), ..none.clone() },
            ProductFilter { currency: Some("EUR".parse().unwrap()), ..none.clone() },
            ProductFilter { created_after: Some(at(20)), ..none.clone() },
            ProductFilter { created_after: Some(at(20)), created_before: Some(at(90)), ..none.clone() },
            ProductFilter { tag: Some("Blue".parse().unwrap()), min_price: Some(120), ..none.clone() },
        ] {
            let list = async |page| store.list_products(&filter, &page).await.unwrap().items.len();
            each(&raw, &format!("{filter:?}"), ProductSort::ALL, place, list).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_for_products_walks_an_index_and_reads_only_what_it_gives() {
    let (_database, store, raw) = profiled().await;
    catalogue(&store).await;
    queries(&raw).await;
    for seen in [None, Some(ProductStatus::Active)] {
        // Every name holds "name", every SKU begins with "sku-", each product has the tag "kitchen".
        for query in ["name", "nam", "sku", "SKU-0", "kitchen", "kitch", "mug", "teapot"] {
            let filter = ProductFilter {
                query: Some(query.parse().unwrap()),
                status: seen,
                ..ProductFilter::default()
            };
            let sort = SortBy { field: ProductSort::Relevance, descending: false };
            let mut request = PageRequest { limit: LIMIT, sort, after: None };
            for _ in 0..2 {
                let given = store.list_products(&filter, &request).await.unwrap();
                let asked = queries(&raw).await;
                let number = |asked: &Document, name: &str| {
                    let value = asked.get(name).unwrap();
                    value.as_i64().or_else(|| value.as_i32().map(i64::from)).unwrap()
                };
                for one in &asked {
                    let plan = one.get_str("planSummary").unwrap();
                    assert!(plan.split("}, ").all(|walk| walk.starts_with("IXSCAN ")), "{query}: {plan}");
                }
                let read: i64 = asked.iter().map(|one| number(one, "docsExamined")).sum();
                let most = i64::try_from(given.items.len()).unwrap() + 1;
                assert!(read <= most, "{query}: read {read} to give {}: {asked:?}", given.items.len());
                let search = filter.query.as_ref().unwrap();
                let Some(last) = given.items.last() else { break };
                request.after = Some(search.position(last));
            }
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
    queries(&raw).await;
    let none = OrderFilter::default();
    let own = OrderFilter { user_id: Some(ada.id), ..none.clone() };
    for filter in [
        none.clone(),
        own.clone(),
        OrderFilter { status: Some(OrderStatus::Pending), ..own.clone() },
        OrderFilter { created_after: Some(at(50)), ..own },
        OrderFilter { email: Some("grace@example.com".parse().unwrap()), ..none.clone() },
        OrderFilter { status: Some(OrderStatus::Pending), ..none.clone() },
        OrderFilter { status: Some(OrderStatus::Shipped), ..none.clone() },
        OrderFilter { payment_status: Some(PaymentStatus::Unpaid), ..none.clone() },
        OrderFilter { product_id: Some(goods[0].id), ..none.clone() },
        OrderFilter { created_after: Some(at(20)), created_before: Some(at(90)), ..none.clone() },
        OrderFilter { query: Some("grace".parse().unwrap()), ..none.clone() },
        OrderFilter {
            query: Some("10".parse().unwrap()),
            status: Some(OrderStatus::Pending),
            ..none.clone()
        },
        OrderFilter { query: Some("nobody".parse().unwrap()), ..none.clone() },
        OrderFilter {
            query: Some("10".parse().unwrap()),
            created_after: Some(at(9)),
            user_id: Some(ada.id),
            ..none
        },
    ] {
        let list = async |page| store.list_orders(&filter, &page).await.unwrap().items.len();
        each(&raw, &format!("{filter:?}"), OrderSort::ALL, place, list).await;
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
    queries(&raw).await;
    let none = UserFilter::default();
    for filter in [
        none.clone(),
        UserFilter { role: Some(Role::Staff), ..none.clone() },
        UserFilter { status: Some(UserStatus::Disabled), ..none.clone() },
        UserFilter { created_after: Some(at(20)), created_before: Some(at(90)), ..none.clone() },
        UserFilter { query: Some("U1".parse().unwrap()), ..none.clone() },
        UserFilter { query: Some("@example.".parse().unwrap()), role: Some(Role::Staff), ..none.clone() },
        UserFilter { query: Some("u.*".parse().unwrap()), status: Some(UserStatus::Active), ..none },
    ] {
        let list = async |page| store.list_users(&filter, &page).await.unwrap().items.len();
        each(&raw, &format!("{filter:?}"), UserSort::ALL, place, list).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_stock_walks_an_index_and_reads_only_what_it_gives() {
    let (_database, store, raw) = profiled().await;
    for (n, product) in (0..ROWS).zip(catalogue(&store).await) {
        use shopctl::domain::inventory::StockOp;
        use shopctl::store::{Presence, StockChange};
        let change = StockChange {
            product_id: product.id,
            op: Some(StockOp::Receive(crate::support::builders::q(n % 30))),
            low_stock_at: (n % 3 == 0).then(|| Some(crate::support::builders::q(9))),
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
    queries(&raw).await;
    let none = StockFilter::default();
    for filter in [
        none.clone(),
        StockFilter { created_after: Some(at(20)), created_before: Some(at(90)), ..none.clone() },
        StockFilter { below: Some(7), ..none.clone() },
        StockFilter { below: Some(7), created_after: Some(at(20)), ..none.clone() },
        StockFilter { low: true, ..none.clone() },
        StockFilter { low: true, below: Some(3), query: Some("SKU-1".parse().unwrap()), ..none.clone() },
        StockFilter { query: Some("u-0".parse().unwrap()), ..none.clone() },
        StockFilter { query: Some("7".parse().unwrap()), created_before: Some(at(90)), ..none },
    ] {
        let list = async |page| store.list_stock(&filter, &page).await.unwrap().items.len();
        each(&raw, &format!("{filter:?}"), StockSort::ALL, place, list).await;
    }
}
