//! Promises of `UserStore` about single users.

use shopctl::domain::number::Version;
use shopctl::domain::user::{Role, User, UserStatus};
use shopctl::store::{Commit, Premises, StoreError, TokenUse, Unique};

use crate::support::at_once::at_once;
use crate::support::builders::{at, for_order, order_of, product, session, token, user};
use crate::support::dump::dump;
use crate::support::store::{TestStore, stocked};

contract![
    keeps_every_field_of_a_user,
    keeps_a_user_of_whom_little_is_known,
    finds_a_user_by_address_whatever_its_case,
    finds_no_user_that_is_not_there,
    refuses_a_second_user_with_the_same_address,
    refuses_a_second_user_with_the_same_id,
    of_32_users_with_one_address_added_at_once_one_is_added,
    writes_a_user_over_its_version_before,
    refuses_to_write_over_another_version_of_a_user,
    of_16_writers_with_one_version_of_a_user_one_wins,
    refuses_an_address_that_another_user_has,
    removes_a_user_with_its_sessions,
    refuses_to_remove_another_version_of_a_user,
    orders_keep_their_customer_when_the_user_goes,
    a_dry_run_on_users_leaves_nothing_behind,
    a_dry_run_on_users_fails_as_the_write_would,
];

fn next(user: &User) -> User {
    User { version: user.version.next(), updated_at: at(1), ..user.clone() }
}

async fn keeps_every_field_of_a_user(store: &TestStore) {
    let mut ada = user("Ada@Example.com");
    ada.role = Role::Admin;
    ada.status = UserStatus::Disabled;
    ada.auth_epoch = 7;
    ada.name = Some("Ада «$where» 李 'OR 1=1".parse().unwrap());
    store.insert_user(&ada, Commit::Keep).await.unwrap();
    let found = store.find_user(&ada.id.into()).await.unwrap().unwrap();
    assert_eq!(found, ada);
    assert_eq!(found.email.as_str(), "Ada@Example.com", "as it was typed");
}

async fn keeps_a_user_of_whom_little_is_known(store: &TestStore) {
    let bare = User { name: None, phone: None, password: None, ..user("bare@example.com") };
    store.insert_user(&bare, Commit::Keep).await.unwrap();
    assert_eq!(store.find_user(&bare.id.into()).await.unwrap(), Some(bare));
}

async fn finds_a_user_by_address_whatever_its_case(store: &TestStore) {
    let ada = user("Ada@Example.com");
    store.insert_user(&ada, Commit::Keep).await.unwrap();
    for key in ["ada@example.com", "ADA@EXAMPLE.COM", "ａda@example.com"] {
        assert_eq!(store.find_user(&key.parse().unwrap()).await.unwrap().as_ref(), Some(&ada), "{key}");
    }
}

async fn finds_no_user_that_is_not_there(store: &TestStore) {
    assert_eq!(store.find_user(&user("a@example.com").id.into()).await.unwrap(), None);
    assert_eq!(store.find_user(&"a@example.com".parse().unwrap()).await.unwrap(), None);
}

async fn refuses_a_second_user_with_the_same_address(store: &TestStore) {
    store.insert_user(&user("ada@example.com"), Commit::Keep).await.unwrap();
    let before = dump(store).await;
    let second = store.insert_user(&user("ADA@example.com"), Commit::Keep).await;
    assert_fails!(second, StoreError::Duplicate(Unique::Email));
    assert_eq!(dump(store).await, before);
}

async fn refuses_a_second_user_with_the_same_id(store: &TestStore) {
    let first = user("a@example.com");
    store.insert_user(&first, Commit::Keep).await.unwrap();
    let second = User { id: first.id, ..user("b@example.com") };
    assert_fails!(store.insert_user(&second, Commit::Keep).await, StoreError::Duplicate(Unique::Id));
}

