//! Use cases that time, tokens and ownership decide, on a real store with a clock that the test moves.

#[macro_use]
mod stage;

mod catalogue;
mod guessing;
mod holds;
mod keys;
mod ledger;
mod ownership;
mod remembered;
mod sign_in;
