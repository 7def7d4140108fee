//! Many processes on one file, and processes that are killed.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Instant;

use shopctl::store::open::{OpenOptions, StoreUrl, open};

use crate::support::dump::{assert_sound, dump};
use crate::support::store::fresh_path;

/// A shop in a directory that no other test knows, with nothing of the environment's own.
struct Shop {
    directory: tempfile::TempDir,
    path: PathBuf,
}

impl Shop {
    fn fresh() -> Self {
        let (directory, path) = fresh_path();
        Self { directory, path }
    }

    fn start(&self, arguments: &[&str]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_shopctl"))
            .args(arguments)
            .env_clear()
            .env("HOME", self.directory.path())
            .env("SHOPCTL_STORE", format!("sqlite:{}", self.path.display()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts")
    }

    fn run(&self, arguments: &[&str]) -> String {
        let output = self.start(arguments).wait_with_output().expect("its output");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).expect("text")
    }

    /// Runs one command in 64 processes at once.
    fn run_64(&self, arguments: impl Fn(usize) -> Vec<String>) -> Vec<Output> {
        let started: Vec<Child> = (0..64)
            .map(|n| {
                let arguments = arguments(n);
                self.start(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
            })
            .collect();
        started.into_iter().map(|child| child.wait_with_output().expect("its output")).collect()
    }
}

fn words(command: &str) -> Vec<String> {
    command.split(' ').map(str::to_owned).collect()
}

async fn assert_shop_sound(path: &Path) -> shopctl::store::Counts {
    let store = open(&StoreUrl::Sqlite(path.to_owned()), &OpenOptions::default()).await.unwrap();
    assert_sound(&store).await;
    for check in store.check_structure().await.unwrap() {
        assert_eq!(check.problem, None, "{}", check.name);
    }
    let counts = dump(&store).await.counts;
    store.close().await;
    counts
}

#[tokio::test]
async fn sixty_four_processes_meet_a_fresh_path_and_none_fails() {
    let shop = Shop::fresh();
    let outputs =
        shop.run_64(|n| words(&format!("product create P{n} --name P --price 1.00 --currency EUR")));
    for output in outputs {
        assert!(output.status.success(), "{output:?}");
    }
    assert_eq!(assert_shop_sound(&shop.path).await.products, 64);
}

#[tokio::test]
async fn of_64_processes_that_order_10_pieces_exactly_10_get_one() {
    let shop = Shop::fresh();
    shop.run(&[
        "product",
        "create",
        "MUG",
        "--name",
        "Mug",
        "--price",
        "5",
        "--currency",
        "EUR",
        "--stock",
        "10",
    ]);
    let outputs = shop.run_64(|_| words("order create --email a@example.com --item MUG:1"));
    let (placed, refused): (Vec<_>, Vec<_>) = outputs.iter().partition(|output| output.status.success());
    assert_eq!((placed.len(), refused.len()), (10, 54));
    for output in refused {
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(4), "{told}");
        assert!(told.contains("MUG") && told.contains("available 0"), "{told}");
        assert!(output.stdout.is_empty());
    }
    let counts = assert_shop_sound(&shop.path).await;
    assert_eq!((counts.orders, counts.stock_movements), (10, 11));
}

#[tokio::test]
async fn a_process_killed_at_any_moment_leaves_no_half_step() {
    let shop = Shop::fresh();
    shop.run(&[
        "product",
        "create",
        "MUG",
        "--name",
        "Mug",
        "--price",
        "5",
        "--currency",
        "EUR",
        "--stock",
        "500",
    ]);
    let begun = Instant::now();
    shop.run(&["order", "create", "--email", "a@example.com", "--item", "MUG:2"]);
    let whole = begun.elapsed();
    let mut acknowledged = Vec::new();
    for n in 0..80_u32 {
        let command = match n % 4 {
            0 => words("inventory adjust MUG +1 --reason found"),
            1 => words(&format!("user register --email u{n}@example.com --no-password -o id")),
            _ => words("order create --email a@example.com --item MUG:2 -o id"),
        };
        let mut child = shop.start(&command.iter().map(String::as_str).collect::<Vec<_>>());
        // From the first instruction to past the last one. Nothing hangs on the moment: the rules hold at each.
        std::thread::sleep(whole * n / 60);
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        acknowledged.extend(said.lines().filter(|line| line.starts_with("ord_")).map(str::to_owned));
    }
    let counts = assert_shop_sound(&shop.path).await;
    assert!(counts.orders >= acknowledged.len() as u64);
    for id in &acknowledged {
        shop.run(&["order", "get", id]);
    }
    shop.run(&["order", "create", "--email", "a@example.com", "--item", "MUG:2"]);
}
