//! How much of the processors each program of a run has used.

use std::collections::BTreeMap;
use std::fs;

/// Ticks of the processors by the name of the program, over this process and all that descend from it.
#[derive(Default)]
pub(super) struct Used(BTreeMap<String, u64>);

impl Used {
    /// Up to now. Nothing where there is no `/proc`.
    pub(super) fn now() -> Self {
        let Ok(entries) = fs::read_dir("/proc") else { return Self::default() };
        let all: BTreeMap<u32, (u32, String, u64)> = entries
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .filter_map(|id: u32| Some((id, read(id)?)))
            .collect();
        let mut used = BTreeMap::new();
        for (&id, (_, name, ticks)) in &all {
            if descends(&all, id) {
                *used.entry(name.clone()).or_default() += ticks;
            }
        }
        Self(used)
    }

    /// Since then, in microseconds of a processor for each of so many.
    pub(super) fn since(&self, then: &Self, answers: f64) -> String {
        let each = self.0.iter().filter_map(|(name, ticks)| {
            let spent = ticks - then.0.get(name).copied().unwrap_or_default().min(*ticks);
            #[expect(clippy::cast_precision_loss, reason = "a rate")]
            let micros = spent as f64 * MICROS_PER_TICK / answers;
            (micros >= 1.0).then(|| format!("{name} {micros:.0} µs"))
        });
        each.collect::<Vec<String>>().join(", ")
    }
}

/// `USER_HZ` is 100 wherever Linux runs.
const MICROS_PER_TICK: f64 = 10_000.0;

/// Parent, name and ticks of a process that is still there.
fn read(id: u32) -> Option<(u32, String, u64)> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name stands in brackets and may hold anything, so what follows is counted from the last one.
    let (head, tail) = stat.rsplit_once(')')?;
    let name = head.split_once('(')?.1.to_owned();
    let fields: Vec<&str> = tail.split_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some((u32::try_from(number(1)?).ok()?, name, number(11)? + number(12)?))
}

fn descends(all: &BTreeMap<u32, (u32, String, u64)>, mut id: u32) -> bool {
    while id != std::process::id() {
        match all.get(&id) {
            Some((parent, ..)) if *parent != 0 => id = *parent,
            _ => return false,
        }
    }
    true
}
