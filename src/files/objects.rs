//! Records from JSON objects.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::columns::named;
use super::error::FileError;
use super::fields::{Known, REASON, known, nearest};
use super::input::Input;
use super::json::{Element, Objects, elements, line_of, members, string_end, value};
use super::notes::Notes;
use super::options::{Format, Noun, ReadOptions};
use super::record::{Cell, RawRow, Record, Value};

/// The most names whose unkept values are counted one by one.
const MAX_COUNTED: usize = 1000;

/// Reads the records of a JSON file.
pub(super) struct ObjectTable {
    objects: Objects,
    known: &'static Known,
    noun: Noun,
    ignore_unknown: bool,
    /// What `--map` says of members.
    map: HashMap<String, Option<String>>,
    /// What `--set` says.
    set: Vec<(Arc<str>, String)>,
    /// Names that were met, so that each is kept in memory once.
    names: HashMap<String, Member>,
    at_end: bool,
}

/// A member's name, and what it is.
#[derive(Clone)]
struct Member {
    column: Arc<str>,
    role: Role,
}

#[derive(Clone)]
enum Role {
    Field(Arc<str>),
    Lines,
    Idle,
    Unkept,
}

impl ObjectTable {
    pub(super) fn new(input: Input, options: &ReadOptions) -> Result<Self, FileError> {
        let known = known(options.noun);
        let map = options.map.iter().map(|(column, field)| {
            let field = if field == "-" { None } else { Some(named(known, "--map", field)?) };
            Ok((column.clone(), field))
        });
        let set = options
            .set
            .iter()
            .map(|(field, value)| Ok((named(known, "--set", field)?.into(), value.clone())));
        Ok(Self {
            objects: Objects::new(input, options.format)?,
            known,
            noun: options.noun,
            ignore_unknown: options.ignore_unknown,
            map: map.collect::<Result<_, FileError>>()?,
            set: set.collect::<Result<_, FileError>>()?,
            names: HashMap::new(),
            at_end: false,
        })
    }

    /// How the file is laid out.
    pub(super) fn format(&self) -> Format {
        if self.objects.is_lines() { Format::Jsonl } else { Format::Json }
    }

    /// The next record; `None` at the end.
    pub(super) fn read(&mut self, notes: &mut Notes) -> Option<Result<Record, FileError>> {
        if self.at_end {
            return None;
        }
        let element = match self.objects.read() {
            Ok(Some(element)) => element,
            Ok(None) => {
                self.at_end = true;
                return None;
            }
            Err(error) => {
                self.at_end = true;
                return Some(Err(error));
            }
        };
        let read = self.record(&element, notes);
        let raw = RawRow { line: element.line, text: without_reason(element.text).into() };
        Some(match read {
            Ok(record) => Ok(Record { raw: vec![raw], ..record }),
            Err(error) => Err(error.rows(vec![raw])),
        })
    }

    fn record(&mut self, element: &Element, notes: &mut Notes) -> Result<Record, FileError> {
        let (text, line) = (element.text.as_str(), element.line);
        let set = Arc::from("--set");
        let mut record = Record { line, ..Record::default() };
        for (field, value) in &self.set {
            let (field, column) = (Arc::clone(field), Arc::clone(&set));
            record.cells.push(Cell { field, column, line, value: Value::Text(value.clone()) });
        }
        let of_set = record.cells.len();
        for (name, raw) in members(text, line)?.0 {
            let at = line_of(text, line, raw);
            let Member { column, role } = self.member(&name, at)?;
            match role {
                Role::Idle => {}
                Role::Lines => record.lines = self.lines(text, line, raw, &column)?,
                Role::Field(field) if !record.cells[..of_set].iter().any(|cell| cell.field == field) => {
                    if record.get(&field).is_some() {
                        let detail = format!("the object gives {field:?} twice");
                        return Err(FileError::row(at, "duplicate_column", detail).column(&column));
                    }
                    record.cells.push(Cell { field, column, line: at, value: value(raw, at)? });
                }
                Role::Field(_) | Role::Unkept => count(notes, &column, raw),
            }
        }
        Ok(record)
    }

