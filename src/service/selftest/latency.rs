//! How long something took, many times, in little memory.

use std::time::Duration;

/// Each power of two has this many steps, so that a figure is off by 3 % at most.
const STEPS: u64 = 32;

/// How often each duration was seen, in microseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Latency {
    buckets: Vec<u64>,
    count: u64,
    longest: Duration,
}

fn bucket(micros: u64) -> usize {
    if micros < 2 * STEPS {
        return usize::try_from(micros).unwrap_or_default();
    }
    let shift = u64::from(micros.ilog2()) - 5;
    usize::try_from(shift * STEPS + (micros >> shift)).unwrap_or(usize::MAX)
}

/// The smallest duration of a bucket.
fn least(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < 2 * STEPS {
        return bucket;
    }
    let shift = bucket / STEPS - 1;
    (bucket - shift * STEPS) << shift
}

impl Latency {
    /// Notes that it took this long once.
    pub fn note(&mut self, took: Duration) {
        let bucket = bucket(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
        if self.buckets.len() <= bucket {
            self.buckets.resize(bucket + 1, 0);
        }
        self.buckets[bucket] += 1;
        self.count += 1;
        self.longest = self.longest.max(took);
    }

    /// Adds what another has noted.
    pub fn add(&mut self, other: &Self) {
        if self.buckets.len() < other.buckets.len() {
            self.buckets.resize(other.buckets.len(), 0);
        }
        for (sum, count) in self.buckets.iter_mut().zip(&other.buckets) {
            *sum += count;
        }
        self.count += other.count;
        self.longest = self.longest.max(other.longest);
    }

    /// What `percent` of all took at most; zero where there is nothing.
    pub fn percentile(&self, percent: u64) -> Duration {
        let wanted = (self.count * percent).div_ceil(100);
        let mut seen = 0;
        for (bucket, count) in self.buckets.iter().enumerate() {
            seen += count;
            if seen >= wanted && *count > 0 {
                return Duration::from_micros(least(bucket));
            }
        }
        Duration::ZERO
    }

    /// The longest.
    pub fn longest(&self) -> Duration {
        self.longest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_off_by_3_percent_at_most() {
        for micros in [0, 1, 63, 64, 65, 1000, 12_345, 999_999, 60_000_000, u64::from(u32::MAX) * 1000] {
            let found = least(bucket(micros));
            assert!(found <= micros && micros - found <= micros / 32, "{micros} {found}");
        }
    }

    #[test]
    fn percentiles_of_a_hundred() {
        let (mut odd, mut even) = (Latency::default(), Latency::default());
        for n in 1..=50 {
            odd.note(Duration::from_micros(2 * n - 1));
            even.note(Duration::from_micros(2 * n));
        }
        odd.add(&even);
        assert_eq!(odd.percentile(50), Duration::from_micros(50));
        assert!(
            odd.percentile(99) >= Duration::from_micros(96) && odd.longest() == Duration::from_micros(100)
        );
        assert_eq!(Latency::default().percentile(99), Duration::ZERO);
    }
}
