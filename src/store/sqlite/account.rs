//! Why a product's counts are what they are.

use rusqlite::{Connection, params};

use super::{order_rows, stock};
use crate::domain::id::ProductId;
use crate::domain::order::Order;
use crate::store::{AccountLimits, Result, StockAccount};

/// Orders and pieces that are neither sent nor given up; the condition is that of an index, letter by letter.
const OPEN: &str = "SELECT count(DISTINCT order_id), coalesce(sum(quantity - shipped - cancelled), 0) FROM order_lines \
    WHERE product_id = ? AND quantity > shipped + cancelled";
const OLDEST: &str = "SELECT * FROM orders WHERE id IN (SELECT order_id FROM order_lines WHERE product_id = ? \
    AND quantity > shipped + cancelled) ORDER BY id LIMIT ?";
const ENDING: &str = "SELECT * FROM orders WHERE status = 'pending' AND hold_until IS NOT NULL AND id IN (SELECT order_id \
    FROM order_lines WHERE product_id = ? AND quantity > shipped + cancelled) ORDER BY hold_until, id LIMIT ?";

/// The account of a product's stock, in the transaction of the caller.
pub(super) fn read(
    connection: &Connection,
    product: ProductId,
    limits: AccountLimits,
) -> Result<StockAccount> {
    let id = product.to_string();
    let (open_orders, open_pieces): (i64, i64) =
        connection.prepare_cached(OPEN)?.query_row([&id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(StockAccount {
        item: stock::find(connection, product)?,
        open_orders: open_orders.unsigned_abs(),
        open_pieces,
        oldest: orders(connection, OLDEST, &id, limits.orders)?,
        ending: orders(connection, ENDING, &id, limits.holds)?,
        movements: stock::movements(connection, product, None, true, limits.movements)?.items,
    })
}

fn orders(connection: &Connection, sql: &'static str, product: &str, most: usize) -> Result<Vec<Order>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![product, i64::try_from(most).unwrap_or(i64::MAX)])?;
    let mut orders = Vec::new();
    while let Some(row) = rows.next()? {
        orders.push(order_rows::read(connection, row)?);
    }
    Ok(orders)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::prepare;

    #[test]
    fn open_lines_of_a_product_are_found_by_an_index() {
        let mut connection = Connection::open_in_memory().unwrap();
        prepare::migrate(&mut connection).unwrap();
        for sql in [OPEN, OLDEST, ENDING] {
            let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let values = ["x", "5"].into_iter().take(statement.parameter_count());
            let steps = statement
                .query_map(rusqlite::params_from_iter(values), |row| row.get::<_, String>("detail"))
                .unwrap();
            let plan = steps.collect::<rusqlite::Result<Vec<_>>>().unwrap().join("\n");
            assert!(plan.contains("COVERING INDEX order_lines_open (product_id=?"), "{plan}");
            assert!(!plan.contains("SCAN o"), "{plan}");
        }
    }
}
