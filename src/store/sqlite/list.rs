//! Lists: conditions, order and place, put together from fixed texts; every value is bound.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use crate::domain::clock::Timestamp;
use crate::domain::page::{Page, PageRequest, SortValue};
use crate::domain::search::Span;
use crate::domain::text::SearchText;
use crate::store::Result;

/// Behind all characters that a text can hold.
const LAST: char = '\u{10ffff}';

/// A list under construction.
pub(super) struct List {
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl List {
    /// Everything.
    pub(super) fn new() -> Self {
        Self { conditions: Vec::new(), values: Vec::new() }
    }

    /// Only what meets `condition`, which holds one `?` for the value.
    pub(super) fn only(&mut self, condition: &'static str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.conditions.push(condition.to_owned());
            self.values.push(value.into());
        }
    }

    /// Only what meets a condition without a value.
    pub(super) fn only_if(&mut self, wanted: bool, condition: &'static str) {
        if wanted {
            self.conditions.push(condition.to_owned());
        }
    }

    /// Only what holds this text, letter by letter: nothing in it is a wildcard.
    pub(super) fn search(&mut self, column: &'static str, query: Option<&SearchText>) {
        self.only(column, query.map(|query| query.as_str().to_owned()));
    }

    /// Only products that have a word of each of these.
    pub(super) fn words(&mut self, each: &[Vec<Span>]) {
        for spans in each {
            let mut any = Vec::new();
            for span in spans {
                match span {
                    Span::Is(word) => {
                        any.push("word = ?");
                        self.values.push(word.clone().into());
                    }
                    Span::Begins(word) => {
                        any.push("word >= ? AND word < ?");
                        self.values.extend([word.clone().into(), format!("{word}{LAST}").into()]);
                    }
                }
            }
            let any = any.join(" OR ");
            self.conditions.push(format!("id IN (SELECT product_id FROM product_words WHERE {any})"));
        }
    }

    /// Only products whose SKU begins like this.
    pub(super) fn sku_begins(&mut self, text: &str) {
        self.only("sku_norm >= ?", Some(text.to_owned()));
        self.only("sku_norm < ?", Some(format!("{text}{LAST}")));
    }

    /// Only what was created in this span.
    pub(super) fn created(&mut self, after: Option<Timestamp>, before: Option<Timestamp>) {
        self.only("created_at >= ?", after.map(Timestamp::as_millis));
        self.only("created_at < ?", before.map(Timestamp::as_millis));
    }

