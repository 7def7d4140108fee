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

/// A line of the meter.
struct Line<'a> {
    what: &'a str,
    rows: f64,
    /// Megabytes, and of how many.
    done: f64,
    of: f64,
    /// Rows a second and seconds left, which the first line of a pass cannot know yet.
    rate: Option<(f64, f64)>,
}

/// What a line says, if it is one of the meter.
fn line(text: &str) -> Option<Line<'_>> {
    let (what, rest) = text.split_once(": ")?;
    let mut parts = rest.split(", ");
    let rows = parts.next()?.strip_suffix(" rows")?.parse().ok()?;
    let (done, of) = parts.next()?.strip_suffix(" MB")?.split_once(" of ")?;
    let rate = parts.next().and_then(|rate| rate.strip_suffix(" rows/s")?.parse().ok());
    let left = parts.next().and_then(|left| left.strip_suffix(" s left")?.parse().ok());
    Some(Line { what, rows, done: done.parse().ok()?, of: of.parse().ok()?, rate: rate.zip(left) })
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
        let of_it: Vec<&Line<'_>> = lines.iter().filter(|line| line.what == doing).collect();
        assert!(!of_it.is_empty(), "{doing}: {text}");
        let mut before = 0.0;
        for Line { rows, done, of, rate, .. } in of_it {
            assert!((of - size).abs() <= 0.1 && *done <= *of && *rows <= 20_000.0, "{text}");
            assert!(*rows >= before && rate.is_none_or(|(rate, _)| *rows == 0.0 || rate > 0.0), "{text}");
            before = *rows;
        }
    }
    // Writing takes longer than the meter waits between two lines.
    assert!(lines.iter().any(|line| line.rate.is_some()), "{text}");
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
