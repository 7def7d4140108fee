//! Reading and parsing a file in batches, on threads of their own.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::stream::{self, Stream, StreamExt};
use tokio::sync::mpsc;

use super::noun::Noun;
use super::plan::{Expect, PlanReader};
use super::report::Rejection;
use super::source::Source;
use crate::domain::invalid::Invalid;
use crate::files::{FileError, ReadOptions, Reader, Record};
use crate::service::error::{Error, Problem, Result};

/// How many batches are read ahead of the one that is being parsed.
const AHEAD: usize = 1;
/// How many batches are parsed at once.
const PARSERS: usize = 2;

/// A batch of rows, parsed.
pub(super) struct Batch<R> {
    /// Which one, from 0 up.
    pub(super) number: u64,
    pub(super) rows: Vec<Parsed<R>>,
    /// How many bytes of the file are read.
    pub(super) bytes: u64,
}

/// A row of a file.
pub(super) struct Parsed<R> {
    /// Its place in the file, from 0.
    pub(super) ordinal: u64,
    /// As it stands there; for one that cannot be read, only as much as was.
    pub(super) record: Record,
    /// What it says; none where something is wrong with it, and once it was taken.
    pub(super) row: Option<R>,
    /// Everything that is wrong with it.
    pub(super) problems: Vec<Rejection>,
    /// What a plan found.
    pub(super) expect: Option<Expect>,
}

/// How a file is read.
#[derive(Clone)]
pub(super) enum Layout {
    /// As a file of shopctl or of another system.
    File(ReadOptions),
    /// As a plan.
    Plan,
}

/// The rows of a file, one after the other.
pub(super) enum Rows {
    File(Box<Reader>),
    Plan(Box<PlanReader>),
}

/// One row and what a plan found.
pub(super) type Entry = (Record, Option<Expect>);

impl Rows {
    /// Begins to read.
    pub(super) fn open(source: &Source, layout: &Layout) -> Result<Self> {
        let input = source.read()?;
        match layout {
            Layout::File(options) => {
                let reader = Reader::open(input, options).map_err(|error| broken(&source.name, &error))?;
                Ok(Self::File(Box::new(reader)))
            }
            Layout::Plan => Ok(Self::Plan(Box::new(PlanReader::open(input, &source.name)?))),
        }
    }

    fn next(&mut self) -> Option<std::result::Result<Entry, FileError>> {
        match self {
            Self::File(reader) => Some(reader.next()?.map(|record| (record, None))),
            Self::Plan(reader) => reader.next(),
        }
    }

    fn bytes_read(&self) -> Arc<AtomicU64> {
        match self {
            Self::File(reader) => reader.bytes_read(),
            Self::Plan(reader) => reader.bytes_read(),
        }
    }

    /// What the file holds that is not kept, and how often.
    fn notes(&self) -> Vec<(String, u64)> {
        let Self::File(reader) = self else { return Vec::new() };
        let notes = reader.notes();
        let dropped =
            notes.dropped().map(|(column, count)| (format!("column {column:?} is not kept"), count));
        dropped.chain(notes.remarks.iter().map(|(text, count)| (text.clone(), *count))).collect()
    }
}

/// A file that cannot be read any further.
pub(super) fn broken(name: &str, error: &FileError) -> Error {
    let at = error.line.map_or_else(|| name.to_owned(), |line| format!("{name}:{line}"));
    Error::invalid("/file", Invalid::new(error.code, format!("{at}: {}", error.detail)))
}

type Raw = (u64, Vec<(u64, std::result::Result<Entry, FileError>)>, u64);

/// What a reading thread sends.
enum Sent {
    Batch(Raw),
    Notes(Vec<(String, u64)>),
    Broken(Error),
}

/// What a file holds, batch by batch, in order.
pub(super) enum Read<R> {
    /// The next batch.
    Batch(Batch<R>),
    /// The end was reached, and this is not kept.
    Notes(Vec<(String, u64)>),
}

/// Reads a file in batches of so many rows. Batches in `skip` are passed over: their rows are read and not parsed.
pub(super) fn batches<N: Noun>(
    noun: &Arc<N>,
    mut rows: Rows,
    name: &str,
    batch_rows: u32,
    skip: Arc<BTreeSet<u64>>,
) -> impl Stream<Item = Result<Read<N::Row>>> + use<N> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let name = name.to_owned();
    tokio::task::spawn_blocking(move || send(&mut rows, &name, batch_rows, &skip, &sender));
    let noun = Arc::clone(noun);
    let parsed = stream::unfold(receiver, async |mut receiver| Some((receiver.recv().await?, receiver)));
    parsed
        .map(move |sent| {
            let noun = Arc::clone(&noun);
            async move {
                match sent {
                    Sent::Notes(notes) => Ok(Read::Notes(notes)),
                    Sent::Broken(error) => Err(error),
                    Sent::Batch(raw) => tokio::task::spawn_blocking(move || Read::Batch(parse(&*noun, raw)))
                        .await
                        .map_err(Error::internal),
                }
            }
        })
        .buffered(PARSERS)
}

/// Reads to the end, or until nobody listens any more.
fn send(rows: &mut Rows, name: &str, batch_rows: u32, skip: &BTreeSet<u64>, sender: &mpsc::Sender<Sent>) {
    let read = rows.bytes_read();
    let (size, mut ordinal, mut number) = (u64::from(batch_rows.max(1)), 0, 0);
    let mut batch = Vec::new();
    loop {
        let next = rows.next();
        match next {
            Some(Err(error)) if error.is_fatal() => {
                let _ = sender.blocking_send(Sent::Broken(broken(name, &error)));
                return;
            }
            Some(entry) => {
                batch.push((ordinal, entry));
                ordinal += 1;
                if ordinal % size != 0 {
                    continue;
                }
            }
            None if batch.is_empty() => break,
            None => {}
        }
        let mut full = std::mem::take(&mut batch);
        if skip.contains(&number) {
            full.clear();
        }
        if sender.blocking_send(Sent::Batch((number, full, read.load(Ordering::Relaxed)))).is_err() {
            return;
        }
        number += 1;
    }
    let _ = sender.blocking_send(Sent::Notes(rows.notes()));
}

fn parse<N: Noun>(noun: &N, (number, entries, bytes): Raw) -> Batch<N::Row> {
    let rows = entries.into_iter().map(|(ordinal, entry)| match entry {
        Ok((record, expect)) => {
            let parsed = Parsed { ordinal, record, row: None, problems: Vec::new(), expect };
            parsed.parse(noun)
        }
        Err(error) => {
            let problems = vec![Rejection::from(&error)];
            let line = error.line.unwrap_or_default();
            let record = Record { line, raw: error.raw.into_vec(), ..Record::default() };
            Parsed { ordinal, record, row: None, problems, expect: None }
        }
    });
    Batch { number, rows: rows.collect(), bytes }
}

impl<R> Parsed<R> {
    /// Reads the record.
    pub(super) fn parse(mut self, noun: &impl Noun<Row = R>) -> Self {
        match noun.parse(&self.record) {
            Ok(row) => self.row = Some(row),
            Err(problems) => self.problems = located(&self.record, &problems),
        }
        self
    }
}

/// Problems of a record, each where it stands in the file.
pub(super) fn located(record: &Record, problems: &[Problem]) -> Vec<Rejection> {
    problems.iter().map(|problem| Rejection::of(record, problem)).collect()
}
