//! Keys that a file holds more than once, found with bounded memory.
//!
//! Of each key a hash of 128 bits is kept with its place. Beyond a bound they are sorted and put into a temporary file; in the end all such
//! runs are merged, and equal hashes meet. Two different keys share a hash once in 2^64 files of four billion rows.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

/// How many keys are kept in memory: 16 MiB of them.
const IN_MEMORY: usize = 1 << 19;
/// How many repeats are remembered with the line of the first; of more it is only known that they are.
const REMEMBERED: usize = 100_000;

/// A key: its hash, its place in the file (from 0) and its line (from 1).
type Entry = (u128, u64, u64);

/// Gathers the keys of a file.
pub(super) struct Keys {
    hashers: [RandomState; 2],
    entries: Vec<Entry>,
    most: usize,
    runs: Vec<File>,
}

/// Which rows of a file repeat a key of an earlier one.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    /// A bit a row, as far as there are repeats.
    bits: Vec<u64>,
    /// Place, line, and line of the first.
    remembered: HashMap<u64, u64>,
    /// The first of them in the order of the file: place, line, line of the first.
    pub(super) first: Vec<(u64, u64, u64)>,
    /// How many there are.
    pub(super) count: u64,
}

impl Keys {
    pub(super) fn new() -> Self {
        Self::holding(IN_MEMORY)
    }

    fn holding(most: usize) -> Self {
        Self {
            hashers: [RandomState::new(), RandomState::new()],
            entries: Vec::new(),
            most,
            runs: Vec::new(),
        }
    }

    /// Takes in the key of a row.
    ///
    /// # Errors
    /// Those of writing a temporary file.
    pub(super) fn add(&mut self, key: &str, ordinal: u64, line: u64) -> io::Result<()> {
        let [one, other] = self.hashers.each_ref().map(|hasher| u128::from(hasher.hash_one(key)));
        self.entries.push(((one << 64) | other, ordinal, line));
        if self.entries.len() < self.most {
            return Ok(());
        }
        self.entries.sort_unstable();
        let mut run = BufWriter::new(tempfile::tempfile()?);
        for (hash, ordinal, line) in self.entries.drain(..) {
            run.write_all(&hash.to_le_bytes())?;
            run.write_all(&ordinal.to_le_bytes())?;
            run.write_all(&line.to_le_bytes())?;
        }
        let mut run = run.into_inner().map_err(io::IntoInnerError::into_error)?;
        run.seek(SeekFrom::Start(0))?;
        self.runs.push(run);
        Ok(())
    }

    /// Finds the repeats; remembers the first `shown` of them in the order of the file.
    ///
    /// # Errors
    /// Those of reading a temporary file.
    pub(super) fn repeats(mut self, shown: usize) -> io::Result<Repeats> {
        self.entries.sort_unstable();
        let mut repeats = Repeats::default();
        let mut last: Option<Entry> = None;
        let mut see = |entry: Entry| {
            match last {
                Some((hash, _, first)) if hash == entry.0 => repeats.note(entry.1, entry.2, first, shown),
                // Entries of one hash come in the order of the file, so this is the first.
                _ => last = Some(entry),
            }
        };
        if self.runs.is_empty() {
            self.entries.drain(..).for_each(see);
            return Ok(repeats);
        }
        let mut sources: Vec<Source> =
            self.runs.drain(..).map(|run| Source::Run(BufReader::new(run))).collect();
        sources.push(Source::Memory(std::mem::take(&mut self.entries).into_iter()));
        let mut heads = BinaryHeap::with_capacity(sources.len());
        for (index, source) in sources.iter_mut().enumerate() {
            heads.extend(source.next()?.map(|entry| Reverse((entry, index))));
        }
        while let Some(Reverse((entry, index))) = heads.pop() {
            see(entry);
            heads.extend(sources[index].next()?.map(|entry| Reverse((entry, index))));
        }
        Ok(repeats)
    }
}

/// Sorted keys.
enum Source {
    Run(BufReader<File>),
    Memory(std::vec::IntoIter<Entry>),
}

impl Source {
    fn next(&mut self) -> io::Result<Option<Entry>> {
        let run = match self {
            Self::Memory(entries) => return Ok(entries.next()),
            Self::Run(run) => run,
        };
        let (mut hash, mut ordinal, mut line) = ([0; 16], [0; 8], [0; 8]);
        match run.read_exact(&mut hash) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            read => read?,
        }
        run.read_exact(&mut ordinal)?;
        run.read_exact(&mut line)?;
        Ok(Some((u128::from_le_bytes(hash), u64::from_le_bytes(ordinal), u64::from_le_bytes(line))))
    }
}

impl Repeats {
    fn note(&mut self, ordinal: u64, line: u64, first: u64, shown: usize) {
        self.count += 1;
        let (word, bit) = place(ordinal);
        if self.bits.len() <= word {
            self.bits.resize(word + 1, 0);
        }
        self.bits[word] |= bit;
        if self.remembered.len() < REMEMBERED {
            self.remembered.insert(ordinal, first);
        }
        let at = self.first.partition_point(|(other, ..)| *other < ordinal);
        if at < shown {
            self.first.insert(at, (ordinal, line, first));
            self.first.truncate(shown);
        }
    }

    /// Whether a row repeats a key.
    pub(super) fn contains(&self, ordinal: u64) -> bool {
        let (word, bit) = place(ordinal);
        self.bits.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// The line of the row that had the key first, where it is remembered.
    pub(super) fn first_line(&self, ordinal: u64) -> Option<u64> {
        self.remembered.get(&ordinal).copied()
    }
}

fn place(ordinal: u64) -> (usize, u64) {
    (usize::try_from(ordinal / 64).unwrap_or(usize::MAX), 1 << (ordinal % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_and_third_of_a_key_name_the_first_whether_in_memory_or_on_disk() {
        for most in [1000, 7, 1] {
            let mut keys = Keys::holding(most);
            for ordinal in 0..100 {
                // 40 and 70 repeat 10; 71 repeats 70's neighbour 11.
                let key = match ordinal {
                    40 | 70 => 10,
                    71 => 11,
                    other => other,
                };
                keys.add(&key.to_string(), ordinal, ordinal + 2).unwrap();
            }
            let repeats = keys.repeats(2).unwrap();
            let found: Vec<u64> = (0..200).filter(|ordinal| repeats.contains(*ordinal)).collect();
            assert_eq!((found, repeats.count), (vec![40, 70, 71], 3), "{most}");
            assert_eq!(repeats.first, [(40, 42, 12), (70, 72, 12)], "{most}");
            assert_eq!(repeats.first_line(71), Some(13));
        }
    }
}
