//! Aligned columns for people.

use std::io::{self, Write};

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, TableStyle};

use super::printer::{Columns, Encoder, End};
use super::row::Row;
use super::text::visible;
use super::ui::Out;

/// `-o table`. Widths depend on every row, so the rows are held until the end.
pub(super) struct Table<T: Row> {
    columns: Columns<T>,
    headers: bool,
    rows: Vec<Vec<String>>,
}

impl<T: Row> Table<T> {
    pub(super) fn new(columns: Columns<T>, headers: bool) -> Self {
        Self { columns, headers, rows: Vec::new() }
    }
}

impl<T: Row> Encoder<T> for Table<T> {
    fn page(&mut self, _out: &mut Out, rows: &[T]) -> io::Result<()> {
        let cells = |row| self.columns.iter().map(|column| (column.text)(row)).collect();
        self.rows.extend(rows.iter().map(cells));
        Ok(())
    }

    fn end(&mut self, out: &mut Out, _end: &End) -> io::Result<()> {
        let header: Vec<_> = self.columns.iter().map(|column| (column.name, column.number)).collect();
        draw(out, &header, self.headers, std::mem::take(&mut self.rows))
    }
}

/// One thing as names and values, with its own tables below. What is empty is left out.
pub(super) fn one<T: Row>(out: &mut Out, row: &T, columns: &Columns<T>) -> io::Result<()> {
    let details = row.details();
    let replaced = |name: &str| details.iter().any(|detail| detail.column == name);
    let pairs = columns.iter().filter(|column| !replaced(column.name));
    let pairs = pairs.map(|column| vec![column.name.to_owned(), (column.text)(row)]);
    let pairs = pairs.filter(|pair| !pair[1].is_empty()).collect();
    draw(out, &[("", false), ("", false)], false, pairs)?;
    let wanted = |name: &str| columns.iter().any(|column| column.name == name);
    for detail in details.into_iter().filter(|detail| wanted(detail.column)) {
        writeln!(out, "\n{}", detail.title)?;
        draw(out, detail.header, true, detail.rows)?;
    }
    Ok(())
}

fn draw(out: &mut Out, header: &[(&str, bool)], show_header: bool, rows: Vec<Vec<String>>) -> io::Result<()> {
    let mut table = comfy_table::Table::new();
    table.load_style(TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─')));
    table.set_content_arrangement(ContentArrangement::Dynamic);
    if let Some((_, width)) = console::Term::stdout().size_checked() {
        table.set_width(width);
    }
    if show_header {
        table.set_header(header.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    }
    for row in rows {
        table.add_row(row.iter().map(|cell| visible(cell).into_owned()).collect::<Vec<_>>());
    }
    for (index, (_, number)) in header.iter().enumerate() {
        if let Some(column) = table.column_mut(index) {
            column.set_padding((0, 2));
            if *number {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
