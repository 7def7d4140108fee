//! What is written in any of our layouts is read back, value for value: every noun's own columns, with whatever text people and programs
//! put there.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use shopctl::files::write::{Entry, Layout, WriteOptions, Writer};
use shopctl::files::{Format, Noun, ReadOptions, Record, Value};
use shopctl::service::inventory::Inventory;
use shopctl::service::orders::Orders;
use shopctl::service::products::Products;
use shopctl::service::users::Users;

use super::support::open;

/// Each noun, and what its exports hold.
const NOUNS: [(Noun, Layout); 4] = [
    (Noun::Users, Users::LAYOUT),
    (Noun::Products, Products::LAYOUT),
    (Noun::Orders, Orders::LAYOUT),
    (Noun::Inventory, Inventory::LAYOUT),
];

/// Text that somebody's program stumbles over.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[ -~]{0,12}",
        4 => "[-=+@\t\r\n'\",;|\\\\\u{feff}\u{0}é青\u{85}\u{2028}\u{1f600}]{0,8}",
        2 => any::<String>(),
        1 => Just(String::new()),
        1 => "[a-z\"\r\n,]{3000,6000}",
        1 => (0_i64..).prop_map(|number| (-number).to_string()),
    ]
}

fn some_text() -> impl Strategy<Value = String> {
    hostile().prop_filter("empty", |text| !text.is_empty())
}

fn texts() -> impl Strategy<Value = Value> {
    vec(some_text(), 0..4).prop_map(|items| Value::List(items.into_iter().map(Value::Text).collect()))
}

fn labels() -> impl Strategy<Value = Value> {
    let pairs = btree_map(hostile(), hostile(), 0..4);
    pairs.prop_map(|pairs| {
        Value::Map(pairs.into_iter().map(|(name, text)| (name, Value::Text(text))).collect())
    })
}

/// Values as a column of this name has them.
fn value(column: &str) -> BoxedStrategy<Value> {
    match column {
        "tags" => texts().boxed(),
        "metadata" | "options" => labels().boxed(),
        // At least one step: no order is without.
        "history" => vec(labels(), 1..4).prop_map(Value::List).boxed(),
        "version" | "number" | "on_hand" | "reserved" | "available" | "quantity" | "shipped" => {
            any::<i64>().prop_map(|number| Value::Number(number.to_string())).boxed()
        }
        _ => prop_oneof![1 => Just(Value::Null), 6 => hostile().prop_map(Value::Text)].boxed(),
    }
}

fn values(columns: &'static [&'static str]) -> impl Strategy<Value = Vec<Value>> {
    columns.iter().map(|column| value(column)).collect::<Vec<_>>()
}

fn entry(layout: Layout) -> impl Strategy<Value = Entry> {
    let lines = if layout.lines.is_empty() { 0..1 } else { 1..4 };
    (values(layout.fields), vec(values(layout.lines), lines)).prop_map(move |(values, lines)| Entry {
        values,
        lines: if layout.lines.is_empty() { Vec::new() } else { lines },
    })
}

/// A noun and some things of it, each with a first column that tells it apart.
fn things() -> impl Strategy<Value = (Noun, Layout, Vec<Entry>)> {
    (0..NOUNS.len()).prop_flat_map(|which| {
        let (noun, layout) = NOUNS[which];
        vec(entry(layout), 0..5).prop_map(move |mut entries| {
            for (place, entry) in entries.iter_mut().enumerate() {
                let first = entry.values[0].as_text().unwrap_or_default();
                entry.values[0] = Value::Text(format!("{first}{place}"));
            }
            (noun, layout, entries)
        })
    })
}

