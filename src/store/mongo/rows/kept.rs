//! Documents as they are, damaged or not.

use mongodb::bson::{RawBsonRef, RawDocument, deserialize_from_slice};
use serde::Deserialize;

use super::{MovementRow, OrderRow, ProductRow, Row, StockRow, UserRow, decode, key_of};
use crate::domain::inventory::{Link, StockItem};
use crate::domain::product::Product;
use crate::store::audit::damage;
use crate::store::mongo::search_text::{SEARCH_TEXT, search_text};
use crate::store::{
    Result, StoreError, StoredLine, StoredMovement, StoredOrder, StoredProduct, StoredStock, StoredUser,
};

fn text(raw: &RawDocument, field: &str) -> Option<String> {
    raw.get_str(field).ok().map(str::to_owned)
}

/// The words of a product, one a line, as far as a search finds the product by all of them.
fn words(raw: &RawDocument, product: &Product) -> Option<String> {
    let words = raw.get_array("search").ok()?.into_iter();
    let words: Option<Vec<String>> = words.map(|word| word.ok()?.as_str().map(str::to_owned)).collect();
    let words = words?;
    let both = text(raw, SEARCH_TEXT).is_some_and(|text| text == search_text(&product.tags, &words));
    both.then(|| words.join("\n"))
}

fn whole(raw: &RawDocument, field: &str) -> Option<i64> {
    match raw.get(field) {
        Ok(Some(RawBsonRef::Int64(number))) => Some(number),
        Ok(Some(RawBsonRef::Int32(number))) => Some(i64::from(number)),
        _ => None,
    }
}

/// A user as it is kept.
pub(in crate::store::mongo) fn user(raw: &RawDocument) -> Result<StoredUser> {
    Ok(StoredUser {
        key: key_of(raw),
        user: damage(decode::<UserRow>(raw))?,
        email_norm: text(raw, "email_norm"),
        search: text(raw, "search"),
    })
}

/// A product as it is kept.
pub(in crate::store::mongo) fn product(raw: &RawDocument) -> Result<StoredProduct> {
    let product = damage(decode::<ProductRow>(raw))?;
    Ok(StoredProduct {
        key: key_of(raw),
        sku: text(raw, "sku"),
        sku_norm: text(raw, "sku_norm"),
        search: product.as_ref().ok().and_then(|product| words(raw, product)),
        product,
    })
}

/// A stock record as it is kept.
pub(in crate::store::mongo) fn stock(raw: &RawDocument) -> Result<StoredStock> {
    let item = damage(decode::<StockRow>(raw))?;
    Ok(StoredStock {
        key: key_of(raw),
        sku: text(raw, "sku"),
        sku_norm: text(raw, "sku_norm"),
        on_hand: whole(raw, "on_hand"),
        reserved: whole(raw, "reserved"),
        seq: whole(raw, "seq"),
        // Of one that cannot be read it cannot be told.
        listed: item.as_ref().map_or(true, |item| is_listed(raw, item)),
        damage: item.err(),
    })
}

/// Whether a stock record says of itself what follows from its counts.
fn is_listed(raw: &RawDocument, item: &StockItem) -> bool {
    let low = matches!(raw.get_bool("low"), Ok(true));
    whole(raw, "available") == Some(item.level.available()) && low == item.is_low()
}

/// A movement as it is kept. Its key says of which product and the how-manieth it is.
pub(in crate::store::mongo) fn movement(raw: &RawDocument) -> Result<StoredMovement> {
    let key = key_of(raw);
    let named = key.rsplit_once(':').and_then(|(product, seq)| Some((product, seq.parse::<i64>().ok()?)));
    let (product, seq) = named.unwrap_or((key.as_str(), 0));
    let link = damage(decode::<MovementRow>(raw))?.and_then(|movement| {
        if (movement.product_id.to_string().as_str(), movement.seq) != (product, seq) {
            let found = format!("{} and {}", movement.product_id, movement.seq);
            return Err(format!("_id: {key:?} where product and number are {found}"));
        }
        Ok(Link {
            kind: movement.kind,
            on_hand_delta: movement.on_hand_delta,
            reserved_delta: movement.reserved_delta,
            on_hand_after: movement.on_hand_after,
            reserved_after: movement.reserved_after,
        })
    });
    Ok(StoredMovement { product_id: product.to_owned(), seq, link })
}

/// An order as it is kept.
pub(in crate::store::mongo) fn order(raw: &RawDocument) -> Result<StoredOrder> {
    let row = deserialize_from_slice::<OrderRow>(raw.as_bytes()).map_err(|error| StoreError::Corrupt {
        collection: OrderRow::COLLECTION,
        key: key_of(raw),
        field: "document",
        detail: error.to_string(),
    });
    let (order, derived) = match row {
        Ok(row) => {
            let derived = row.derived();
            (row.into_order().map(|(order, _)| order), Some(derived))
        }
        Err(error) => (Err(error), None),
    };
    Ok(StoredOrder {
        key: key_of(raw),
        number: whole(raw, "number"),
        order: damage(order)?,
        derived,
        lines: lines(raw),
    })
}

/// The lines of an order; none where one of them cannot be read.
pub(in crate::store::mongo) fn lines(raw: &RawDocument) -> Option<Vec<StoredLine>> {
    #[derive(Deserialize)]
    struct Lines {
        lines: Vec<Line>,
    }
    #[derive(Deserialize)]
    struct Line {
        product_id: String,
        quantity: i64,
        shipped: i64,
        cancelled: i64,
        returned: i64,
        restocked: i64,
    }
    let found: Lines = deserialize_from_slice(raw.as_bytes()).ok()?;
    let lines = found.lines.into_iter().map(|line| StoredLine {
        product_id: line.product_id,
        quantity: line.quantity,
        shipped: line.shipped,
        cancelled: line.cancelled,
        returned: line.returned,
        restocked: line.restocked,
    });
    Some(lines.collect())
}

/// What people call an order by, for texts.
pub(in crate::store::mongo) fn order_name(raw: &RawDocument) -> String {
    whole(raw, "number").map_or_else(|| key_of(raw), |number| number.to_string())
}
