//! Items of an order, each naming its product in one of three ways.

use serde::Deserialize;
use utoipa::ToSchema;

use super::json::Object;
use super::problem::FieldProblem;
use crate::service::orders::OrderItem;

/// So many of one product, which is named by exactly one of `sku`, `product_id` and `product`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OrderItem)]
pub(super) struct ItemBody {
    /// By SKU.
    #[schema(example = "MUG-BLUE")]
    sku: Option<String>,
    /// By id.
    product_id: Option<String>,
    /// By id or SKU.
    product: Option<String>,
    /// How many.
    #[schema(minimum = 1, example = 2)]
    quantity: i64,
}

/// Which member names a product.
pub(super) type Member = &'static str;

/// The one member that names a product, and what it says. `at` points to what holds the members.
pub(super) fn product_named(
    at: &str,
    sku: Option<String>,
    product_id: Option<String>,
    product: Option<String>,
) -> Result<(Member, String), FieldProblem> {
    let wrong = |member: Member, code, detail: &str| FieldProblem {
        pointer: format!("{at}/{member}"),
        code,
        detail: detail.to_owned(),
    };
    let given = [("sku", sku), ("product_id", product_id), ("product", product)];
    let mut given = given.into_iter().filter_map(|(member, text)| Some((member, text?)));
    match (given.next(), given.next()) {
        (Some(named), None) => Ok(named),
        (Some(_), Some((second, _))) => Err(wrong(
            second,
            "duplicate_member",
            "the product is named more than once; sku, product_id or product is enough",
        )),
        (None, _) => Err(wrong(
            "sku",
            "missing_member",
            "the product is not named; give its sku, product_id or product",
        )),
    }
}

/// Items as the use cases take them, and how each named its product.
pub(super) struct Items {
    pub(super) items: Vec<OrderItem>,
    members: Vec<Member>,
}

impl Items {
    /// The items, and what is wrong with how they name their products. One that does not name its product goes by a name that is as good as
    /// any, so that the rest can be looked at.
    pub(super) fn read(bodies: Vec<Object<ItemBody>>) -> (Self, Vec<FieldProblem>) {
        let mut read = Self { items: Vec::with_capacity(bodies.len()), members: Vec::new() };
        let mut wrong = Vec::new();
        for (index, Object(body)) in bodies.into_iter().enumerate() {
            let at = format!("/items/{index}");
            let named = product_named(&at, body.sku, body.product_id, body.product);
            let (member, product) = named.unwrap_or_else(|problem| {
                wrong.push(problem);
                ("product", "X".to_owned())
            });
            read.members.push(member);
            read.items.push(OrderItem { product, quantity: body.quantity });
        }
        (read, wrong)
    }

    /// Errors in the members that the client used.
    pub(super) fn point(members: &[Member], errors: &mut [FieldProblem]) {
        for part in errors {
            let index = part.pointer.strip_prefix("/items/").and_then(|rest| rest.strip_suffix("/product"));
            let member = index.and_then(|index| members.get(index.parse::<usize>().ok()?));
            if let (Some(index), Some(member)) = (index, member) {
                part.pointer = format!("/items/{index}/{member}");
            }
        }
    }

    /// The items, and what [`point`](Self::point) needs.
    pub(super) fn split(self) -> (Vec<OrderItem>, Vec<Member>) {
        (self.items, self.members)
    }
}
