//! The MongoDB store.
