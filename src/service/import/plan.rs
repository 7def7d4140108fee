//! Plans: what an import would do, row by row, and what it found when it said so.
//!
//! A plan is JSON Lines. The first line says of what it is a plan; each further line is a row: what is there, what will be, and
//! what the file says, from which the row is decided again when the plan is applied. It is refused when that would come to
//! anything else.

use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::domain::import::{ImportMode, ImportNoun};
use crate::domain::invalid::Invalid;
use crate::files::{Cell, FileError, Record, Value};
use crate::service::error::{Error, Result};

/// What the first line of a plan says it is.
const KIND: &str = "shopctl import plan 1";
/// The longest line of a plan, in bytes.
const LONGEST: u64 = 8 << 20;

/// What a plan found of a row's thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expect {
    /// Nothing: it is to be made.
    Absent,
    /// It is there in this version, and is to be changed.
    Version(i64),
    /// All is as the file wants it.
    Unchanged,
}

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    /// [`KIND`].
    plan: String,
    /// What its rows are.
    noun: String,
    /// What might become of them.
    mode: String,
    /// The name of the file that it is a plan for.
    pub(super) file: String,
    /// SHA-256 of that file.
    pub(super) sha256: String,
    /// What else was said.
    pub(super) options: Vec<String>,
}

/// A row.
#[derive(Debug, Serialize, Deserialize)]
struct Planning {
    line: u64,
    action: Action,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
    /// Members before, as far as they change.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    before: Map<String, Json>,
    /// The same members afterwards.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    after: Map<String, Json>,
    /// What the file says.
    said: Map<String, Json>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    lines: Vec<Map<String, Json>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    Create,
    Update,
    Unchanged,
}

impl Header {
    pub(super) fn new(
        noun: ImportNoun,
        mode: ImportMode,
        file: &str,
        sha256: &str,
        options: &[String],
    ) -> Self {
        Self {
            plan: KIND.to_owned(),
            noun: noun.to_string(),
            mode: mode.to_string(),
            file: file.to_owned(),
            sha256: sha256.to_owned(),
            options: options.to_vec(),
        }
    }

    /// Reads the first line of a plan.
    ///
    /// # Errors
    /// `invalid_plan`.
    pub(super) fn read(input: Box<dyn Read + Send>, name: &str) -> Result<Self> {
        let mut line = String::new();
        let read = BufReader::new(input.take(LONGEST)).read_line(&mut line);
        let header: Option<Self> = read.ok().and_then(|_| serde_json::from_str(&line).ok());
        header.filter(|header| header.plan == KIND).ok_or_else(|| {
            Error::invalid("/plan", Invalid::new("invalid_plan", format!("{name:?} is not a plan")))
                .hint("shopctl product import FILE --plan PLAN writes one")
        })
    }

    /// What its rows are.
    pub(super) fn noun(&self) -> Result<ImportNoun> {
        self.noun.parse().map_err(|invalid| Error::invalid("/plan", invalid))
    }
}

/// Writes a plan; it gets its name when it is whole.
pub(super) struct PlanWriter {
    output: BufWriter<tempfile::NamedTempFile>,
    path: PathBuf,
}

/// What a plan says of a row.
pub(super) enum Planned<'a> {
    Create(&'a Json),
    Update(i64, &'a Json, &'a Json),
    Unchanged(i64),
}

impl PlanWriter {
    /// # Errors
    /// `unwritable_file`.
    pub(super) fn create(path: &Path, header: &Header) -> Result<Self> {
        let directory =
            path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let draft = tempfile::NamedTempFile::new_in(directory).map_err(|error| unwritable(path, &error))?;
        let mut writer = Self { output: BufWriter::new(draft), path: path.to_owned() };
        writer.line(header)?;
        Ok(writer)
    }

    pub(super) fn row(&mut self, record: &Record, planned: &Planned<'_>) -> Result<()> {
        let (action, version, before, after) = match planned {
            Planned::Create(after) => (Action::Create, None, Map::new(), members(after)),
            Planned::Update(version, before, after) => {
                let (before, after) = difference(before, after);
                (Action::Update, Some(*version), before, after)
            }
            Planned::Unchanged(version) => (Action::Unchanged, Some(*version), Map::new(), Map::new()),
        };
        let lines = record.lines.iter().map(|line| said(&line.cells)).collect();
        let line =
            Planning { line: record.line, action, version, before, after, said: said(&record.cells), lines };
        self.line(&line)
    }

    fn line(&mut self, line: &impl Serialize) -> Result<()> {
        let mut text = serde_json::to_vec(line).map_err(Error::internal)?;
        text.push(b'\n');
        self.output.write_all(&text).map_err(|error| unwritable(&self.path, &error))
    }