fn written(layout: Layout, entries: &[Entry], options: WriteOptions) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), layout, options).unwrap();
    for entry in entries {
        writer.write(entry).unwrap();
    }
    writer.finish().unwrap()
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// A cell as what was written in it. Taken apart here by other means than the importer's.
fn meant(cell: &Value, wrote: &Value) -> Value {
    let Some(text) = cell.as_text() else { return cell.clone() };
    match wrote {
        Value::Null if text.is_empty() => Value::Null,
        Value::Number(_) => Value::Number(text.to_owned()),
        Value::List(items) if items.iter().all(|item| matches!(item, Value::Text(_))) => {
            let mut items = vec![String::new()];
            let mut letters = text.chars();
            while let Some(letter) = letters.next() {
                match letter {
                    '\\' => items.last_mut().unwrap().extend(letters.next()),
                    ',' => items.push(String::new()),
                    letter => items.last_mut().unwrap().push(letter),
                }
            }
            items.retain(|item| !item.is_empty());
            Value::List(items.into_iter().map(Value::Text).collect())
        }
        Value::Map(pairs) if pairs.is_empty() && text.is_empty() => Value::Map(Vec::new()),
        Value::Map(_) | Value::List(_) => of_json(serde_json::from_str(text).unwrap()),
        _ => Value::Text(text.to_owned()),
    }
}

fn of_json(json: serde_json::Value) -> Value {
    match json {
        serde_json::Value::String(text) => Value::Text(text),
        serde_json::Value::Array(items) => Value::List(items.into_iter().map(of_json).collect()),
        serde_json::Value::Object(pairs) => {
            Value::Map(pairs.into_iter().map(|(name, value)| (name, of_json(value))).collect())
        }
        other => panic!("{other} was never written"),
    }
}

/// What a record says, in the order of the columns.
fn said(record: &Record, columns: &[&str], wrote: &[Value]) -> Vec<Value> {
    assert_eq!(record.cells.len(), columns.len(), "{record:?}");
    let cell = |(column, wrote): (&&str, &Value)| {
        let name = column.strip_prefix("line_").unwrap_or(column);
        let cell = record.get(name).unwrap_or_else(|| panic!("{name} of {record:?}"));
        meant(&cell.value, wrote)
    };
    columns.iter().zip(wrote).map(cell).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn what_is_written_is_read_back_value_for_value(
        (noun, layout, entries) in things(),
        format in prop::sample::select(Format::ALL),
        excel_safe in any::<bool>(),
        gzip in any::<bool>(),
    ) {
        let bytes = written(layout, &entries, WriteOptions { format, excel_safe });
        let bytes = if gzip { packed(&bytes) } else { bytes };
        // Nothing, one object a line, is an empty file, which nobody can tell from an empty table.
        let told = (entries.is_empty() && format == Format::Jsonl).then_some(format);
        let reader = open(&bytes, &ReadOptions { format: told, ..ReadOptions::new(noun) }).unwrap();
        prop_assert_eq!(reader.format(), format);
        let records: Vec<Record> = reader.map(Result::unwrap).collect();
        prop_assert_eq!(records.len(), entries.len());
        for (record, entry) in records.iter().zip(&entries) {
            prop_assert_eq!(&said(record, layout.fields, &entry.values), &entry.values);
            prop_assert_eq!(record.lines.len(), entry.lines.len());
            for (line, wrote) in record.lines.iter().zip(&entry.lines) {
                prop_assert_eq!(&said(line, layout.lines, wrote), wrote);
            }
        }
    }
}

#[test]
fn the_longest_values_the_shop_has_are_read_back() {
    // Every letter of four bytes, and each written as several: the most that a product's row can be.
    let long = |letters: usize| "\u{10ffff}".repeat(letters);
    let wide = |letters: usize| "\u{1}".repeat(letters);
    let labels = |count: usize| {
        let pairs = (0..count).map(|n| (format!("{n:02}{}", long(48)), Value::Text(long(500))));
        Value::Map(pairs.collect())
    };
    let tags = Value::List((0..50).map(|n| Value::Text(format!("{n:02}{}", long(48)))).collect());
    let product = |column: &&str| match *column {
        "description" => Value::Text(wide(10_000)),
        "tags" => tags.clone(),
        "metadata" | "options" => labels(50),
        "version" => Value::Number(i64::MAX.to_string()),
        _ => Value::Text(long(200)),
    };
    let layout = Products::LAYOUT;
    let entry = Entry { values: layout.fields.iter().map(product).collect(), lines: Vec::new() };
    for format in Format::ALL {
        let bytes =
            written(layout, std::slice::from_ref(&entry), WriteOptions { format: *format, excel_safe: true });
        let records: Vec<Record> =
            open(&bytes, &ReadOptions::new(Noun::Products)).unwrap().map(Result::unwrap).collect();
        assert!(said(&records[0], layout.fields, &entry.values) == entry.values, "{format}");
    }
}
