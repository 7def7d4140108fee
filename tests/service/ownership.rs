//! What a customer may see and do.

use shopctl::domain::id::UserId;
use shopctl::service::orders::{NewOrder, OrderAction, OrderItem, OrderQuery, Scope};
use shopctl::service::view::{OrderView, UserView};

use super::stage::{Stage, by, code};

async fn order(stage: &Stage, user: &UserView) -> OrderView {
    let new = NewOrder {
        user: Some(user.id.clone()),
        items: vec![OrderItem { product: "MUG".into(), quantity: 2 }],
        ..NewOrder::default()
    };
    stage.orders.place(new, &by()).await.unwrap()
}

fn own(user: &UserView) -> Scope {
    Scope::Own(user.id.parse::<UserId>().unwrap())
}

#[tokio::test]
async fn another_customers_order_does_not_exist() {
    let stage = Stage::new().await;
    stage.product("MUG", "4.00", 10).await;
    let (ada, bob) =
        (stage.user("ada@example.com", "customer").await, stage.user("bob@example.com", "customer").await);
    let of_ada = order(&stage, &ada).await;
    assert_eq!(code(stage.orders.get(&of_ada.id, own(&bob)).await), "order_not_found");
    let cancel = OrderAction::Cancel { items: None };
    assert_eq!(code(stage.orders.act(&of_ada.id, &cancel, None, own(&bob), &by()).await), "order_not_found");
    let listed = stage.orders.list(&OrderQuery::default(), own(&bob)).await.unwrap();
    assert!(listed.items.is_empty());
    let asked = OrderQuery { user: Some(ada.id.clone()), ..OrderQuery::default() };
    assert_eq!(code(stage.orders.list(&asked, own(&bob)).await), "staff_only");
    assert_eq!(stage.orders.list(&OrderQuery::default(), own(&ada)).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn a_customer_may_cancel_while_it_is_pending_and_nothing_else() {
    let stage = Stage::new().await;
    stage.product("MUG", "4.00", 10).await;
    let ada = stage.user("ada@example.com", "customer").await;
    let placed = order(&stage, &ada).await;
    for action in
        [OrderAction::Pay, OrderAction::Status("shipped".into()), OrderAction::Status("confirmed".into())]
    {
        assert_eq!(code(stage.orders.act(&placed.id, &action, None, own(&ada), &by()).await), "staff_only");
    }
    let cancel = OrderAction::Status("cancelled".into());
    let cancelled = stage.orders.act(&placed.id, &cancel, None, own(&ada), &by()).await.unwrap();
    assert_eq!(cancelled.status, "cancelled");
    let again = stage.orders.act(&placed.id, &cancel, None, own(&ada), &by()).await.unwrap();
    assert_eq!(again.version, cancelled.version, "the same word again changes nothing");

    let confirmed = order(&stage, &ada).await;
    let confirm = OrderAction::Status("confirmed".into());
    stage.orders.act(&confirmed.id, &confirm, None, Scope::All, &by()).await.unwrap();
    assert_eq!(code(stage.orders.act(&confirmed.id, &cancel, None, own(&ada), &by()).await), "staff_only");
}

#[tokio::test]
async fn an_address_that_a_user_has_makes_it_their_order() {
    let stage = Stage::new().await;
    stage.product("MUG", "4.00", 10).await;
    let ada = stage.user("ada@example.com", "customer").await;
    let new = NewOrder {
        email: Some("ADA@example.com".into()),
        items: vec![OrderItem { product: "mug".into(), quantity: 1 }],
        ..NewOrder::default()
    };
    let placed = stage.orders.place(new, &by()).await.unwrap();
    assert_eq!(placed.customer.user_id.as_deref(), Some(ada.id.as_str()));
}
