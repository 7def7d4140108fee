//! What a record says of a product.

use std::borrow::Cow;

use crate::domain::id::ProductId;
use crate::domain::invalid::Invalid;
use crate::domain::money::Currency;
use crate::domain::number::Quantity;
use crate::domain::sku::Sku;
use crate::files::{Cell, Record, Value};
use crate::service::error::Problem;
use crate::service::fields::Fields;
use crate::service::import::cells::{self, Kept, pointer, wrong};
use crate::service::patch::Patch;
use crate::service::products::draft::{Draft, Entries, Written};

/// What a record says of a product.
pub(in crate::service::import) struct ProductRow {
    pub(super) sku: Sku,
    pub(super) draft: Draft,
    /// First stock, for a product that is made.
    pub(super) stock: Option<Quantity>,
    pub(super) kept: Kept<ProductId>,
}

/// Reads a record. `assumed` is the currency of a price beside which none stands.
pub(super) fn read(record: &Record, assumed: Option<Currency>) -> Result<ProductRow, Vec<Problem>> {
    let mut fields = Fields::new();
    let mut written = Written { assumed, ..Written::default() };
    let (mut stock, mut kept) = (None, Kept::default());
    for cell in &record.cells {
        take(&mut fields, &mut written, &mut stock, &mut kept, cell);
    }
    if written.sku.is_none() {
        fields.problem("/sku", Invalid::new("missing_member", "\"sku\" is missing"));
    }
    let draft = Draft::parse(&mut fields, &written);
    let sku = draft.as_ref().and_then(|draft| draft.sku().cloned());
    match (draft, sku) {
        (Some(draft), Some(sku)) if fields.is_sound() => Ok(ProductRow { sku, draft, stock, kept }),
        _ => Err(fields.into_problems()),
    }
}

fn take<'a>(
    fields: &mut Fields,
    written: &mut Written<'a>,
    stock: &mut Option<Quantity>,
    kept: &mut Kept<ProductId>,
    cell: &'a Cell,
) {
    if kept.take(fields, cell) {
        return;
    }
    if let Some((map, name)) = cell.field.split_once('.') {
        let labels = if map == "options" { &mut written.options } else { &mut written.metadata };
        match (cell.value.is_empty(), cell.value.as_text()) {
            (true, _) => labels.entries.push((name.into(), None)),
            (false, Some(text)) => labels.entries.push((name.into(), Some(text.into()))),
            (false, None) => fields.problem(format!("/{map}/{name}"), wrong("a text")),
        }
        return;
    }
    match &*cell.field {
        "tags" => match tags(&cell.value) {
            Some(patch) => written.tags = patch,
            None => fields.problem("/tags", wrong("a list of texts")),
        },
        "metadata" | "options" => {
            let labels = if &*cell.field == "options" { &mut written.options } else { &mut written.metadata };
            match entries(&cell.value) {
                Some(entries) => {
                    labels.anew = true;
                    labels.entries.extend(entries);
                }
                None => fields.problem(pointer(cell), wrong("an object of names and texts")),
            }
        }
        field => {
            let some = match cells::text(fields, cell) {
                Patch::Keep => return,
                Patch::Clear => None,
                Patch::Set(text) => Some(text),
            };
            let whole = cell.value.as_text().unwrap_or_default();
            match field {
                "sku" => written.sku = Some(whole),
                "name" => written.name = Some(whole),
                "price" => written.price = Some(whole),
                "description" => written.description = some.map_or(Patch::Clear, Patch::Set),
                "group" => written.group = some.map_or(Patch::Clear, Patch::Set),
                // What cannot be empty is left alone by an empty cell.
                "currency" => written.currency = some,
                "status" => written.status = some.map(str::trim),
                "stock" => *stock = some.and_then(|text| fields.check("/stock", text.parse())),
                _ => fields
                    .problem(pointer(cell), Invalid::new("unknown_member", "products have no such field")),
            }
        }
    }
}

/// A list, or texts separated by commas; a comma within a tag has a backslash before it.
fn tags(value: &Value) -> Option<Patch<Vec<Cow<'_, str>>>> {
    if value.is_empty() {
        return Some(Patch::Clear);
    }
    let tags: Option<Vec<Cow<'_, str>>> = match value {
        Value::List(values) => values.iter().map(|value| value.as_text().map(Cow::Borrowed)).collect(),
        value => Some(split(value.as_text()?)),
    };
    tags.map(|tags| if tags.is_empty() { Patch::Clear } else { Patch::Set(tags) })
}

fn split(text: &str) -> Vec<Cow<'_, str>> {
    if !text.contains('\\') {
        return text.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(Cow::Borrowed).collect();
    }
    let (mut tags, mut tag, mut escaped) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        match c {
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            ',' if !escaped => tags.push(std::mem::take(&mut tag)),
            c => tag.push(c),
        }
        escaped = false;
    }
    tags.push(tag);
    tags.into_iter().filter(|tag| !tag.trim().is_empty()).map(Cow::Owned).collect()
}

/// An object, or its text in a cell of a table.
fn entries(value: &Value) -> Option<Entries<'_>> {
    match value {
        value if value.is_empty() => Some(Vec::new()),
        Value::Map(entries) => entries
            .iter()
            .map(|(name, value)| {
                let text = match value {
                    // Within an object only `null` takes an entry away, as in a merge patch.
                    Value::Null => None,
                    value => Some(Cow::Borrowed(value.as_text()?)),
                };
                Some((Cow::Borrowed(name.as_str()), text))
            })
            .collect(),
        value => {
            let entries: std::collections::BTreeMap<String, Option<String>> =
                serde_json::from_str(value.as_text()?).ok()?;
            Some(entries.into_iter().map(|(name, value)| (Cow::Owned(name), value.map(Cow::Owned))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_separated_by_commas_that_no_backslash_precedes() {
        for (text, tags) in [
            ("a,b", vec!["a", "b"]),
            (" a , b ,", vec!["a", "b"]),
            (r"a\,b,c\\,d", vec!["a,b", r"c\", "d"]),
            (r"a\n", vec!["an"]),
        ] {
            assert_eq!(split(text), tags, "{text}");
        }
    }
}