    /// Reads one page of `table`, in the order of `column` and then of the key.
    pub(super) fn page<F, T>(
        self,
        connection: &Connection,
        table: &'static str,
        columns: (&'static str, &'static str),
        page: &PageRequest<F>,
        read: impl Fn(&Row<'_>) -> Result<T>,
    ) -> Result<Page<T>> {
        // One row more than asked for, to know whether more follow.
        let rows = self.rows(connection, table, columns, page, page.limit.saturating_add(1), read)?;
        Ok(Page::from_one_more(rows, page.limit))
    }

    /// So many rows from where a page begins.
    pub(super) fn rows<F, T>(
        self,
        connection: &Connection,
        table: &'static str,
        columns: (&'static str, &'static str),
        page: &PageRequest<F>,
        count: usize,
        read: impl Fn(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let (sql, values) = self.select(table, columns, page, count);
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        let mut items = Vec::new();
        while let Some(row) = rows.next()? {
            items.push(read(row)?);
        }
        Ok(items)
    }

    /// The statement and its values.
    fn select<F>(
        self,
        table: &'static str,
        (column, key): (&'static str, &'static str),
        page: &PageRequest<F>,
        count: usize,
    ) -> (String, Vec<Value>) {
        let Self { mut conditions, mut values } = self;
        let (beyond, direction) = if page.sort.descending { ("<", "DESC") } else { (">", "ASC") };
        if let Some(position) = &page.after {
            if column == key {
                conditions.push(format!("{key} {beyond} ?"));
            } else {
                conditions.push(format!("({column}, {key}) {beyond} (?, ?)"));
                values.push(match &position.value {
                    SortValue::Int(value) => Value::Integer(*value),
                    SortValue::Text(value) => Value::Text(value.clone()),
                });
            }
            values.push(Value::Text(position.id.clone()));
        }
        let conditions = if conditions.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", conditions.join(" AND "))
        };
        let first = if column == key { String::new() } else { format!("{column} {direction}, ") };
        values.push(Value::Integer(i64::try_from(count).unwrap_or(i64::MAX)));
        (format!("SELECT * FROM {table}{conditions} ORDER BY {first}{key} {direction} LIMIT ?"), values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::page::{Position, SortBy};
    use crate::store::sqlite::prepare;

    /// What SQLite means to do, one step a line.
    fn plan(connection: &Connection, (sql, values): (String, Vec<Value>)) -> String {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let steps =
            statement.query_map(params_from_iter(values), |row| row.get::<_, String>("detail")).unwrap();
        steps.collect::<rusqlite::Result<Vec<_>>>().unwrap().join("\n")
    }

    fn fresh() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        prepare::migrate(&mut connection).unwrap();
        connection
    }

    #[test]
    fn every_order_of_every_list_walks_an_index() {
        let connection = fresh();
        for (table, key, columns) in [
            ("users", "id", vec!["id", "created_at", "updated_at", "email_norm"]),
            ("products", "id", vec!["id", "created_at", "updated_at", "sku_norm", "name", "price"]),
            ("orders", "id", vec!["id", "created_at", "updated_at", "number", "total"]),
            (
                "inventory",
                "product_id",
                vec!["product_id", "created_at", "updated_at", "sku_norm", "on_hand", "reserved"],
            ),
        ] {
            for column in columns {
                for descending in [false, true] {
                    let after = Position { value: SortValue::Int(5), id: "x".to_owned() };
                    for after in [None, Some(after)] {
                        let begun = after.is_some();
                        let page = PageRequest { limit: 20, sort: SortBy { field: (), descending }, after };
                        let plan = plan(&connection, List::new().select(table, (column, key), &page, 21));
                        assert!(!plan.contains("TEMP B-TREE"), "{table} by {column}: {plan}");
                        assert!(!begun || plan.contains("SEARCH"), "{table} by {column}: {plan}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_list_of_one_status_finds_its_rows_in_order() {
        let connection = fresh();
        for (table, columns) in [
            ("products", vec!["id", "created_at", "updated_at", "sku_norm", "name", "price"]),
            ("orders", vec!["id", "created_at", "updated_at", "number", "total"]),
        ] {
            for column in columns {
                for descending in [false, true] {
                    let after = Position { value: SortValue::Int(5), id: "x".to_owned() };
                    for after in [None, Some(after)] {
                        let page = PageRequest { limit: 20, sort: SortBy { field: (), descending }, after };
                        let mut list = List::new();
                        list.only("status = ?", Some("active".to_owned()));
                        let plan = plan(&connection, list.select(table, (column, "id"), &page, 21));
                        assert!(!plan.contains("TEMP B-TREE"), "{table} by {column}: {plan}");
                        assert!(
                            plan.starts_with("SEARCH") && plan.contains("status=?"),
                            "{table} by {column}: {plan}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn no_filter_makes_a_list_read_a_whole_table() {
        let connection = fresh();
        for (table, key, column, condition) in [
            ("products", "id", "name", "id IN (SELECT product_id FROM product_tags WHERE tag = ?)"),
            ("products", "id", "price", "variant_group = ?"),
            ("products", "id", "name", "price >= ?"),
            ("products", "id", "price", "price >= ?"),
            ("products", "id", "name", "currency = ?"),
            ("products", "id", "sku_norm", "created_at >= ?"),
            ("orders", "id", "total", "id IN (SELECT order_id FROM order_lines WHERE product_id = ?)"),
            ("orders", "id", "number", "user_id = ?"),
            ("orders", "id", "total", "email_norm = ?"),
            ("orders", "id", "created_at", "payment_status = ?"),
            ("users", "id", "email_norm", "role = ?"),
            ("users", "id", "created_at", "status = ?"),
            ("inventory", "product_id", "on_hand", "available < ?"),
        ] {
            for descending in [false, true] {
                let page = PageRequest { limit: 20, sort: SortBy { field: (), descending }, after: None };
                let mut list = List::new();
                list.only(condition, Some("x".to_owned()));
                let plan = plan(&connection, list.select(table, (column, key), &page, 21));
                let scans = plan.lines().filter(|step| step.contains("SCAN"));
                // A walk in the order that was asked for ends with the page.
                let whole: Vec<&str> = scans.filter(|step| !step.contains("INDEX")).collect();
                assert!(whole.is_empty(), "{condition} by {column}: {plan}");
            }
        }
    }

    #[test]
    fn filters_that_narrow_a_list_use_an_index() {
        let connection = fresh();
        let page = PageRequest { limit: 20, sort: SortBy { field: (), descending: false }, after: None };
        for (table, key, condition) in [
            ("products", "id", "id IN (SELECT product_id FROM product_tags WHERE tag = ?)"),
            ("products", "id", "variant_group = ?"),
            ("products", "id", "status = ?"),
            ("orders", "id", "id IN (SELECT order_id FROM order_lines WHERE product_id = ?)"),
            ("orders", "id", "user_id = ?"),
            ("orders", "id", "email_norm = ?"),
            ("orders", "id", "customer_ref = ?"),
            ("orders", "id", "status = ?"),
            ("orders", "id", "payment_status = ?"),
            ("users", "id", "role = ?"),
        ] {
            let mut list = List::new();
            list.only(condition, Some("x".to_owned()));
            let plan = plan(&connection, list.select(table, (key, key), &page, 21));
            assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{condition}: {plan}");
        }
    }
}
