//! Flags that every command takes, and which store a command works on.

use super::{Done, Shop, error_code};

#[test]
fn the_embedded_store_is_announced_once() {
    let shop = Shop::empty();
    shop.run("product list").ok().says("created the embedded store");
    shop.run("product list").ok().hides("created the");
    assert!(shop.file().exists());
}

#[test]
fn a_named_file_is_made_by_writing_only() {
    let shop = Shop::empty();
    shop.run("--store sqlite:other.db product list").fails(7).says("hint:");
    shop.run("--store sqlite:other.db product create A --name A --price 1 -n").fails(7);
    assert!(!shop.home().join("other.db").exists());
    shop.run("--store sqlite:other.db product create A --name A --price 1").ok().says("created");
    assert_eq!(shop.listed("--store sqlite:other.db product list", "sku"), ["A"]);
    assert!(shop.listed("product list", "sku").is_empty());
}

#[test]
fn global_flags_stand_anywhere() {
    let shop = Shop::with_mugs();
    let expected = shop.ok("-o json product list");
    assert_eq!(shop.ok("product -o json list"), expected);
    assert_eq!(shop.ok("product list -o json"), expected);
}

#[test]
fn plurals_and_short_verbs_are_understood() {
    let shop = Shop::with_an_order();
    for line in ["products ls", "orders show 1001", "users ls", "inventory ls", "product rm MUG -n"] {
        let done = shop.run(line);
        assert!(matches!(done.code, Some(0 | 4)), "{done:#?}");
    }
}

#[test]
fn the_flag_wins_over_the_environment_and_that_over_mongo_uri() {
    let shop = Shop::empty();
    let origin = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = shop.command();
        command.args(["config", "show", "--origin", "-o", "jsonl"]).args(arguments);
        let done = Done::of(command.envs(variables.iter().copied())).ok();
        let store = done.stdout.lines().find(|line| line.contains("\"store\"")).unwrap().to_owned();
        let store: serde_json::Value = serde_json::from_str(&store).unwrap();
        format!("{} from {}", store["value"].as_str().unwrap(), store["origin"].as_str().unwrap())
    };
    let all = [("SHOPCTL_STORE", "sqlite:env.db"), ("MONGO_URI", "mongodb://ada:secret@h/d?tls=true")];
    assert_eq!(origin(&["--store", "sqlite:flag.db"], &all), "sqlite:flag.db from flag --store");
    assert_eq!(origin(&[], &all), "sqlite:env.db from environment SHOPCTL_STORE");
    assert_eq!(origin(&[], &all[1..]), "mongodb://ada:***@h/d from environment MONGO_URI");
    // Empty counts as unset.
    let empty = [("SHOPCTL_STORE", ""), ("MONGO_URI", "")];
    assert!(origin(&[], &empty).ends_with("shop.db from default"));
}

#[test]
fn a_store_url_may_come_from_a_file() {
    let shop = Shop::empty();
    shop.write("secret", "sqlite:from-file.db\n");
    shop.ok("--store-file secret product create A --name A --price 1");
    assert!(shop.home().join("from-file.db").exists());
    assert_eq!(
        error_code(&shop, "--store-file nowhere product list"),
        (2, "store_file_unreadable".to_owned())
    );
    assert_eq!(error_code(&shop, "--store-file secret --store sqlite:x product list").0, 2);
}

#[test]
fn a_mistyped_url_is_not_repeated() {
    let done = Shop::empty().run("--store mongo://ada:hunter2@h/d product list").fails(2);
    done.says("mongodb://").says("hint: named by flag --store").hides("hunter2");
}

#[test]
fn without_a_home_a_store_must_be_named() {
    let shop = Shop::empty();
    Done::of(shop.command().args(["product", "list"]).env_remove("HOME")).fails(2).says("MONGO_URI");
    Done::of(shop.command().args(["version"]).env_remove("HOME")).ok();
}

#[test]
fn no_help_text_shows_a_secret_of_the_environment() {
    let shop = Shop::empty();
    let secrets =
        [("MONGO_URI", "mongodb://ada:hunter2@h/d"), ("SHOPCTL_STORE", "mongodb://ada:hunter2@h/d")];
    for line in ["--help", "product create --help", "serve --help"] {
        let mut command = shop.command();
        Done::of(command.args(line.split_whitespace()).envs(secrets)).ok().hides("hunter2");
    }
}

#[test]
fn a_dry_run_makes_every_check_and_changes_nothing() {
    let shop = Shop::with_an_order();
    let before = shop.ok("order list --all -o json");
    for line in [
        "product update MUG --price 1",
        "product delete NOPE",
        "order cancel 1001",
        "order delete 1001",
        "order create --email a@b.c --item MUG:3",
        "inventory adjust MUG -3 --reason broken",
        "user register a@b.c --no-password",
    ] {
        let done = shop.run(&format!("{line} -n"));
        match done.code {
            Some(0) => drop(done.says("dry run: nothing was changed")),
            _ => drop(done.fails(3)),
        }
    }
    assert_eq!(error_code(&shop, "order create --email a@b.c --item MUG:9 -n").0, 4);
    assert_eq!(shop.ok("order list --all -o json"), before);
    assert_eq!(shop.mugs(), (10, 2));
    assert_eq!(shop.json("product get MUG")["price"], "12.50");
}

#[test]
fn who_writes_is_noted() {
    let history = Shop::with_an_order().json("order get 1001")["history"].clone();
    assert_eq!(history[0]["actor"], "cli:tester");
}

#[test]
fn more_is_said_when_asked_for() {
    let shop = Shop::with_mugs();
    shop.run("product list -v").ok().says("store: sqlite:");
    shop.run("product list").ok().hides("store:");
}

#[test]
fn help_and_version_are_results() {
    let shop = Shop::empty();
    assert!(shop.ok("--help").contains("Usage: shopctl"));
    assert!(shop.ok("order update --help").contains("--status"));
    let version = format!("shopctl {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!((shop.ok("version"), shop.ok("--version")), (version.clone(), version));
    assert_eq!(shop.json("version")["version"], env!("CARGO_PKG_VERSION"));
    assert!(!shop.file().exists(), "none of them needs a store");
}

#[test]
fn a_noun_alone_shows_its_help_and_is_no_success() {
    for noun in ["user", "product", "order", "inventory", "store", "config"] {
        Shop::empty().run(noun).fails(2).says("Usage: shopctl");
    }
}
