//! Stock records and movements inside a transaction: what products, orders and inventory share.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::decode::Fields;
use crate::domain::actor::Actor;
use crate::domain::id::{OrderId, ProductId};
use crate::domain::inventory::{Movement, MovementContext, StockEffect, StockItem, StockLevel};
use crate::domain::number::Quantity;
use crate::domain::page::Page;
use crate::domain::sku::Sku;
use crate::domain::text::{Reason, Reference};
use crate::store::plan::{Decision, Found, StockWrite, decide_change, decide_covered, decide_removal};
use crate::store::{Result, StockChange, StoreError, crash};

pub(super) fn read(row: &Row<'_>) -> Result<StockItem> {
    let fields = Fields::new(row, "inventory", "product_id");
    let reserved: i64 = fields.get("reserved")?;
    Ok(StockItem {
        product_id: fields.parse("product_id")?,
        sku: fields.parse("sku")?,
        version: fields.version()?,
        created_at: fields.at("created_at")?,
        updated_at: fields.at("updated_at")?,
        level: fields.checked("on_hand", |on_hand| StockLevel::new(on_hand, reserved))?,
        low_stock_at: fields
            .get::<Option<i64>>("low_stock_at")?
            .map(Quantity::new)
            .transpose()
            .map_err(|error| fields.corrupt("low_stock_at", error))?,
        seq: fields.get("seq")?,
    })
}

pub(super) fn read_movement(row: &Row<'_>) -> Result<Movement> {
    let fields = Fields::new(row, "stock_movements", "product_id");
    Ok(Movement {
        product_id: fields.parse("product_id")?,
        seq: fields.get("seq")?,
        kind: fields.parse("kind")?,
        on_hand_delta: fields.get("on_hand_delta")?,
        reserved_delta: fields.get("reserved_delta")?,
        on_hand_after: fields.get("on_hand_after")?,
        reserved_after: fields.get("reserved_after")?,
        order_id: fields.maybe::<OrderId>("order_id")?,
        reason: fields.maybe("reason")?,
        reference: fields.maybe("reference")?,
        actor: Actor::from_stored(fields.get("actor")?),
        at: fields.at("at")?,
    })
}

/// The stock record of a product.
pub(super) fn find(connection: &Connection, product: ProductId) -> Result<Option<StockItem>> {
    let mut statement = connection.prepare_cached("SELECT * FROM inventory WHERE product_id = ?")?;
    statement.query_row([product.to_string()], |row| Ok(read(row))).optional()?.transpose()
}

/// One page of a product's movements, strictly after `after_seq` or, newest first, strictly before it.
pub(super) fn movements(
    connection: &Connection,
    product: ProductId,
    after_seq: Option<i64>,
    newest_first: bool,
    limit: usize,
) -> Result<Page<Movement>> {
    let (sql, start) = if newest_first {
        ("SELECT * FROM stock_movements WHERE product_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?", i64::MAX)
    } else {
        ("SELECT * FROM stock_movements WHERE product_id = ? AND seq > ? ORDER BY seq LIMIT ?", 0)
    };
    let wanted = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![product.to_string(), after_seq.unwrap_or(start), wanted])?;
    let mut movements = Vec::new();
    while let Some(row) = rows.next()? {
        movements.push(read_movement(row)?);
    }
    Ok(Page::from_one_more(movements, limit))
}

/// `seq` of the last movement of a product, 0 without one.
pub(super) fn last_seq(connection: &Connection, product: ProductId) -> Result<i64> {
    let mut statement = connection
        .prepare_cached("SELECT coalesce(max(seq), 0) FROM stock_movements WHERE product_id = ?")?;
    Ok(statement.query_row([product.to_string()], |row| row.get(0))?)
}

/// The SKU of a product, `None` when it is gone.
pub(super) fn sku_of(connection: &Connection, product: ProductId) -> Result<Option<Sku>> {
    let mut statement = connection.prepare_cached("SELECT id, sku FROM products WHERE id = ?")?;
    let found = statement
        .query_row([product.to_string()], |row| Ok(Fields::new(row, "products", "id").parse("sku")))
        .optional()?;
    found.transpose()
}

