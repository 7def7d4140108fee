//! What a customer may do for themselves.

use super::{NewOrder, Orders};
use crate::domain::id::UserId;
use crate::domain::key::UserKey;
use crate::service::error::{Error, Kind, Result};
use crate::service::view::OrderView;
use crate::service::write::WriteOptions;

impl Orders {
    /// Places an order of a customer's own. Naming oneself, by id or address, is allowed; naming anybody else is not.
    ///
    /// # Errors
    /// As [`place`](Self::place); `staff_only`.
    pub async fn place_own(&self, user: UserId, new: NewOrder, options: &WriteOptions) -> Result<OrderView> {
        let own = UserKey::Id(user);
        let me = self.users.look_up_user(&own).await.map_err(Error::from_store)?;
        let me = me.ok_or_else(|| Error::not_found("user", &own))?;
        let is_me = |text: &String| match text.parse::<UserKey>() {
            Ok(UserKey::Id(id)) => id == me.id,
            Ok(UserKey::Email(email)) => email == me.email,
            // No name of anybody: placing says what is wrong with it.
            Err(_) => true,
        };
        if !new.user.iter().chain(&new.email).all(is_me) || new.customer_ref.is_some() {
            let detail = "only staff place orders for somebody else";
            return Err(Error::new(Kind::Forbidden, "staff_only", detail));
        }
        let user = new.user.or_else(|| Some(me.id.to_string()));
        self.place(NewOrder { user, ..new }, options).await
    }
}
