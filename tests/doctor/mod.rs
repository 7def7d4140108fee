//! The doctor: finds what was damaged behind the store's back, mends what can be worked out, and never sees damage where
//! there is only work going on.

mod busy;
mod case;
mod damage;
mod key_cases;
mod order_cases;
mod patient;
mod repair;
mod stock_cases;
