//! The store contract: every promise of the store traits' docs, as a test on every back end.
//!
//! A promise is a function over a fresh store; [`contract!`] runs it on each back end under the same name.

macro_rules! contract {
    ($($promise:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $promise() {
                    super::$promise(&crate::support::store::sqlite_store().await).await;
                }
            )+
        }
        mod mongo {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $promise() {
                    super::$promise(&crate::support::store::mongo_store().await).await;
                }
            )+
        }
    };
}

/// Asserts that a result is this error.
macro_rules! assert_fails {
    ($result:expr, $pattern:pat $(if $guard:expr)?) => {
        match $result {
            Err($pattern) $(if $guard)? => {}
            other => panic!("expected {}, got {:?}", stringify!($pattern), other),
        }
    };
}

mod accounts;
mod audit;
mod holds;
mod imports;
mod inventory;
mod keys;
mod lists;
mod log;
mod maintenance;
mod movements;
mod order_lists;
mod order_steps;
mod orders;
mod premises;
mod product_lists;
mod product_removal;
mod products;
mod receipts;
mod search;
mod sessions;
mod stock_lists;
mod transfer;
mod tries;
mod user_lists;
mod users;
