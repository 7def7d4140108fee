//! Writing files: what a [`Reader`](super::Reader) of the same noun reads back as it was.
//!
//! A [`Writer`] takes one thing after the other and holds none of them back, so that a file may be larger than memory. [`Target`] is
//! where the bytes go.

mod foreign;
mod objects;
mod row;
mod safe;
mod table;
mod target;

use std::io::{self, Write};

pub use foreign::{Article, Columns, Family, ForeignWriter, Loss, Losses, System};
pub use target::Target;

use self::objects::Objects;
use self::table::Table;
use super::options::Format;
use super::record::Value;

/// What a file of a noun holds, in the order in which it holds it.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// Fields of the thing.
    pub fields: &'static [&'static str],
    /// Columns of its lines, in a table one row each; empty for things without lines. In JSON a `line_` in front is dropped.
    pub lines: &'static [&'static str],
}

/// One thing, in the order of a [`Layout`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Values of its fields.
    pub values: Vec<Value>,
    /// Values of its lines; at least one where the layout has lines.
    pub lines: Vec<Vec<Value>>,
}

/// How to write.
#[derive(Debug, Clone, Copy)]
pub struct WriteOptions {
    /// How the file is laid out.
    pub format: Format,
    /// Values that a spreadsheet would take for a formula get an apostrophe in front, and a column `excel_safe` that says so, by which
    /// an import takes it off again. Tables only.
    pub excel_safe: bool,
}

/// Writes things.
pub struct Writer<W: Write> {
    out: W,
    shape: Shape,
}

enum Shape {
    Table(Table),
    Objects(Objects),
}

impl<W: Write> Writer<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// Those of the output.
    pub fn new(mut out: W, layout: Layout, options: WriteOptions) -> io::Result<Self> {
        let shape = match options.format {
            Format::Csv => Shape::Table(Table::begin(&mut out, b',', layout, options.excel_safe)?),
            Format::Tsv => Shape::Table(Table::begin(&mut out, b'\t', layout, options.excel_safe)?),
            Format::Json => Shape::Objects(Objects::array(&mut out, layout)?),
            Format::Jsonl => Shape::Objects(Objects::lines(layout)),
        };
        Ok(Self { out, shape })
    }

    /// Writes the next thing.
    ///
    /// # Errors
    /// Those of the output.
    pub fn write(&mut self, entry: &Entry) -> io::Result<()> {
        match &mut self.shape {
            Shape::Table(table) => table.write(&mut self.out, entry),
            Shape::Objects(objects) => objects.write(&mut self.out, entry),
        }
    }

    /// Ends the file and gives the output back.
    ///
    /// # Errors
    /// Those of the output.
    pub fn finish(mut self) -> io::Result<W> {
        if let Shape::Objects(objects) = self.shape {
            objects.end(&mut self.out)?;
        }
        self.out.flush()?;
        Ok(self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYOUT: Layout =
        Layout { fields: &["id", "note", "tags", "history"], lines: &["sku", "line_name"] };

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn entry() -> Entry {
        let step =
            Value::Map(vec![("at".to_owned(), text("now")), ("n".to_owned(), Value::Number("1".into()))]);
        Entry {
            values: vec![
                Value::Number("7".into()),
                text("=1+1, \"two\"\nlines"),
                Value::List(vec![text("a,b"), text(r"c\d")]),
                Value::List(vec![step]),
            ],
            lines: vec![vec![text("MUG"), text("'Mug")], vec![text("CUP"), Value::Null]],
        }
    }

    fn written(format: Format, excel_safe: bool) -> String {
        let mut writer = Writer::new(Vec::new(), LAYOUT, WriteOptions { format, excel_safe }).unwrap();
        writer.write(&entry()).unwrap();
        String::from_utf8(writer.finish().unwrap()).unwrap()
    }

    #[test]
    fn a_table_has_a_row_a_line_and_the_thing_before_each() {
        let thing = r#"7,"=1+1, ""two""
lines","a\,b,c\\d","[{""at"":""now"",""n"":1}]""#;
        let rows = [format!("{thing},MUG,'Mug\n"), format!("{thing},CUP,\n")].concat();
        assert_eq!(written(Format::Csv, false), format!("id,note,tags,history,sku,line_name\n{rows}"));
    }

    #[test]
    fn what_a_spreadsheet_would_run_gets_an_apostrophe_and_a_mark() {
        let table = written(Format::Tsv, true);
        assert!(table.starts_with("id\tnote\ttags\thistory\tsku\tline_name\texcel_safe\n"), "{table}");
        assert!(table.contains("'=1+1") && table.contains("\t''Mug\ttrue\n"), "{table}");
    }

    #[test]
    fn objects_keep_their_types_and_an_array_ends() {
        let object = r#"{"id":7,"note":"=1+1, \"two\"\nlines","tags":["a,b","c\\d"],"history":[{"at":"now","n":1}],"lines":[{"sku":"MUG","name":"'Mug"},{"sku":"CUP","name":null}]}"#;
        assert_eq!(written(Format::Jsonl, true), format!("{object}\n"));
        assert_eq!(written(Format::Json, false), format!("[\n{object}\n]\n"));
        let empty = Writer::new(Vec::new(), LAYOUT, WriteOptions { format: Format::Json, excel_safe: false });
        assert_eq!(empty.unwrap().finish().unwrap(), b"[\n]\n");
    }
}
