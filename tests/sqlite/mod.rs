//! Promises of the embedded store alone.

mod damage;
mod kept;
mod migration;
mod opening;
mod processes;
mod refusing;
