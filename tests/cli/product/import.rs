//! How far an import is, on a real terminal and elsewhere.

use std::fmt::Write;

use crate::cli::Shop;
use crate::cli::prompts::{end, on_a_terminal};

/// A shop and a file of so many products.
fn with_file(rows: usize) -> Shop {
    let shop = Shop::empty();
    let mut text = "sku,name,price,description\n".to_owned();
    for n in 0..rows {
        writeln!(text, "SKU-{n},Thing {n},{}.50,{}", n % 90, "x".repeat(n % 200)).unwrap();
    }
    std::fs::write(shop.home().join("things.csv"), text).unwrap();
    shop
}

/// What a line of the meter says, if it is one: what is being done, rows, megabytes and of how many, rate and seconds left.
fn line(text: &str) -> Option<(&str, [f64; 5])> {
    let (what, rest) = text.split_once(": ")?;
    let rest = rest.strip_suffix(" s left")?;
    let mut parts = rest.split(", ");
    let rows = parts.next()?.strip_suffix(" rows")?.parse().ok()?;
    let (done, of) = parts.next()?.strip_suffix(" MB")?.split_once(" of ")?;
    let rate = parts.next()?.strip_suffix(" rows/s")?.parse().ok()?;
    let left = parts.next()?.parse().ok()?;
    Some((what, [rows, done.parse().ok()?, of.parse().ok()?, rate, left]))
}

#[test]
fn a_terminal_shows_rows_bytes_rate_and_what_is_left() {
    let shop = with_file(20_000);
    let (text, code) = end(on_a_terminal(&shop, "product import things.csv"));
    assert_eq!(code, 0, "{text}");
    let bytes = u32::try_from(std::fs::metadata(shop.home().join("things.csv")).unwrap().len()).unwrap();
    let size = f64::from(bytes) / 1e6;
    // Each line is written over the one before.
    let lines: Vec<_> = text.split("\r\x1b[K").filter_map(line).collect();
    for doing in ["checking", "writing"] {
        let of_it: Vec<_> = lines.iter().filter(|(what, _)| *what == doing).map(|(_, said)| said).collect();
        assert!(!of_it.is_empty(), "{doing}: {text}");
        let mut before = 0.0;
        for [rows, done, of, rate, _] in of_it {
            assert!((of - size).abs() <= 0.1 && *done <= *of && *rows <= 20_000.0, "{text}");
            assert!(*rows >= before && (*rows == 0.0 || *rate > 0.0), "{text}");
            before = *rows;
        }
    }
    // And the last one is taken away.
    let after = text.rsplit("\r\x1b[K").next().unwrap();
    assert!(line(after).is_none() && after.contains("things.csv"), "{text}");
}

#[test]
fn where_nobody_looks_or_wants_to_there_is_no_meter() {
    let shop = with_file(5000);
    let run = shop.run("product import things.csv").ok();
    assert_eq!(
        run.stderr.lines().filter(|line| !line.starts_with("created the embedded store")).count(),
        0,
        "{run:#?}"
    );
    assert!(!run.stderr.contains('\r') && !run.stdout.contains('\r'), "{run:#?}");
    let shop = with_file(5000);
    let (text, code) = end(on_a_terminal(&shop, "--quiet product import things.csv"));
    assert!(code == 0 && !text.contains("rows/s") && !text.contains("\x1b[K"), "{text}");
}
