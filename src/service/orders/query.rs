//! Which orders to list.

use crate::domain::key::{ProductKey, UserKey};
use crate::domain::order::{Order, OrderFilter, OrderSort};
use crate::domain::page::{Position, SortValue};
use crate::service::error::{Error, Result};
use crate::service::fields::Fields;
use crate::service::page::PageInput;
use crate::store::{ProductStore, UserLookup};

/// Which orders to list, as written.
#[derive(Debug, Default)]
pub struct OrderQuery {
    /// Of this registered user: id or address.
    pub user: Option<String>,
    /// To this address, whatever its case.
    pub email: Option<String>,
    /// Of the customer whom another system knows by this name.
    pub customer_ref: Option<String>,
    /// In this status.
    pub status: Option<String>,
    /// In this state of payment.
    pub payment_status: Option<String>,
    /// With a line of this product: id or SKU.
    pub product: Option<String>,
    /// With this text in number, reference, address, name or SKUs.
    pub query: Option<String>,
    /// Placed at or after.
    pub created_after: Option<String>,
    /// Placed before.
    pub created_before: Option<String>,
    /// Which part.
    pub page: PageInput,
}

pub(super) async fn parse(
    query: &OrderQuery,
    users: &dyn UserLookup,
    products: &dyn ProductStore,
) -> Result<OrderFilter> {
    let mut fields = Fields::new();
    let user = fields.optional::<UserKey>("/user", query.user.as_deref());
    let email = fields.optional("/email", query.email.as_deref());
    let customer_ref = fields.optional("/customer_ref", query.customer_ref.as_deref());
    let status = fields.optional("/status", query.status.as_deref());
    let payment_status = fields.optional("/payment_status", query.payment_status.as_deref());
    let product = fields.optional::<ProductKey>("/product", query.product.as_deref());
    let text = fields.optional("/q", query.query.as_deref());
    let after = fields.optional("/created_after", query.created_after.as_deref());
    let before = fields.optional("/created_before", query.created_before.as_deref());
    let (Some(user), Some(email), Some(status), Some(payment_status), Some(product), Some(query)) =
        (user, email, status, payment_status, product, text)
    else {
        return Err(fields.into_error());
    };
    let (Some(customer_ref), Some(created_after), Some(created_before)) = (customer_ref, after, before)
    else {
        return Err(fields.into_error());
    };
    let user_id = match user {
        None => None,
        Some(UserKey::Id(id)) => Some(id),
        Some(key @ UserKey::Email(_)) => {
            let found = users.look_up_user(&key).await.map_err(Error::from_store)?;
            Some(found.ok_or_else(|| Error::not_found("user", key))?.id)
        }
    };
    let product_id = match product {
        None => None,
        Some(ProductKey::Id(id)) => Some(id),
        Some(key @ ProductKey::Sku(_)) => {
            let found = products.find_product(&key).await.map_err(Error::from_store)?;
            Some(found.ok_or_else(|| Error::not_found("product", key))?.id)
        }
    };
    Ok(OrderFilter {
        user_id,
        email,
        customer_ref,
        status,
        payment_status,
        product_id,
        query,
        created_after,
        created_before,
    })
}

pub(super) fn position(order: &Order, sort: OrderSort) -> Position {
    let value = match sort {
        OrderSort::Id => SortValue::Text(order.id.to_string()),
        OrderSort::CreatedAt => SortValue::Int(order.created_at.as_millis()),
        OrderSort::UpdatedAt => SortValue::Int(order.updated_at.as_millis()),
        OrderSort::Number => SortValue::Int(order.number.get()),
        OrderSort::Total => SortValue::Int(order.total().map_or(0, crate::domain::money::Money::minor)),
    };
    Position { value, id: order.id.to_string() }
}
