//! Orders whose hold has ended.

use rusqlite::{Connection, params};

use super::decode::Fields;
use crate::domain::clock::Timestamp;
use crate::domain::order::EndedHold;
use crate::domain::page::Page;
use crate::store::Result;

/// `pending` stands in the statement itself: a bound value would not tell the planner that the index holds all that is asked for.
const ENDED: &str = "SELECT id, hold_until FROM orders WHERE status = 'pending' AND hold_until IS NOT NULL \
    AND hold_until <= ? AND (hold_until, id) > (?, ?) ORDER BY hold_until, id LIMIT ?";

/// One page of them, the longest ended first.
pub(super) fn ended(
    connection: &Connection,
    at: Timestamp,
    after: Option<EndedHold>,
    limit: usize,
) -> Result<Page<EndedHold>> {
    let (until, id) =
        after.map_or((i64::MIN, String::new()), |last| (last.until.as_millis(), last.order.to_string()));
    let wanted = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(ENDED)?;
    let mut rows = statement.query(params![at.as_millis(), until, id, wanted])?;
    let mut holds = Vec::new();
    while let Some(row) = rows.next()? {
        let fields = Fields::new(row, "orders", "id");
        holds.push(EndedHold { until: fields.at("hold_until")?, order: fields.parse("id")? });
    }
    Ok(Page::from_one_more(holds, limit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::prepare;

    #[test]
    fn ended_holds_are_read_from_their_index_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        prepare::migrate(&mut connection).unwrap();
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {ENDED}")).unwrap();
        let steps = statement.query_map(params![5, 1, "x", 3], |row| row.get::<_, String>("detail")).unwrap();
        let plan = steps.collect::<rusqlite::Result<Vec<_>>>().unwrap().join("\n");
        assert!(plan.contains("SEARCH orders USING COVERING INDEX orders_hold"), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
}
