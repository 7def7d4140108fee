//! The command line, run as a person or a script runs it: the real program on a real file. The path of a test is its command.

mod audit;
mod config;
mod doctor;
mod exit;
mod export;
mod globals;
mod health;
mod inventory;
mod key;
mod lists;
mod many;
mod once;
mod order;
mod output;
mod pipes;
mod product;
mod prompts;
mod serve;
mod signals;
mod store;
mod token;
mod user;

pub(crate) use crate::support::shop::{Done, Shop, error_code};
