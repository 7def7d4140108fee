//! Use cases that time, tokens and ownership decide, on a real store with a clock that the test moves.

mod catalogue;
mod ownership;
mod sign_in;
mod stage;
