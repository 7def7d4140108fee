//! Promises of the embedded store alone.

mod opening;
