//! Reading what a search finds, the best first, from any store that can walk one tier of it.

use crate::domain::page::{Page, PageRequest, Position, SortBy, SortValue};
use crate::domain::product::{Product, ProductSort};
use crate::domain::search::{ProductSearch, Tier};

use super::Result;

/// The most rows of one walk. Only a walk that keeps meeting what a better tier has given grows so long.
const LONGEST: usize = 1000;

/// One page of what a search finds. `walk` reads rows of a tier: those whose words or SKU are as the tier says, in the order that the
/// request names, as many as its limit at most; fewer are the last. Products that stand in a better tier may be among them.
pub(super) async fn best_first<F>(
    search: &ProductSearch,
    page: &PageRequest<ProductSort>,
    walk: impl Fn(Tier, PageRequest<ProductSort>) -> F,
) -> Result<Page<Product>>
where
    F: Future<Output = Result<Vec<Product>>>,
{
    // One more than asked for, to know whether more follow.
    let wanted = page.limit.saturating_add(1);
    let (first, mut after) = start(page.after.as_ref());
    let mut found: Vec<Product> = Vec::new();
    for &tier in search.tiers().iter().filter(|tier| **tier >= first) {
        let mut limit = wanted - found.len();
        loop {
            let request = PageRequest { limit, sort: order(tier), after: after.take() };
            let rows = walk(tier, request).await?;
            let last = rows.len() < limit;
            after = rows.last().map(|product| place(tier, product));
            found.extend(rows.into_iter().filter(|product| search.tier(product) == Some(tier)));
            if last || found.len() >= wanted {
                break;
            }
            limit = limit.saturating_mul(2).min(LONGEST);
        }
        if found.len() >= wanted {
            break;
        }
        after = None;
    }
    Ok(Page::from_one_more(found, page.limit))
}

/// Where something stands in the order of a search: its tier, within that of SKUs its SKU, then its id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    tier: Tier,
    sku: String,
    id: String,
}

impl Rank {
    /// Of what has this tier, SKU and id.
    pub(super) fn new(tier: Tier, sku: &str, id: &str) -> Self {
        let sku = if tier == Tier::SkuBegins { sku.to_owned() } else { String::new() };
        Self { tier, sku, id: id.to_owned() }
    }

    /// The id.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Of a product; `None` where it does not answer.
    pub(super) fn of(search: &ProductSearch, product: &Product) -> Option<Self> {
        Some(Self::new(search.tier(product)?, product.sku.norm(), &product.id.to_string()))
    }

    /// Of these those that a page gives, in order, and the one behind it.
    pub(super) fn page(mut ranks: Vec<Self>, page: &PageRequest<ProductSort>) -> Vec<Self> {
        ranks.sort_unstable();
        let after = page.after.as_ref().map(Self::after);
        let first = after.map_or(0, |after| ranks.partition_point(|rank| *rank <= after));
        ranks.drain(..first);
        ranks.truncate(page.limit.saturating_add(1));
        ranks
    }

    /// Behind which a page begins.
    fn after(position: &Position) -> Self {
        let (tier, _) = start(Some(position));
        let sku = match &position.value {
            SortValue::Text(sku) => sku.as_str(),
            SortValue::Int(_) => "",
        };
        Self::new(tier, sku, &position.id)
    }
}

/// In which tier a page begins, and behind which of its rows. A cursor that was made up begins nowhere.
fn start(after: Option<&Position>) -> (Tier, Option<Position>) {
    match after {
        None => (Tier::SkuIs, None),
        Some(position) => {
            let tier = match &position.value {
                SortValue::Text(_) => Tier::SkuBegins,
                SortValue::Int(number) => {
                    let tier = usize::try_from(*number).ok().and_then(|number| Tier::ALL.get(number));
                    tier.copied().unwrap_or(Tier::Anywhere)
                }
            };
            (tier, Some(position.clone()))
        }
    }
}

/// SKUs that begin with the query come in their own order, which an index gives without sorting.
fn order(tier: Tier) -> SortBy<ProductSort> {
    let field = if tier == Tier::SkuBegins { ProductSort::Sku } else { ProductSort::Id };
    SortBy { field, descending: false }
}

fn place(tier: Tier, product: &Product) -> Position {
    let id = product.id.to_string();
    let value = match tier {
        Tier::SkuBegins => SortValue::Text(product.sku.norm().to_owned()),
        _ => SortValue::Text(id.clone()),
    };
    Position { value, id }
}
