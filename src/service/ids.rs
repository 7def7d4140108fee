//! New ids.

use std::sync::{Mutex, PoisonError};

use uuid::{ContextV7, Timestamp as UuidTime, Uuid};

use crate::domain::clock::Timestamp;

/// Counts within a millisecond, so that ids of one process rise also when many are made at once (RFC 9562 §6.2).
static CONTEXT: Mutex<ContextV7> = Mutex::new(ContextV7::new());

/// A new UUIDv7 of this moment.
pub fn new_uuid(now: Timestamp) -> Uuid {
    let millis = u64::try_from(now.as_millis()).unwrap_or(0);
    let nanos = u32::try_from(millis % 1000).unwrap_or(0) * 1_000_000;
    let context = CONTEXT.lock().unwrap_or_else(PoisonError::into_inner);
    Uuid::new_v7(UuidTime::from_unix(&*context, millis / 1000, nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_millisecond_rise() {
        let now = Timestamp::from_millis(1_700_000_000_123).unwrap();
        let ids: Vec<Uuid> = (0..5000).map(|_| new_uuid(now)).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
    }
}
