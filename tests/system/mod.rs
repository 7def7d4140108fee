//! The program as its users run it: whole processes, on both kinds of store.

mod completion;
mod copy;
mod crash;
mod doctor;
mod holds;
mod kill;
pub(crate) mod program;
mod same_on_both;
mod same_rules;
mod selftest;
mod stampede;
