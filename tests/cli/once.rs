//! `--idempotency-key`.

use std::process::Stdio;

use super::{Shop, error_code};

#[test]
fn a_command_with_a_key_is_done_once_and_shows_the_same_again() {
    let shop = Shop::with_mugs();
    let line = "order create --email a@b.c --item MUG:2 --idempotency-key k-1";
    let first = shop.json(line);
    shop.ok(&format!("order cancel {}", first["number"]));
    let again = shop.run(&format!("{line} -o json")).ok();
    assert_eq!(again.json(), first, "as it was then");
    again.says("done before under this idempotency key: nothing was changed");
    // However it is written: the order of flags and the format of the result do not matter.
    let other = "--idempotency-key=k-1 --item MUG:2 --email a@b.c -o id";
    assert_eq!(shop.ok(&format!("order create {other}")).trim(), first["id"].as_str().unwrap());
    assert_eq!(shop.mugs(), (10, 0));
}

#[test]
fn another_command_under_the_same_key_is_refused() {
    let shop = Shop::with_mugs();
    shop.ok("inventory adjust MUG -1 --reason broken --idempotency-key k");
    let (code, what) = error_code(&shop, "inventory adjust MUG -2 --reason broken --idempotency-key k");
    assert_eq!((code, what.as_str()), (5, "idempotency_key_reused"));
    assert_eq!(shop.mugs(), (9, 0));
    shop.ok("inventory adjust MUG -1 --reason broken --idempotency-key k");
    assert_eq!(shop.mugs(), (9, 0));
}

#[test]
fn every_kind_of_write_takes_a_key() {
    let shop = Shop::with_mugs();
    for line in [
        "product create CUP --name Cup --price 1 --stock 5",
        "product update CUP --price 2",
        "product archive CUP",
        "product restore CUP",
        "product delete CUP --yes",
        "user register ada@b.c --no-password",
        "user update ada@b.c --name Ada",
        "user disable ada@b.c",
        "user delete ada@b.c --yes",
        "inventory set MUG 20",
        "inventory receive MUG 5",
        "order create --email a@b.c --item MUG:3",
        "order ship 1001 --item MUG:1",
        "order pay 1001",
        "order refund 1001 --amount 1",
        "order create --email a@b.c --item MUG:3 --note second",
        "order delete 1002 --yes",
    ] {
        let line = format!("{line} --idempotency-key {}", line.replace(' ', "_"));
        let first = shop.run(&line).ok();
        let again = shop.run(&line).ok();
        assert_eq!(first.stdout, again.stdout, "{line}");
        again.says("done before");
    }
    assert_eq!(shop.mugs(), (24, 2));
    shop.ok("doctor");
}

#[test]
fn of_several_ids_each_is_done_once() {
    let shop = Shop::with_mugs();
    for _ in 0..3 {
        shop.ok("order create --email a@b.c --item MUG:1");
    }
    // One cannot be found: the others are done, and not once more.
    shop.run("order ship 1001 --idempotency-key k").ok();
    let first = shop.run("order pay 1001 1002 9999 --idempotency-key k2").ends(8);
    let again = shop.run("order pay 1001 1002 9999 --idempotency-key k2").ends(8);
    assert_eq!(first.stdout, again.stdout);
}

#[test]
fn a_key_that_is_none_is_refused_and_a_dry_run_uses_none_up() {
    let shop = Shop::with_mugs();
    let mut words = vec!["order", "create", "--email", "a@b.c", "--item", "MUG", "--idempotency-key", "a b"];
    shop.run_words(&words).fails(5).says("1 to 255 visible ASCII");
    words[7] = "k";
    words.push("--dry-run");
    shop.run_words(&words).ok();
    words.pop();
    shop.run_words(&words).ok().hides("done before");
    assert_eq!(shop.mugs(), (10, 1));
}

#[test]
fn of_many_processes_with_one_key_one_writes_and_all_say_the_same() {
    let shop = Shop::with_mugs();
    let children: Vec<_> = (0..12)
        .map(|_| {
            let mut command = shop.command();
            let line = "order create --email a@b.c --item MUG --idempotency-key k -o id";
            command.args(line.split(' ')).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
        })
        .collect();
    let mut said: Vec<String> = children
        .into_iter()
        .map(|child| {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success());
            String::from_utf8(output.stdout).unwrap()
        })
        .collect();
    said.dedup();
    assert_eq!(said.len(), 1, "{said:?}");
    assert_eq!(shop.mugs(), (10, 1));
}
