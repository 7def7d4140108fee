//! One script, two stores: the same output, the same messages, the same exit codes.

use std::collections::HashMap;

use super::program::{Run, Shop};

/// A morning in a shop: what works, what is refused and what is misspelt. Formats vary on purpose.
const SCRIPT: &[&[&str]] = &[
    &["user", "list"],
    &["user", "register", "Ada@Example.com", "--name", "Ada", "--no-password"],
    &["user", "register", "ada@example.COM", "--no-password"],
    &["user", "register", "ada@example.com", "--no-password", "--if-not-exists", "-o", "json"],
    &["user", "register", "not-an-address", "--no-password"],
    &["user", "register", "boss@example.com", "--no-password", "--role", "admin", "-o", "json"],
    &["user", "register", "x@example.com", "--no-password", "--role", "king"],
    &["user", "update", "ada@example.com", "--name", "Ada L.", "--if-version", "1", "-o", "json"],
    &["user", "update", "ada@example.com", "--name", "Late", "--if-version", "1"],
    &["user", "get", "nobody@example.com"],
    &["user", "list", "-o", "jsonl", "--sort", "-email"],
    &["user", "disable", "boss@example.com"],
    &["user", "list", "--status", "disabled", "-o", "csv"],
    &["user", "enable", "boss@example.com", "nobody@example.com"],
    &[
        "product", "create", "MUG", "--name", "Mug", "--price", "12.50", "--stock", "10", "--tag", "cup",
        "-o", "json",
    ],
    &["product", "create", "mug", "--name", "Again", "--price", "1"],
    &["product", "create", "$gt", "--name", "Odd", "--price", "1.00", "--currency", "USD"],
    &["product", "create", "A.B/C:D", "--name", "Odder", "--price", "3", "--currency", "JPY"],
    &["product", "create", "BAD", "--name", "Bad", "--price", "1.999"],
    &["product", "create", "BAD", "--name", "", "--price", "x", "--currency", "EURO", "--status", "sold"],
    &["product", "create", "DRAFT", "--name", "Not yet", "--price", "5.00", "--status", "draft"],
    &["product", "update", "MUG", "--price", "13.00", "-o", "json"],
    &["product", "update", "MUG", "--price", "13.00", "-o", "json"],
    &["product", "list", "-o", "json", "--sort", "sku"],
    &["product", "list", "--query", "mU", "-o", "id"],
    &["product", "list", "--query", ".*"],
    &["product", "list", "--tag", "cup", "--fields", "sku,price"],
    &["product", "list", "--sort", "colour"],
    &["product", "archive", "A.B/C:D"],
    &["inventory", "get", "MUG", "-o", "json"],
    &["inventory", "get", "DRAFT"],
    &["inventory", "set", "$gt", "5", "--expect", "4"],
    &["inventory", "set", "$gt", "5"],
    &["inventory", "set", "$gt", "5"],
    &["inventory", "adjust", "$gt", "-2", "--reason", "broken"],
    &["inventory", "adjust", "$gt", "-9", "--reason", "broken"],
    &["inventory", "receive", "MUG", "3", "--dry-run"],
    &["order", "create", "--user", "ada@example.com", "--item", "MUG:2", "-o", "json"],
    &[
        "order",
        "create",
        "--email",
        "guest@example.com",
        "--item",
        "MUG:5",
        "--item",
        "MUG:6",
        "--item",
        "$gt:9",
    ],
    &["order", "create", "--email", "guest@example.com", "--item", "NOPE:1"],
    &["order", "create", "--email", "guest@example.com", "--item", "DRAFT:1"],
    &["order", "create", "--email", "guest@example.com", "--item", "MUG:1", "--item", "A.B/C:D:1"],
    &["order", "create", "--email", "guest@example.com", "--item", "MUG:1", "--item", "$gt:1"],
    &["order", "create", "--email", "guest@example.com", "--item", "MUG:0"],
    &["order", "create", "--email", "guest@example.com", "--item", "MUG:3", "--external-ref", "X-1"],
    &["order", "create", "--email", "guest@example.com", "--item", "MUG:3", "--external-ref", "X-1"],
    &["order", "update", "1001", "--status", "shipped", "-o", "json"],
    &["order", "update", "1001", "--status", "shipped"],
    &["order", "update", "1001", "--status", "cancelled"],
    &["order", "update", "1001", "--status", "lost"],
    &["order", "update", "1001", "--status", "delivered"],
    &["order", "cancel", "1002", "--reason", "changed my mind", "-o", "json"],
    &["order", "events", "1002", "-o", "json"],
    &["order", "events", "9999"],
    &["order", "list", "-o", "json", "--status", "delivered"],
    &["order", "list", "--user", "ada@example.com", "--fields", "number,status,total"],
    &["order", "delete", "1001", "--yes"],
    &["order", "delete", "1002", "--yes"],
    &["product", "delete", "MUG"],
    &["product", "delete", "MUG", "--yes"],
    &["product", "delete", "$gt", "--yes"],
    &["inventory", "history", "MUG", "-o", "json"],
    &["inventory", "list", "--below", "100", "-o", "json"],
    &["inventory", "delete", "MUG", "--yes"],
    &["user", "delete", "ada@example.com", "--yes"],
];

/// Ids and times are each run's own: they become the order of their first appearance.
fn neutral(text: &str, shop: &Shop, seen: &mut HashMap<String, String>) -> String {
    let text = text.replace(shop.url(), "<store>");
    let mut out = String::new();
    let mut word = String::new();
    let mut flush = |word: &mut String, out: &mut String| {
        let id = word.len() == 30 && ["usr_", "prd_", "ord_"].iter().any(|prefix| word.starts_with(prefix));
        let time = word.len() == 24 && word.ends_with('Z') && word.as_bytes()[10] == b'T';
        if id {
            let next = format!("<id {}>", seen.len());
            out.push_str(seen.entry(word.clone()).or_insert(next));
        } else if time {
            out.push_str("<time>");
        } else {
            out.push_str(word);
        }
        word.clear();
    };
    for c in text.chars() {
        if c.is_alphanumeric() || "_-.:".contains(c) {
            word.push(c);
        } else {
            flush(&mut word, &mut out);
            out.push(c);
        }
    }
    flush(&mut word, &mut out);
    out
}

fn play(shop: &Shop) -> Vec<String> {
    // Only the embedded store says that it was created.
    shop.ok(&["store", "init"]);
    let mut seen = HashMap::new();
    let mut transcript = Vec::new();
    for arguments in SCRIPT {
        let Run { code, stdout, stderr } = shop.run(arguments);
        let told = format!("$ {}\nexit {code:?}\n{stdout}--\n{stderr}", arguments.join(" "));
        transcript.push(neutral(&told, shop, &mut seen));
    }
    transcript
}

#[test]
fn a_script_of_many_commands_says_the_same_on_both_stores() {
    const { assert!(SCRIPT.len() >= 40) };
    let (sqlite, mongodb) = (play(&Shop::on_sqlite()), play(&Shop::on_mongodb()));
    for (on_sqlite, on_mongodb) in sqlite.iter().zip(&mongodb) {
        // Where the store is, and what kind, is all that may differ.
        assert_eq!(on_sqlite, on_mongodb);
        assert!(!on_sqlite.contains("exit Some(1)") && !on_sqlite.contains("exit None"), "{on_sqlite}");
    }
}
