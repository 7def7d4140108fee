//! Search: whatever the case, in what the filters' docs name, on every resource; by words for products, letter by letter for the others.

use shopctl::domain::inventory::{StockFilter, StockSort};
use shopctl::domain::order::{Order, OrderFilter, OrderSort};
use shopctl::domain::page::SortValue;
use shopctl::domain::product::{Product, ProductFilter, ProductSort, ProductStatus};
use shopctl::domain::search::{ProductSearch, Tier};
use shopctl::domain::user::{User, UserFilter, UserSort};
use shopctl::store::Commit;

use super::lists::{check_sort, walk};
use crate::support::builders::{at, context, eur, order_of, page, product, user};
use crate::support::store::{TestStore, placed, stocked};

contract![
    a_search_takes_every_letter_literally,
    a_search_for_products_looks_in_sku_name_description_and_tags,
    what_a_search_for_products_finds_comes_by_relevance,
    a_search_for_products_takes_filters_and_other_orders,
    a_search_finds_what_a_look_at_every_product_finds,
    a_search_of_many_words_finds_the_longest_text,
    a_search_for_products_follows_their_changes,
    a_search_for_orders_looks_in_number_reference_address_name_and_skus,
    a_search_for_stock_looks_in_the_sku_and_follows_a_rename,
    a_search_finds_what_was_written_last,
];

async fn products(store: &TestStore, query: &str) -> Vec<String> {
    let filter = ProductFilter { query: Some(query.parse().unwrap()), ..ProductFilter::default() };
    let listed = store.list_products(&filter, &page(ProductSort::Id, false, 100)).await.unwrap();
    listed.items.iter().map(|product| product.sku.to_string()).collect()
}

async fn stock(store: &TestStore, query: &str) -> Vec<String> {
    let filter = StockFilter { query: Some(query.parse().unwrap()), ..StockFilter::default() };
    let listed = store.list_stock(&filter, &page(StockSort::Id, false, 100)).await.unwrap();
    listed.items.iter().map(|item| item.sku.to_string()).collect()
}

async fn orders(store: &TestStore, query: &str) -> Vec<Order> {
    let filter = OrderFilter { query: Some(query.parse().unwrap()), ..OrderFilter::default() };
    store.list_orders(&filter, &page(OrderSort::Id, false, 100)).await.unwrap().items
}

async fn users(store: &TestStore, query: &str) -> Vec<String> {
    let filter = UserFilter { query: Some(query.parse().unwrap()), ..UserFilter::default() };
    let listed = store.list_users(&filter, &page(UserSort::Id, false, 100)).await.unwrap();
    listed.items.iter().map(|user| user.email.to_string()).collect()
}

async fn a_search_takes_every_letter_literally(store: &TestStore) {
    let skus = [".*", "a%c", "a_c", "abc", "^a$", "[a-c]", "$where", "(", "\\d", "'\"", "a?c"];
    for sku in skus {
        let bare = Product { description: None, tags: vec![], name: "x".parse().unwrap(), ..product(sku) };
        stocked(store, &bare, 1).await;
    }
    for (query, found) in [
        (".*", vec![".*"]),
        ("a%", vec!["a%c"]),
        ("^a$", vec!["^a$"]),
        ("[a-c]", vec!["[a-c]"]),
        ("$", vec!["$where"]),
        ("(", vec!["("]),
        ("\\", vec!["\\d"]),
        ("'\"", vec!["'\""]),
        ("%", vec![]),
        ("ABC", vec!["abc"]),
    ] {
        let filter = ProductFilter { query: Some(query.parse().unwrap()), ..ProductFilter::default() };
        let best = store.list_products(&filter, &page(ProductSort::Relevance, false, 1)).await.unwrap();
        assert_eq!(best.items.iter().map(|one| one.sku.as_str()).collect::<Vec<_>>(), found, "{query}");
    }
    for (query, found) in [
        (".*", vec![".*"]),
        ("%", vec!["a%c"]),
        ("_", vec!["a_c"]),
        ("a_c", vec!["a_c"]),
        ("^a", vec!["^a$"]),
        ("[a-c]", vec!["[a-c]"]),
        ("$", vec!["^a$", "$where"]),
        ("(", vec!["("]),
        ("\\", vec!["\\d"]),
        ("'\"", vec!["'\""]),
        ("?", vec!["a?c"]),
        ("ABC", vec!["abc"]),
    ] {
        assert_eq!(stock(store, query).await, found, "{query}");
    }
    for email in ["a%b@example.com", "a_b@example.com", "axb@example.com", "$ne@example.com"] {
        store.insert_user(&User { name: None, ..user(email) }, Commit::Keep).await.unwrap();
    }
    for (query, found) in [("%", "a%b@example.com"), ("a_b", "a_b@example.com"), ("$ne", "$ne@example.com")] {
        assert_eq!(users(store, query).await, vec![found], "{query}");
    }
    assert_eq!(users(store, ".*").await, Vec::<String>::new());
}