async fn of_32_users_with_one_address_added_at_once_one_is_added(store: &TestStore) {
    let outcomes = at_once(32, |_| {
        let store = store.share();
        async move { store.insert_user(&user("ada@example.com"), Commit::Keep).await }
    })
    .await;
    let refused =
        outcomes.iter().filter(|got| matches!(got, Err(StoreError::Duplicate(Unique::Email)))).count();
    assert_eq!((refused, dump(store).await.users.len()), (31, 1));
}

async fn writes_a_user_over_its_version_before(store: &TestStore) {
    let ada = user("ada@example.com");
    store.insert_user(&ada, Commit::Keep).await.unwrap();
    let changed = User {
        email: "countess@example.com".parse().unwrap(),
        name: None,
        phone: None,
        password: None,
        role: Role::Staff,
        status: UserStatus::Disabled,
        auth_epoch: 1,
        ..next(&ada)
    };
    store.replace_user(&changed, Commit::Keep).await.unwrap();
    assert_eq!(store.find_user(&ada.id.into()).await.unwrap(), Some(changed));
    assert_eq!(store.find_user(&"ada@example.com".parse().unwrap()).await.unwrap(), None);
}

async fn refuses_to_write_over_another_version_of_a_user(store: &TestStore) {
    let ada = user("ada@example.com");
    assert_fails!(store.replace_user(&next(&ada), Commit::Keep).await, StoreError::Stale { current: None });
    store.insert_user(&ada, Commit::Keep).await.unwrap();
    let before = dump(store).await;
    let too_new = User { version: Version::new(3).unwrap(), name: None, ..ada.clone() };
    assert_fails!(
        store.replace_user(&too_new, Commit::Keep).await,
        StoreError::Stale { current: Some(version) } if version == Version::FIRST
    );
    assert_eq!(dump(store).await, before);
    store.replace_user(&next(&ada), Commit::Keep).await.unwrap();
    assert_fails!(
        store.replace_user(&next(&ada), Commit::Keep).await,
        StoreError::Stale { current: Some(version) } if version.get() == 2
    );
}

async fn of_16_writers_with_one_version_of_a_user_one_wins(store: &TestStore) {
    let ada = user("ada@example.com");
    store.insert_user(&ada, Commit::Keep).await.unwrap();
    let outcomes = at_once(16, |n| {
        let (store, mut changed) = (store.share(), next(&ada));
        changed.name = Some(format!("Writer {n}").parse().unwrap());
        async move { store.replace_user(&changed, Commit::Keep).await.map(|()| changed) }
    })
    .await;
    let won: Vec<User> = outcomes.into_iter().filter_map(Result::ok).collect();
    assert_eq!(won.len(), 1);
    assert_eq!(store.find_user(&ada.id.into()).await.unwrap().as_ref(), won.first());
}

async fn refuses_an_address_that_another_user_has(store: &TestStore) {
    let (ada, grace) = (user("ada@example.com"), user("grace@example.com"));
    store.insert_user(&ada, Commit::Keep).await.unwrap();
    store.insert_user(&grace, Commit::Keep).await.unwrap();
    let before = dump(store).await;
    let taken = User { email: "ADA@example.com".parse().unwrap(), ..next(&grace) };
    assert_fails!(store.replace_user(&taken, Commit::Keep).await, StoreError::Duplicate(Unique::Email));
    assert_eq!(dump(store).await, before);
    let own = User { email: "GRACE@example.com".parse().unwrap(), ..next(&grace) };
    store.replace_user(&own, Commit::Keep).await.unwrap();
}

async fn removes_a_user_with_its_sessions(store: &TestStore) {
    let (ada, grace) = (user("ada@example.com"), user("grace@example.com"));
    for (user, hash) in [(&ada, "a"), (&grace, "b")] {
        store.insert_user(user, Commit::Keep).await.unwrap();
        store.insert_refresh_token(&token(hash, session(), user.id, 9)).await.unwrap();
    }
    store.delete_user(ada.id, ada.version, Commit::Keep).await.unwrap();
    assert_eq!(store.find_user(&ada.id.into()).await.unwrap(), None);
    let hash = |name: &str| format!("{name:0>64}");
    assert_eq!(store.take_refresh_token(&hash("a"), at(1)).await.unwrap(), TokenUse::Unknown);
    assert!(matches!(store.take_refresh_token(&hash("b"), at(1)).await.unwrap(), TokenUse::Taken(_)));
    store.insert_user(&user("ada@example.com"), Commit::Keep).await.unwrap();
}

