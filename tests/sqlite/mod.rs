//! Promises of the embedded store alone.

mod damage;
mod opening;
mod processes;
mod refusing;
