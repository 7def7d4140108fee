//! Lists: conditions, order and place, put together from fixed texts; every value is bound.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use crate::domain::clock::Timestamp;
use crate::domain::page::{Page, PageRequest, SortValue};
use crate::domain::text::SearchText;
use crate::store::Result;

/// A list under construction.
pub(super) struct List {
    conditions: Vec<&'static str>,
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
            self.conditions.push(condition);
            self.values.push(value.into());
        }
    }

    /// Only what meets a condition without a value.
    pub(super) fn only_if(&mut self, wanted: bool, condition: &'static str) {
        if wanted {
            self.conditions.push(condition);
        }
    }

    /// Only what holds this text, letter by letter: nothing in it is a wildcard.
    pub(super) fn search(&mut self, column: &'static str, query: Option<&SearchText>) {
        self.only(column, query.map(|query| query.as_str().to_owned()));
    }

    /// Only what was created in this span.
    pub(super) fn created(&mut self, after: Option<Timestamp>, before: Option<Timestamp>) {
        self.only("created_at >= ?", after.map(Timestamp::as_millis));
        self.only("created_at < ?", before.map(Timestamp::as_millis));
    }

    /// Reads one page of `table`, in the order of `column` and then of the key. One row more than asked for is read, to know
    /// whether more follow.
    pub(super) fn page<F, T>(
        mut self,
        connection: &Connection,
        table: &'static str,
        (column, key): (&'static str, &'static str),
        page: &PageRequest<F>,
        read: impl Fn(&Row<'_>) -> Result<T>,
    ) -> Result<Page<T>> {
        let (beyond, direction) = if page.sort.descending { ("<", "DESC") } else { (">", "ASC") };
        let mut conditions: Vec<String> = self.conditions.iter().map(|&text| text.to_owned()).collect();
        if let Some(position) = &page.after {
            if column == key {
                conditions.push(format!("{key} {beyond} ?"));
            } else {
                conditions.push(format!("({column}, {key}) {beyond} (?, ?)"));
                self.values.push(match &position.value {
                    SortValue::Int(value) => Value::Integer(*value),
                    SortValue::Text(value) => Value::Text(value.clone()),
                });
            }
            self.values.push(Value::Text(position.id.clone()));
        }
        let conditions = if conditions.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", conditions.join(" AND "))
        };
        let order = if column == key { String::new() } else { format!("{column} {direction}, ") };
        let sql = format!("SELECT * FROM {table}{conditions} ORDER BY {order}{key} {direction} LIMIT ?");
        let wanted = page.limit.saturating_add(1);
        self.values.push(Value::Integer(i64::try_from(wanted).unwrap_or(i64::MAX)));
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(self.values))?;
        let mut items = Vec::new();
        while let Some(row) = rows.next()? {
            items.push(read(row)?);
        }
        Ok(Page::from_one_more(items, page.limit))
    }
}