async fn refuses_to_remove_another_version_of_a_user(store: &TestStore) {
    let ada = user("ada@example.com");
    let gone = store.delete_user(ada.id, ada.version, Commit::Keep).await;
    assert_fails!(gone, StoreError::Stale { current: None });
    store.insert_user(&ada, Commit::Keep).await.unwrap();
    store.insert_refresh_token(&token("a", session(), ada.id, 9)).await.unwrap();
    let stale = store.delete_user(ada.id, ada.version.next(), Commit::Keep).await;
    assert_fails!(stale, StoreError::Stale { current: Some(version) } if version == Version::FIRST);
    assert_eq!(dump(store).await.users, vec![ada]);
    assert!(matches!(
        store.take_refresh_token(&format!("{:0>64}", "a"), at(1)).await,
        Ok(TokenUse::Taken(_))
    ));
}

async fn orders_keep_their_customer_when_the_user_goes(store: &TestStore) {
    let (ada, mug) = (user("ada@example.com"), product("MUG"));
    stocked(store, &mug, 5).await;
    store.insert_user(&ada, Commit::Keep).await.unwrap();
    let mut order = order_of(&[(&mug, 1)]);
    order.customer.user_id = Some(ada.id);
    store.place_order(&order, &Premises::default(), &for_order(&order), Commit::Keep).await.unwrap();
    store.delete_user(ada.id, ada.version, Commit::Keep).await.unwrap();
    let kept = store.find_order(&order.id.into()).await.unwrap().unwrap();
    assert_eq!(kept.customer, order.customer);
}

async fn a_dry_run_on_users_leaves_nothing_behind(store: &TestStore) {
    let ada = user("ada@example.com");
    store.insert_user(&ada, Commit::DryRun).await.unwrap();
    assert_eq!(dump(store).await.users, vec![]);
    store.insert_user(&ada, Commit::Keep).await.unwrap();
    store.insert_refresh_token(&token("a", session(), ada.id, 9)).await.unwrap();
    let before = dump(store).await;
    store.replace_user(&User { name: None, ..next(&ada) }, Commit::DryRun).await.unwrap();
    store.delete_user(ada.id, ada.version, Commit::DryRun).await.unwrap();
    assert_eq!(dump(store).await, before);
    assert!(matches!(
        store.take_refresh_token(&format!("{:0>64}", "a"), at(1)).await,
        Ok(TokenUse::Taken(_))
    ));
}

async fn a_dry_run_on_users_fails_as_the_write_would(store: &TestStore) {
    let (ada, grace) = (user("ada@example.com"), user("grace@example.com"));
    store.insert_user(&ada, Commit::Keep).await.unwrap();
    store.insert_user(&grace, Commit::Keep).await.unwrap();
    let dry = || Commit::DryRun;
    assert_fails!(
        store.insert_user(&user("ADA@example.com"), dry()).await,
        StoreError::Duplicate(Unique::Email)
    );
    let taken = User { email: ada.email.clone(), ..next(&grace) };
    assert_fails!(store.replace_user(&taken, dry()).await, StoreError::Duplicate(Unique::Email));
    assert_fails!(
        store.replace_user(&next(&next(&ada)), dry()).await,
        StoreError::Stale { current: Some(_) }
    );
    assert_fails!(
        store.delete_user(ada.id, ada.version.next(), dry()).await,
        StoreError::Stale { current: Some(_) }
    );
    assert_fails!(
        store.delete_user(user("x@y.z").id, ada.version, dry()).await,
        StoreError::Stale { current: None }
    );
}
