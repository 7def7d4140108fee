//! Promises of `UserStore` about lists.

use shopctl::domain::page::SortValue;
use shopctl::domain::user::{Role, User, UserFilter, UserSort, UserStatus};
use shopctl::store::Commit;

use super::lists::{check_sort, int, text, walk};
use crate::support::builders::{at, page, user};
use crate::support::store::TestStore;

contract![
    lists_users_in_every_order,
    lists_the_users_that_match_every_filter,
    lists_users_without_repeats_or_gaps_while_others_are_added,
];

fn key(field: UserSort) -> impl Fn(&User) -> (SortValue, String) {
    move |user| {
        let value = match field {
            UserSort::Id => text(&user.id),
            UserSort::CreatedAt => int(user.created_at.as_millis()),
            UserSort::UpdatedAt => int(user.updated_at.as_millis()),
            UserSort::Email => text(user.email.norm()),
        };
        (value, user.id.to_string())
    }
}

async fn filled(store: &TestStore) -> Vec<User> {
    let mut users = Vec::new();
    for (n, email) in
        (0_i64..).zip(["m@x.org", "Zed@x.org", "é@x.org", "a.b@x.org", "A_b@x.org", "b@x.org", "日本@x.org"])
    {
        let user = User {
            created_at: at(n / 2),
            updated_at: at(10 - n / 3),
            name: (n % 2 == 0).then(|| format!("Name {n}").parse().unwrap()),
            role: [Role::Customer, Role::Staff, Role::Admin][usize::try_from(n % 3).unwrap()],
            status: if n == 4 { UserStatus::Disabled } else { UserStatus::Active },
            ..user(email)
        };
        store.insert_user(&user, Commit::Keep).await.unwrap();
        users.push(user);
    }
    users
}

async fn lists_users_in_every_order(store: &TestStore) {
    let all = filled(store).await;
    for &field in UserSort::ALL {
        let list =
            async |request: &_| store.list_users(&UserFilter::default(), request).await.expect("a page");
        check_sort(field, &all, list, key(field)).await;
    }
}

async fn lists_the_users_that_match_every_filter(store: &TestStore) {
    let all = filled(store).await;
    let query = |text: &str| UserFilter { query: Some(text.parse().unwrap()), ..UserFilter::default() };
    let none = UserFilter::default();
    for (filter, expected) in [
        (none.clone(), vec![0, 1, 2, 3, 4, 5, 6]),
        (UserFilter { role: Some(Role::Staff), ..none.clone() }, vec![1, 4]),
        (UserFilter { status: Some(UserStatus::Disabled), ..none.clone() }, vec![4]),
        (UserFilter { role: Some(Role::Staff), status: Some(UserStatus::Active), ..none.clone() }, vec![1]),
        (UserFilter { created_after: Some(at(1)), ..none.clone() }, vec![2, 3, 4, 5, 6]),
        (UserFilter { created_before: Some(at(1)), ..none.clone() }, vec![0, 1]),
        (UserFilter { created_after: Some(at(1)), created_before: Some(at(2)), ..none.clone() }, vec![2, 3]),
        (query("ZED"), vec![1]),
        (query("name 2"), vec![2]),
        (query("日"), vec![6]),
        (query("nobody"), vec![]),
    ] {
        let request = page(UserSort::Id, false, 100);
        let listed = store.list_users(&filter, &request).await.unwrap();
        let expected: Vec<User> = expected.into_iter().map(|n: usize| all[n].clone()).collect();
        assert_eq!(listed.items, expected, "{filter:?}");
        assert!(!listed.has_more);
    }
}

async fn lists_users_without_repeats_or_gaps_while_others_are_added(store: &TestStore) {
    let all = filled(store).await;
    let counter = std::sync::atomic::AtomicU32::new(0);
    let listed = walk(
        page(UserSort::Email, false, 2),
        async |request| {
            let n = counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            // Before and behind the present place.
            store.insert_user(&user(&format!("a{n}@a.org")), Commit::Keep).await.unwrap();
            let page = store.list_users(&UserFilter::default(), request).await.unwrap();
            if n == 0 {
                let first = &page.items[0];
                store.delete_user(first.id, first.version, Commit::Keep).await.unwrap();
            }
            page
        },
        key(UserSort::Email),
    )
    .await;
    let known: Vec<&User> = listed.iter().filter(|user| all.contains(user)).collect();
    let mut expected: Vec<&User> = all.iter().collect();
    expected.sort_by_key(|user| user.email.norm().to_owned());
    assert_eq!(known, expected);
}
