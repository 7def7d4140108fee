//! Mending rows, each in one transaction that looks at the damage again first.

use async_trait::async_trait;
use rusqlite::{Connection, named_params, params};

use super::{SqliteStore, audit, product_rows, stock};
use crate::domain::clock::Timestamp;
use crate::domain::id::{OrderId, ProductId, UserId};
use crate::domain::inventory::MovementContext;
use crate::store::mend::{differences, order_differences};
use crate::store::{Commit, Derived, Mended, Repair, Result, StockMend, StockPlan, plan_stock};

const GONE: &str = "it is gone";

fn write_stock(
    connection: &Connection,
    product: ProductId,
    mend: &StockMend,
    context: &MovementContext,
) -> Result<()> {
    if let Some(movement) = mend.movement(product, context) {
        stock::insert_movement(connection, &movement)?;
    }
    connection
        .prepare_cached(
            "INSERT INTO inventory (product_id, version, created_at, updated_at, sku, sku_norm, on_hand, reserved, seq) \
             VALUES (:id, 1, :at, :at, :sku, :sku_norm, :on_hand, :reserved, :seq) ON CONFLICT (product_id) DO UPDATE SET \
             version = max(version, 0) + 1, updated_at = :at, sku = :sku, sku_norm = :sku_norm, on_hand = :on_hand, \
             reserved = :reserved, seq = :seq",
        )?
        .execute(named_params! {
            ":id": product.to_string(),
            ":at": context.at.as_millis(),
            ":sku": mend.sku.as_str(),
            ":sku_norm": mend.sku.norm(),
            ":on_hand": mend.level.on_hand(),
            ":reserved": mend.level.reserved(),
            ":seq": mend.seq(),
        })?;
    Ok(())
}

fn mend_stock(connection: &Connection, product: ProductId, context: &MovementContext) -> Result<Mended> {
    match plan_stock(&audit::account(connection, product)?) {
        StockPlan::Sound => Ok(Mended::Sound),
        StockPlan::Cannot(why) => Ok(Mended::Cannot(why)),
        StockPlan::Write(mend) => {
            write_stock(connection, product, &mend, context)?;
            Ok(Mended::Done(mend.what))
        }
    }
}

fn mend_order(connection: &Connection, id: OrderId, at: Timestamp) -> Result<Mended> {
    let key = id.to_string();
    let sql = "SELECT * FROM orders WHERE id = ?";
    let Some(found) = audit::find(connection, sql, &key, |row| audit::order(connection, row))? else {
        return Ok(Mended::Cannot(GONE.to_owned()));
    };
    let order = match found.order {
        Ok(order) => order,
        Err(damage) => return Ok(Mended::Cannot(format!("it cannot be read: {damage}"))),
    };
    let (Some(kept), Some(wanted)) = (found.derived, Derived::of(&order)) else {
        return Ok(Mended::Cannot("its lines sum to more than can be written".to_owned()));
    };
    let what = order_differences(&kept, &wanted);
    if what.is_empty() {
        return Ok(Mended::Sound);
    }
    connection.execute(
        "UPDATE orders SET status = ?, payment_status = ?, total = ?, email_norm = ?, search = ?, version = version + 1, \
         updated_at = ? WHERE id = ?",
        params![
            wanted.status,
            wanted.payment_status,
            wanted.total,
            wanted.email_norm,
            wanted.search,
            at.as_millis(),
            key
        ],
    )?;
    Ok(Mended::Done(what))
}

fn mend_product(connection: &Connection, id: ProductId, at: Timestamp) -> Result<Mended> {
    let key = id.to_string();
    let Some(found) = audit::find(connection, "SELECT * FROM products WHERE id = ?", &key, audit::product)?
    else {
        return Ok(Mended::Cannot(GONE.to_owned()));
    };
    let product = match found.product {
        Ok(product) => product,
        Err(damage) => return Ok(Mended::Cannot(format!("it cannot be read: {damage}"))),
    };
    let search = product.search_text();
    let what = differences(&[
        ("sku_norm", found.sku_norm.as_deref(), product.sku.norm()),
        ("search", found.search.as_deref(), &search),
    ]);
    if what.is_empty() {
        return Ok(Mended::Sound);
    }
    connection.execute(
        "UPDATE products SET sku_norm = ?, search = ?, version = version + 1, updated_at = ? WHERE id = ?",
        params![product.sku.norm(), product_rows::words_text(&product), at.as_millis(), key],
    )?;
    Ok(Mended::Done(what))
}

fn mend_user(connection: &Connection, id: UserId, at: Timestamp) -> Result<Mended> {
    let key = id.to_string();
    let Some(found) = audit::find(connection, "SELECT * FROM users WHERE id = ?", &key, audit::user)? else {
        return Ok(Mended::Cannot(GONE.to_owned()));
    };
    let user = match found.user {
        Ok(user) => user,
        Err(damage) => return Ok(Mended::Cannot(format!("it cannot be read: {damage}"))),
    };
    let search = user.search_text();
    let what = differences(&[
        ("email_norm", found.email_norm.as_deref(), user.email.norm()),
        ("search", found.search.as_deref(), &search),
    ]);
    if what.is_empty() {
        return Ok(Mended::Sound);
    }
    connection.execute(
        "UPDATE users SET email_norm = ?, search = ?, version = version + 1, updated_at = ? WHERE id = ?",
        params![user.email.norm(), search, at.as_millis(), key],
    )?;
    Ok(Mended::Done(what))
}

fn mend_numbering(connection: &Connection) -> Result<Mended> {
    let numbering = audit::numbering(connection)?;
    let Some(largest) = numbering.largest.filter(|_| numbering.is_behind()) else {
        return Ok(Mended::Sound);
    };
    connection.execute(
        "INSERT INTO counters (name, value) VALUES ('order_number', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1",
        [largest],
    )?;
    Ok(Mended::Done(format!("the counter of order numbers is at {largest}")))
}

#[async_trait]
impl Repair for SqliteStore {
    async fn mend_stock(
        &self,
        product: ProductId,
        context: &MovementContext,
        commit: Commit,
    ) -> Result<Mended> {
        let context = context.clone();
        self.write(commit, move |connection| mend_stock(connection, product, &context)).await
    }

    async fn mend_order(&self, order: OrderId, at: Timestamp, commit: Commit) -> Result<Mended> {
        self.write(commit, move |connection| mend_order(connection, order, at)).await
    }

    async fn mend_product(&self, product: ProductId, at: Timestamp, commit: Commit) -> Result<Mended> {
        self.write(commit, move |connection| mend_product(connection, product, at)).await
    }

    async fn mend_user(&self, user: UserId, at: Timestamp, commit: Commit) -> Result<Mended> {
        self.write(commit, move |connection| mend_user(connection, user, at)).await
    }

    async fn mend_numbering(&self, commit: Commit) -> Result<Mended> {
        self.write(commit, mend_numbering).await
    }
}
