//! The figures of a run.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use super::log::Log;
use super::verdict::Verdict;
use crate::support::say::say;

/// A fault and the time from its beginning until all was well again.
pub(super) struct Struck {
    pub(super) what: &'static str,
    pub(super) from: Duration,
    pub(super) to: Duration,
}

/// A run, when it is over.
pub(super) struct Report {
    pub(super) title: String,
    pub(super) lasted: Duration,
    pub(super) struck: Vec<Struck>,
    pub(super) log: Log,
    pub(super) verdict: Verdict,
    /// What did not become well again in time.
    pub(super) unhealed: Vec<String>,
    /// How services ended that were asked to: exit code and time.
    pub(super) ended: Vec<(Option<i32>, Duration)>,
}

/// How long a service may take to end.
const END: Duration = Duration::from_secs(10);

impl Report {
    /// Prints the figures, and fails unless everything is as it should be.
    ///
    /// # Panics
    /// With what is wrong.
    pub(super) fn conclude(&self) {
        say(&self.text());
        let Verdict { lost, duplicate, uninvited, oversold, broken, .. } = &self.verdict;
        let odd = &self.log.odd;
        for (name, problems) in [
            ("lost", lost),
            ("duplicate", duplicate),
            ("refused but there", uninvited),
            ("oversold", oversold),
            ("broken rules", broken),
            ("unhealed", &self.unhealed),
            ("odd answers", odd),
        ] {
            assert!(problems.is_empty(), "{name}: {:#?}", &problems[..problems.len().min(5)]);
        }
        for (code, took) in &self.ended {
            assert!(*code == Some(0) && *took <= END, "SIGTERM: exit {code:?} after {took:?}");
        }
    }

    fn text(&self) -> String {
        let Verdict { lost, duplicate, uninvited, oversold, broken, orders } = &self.verdict;
        let (log, seconds) = (&self.log, self.lasted.as_secs_f64());
        let mut text = format!("\norders under faults on {}: {seconds:.0} s\n", self.title);
        let mut line = |words: std::fmt::Arguments<'_>| {
            let _ = writeln!(text, "  {words}");
        };
        line(format_args!(
            "{} orders acknowledged, {} there; {} refused for lack of stock, {} never heard of, {} questions asked again, \
             {} of them answered by a receipt",
            log.acknowledged.len(),
            orders,
            log.refused.len(),
            log.unheard.len(),
            log.repeats,
            log.replayed
        ));
        line(format_args!("{} faults:", self.struck.len()));
        for (what, (times, pause)) in self.pauses() {
            let pause = pause.as_secs_f64();
            line(format_args!("  {what:<30} {times:>4} times, longest pause {pause:>5.1} s"));
        }
        line(format_args!("slowest order {:.1} s", log.slowest.as_secs_f64()));
        if let Some((_, longest)) = self.ended.iter().max_by_key(|(_, took)| *took) {
            let good = self.ended.iter().filter(|(code, took)| *code == Some(0) && *took <= END).count();
            let (all, longest) = (self.ended.len(), longest.as_secs_f64());
            line(format_args!(
                "SIGTERM: {good} of {all} ended with 0 in time, the slowest after {longest:.1} s"
            ));
        }
        line(format_args!(
            "lost {}, duplicate {}, refused but there {}, oversold {}, rules broken {}, unhealed {}, odd answers {}",
            lost.len(),
            duplicate.len(),
            uninvited.len(),
            oversold.len(),
            broken.len(),
            self.unhealed.len(),
            log.odd.len()
        ));
        text
    }

    /// By kind of fault: how often, and the longest time without an acknowledged order while one lasted.
    fn pauses(&self) -> BTreeMap<&'static str, (usize, Duration)> {
        let mut kinds: BTreeMap<&'static str, (usize, Duration)> = BTreeMap::new();
        let times: Vec<Duration> = self.log.acknowledged.iter().map(|order| order.at).collect();
        for Struck { what, from, to } in &self.struck {
            // Only the part of a gap that lies within: the next fault's begins where this one ends.
            let within = times.windows(2).map(|gap| gap[1].min(*to).saturating_sub(gap[0].max(*from)));
            let longest = within.max().unwrap_or_default();
            let (times, pause) = kinds.entry(what).or_default();
            *times += 1;
            *pause = (*pause).max(longest);
        }
        kinds
    }
}