    /// Gives the plan its name.
    pub(super) fn finish(self) -> Result<()> {
        let Self { output, path } = self;
        let draft = output.into_inner().map_err(|error| unwritable(&path, error.error()))?;
        draft.as_file().sync_all().map_err(|error| unwritable(&path, &error))?;
        draft.persist(&path).map(drop).map_err(|error| unwritable(&path, &error.error))
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    let detail = format!("{:?} cannot be written: {error}", path.display().to_string());
    Error::invalid("/plan", Invalid::new("unwritable_file", detail))
}

fn members(shown: &Json) -> Map<String, Json> {
    shown.as_object().cloned().unwrap_or_default()
}

/// The members in which two things differ.
fn difference(before: &Json, after: &Json) -> (Map<String, Json>, Map<String, Json>) {
    let (mut was, mut will) = (members(before), members(after));
    let same: Vec<String> = was
        .iter()
        .filter(|(name, value)| will.get(*name) == Some(value))
        .map(|(name, _)| name.clone())
        .collect();
    for name in same {
        was.remove(&name);
        will.remove(&name);
    }
    (was, will)
}

fn said(cells: &[Cell]) -> Map<String, Json> {
    cells.iter().map(|cell| (cell.field.to_string(), json(&cell.value))).collect()
}

/// A value in JSON. A number stands as text, which keeps it as it was written.
fn json(value: &Value) -> Json {
    match value {
        Value::Text(text) | Value::Number(text) => Json::String(text.clone()),
        Value::Bool(value) => Json::Bool(*value),
        Value::Null => Json::Null,
        Value::List(values) => Json::Array(values.iter().map(json).collect()),
        Value::Map(entries) => {
            Json::Object(entries.iter().map(|(name, value)| (name.clone(), json(value))).collect())
        }
    }
}

fn value(json: Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(value),
        Json::Number(number) => Value::Number(number.to_string()),
        Json::String(text) => Value::Text(text),
        Json::Array(values) => Value::List(values.into_iter().map(value).collect()),
        Json::Object(entries) => {
            Value::Map(entries.into_iter().map(|(name, json)| (name, value(json))).collect())
        }
    }
}

/// Reads a plan row by row.
pub(super) struct PlanReader {
    input: BufReader<Box<dyn Read + Send>>,
    line: u64,
    read: Arc<AtomicU64>,
}

impl PlanReader {
    pub(super) fn open(input: Box<dyn Read + Send>, name: &str) -> Result<Self> {
        let mut reader = Self { input: BufReader::new(input), line: 0, read: Arc::default() };
        // The header was looked at before; here it is passed over.
        reader.text().map_err(|error| super::rows::broken(name, &error))?;
        Ok(reader)
    }

    pub(super) fn bytes_read(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.read)
    }

    fn text(&mut self) -> std::result::Result<Option<String>, FileError> {
        let mut text = String::new();
        self.line += 1;
        let read = (&mut self.input).take(LONGEST).read_line(&mut text);
        let bytes = read.map_err(|error| damaged(self.line, &error.to_string()))?;
        self.read.fetch_add(bytes as u64, Ordering::Relaxed);
        Ok((bytes > 0).then_some(text))
    }

    pub(super) fn next(&mut self) -> Option<std::result::Result<(Record, Option<Expect>), FileError>> {
        let text = match self.text() {
            Ok(text) => text?,
            Err(error) => return Some(Err(error)),
        };
        let line: Planning = match serde_json::from_str(&text) {
            Ok(line) => line,
            Err(error) => return Some(Err(damaged(self.line, &error.to_string()))),
        };
        let expect = match (line.action, line.version) {
            (Action::Create, None) => Expect::Absent,
            (Action::Update, Some(version)) => Expect::Version(version),
            (Action::Unchanged, Some(_)) => Expect::Unchanged,
            _ => return Some(Err(damaged(self.line, "action and version do not go together"))),
        };
        let record = |line: u64, said: Map<String, Json>, lines| Record {
            line,
            cells: said.into_iter().map(|(name, json)| cell(line, &name, json)).collect(),
            lines,
            raw: Vec::new(),
        };
        let at = line.line;
        let lines = line.lines.into_iter().map(|said| record(at, said, Vec::new())).collect();
        Some(Ok((record(at, line.said, lines), Some(expect))))
    }
}

fn cell(line: u64, name: &str, json: Json) -> Cell {
    let field: Arc<str> = name.into();
    Cell { column: Arc::clone(&field), field, line, value: value(json) }
}

fn damaged(line: u64, detail: &str) -> FileError {
    FileError::fatal("invalid_plan", format!("the plan is damaged: {detail}")).at(line)
}
