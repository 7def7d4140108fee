//! Whether the file is sound and still has everything the schema gave it.

use std::collections::BTreeSet;

use rusqlite::Connection;

use super::{connection, prepare};
use crate::store::{Check, Result};

/// How many faults of the file are told; one is enough to know.
const MOST_FAULTS: usize = 5;

fn check(name: impl Into<String>, problem: Option<String>) -> Check {
    Check { name: name.into(), problem }
}

/// Looks at the file, its references, the settings of the connection, and every table, index and trigger.
pub(super) fn structure(connection: &Connection) -> Result<Vec<Check>> {
    let found = prepare::schema(connection)?;
    let known = prepare::SCHEMA;
    let behind = (found != known).then(|| format!("schema {found}, this program writes {known}"));
    let mut checks = vec![
        check("schema", behind),
        check("file integrity", integrity(connection)?),
        check("references", references(connection)?),
        check("settings", connection::wrong_setting(connection)?),
    ];
    let present = objects(connection)?;
    for (name, sql) in expected()? {
        let problem = match present.iter().find(|(other, _)| *other == name) {
            None => {
                Some("is missing; restore the store from a backup or export it into a new one".to_owned())
            }
            Some((_, other)) if *other != sql => Some("was changed by another program".to_owned()),
            Some(_) => None,
        };
        checks.push(check(name, problem));
    }
    Ok(checks)
}

fn integrity(connection: &Connection) -> Result<Option<String>> {
    let mut statement = connection.prepare(&format!("PRAGMA quick_check({MOST_FAULTS})"))?;
    let lines =
        statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok((lines != ["ok"]).then(|| lines.join("; ")))
}

fn references(connection: &Connection) -> Result<Option<String>> {
    let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
    let mut rows = statement.query([])?;
    let mut faults = Vec::new();
    while let Some(row) = rows.next()? {
        if faults.len() == MOST_FAULTS {
            break;
        }
        let (table, target): (String, String) = (row.get(0)?, row.get(2)?);
        faults.push(format!("a row of {table} names one that is not in {target}"));
    }
    Ok((!faults.is_empty()).then(|| faults.join("; ")))
}

/// Every table, index and trigger with its definition, by a name for people (`"index users_email_norm"`).
fn objects(connection: &Connection) -> Result<BTreeSet<(String, String)>> {
    let mut statement = connection.prepare(
        "SELECT type || ' ' || name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What a fresh store has.
fn expected() -> Result<BTreeSet<(String, String)>> {
    let mut fresh = Connection::open_in_memory()?;
    prepare::migrate(&mut fresh)?;
    objects(&fresh)
}