async fn a_search_for_products_looks_in_sku_name_description_and_tags(store: &TestStore) {
    let mut product = product("SKU-Ä");
    product.name = "Straße".parse().unwrap();
    product.description = Some("made of\nporcelain".parse().unwrap());
    product.tags = vec!["Gift".parse().unwrap()];
    store.insert_product(&product, None, Commit::Keep).await.unwrap();
    for query in ["sku-ä", "STRAßE", "Porcelain", "gift", "ＧＩＦＴ"] {
        assert_eq!(products(store, query).await, vec!["SKU-Ä"], "{query}");
    }
    // Words may begin so, in any order and wherever they stand.
    for query in ["porc", "gi", "straß porcelain", "gift made ä"] {
        assert_eq!(products(store, query).await, vec!["SKU-Ä"], "{query}");
    }
    // Neither values nor the group, nor within a word.
    for query in ["mugs", "colour", "orcelain", "gift mugs", "$where.a"] {
        assert_eq!(products(store, query).await, Vec::<String>::new(), "{query}");
    }
}

/// Products that answer in every way there is, and some that do not.
async fn range(store: &TestStore) -> Vec<Product> {
    let mut all = Vec::new();
    for (n, (sku, name, tags, description)) in (0_i64..).zip([
        ("X-9", "Holder", "", "Holds a mug"),
        ("X-8", "Holder", "mugs", ""),
        ("X-7", "Mugshot", "", ""),
        ("MUG-2", "Cup", "", ""),
        ("X-6", "Blue mug", "mugs", "A mug"),
        ("MUG-1", "Blue mug", "", ""),
        ("X-5", "Mug", "blue", ""),
        ("MUG", "Cup", "", ""),
        ("X-4", "Mug smug", "", "Blues"),
        ("X-3", "Cup", "smug", "a smug text"),
    ]) {
        let text = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap());
        let product = Product {
            name: name.parse().unwrap(),
            tags: tags.split_whitespace().map(|tag| tag.parse().unwrap()).collect(),
            description: text(description),
            price: eur(n % 3),
            status: ProductStatus::ALL[usize::try_from(n % 2).unwrap()],
            ..product(sku)
        };
        store.insert_product(&product, None, Commit::Keep).await.unwrap();
        all.push(product);
    }
    all
}

async fn what_a_search_for_products_finds_comes_by_relevance(store: &TestStore) {
    range(store).await;
    for (query, expected) in [
        ("mug", vec!["MUG", "MUG-1", "MUG-2", "X-6", "X-5", "X-4", "X-7", "X-8", "X-9"]),
        ("MU", vec!["MUG", "MUG-1", "MUG-2", "X-7", "X-6", "X-5", "X-4", "X-8", "X-9"]),
        ("mug blue", vec!["X-6", "MUG-1", "X-5", "X-4"]),
        ("blu mug", vec!["X-6", "MUG-1", "X-5", "X-4"]),
        ("x", vec!["X-3", "X-4", "X-5", "X-6", "X-7", "X-8", "X-9"]),
        ("x-4", vec!["X-4"]),
        ("holds mug", vec!["X-9"]),
        ("mug cup", vec!["MUG-2", "MUG"]),
        ("teapot", vec![]),
        ("--", vec![]),
    ] {
        let search: ProductSearch = query.parse().unwrap();
        let filter = ProductFilter { query: Some(search.clone()), ..ProductFilter::default() };
        for limit in [1, 2, 3, 9, 100] {
            let list = async |request: &_| store.list_products(&filter, request).await.expect("a page");
            let key = |product: &Product| {
                let place = search.position(product);
                (place.value, place.id)
            };
            let found = walk(page(ProductSort::Relevance, false, limit), list, key).await;
            let skus: Vec<&str> = found.iter().map(|product| product.sku.as_str()).collect();
            assert_eq!(skus, expected, "{query}, pages of {limit}");
        }
    }
}

