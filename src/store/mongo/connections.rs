//! How many connections to the servers there are, as the driver tells.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use mongodb::event::EventHandler;
use mongodb::event::cmap::CmapEvent;
use mongodb::options::ClientOptions;

use crate::store::PoolUse;

/// Counts of all servers' pools together.
#[derive(Clone, Default)]
pub(super) struct Connections {
    counts: Arc<Counts>,
    most: u64,
}

#[derive(Default)]
struct Counts {
    open: AtomicU64,
    in_use: AtomicU64,
}

impl Connections {
    /// Counts what a client with these options opens.
    pub(super) fn count(options: &mut ClientOptions) -> Self {
        let counts = Arc::new(Counts::default());
        let most = options.max_pool_size.map_or(0, u64::from);
        let told = Arc::clone(&counts);
        options.cmap_event_handler = Some(EventHandler::callback(move |event| match event {
            CmapEvent::ConnectionCreated(_) => rise(&told.open),
            CmapEvent::ConnectionClosed(_) => fall(&told.open),
            CmapEvent::ConnectionCheckedOut(_) => rise(&told.in_use),
            CmapEvent::ConnectionCheckedIn(_) => fall(&told.in_use),
            _ => {}
        }));
        Self { counts, most }
    }

    pub(super) fn now(&self) -> PoolUse {
        PoolUse {
            in_use: self.counts.in_use.load(Ordering::Relaxed),
            open: self.counts.open.load(Ordering::Relaxed),
            most: self.most,
        }
    }
}

fn rise(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}

/// Events of different connections may overtake each other: a count never falls below nothing.
fn fall(count: &AtomicU64) {
    let _ = count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| now.checked_sub(1));
}