    /// What a member is; remembered, as every object has the same ones.
    fn member(&mut self, name: &str, line: u64) -> Result<Member, FileError> {
        if let Some(member) = self.names.get(name) {
            return Ok(member.clone());
        }
        let column: Arc<str> = name.into();
        let mapped = self.map.get(name).cloned();
        let role = match mapped.unwrap_or_else(|| self.known.member(name)) {
            Some(field) => Role::Field(field.into()),
            None if self.map.contains_key(name) => Role::Idle,
            None if name == "lines" && self.noun == Noun::Orders => Role::Lines,
            None if name == REASON => Role::Idle,
            None if self.ignore_unknown => Role::Unkept,
            None => {
                let error = self.known.unknown("member", name);
                return Err(FileError::row(line, error.code, error.detail).column(&column));
            }
        };
        let member = Member { column, role };
        if self.names.len() < MAX_COUNTED {
            self.names.insert(name.to_owned(), member.clone());
        }
        Ok(member)
    }

    /// An order's lines.
    fn lines(
        &self,
        text: &str,
        line: u64,
        raw: &RawValue,
        column: &Arc<str>,
    ) -> Result<Vec<Record>, FileError> {
        let at = line_of(text, line, raw);
        let lines = elements(raw, at).map_err(|error| error.column(column))?.into_iter();
        lines.map(|raw| self.line(raw, line_of(text, line, raw))).collect()
    }

    fn line(&self, raw: &RawValue, line: u64) -> Result<Record, FileError> {
        let mut record = Record { line, ..Record::default() };
        for (name, member) in members(raw.get(), line)?.0 {
            let at = line_of(raw.get(), line, member);
            let column: Arc<str> = format!("lines.{name}").into();
            let Some(field) = self.known.line_member(&name) else {
                if self.ignore_unknown {
                    continue;
                }
                let near = nearest(&name, self.known.of_lines());
                let near = near.map_or_else(String::new, |near| format!("; did you mean {near:?}?"));
                let detail = format!("member {name:?} is no field of an order's line{near}");
                return Err(FileError::row(at, "unknown_column", detail).column(&column));
            };
            record.cells.push(Cell { field: field.into(), column, line: at, value: value(member, at)? });
        }
        Ok(record)
    }
}

/// An object without the reason that a rejects file gave it.
fn without_reason(text: String) -> String {
    if !text.contains(REASON) {
        return text;
    }
    // As it was written there, in front: the rest stays as it stands, also where it is no JSON.
    let behind = text
        .strip_prefix(&format!("{{\"{REASON}\":"))
        .filter(|rest| rest.starts_with('"'))
        .and_then(|rest| rest.get(string_end(rest.as_bytes(), 0)? + 1..)?.strip_prefix(','));
    if let Some(rest) = behind {
        return format!("{{{rest}");
    }
    let Ok(members) = members(&text, 0) else { return text };
    let kept = members.0.iter().filter(|(name, _)| name != REASON);
    let kept = kept.map(|(name, raw)| format!("{}:{}", serde_json::Value::from(name.as_str()), raw.get()));
    format!("{{{}}}", kept.collect::<Vec<_>>().join(","))
}

/// Counts a value that is not kept.
fn count(notes: &mut Notes, column: &Arc<str>, raw: &RawValue) {
    let says = u64::from(!matches!(raw.get(), "null" | "\"\"" | "[]" | "{}"));
    if let Some((_, count)) = notes.unkept.iter_mut().find(|(known, _)| known == column) {
        *count += says;
    } else if notes.unkept.len() < MAX_COUNTED {
        notes.unkept.push((Arc::clone(column), says));
    } else {
        notes.remark("further members that shopctl does not keep");
    }
}
