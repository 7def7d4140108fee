//! The names of fields that files may hold: the members of the HTTP interface, which are also the columns of exports.

use super::error::FileError;
use super::options::Noun;

/// The column of the rejects file that says why; passed over when the file comes back.
pub(super) const REASON: &str = "reject_reason";

/// The column that says of each row whether its values were guarded against formulas.
pub(super) const GUARDED: &str = "excel_safe";

/// What a noun's files may hold.
pub(super) struct Known {
    /// Fields of the thing itself.
    fields: &'static [&'static str],
    /// Fields that hold names and values; a table has a column `options.Colour` for each name.
    maps: &'static [&'static str],
    /// Fields of an order's line.
    lines: &'static [&'static str],
}

const PRODUCTS: Known = Known {
    fields: &[
        "id",
        "sku",
        "name",
        "description",
        "tags",
        "metadata",
        "price",
        "currency",
        "status",
        "group",
        "options",
        "stock",
        "version",
        "created_at",
        "updated_at",
    ],
    maps: &["metadata", "options"],
    lines: &[],
};

const USERS: Known = Known {
    fields: &[
        "id",
        "email",
        "name",
        "phone",
        "role",
        "status",
        "password_hash",
        "has_password",
        "version",
        "created_at",
        "updated_at",
    ],
    maps: &[],
    lines: &[],
};

const ORDERS: Known = Known {
    fields: &[
        "id",
        "number",
        "external_ref",
        "customer",
        "user",
        "email",
        "name",
        "address",
        "currency",
        "status",
        "payment_status",
        "total",
        "refunded",
        "note",
        "tracking",
        "hold_until",
        "history",
        "version",
        "created_at",
        "updated_at",
    ],
    maps: &[],
    lines: &[
        "product_id",
        "sku",
        "name",
        "quantity",
        "unit_price",
        "shipped",
        "cancelled",
        "returned",
        "restocked",
        "total",
    ],
};

const INVENTORY: Known = Known {
    fields: &[
        "product_id",
        "sku",
        "on_hand",
        "delta",
        "expected",
        "reserved",
        "available",
        "low_stock_at",
        "reason",
        "version",
        "created_at",
        "updated_at",
    ],
    maps: &[],
    lines: &[],
};

/// What a column or member is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// A field of the thing.
    Thing(String),
    /// A field of an order's line.
    Line(String),
}

/// What files of a noun may hold.
pub(super) fn known(noun: Noun) -> &'static Known {
    match noun {
        Noun::Users => &USERS,
        Noun::Products => &PRODUCTS,
        Noun::Orders => &ORDERS,
        Noun::Inventory => &INVENTORY,
    }
}

impl Known {
    /// What a column of a table is: a field's name in any case, `options.NAME`, or in orders a field of the line. The line's own name,
    /// total and everything else that an order has too begin with `line_`.
    pub(super) fn column(&self, name: &str) -> Option<Place> {
        if let Some(field) = self.member(name) {
            return Some(Place::Thing(field));
        }
        let lower = name.to_ascii_lowercase();
        let of_line = lower.strip_prefix("line_").unwrap_or(&lower);
        self.lines.contains(&of_line).then(|| Place::Line(of_line.to_owned()))
    }

    /// What a member of a JSON object is.
    pub(super) fn member(&self, name: &str) -> Option<String> {
        if let Some((map, key)) = name.split_once('.') {
            let map = map.to_ascii_lowercase();
            let known = self.maps.contains(&map.as_str()) && !key.is_empty();
            return known.then(|| format!("{map}.{key}"));
        }
        let lower = name.to_ascii_lowercase();
        self.fields.contains(&lower.as_str()).then_some(lower)
    }

    /// What a member of a line in a JSON order is.
    pub(super) fn line_member(&self, name: &str) -> Option<String> {
        self.lines.contains(&name).then(|| name.to_owned())
    }

    /// The fields of an order's line.
    pub(super) fn of_lines(&self) -> impl Iterator<Item = &'static str> {
        self.lines.iter().copied()
    }

    /// The refusal of a name that is none of these, with the nearest that is.
    pub(super) fn unknown(&self, what: &str, name: &str) -> FileError {
        let names = self.fields.iter().chain(self.lines).copied();
        let near = nearest(name, names).map_or_else(String::new, |near| format!("; did you mean {near:?}?"));
        FileError::fatal(
            "unknown_column",
            format!(
                "{what} {name:?} is no field of shopctl{near} (--map {}=FIELD says what it is, --map {}=- leaves it \
                 out, --ignore-unknown all such)",
                quoted(name),
                quoted(name)
            ),
        )
        .value(name)
    }
}

/// A name as a shell takes it.
pub(super) fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if name.chars().all(plain) { name.to_owned() } else { format!("'{}'", name.replace('\'', r"'\''")) }
}

/// The name that is most like this one, if one is.
pub(super) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.trim().to_lowercase().replace([' ', '-'], "_");
    names
        .map(|known| (strsim::jaro_winkler(&name, &known.to_lowercase()), known))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_fields_in_any_case() {
        let products = known(Noun::Products);
        assert_eq!(products.column("SKU"), Some(Place::Thing("sku".into())));
        assert_eq!(products.column("Options.Größe"), Some(Place::Thing("options.Größe".into())));
        assert_eq!(products.column("options."), None);
        assert_eq!(products.column("sku.x"), None);
        let orders = known(Noun::Orders);
        assert_eq!(orders.column("name"), Some(Place::Thing("name".into())));
        assert_eq!(orders.column("line_name"), Some(Place::Line("name".into())));
        assert_eq!(orders.column("quantity"), Some(Place::Line("quantity".into())));
    }

    #[test]
    fn an_unknown_column_names_the_nearest_field() {
        let error = known(Noun::Products).unknown("column", "Descripton");
        assert!(error.detail.contains("did you mean \"description\"?"), "{error}");
        let error = known(Noun::Products).unknown("column", "Some field");
        assert!(error.detail.contains("--map 'Some field'=-") && !error.detail.contains("mean"), "{error}");
    }
}