/// Writes a decided change and its movement.
pub(super) fn write(connection: &Connection, write: &StockWrite) -> Result<()> {
    let StockWrite { item, replaces, movement } = write;
    let id = item.product_id.to_string();
    let changed = match replaces {
        None => connection
            .prepare_cached(
                "INSERT INTO inventory (product_id, version, created_at, updated_at, sku, sku_norm, on_hand, reserved, \
                 low_stock_at, seq) VALUES (:id, :version, :created_at, :updated_at, :sku, :sku_norm, :on_hand, :reserved, \
                 :low_stock_at, :seq)",
            )?
            .execute(named_params! {
                ":id": id,
                ":version": item.version.get(),
                ":created_at": item.created_at.as_millis(),
                ":updated_at": item.updated_at.as_millis(),
                ":sku": item.sku.as_str(),
                ":sku_norm": item.sku.norm(),
                ":on_hand": item.level.on_hand(),
                ":reserved": item.level.reserved(),
                ":low_stock_at": item.low_stock_at.map(Quantity::get),
                ":seq": item.seq,
            })?,
        Some(before) => connection
            .prepare_cached(
                "UPDATE inventory SET version = ?, updated_at = ?, on_hand = ?, reserved = ?, low_stock_at = ?, seq = ? \
                 WHERE product_id = ? AND version = ?",
            )?
            .execute(params![
                item.version.get(),
                item.updated_at.as_millis(),
                item.level.on_hand(),
                item.level.reserved(),
                item.low_stock_at.map(Quantity::get),
                item.seq,
                id,
                before.get(),
            ])?,
    };
    if changed != 1 {
        return Err(StoreError::Internal(format!("stock of {id} changed inside a transaction")));
    }
    crash::point("stock:written");
    movement.as_ref().map_or(Ok(()), |movement| insert_movement(connection, movement))
}

pub(super) fn insert_movement(connection: &Connection, movement: &Movement) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO stock_movements (product_id, seq, kind, on_hand_delta, reserved_delta, on_hand_after, reserved_after, \
             order_id, reason, reference, actor, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            movement.product_id.to_string(),
            movement.seq,
            movement.kind.as_str(),
            movement.on_hand_delta,
            movement.reserved_delta,
            movement.on_hand_after,
            movement.reserved_after,
            movement.order_id.map(|id| id.to_string()),
            movement.reason.as_ref().map(Reason::as_str),
            movement.reference.as_ref().map(Reference::as_str),
            movement.actor.as_str(),
            movement.at.as_millis(),
        ])?;
    crash::point("movement:written");
    Ok(())
}

/// Decides and writes a change of stock, and returns the record afterwards.
pub(super) fn change(connection: &Connection, change: &StockChange) -> Result<StockItem> {
    let product = change.product_id;
    let sku = sku_of(connection, product)?;
    let current = find(connection, product)?;
    let last_seq = last_seq(connection, product)?;
    match decide_change(change, sku.as_ref(), current, last_seq)? {
        Decision::Unchanged(item) => Ok(item),
        Decision::Write(decided) => {
            write(connection, &decided)?;
            Ok(decided.item)
        }
    }
}

/// Decides and writes what an order's step does to stock, all or none.
pub(super) fn apply(
    connection: &Connection,
    effects: &[StockEffect],
    context: &MovementContext,
) -> Result<()> {
    apply_covered(connection, effects, context, false)
}

/// The same; with `cover`, what is missing is put on hand first.
pub(super) fn apply_covered(
    connection: &Connection,
    effects: &[StockEffect],
    context: &MovementContext,
    cover: bool,
) -> Result<()> {
    let mut found = BTreeMap::new();
    for effect in effects {
        let product = effect.product_id;
        let entry = if let Some(item) = find(connection, product)? {
            Found { item, stored: true }
        } else {
            let sku = sku_of(connection, product)?.unwrap_or_else(|| effect.sku.clone());
            let item = StockItem::empty(product, sku, context.at, last_seq(connection, product)?);
            Found { item, stored: false }
        };
        found.insert(product, entry);
    }
    decide_covered(effects, &found, context, cover)?.iter().try_for_each(|decided| write(connection, decided))
}

/// Removes a stock record, writing it down to 0 first.
pub(super) fn remove(connection: &Connection, item: &StockItem, context: &MovementContext) -> Result<()> {
    if let Some(movement) = decide_removal(item, context)? {
        insert_movement(connection, &movement)?;
    }
    connection.execute("DELETE FROM inventory WHERE product_id = ?", [item.product_id.to_string()])?;
    Ok(())
}