async fn a_search_for_products_takes_filters_and_other_orders(store: &TestStore) {
    let all = range(store).await;
    let search: ProductSearch = "mug".parse().unwrap();
    let none = ProductFilter { query: Some(search.clone()), ..ProductFilter::default() };
    for filter in [
        none.clone(),
        ProductFilter { status: Some(all[1].status), ..none.clone() },
        ProductFilter { max_price: Some(1), ..none.clone() },
        ProductFilter { tag: Some("mugs".parse().unwrap()), ..none.clone() },
    ] {
        let fits = |product: &&Product| {
            search.tier(product).is_some()
                && filter.status.is_none_or(|status| product.status == status)
                && filter.max_price.is_none_or(|most| product.price.minor() <= most)
                && filter.tag.as_ref().is_none_or(|tag| product.tags.contains(tag))
        };
        let expected: Vec<Product> = all.iter().filter(fits).cloned().collect();
        let list = async |request: &_| store.list_products(&filter, request).await.expect("a page");
        check_sort(ProductSort::Price, &expected, list, |product| {
            (SortValue::Int(product.price.minor()), product.id.to_string())
        })
        .await;
        check_sort(ProductSort::Id, &expected, list, |product| {
            (SortValue::Text(product.id.to_string()), product.id.to_string())
        })
        .await;
        let mut by_relevance = expected;
        by_relevance.sort_by_key(|product| {
            let tier = search.tier(product);
            (tier, (tier == Some(Tier::SkuBegins)).then(|| product.sku.norm().to_owned()), product.id)
        });
        let found = list(&page(ProductSort::Relevance, false, 100)).await.items;
        assert_eq!(found, by_relevance, "{filter:?}");
    }
}

/// Numbers below a bound, the same in every run.
fn numbers(mut seed: u64) -> impl FnMut(usize) -> usize {
    move |bound| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % bound
    }
}

const VOCABULARY: [&str; 10] = ["blue", "blues", "b", "mug", "mugs", "1", "12", "été", "c++", "smug"];

/// Products made of a few words, so that each stands in every place, and every tier of a search finds several.
fn wordy(number: &mut impl FnMut(usize) -> usize) -> Vec<Product> {
    let groups = ["blue", "mug"];
    let mut some = |most: usize| -> Vec<&str> {
        (0..number(most + 1)).map(|_| VOCABULARY[number(VOCABULARY.len())]).collect()
    };
    let mut all = Vec::new();
    for n in 0..60_usize {
        let mut sku = some(3);
        sku.push("x");
        let (mut tags, description) = (some(3), some(4));
        tags.sort_unstable();
        tags.dedup();
        all.push(Product {
            name: format!("{} mug", some(2).join(" ")).parse().unwrap(),
            tags: tags.iter().map(|tag| tag.parse().unwrap()).collect(),
            description: (!description.is_empty()).then(|| description.join("\n").parse().unwrap()),
            price: eur(i64::try_from(n % 7).unwrap()),
            status: ProductStatus::ALL[n % 3],
            group: groups.get(n % 5).map(|group| group.parse().unwrap()),
            ..product(&format!("{}{n}", sku.join("-")))
        });
    }
    all
}

