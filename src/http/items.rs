//! Items of an order, each naming its product in one of three ways.

use serde::Deserialize;
use utoipa::ToSchema;

use super::json::Object;
use super::problem::{FieldProblem, Problem};
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
    pub(super) fn read(bodies: Vec<Object<ItemBody>>) -> Result<Self, Problem> {
        let mut read = Self { items: Vec::with_capacity(bodies.len()), members: Vec::new() };
        let mut wrong = Vec::new();
        for (index, Object(body)) in bodies.into_iter().enumerate() {
            let at = format!("/items/{index}");
            match product_named(&at, body.sku, body.product_id, body.product) {
                Ok((member, product)) => {
                    read.members.push(member);
                    read.items.push(OrderItem { product, quantity: body.quantity });
                }
                Err(problem) => wrong.push(problem),
            }
        }
        if wrong.is_empty() { Ok(read) } else { Err(Problem::fields(wrong)) }
    }

    /// An error in the members that the client used.
    pub(super) fn point(members: &[Member], mut problem: Problem) -> Problem {
        for part in &mut problem.errors {
            let index = part.pointer.strip_prefix("/items/").and_then(|rest| rest.strip_suffix("/product"));
            let member = index.and_then(|index| members.get(index.parse::<usize>().ok()?));
            if let (Some(index), Some(member)) = (index, member) {
                part.pointer = format!("/items/{index}/{member}");
            }
        }
        problem
    }

    /// The items, and what [`point`](Self::point) needs.
    pub(super) fn split(self) -> (Vec<OrderItem>, Vec<Member>) {
        (self.items, self.members)
    }
}
