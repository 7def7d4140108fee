//! argon2 by itself, with the parameters of new passwords.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};

/// Hashes a second on as many threads as a service has for them, each with memory of its own that it keeps.
pub(crate) fn a_second(span: Duration) -> f64 {
    let threads = thread::available_parallelism().map_or(1, usize::from).saturating_sub(1).max(1);
    let (stop, count) = (AtomicBool::new(false), AtomicU32::new(0));
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let params = Params::new(19_456, 2, 1, Some(32)).expect("sound parameters");
                let mut memory = vec![Block::default(); params.block_count()];
                let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
                let mut out = [0; 32];
                while !stop.load(Ordering::Relaxed) {
                    let done = argon.hash_password_into_with_memory(
                        b"correct horse battery",
                        &[7; 16],
                        &mut out,
                        &mut memory,
                    );
                    done.expect("a hash");
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        thread::sleep(span);
        stop.store(true, Ordering::Relaxed);
    });
    f64::from(count.load(Ordering::Relaxed)) / begun.elapsed().as_secs_f64()
}