async fn a_search_finds_what_a_look_at_every_product_finds(store: &TestStore) {
    let mut number = numbers(7);
    let all = wordy(&mut number);
    for product in &all {
        store.insert_product(product, None, Commit::Keep).await.unwrap();
    }
    let mut found = 0;
    for round in 0..80 {
        let words: Vec<&str> = (0..=number(3))
            .map(|_| {
                let word = VOCABULARY[number(VOCABULARY.len())];
                let length = word.chars().count() - number(2).min(word.chars().count() - 1);
                &word[..word.char_indices().nth(length).map_or(word.len(), |(end, _)| end)]
            })
            .collect();
        let search: ProductSearch = words.join([" ", "-"][number(2)]).parse().unwrap();
        let mut often = |one_in: usize| number(one_in) == 0;
        let filter = ProductFilter {
            query: Some(search.clone()),
            status: often(2).then_some(ProductStatus::Active),
            tag: often(3).then(|| "c++".parse().unwrap()),
            group: often(3).then(|| "blue".parse().unwrap()),
            min_price: often(3).then_some(2),
            ..ProductFilter::default()
        };
        let fits = |product: &&Product| {
            search.tier(product).is_some()
                && filter.status.is_none_or(|status| product.status == status)
                && filter.min_price.is_none_or(|least| product.price.minor() >= least)
                && filter.group.as_ref().is_none_or(|group| product.group.as_ref() == Some(group))
                && filter.tag.as_ref().is_none_or(|tag| product.tags.contains(tag))
        };
        let mut expected: Vec<Product> = all.iter().filter(fits).cloned().collect();
        found += expected.len();
        let list = async |request: &_| store.list_products(&filter, request).await.expect("a page");
        if expected.is_empty() {
            assert_eq!(list(&page(ProductSort::Name, false, 9)).await.items, []);
            continue;
        }
        check_sort(ProductSort::Name, &expected, list, |product| {
            (SortValue::Text(product.name.to_string()), product.id.to_string())
        })
        .await;
        expected.sort_by_key(|product| {
            let tier = search.tier(product);
            (tier, (tier == Some(Tier::SkuBegins)).then(|| product.sku.norm().to_owned()), product.id)
        });
        let key = |product: &Product| {
            let place = search.position(product);
            (place.value, place.id)
        };
        for limit in [1, 4, 100] {
            let listed = walk(page(ProductSort::Relevance, false, limit), list, key).await;
            let names = |products: &[Product]| -> Vec<String> {
                products.iter().map(|product| format!("{} {}", product.sku, product.name)).collect()
            };
            assert_eq!(names(&listed), names(&expected), "round {round}, pages of {limit}: {filter:?}");
        }
    }
    assert!(found > 300, "{found}: the words are such that much is found");
}

async fn a_search_of_many_words_finds_the_longest_text(store: &TestStore) {
    // As many words as are kept, of letters that take the most room.
    let words: Vec<String> = (0..450)
        .map(|n| format!("{}{n:03}{}", char::from(b'a' + u8::try_from(n % 26).unwrap()), "𝔵".repeat(17)))
        .collect();
    let long = Product { description: Some(words.join(" ").parse().unwrap()), ..product("LONG") };
    let short = Product { name: "a b c".parse().unwrap(), description: None, ..product("SHORT") };
    for product in [&long, &short] {
        store.insert_product(product, None, Commit::Keep).await.unwrap();
    }
    let letters: Vec<String> = ('a'..='z').map(String::from).collect();
    // Of the last hundred each letter with each of two digits.
    let last: std::collections::BTreeSet<&str> = words[350..].iter().map(|word| &word[..2]).collect();
    let last: Vec<&str> = last.into_iter().collect();
    let (letters, last) = (letters.join(" "), last.join(" "));
    for (query, found) in [
        (letters.as_str(), Some("LONG")),
        (last.as_str(), Some("LONG")),
        (&format!("{last} zz"), None),
        (&format!("{last} long product k b"), Some("LONG")),
        (&format!("{letters} product"), Some("LONG")),
        (&format!("{letters} zzz"), None),
    ] {
        for sort in [ProductSort::Relevance, ProductSort::Name] {
            let filter = ProductFilter { query: Some(query.parse().unwrap()), ..ProductFilter::default() };
            let listed = store.list_products(&filter, &page(sort, false, 9)).await.unwrap().items;
            let skus: Vec<&str> = listed.iter().map(|product| product.sku.as_str()).collect();
            assert_eq!(skus, found.into_iter().collect::<Vec<_>>(), "{query} by {sort:?}");
        }
    }
}

async fn a_search_for_products_follows_their_changes(store: &TestStore) {
    let mug = product("MUG");
    store.insert_product(&mug, None, Commit::Keep).await.unwrap();
    assert_eq!(products(store, "kitchen").await, vec!["MUG"]);
    let next = Product { version: mug.version.next(), tags: vec![], ..mug.clone() };
    store.replace_product(&next, Commit::Keep).await.unwrap();
    assert_eq!((products(store, "kitchen").await.len(), products(store, "mug").await.len()), (0, 1));
    let renamed = Product { version: next.version.next(), sku: "Beaker-1".parse().unwrap(), ..next };
    store.replace_product(&renamed, Commit::Keep).await.unwrap();
    assert_eq!((products(store, "beak").await.len(), products(store, "1").await.len()), (1, 1));
    store.delete_product(renamed.id, renamed.version, &context(), Commit::Keep).await.unwrap();
    assert_eq!(products(store, "beaker").await, Vec::<String>::new());
}

async fn a_search_for_orders_looks_in_number_reference_address_name_and_skus(store: &TestStore) {
    let (mug, cup) = (product("MUG.1"), product("CUP"));
    stocked(store, &mug, 9).await;
    stocked(store, &cup, 9).await;
    let mut first = order_of(&[(&mug, 1), (&cup, 1)]);
    first.external_ref = Some("WEB-77/a".parse().unwrap());
    let first = placed(store, &first).await;
    let mut second = order_of(&[(&cup, 1)]);
    second.customer.name = None;
    second.customer.email = Some("other@example.org".parse().unwrap());
    let second = placed(store, &second).await;
    for query in [first.number.to_string().as_str(), "web-77/A", "GRACE@", "hopper", "mug.1"] {
        assert_eq!(orders(store, query).await, vec![first.clone()], "{query}");
    }
    assert_eq!(orders(store, "cup").await, vec![first, second.clone()]);
    assert_eq!(orders(store, "example.org").await, vec![second]);
    assert_eq!(orders(store, "navy yard").await, vec![]);
}

async fn a_search_for_stock_looks_in_the_sku_and_follows_a_rename(store: &TestStore) {
    let mug = product("MUG");
    stocked(store, &mug, 1).await;
    assert_eq!(stock(store, "ug").await, vec!["MUG"]);
    assert_eq!(stock(store, "product").await, Vec::<String>::new());
    let renamed = Product {
        version: mug.version.next(),
        sku: "Cup".parse().unwrap(),
        updated_at: at(3),
        ..mug.clone()
    };
    store.replace_product(&renamed, Commit::Keep).await.unwrap();
    assert_eq!((stock(store, "mug").await.len(), stock(store, "CUP").await.len()), (0, 1));
}

async fn a_search_finds_what_was_written_last(store: &TestStore) {
    let ada = user("ada@example.com");
    store.insert_user(&ada, Commit::Keep).await.unwrap();
    assert_eq!(users(store, "lovelace").await.len(), 1);
    let changed =
        User { version: ada.version.next(), name: Some("Countess".parse().unwrap()), ..ada.clone() };
    store.replace_user(&changed, Commit::Keep).await.unwrap();
    assert_eq!((users(store, "lovelace").await.len(), users(store, "countess").await.len()), (0, 1));
    let mug = product("MUG");
    store.insert_product(&mug, None, Commit::Keep).await.unwrap();
    let changed = Product { version: mug.version.next(), name: "Beaker".parse().unwrap(), ..mug.clone() };
    store.replace_product(&changed, Commit::Keep).await.unwrap();
    assert_eq!(products(store, "beaker").await, vec!["MUG"]);
}
