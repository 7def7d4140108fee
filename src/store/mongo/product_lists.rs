//! Lists of products.

use super::filter::Filter;
use super::list::{SortKey, Walk};
use super::product_search::Sought;
use super::rows::ProductRow;
use super::shared::Shared;
use crate::domain::money::Currency;
use crate::domain::page::{Page, PageRequest};
use crate::domain::product::{Product, ProductFilter, ProductSort, ProductStatus};
use crate::domain::text::{Group, Tag};
use crate::store::Result;
use crate::store::search::best_first;

/// A list in the order of `_id`, and what meets conditions that no other index holds: everything that a list asks stands beside its keys.
pub(super) const BY_ID: &str = "list_status_search_text";
pub(super) const BY_SKU: &str = "list_status_sku_norm";

/// The public sees one status, staff all three: a list of all is merged from one walk for each.
pub(super) fn statuses(filter: &ProductFilter) -> &[ProductStatus] {
    filter.status.as_ref().map_or(ProductStatus::ALL, std::slice::from_ref)
}

pub(super) fn of_status(status: ProductStatus) -> Filter {
    let mut built = Filter::default();
    built.equals("status", Some(status.as_str()));
    built
}

/// What a list asks beside status, tag and search.
pub(super) fn narrow(mut built: Filter, filter: &ProductFilter) -> Filter {
    built
        .equals("group", filter.group.as_ref().map(Group::as_str))
        .equals("currency", filter.currency.map(Currency::code))
        .between("price", filter.min_price, filter.max_price)
        .created(filter.created_after, filter.created_before);
    built
}

/// What a list asks of products with this status, but for a search.
pub(super) fn matching(filter: &ProductFilter, status: ProductStatus) -> Filter {
    let mut built = narrow(of_status(status), filter);
    built.equals("tags", filter.tag.as_ref().map(Tag::as_str));
    built
}

/// By which index a list without a search is found: that of the filter that picks the fewest, else that of its order.
fn index_for(filter: &ProductFilter, sort: ProductSort) -> &'static str {
    match sort {
        _ if filter.group.is_some() => "list_group_status",
        _ if filter.tag.is_some() => "list_tags_status",
        ProductSort::Id | ProductSort::Relevance => BY_ID,
        ProductSort::CreatedAt => "list_status_created_at",
        ProductSort::UpdatedAt => "list_status_updated_at",
        ProductSort::Sku => BY_SKU,
        ProductSort::Name => "list_status_name",
        ProductSort::Price => "list_status_price",
    }
}

pub(super) fn sort_key(field: ProductSort) -> SortKey {
    match field {
        // Without a search all are equally relevant.
        ProductSort::Id | ProductSort::Relevance => SortKey::Id,
        ProductSort::CreatedAt => SortKey::Time("created_at"),
        ProductSort::UpdatedAt => SortKey::Time("updated_at"),
        ProductSort::Sku => SortKey::Unique("sku_norm"),
        ProductSort::Name => SortKey::Field("name"),
        ProductSort::Price => SortKey::Field("price"),
    }
}

impl Shared {
    /// One page of the products that match.
    pub(super) async fn list_products(
        &self,
        filter: &ProductFilter,
        page: &PageRequest<ProductSort>,
    ) -> Result<Page<Product>> {
        match &filter.query {
            None => {
                let filters =
                    statuses(filter).iter().map(|&status| matching(filter, status).build()).collect();
                let index = index_for(filter, page.sort.field);
                let walk = Walk { filters, index, older: Vec::new() };
                self.page::<ProductRow, _>(&walk, sort_key(page.sort.field), page).await
            }
            Some(search) if page.sort.field == ProductSort::Relevance => {
                if let Some(few) = self.few_by_relevance(search, filter, page).await? {
                    return Ok(few);
                }
                let walk = async |tier, request| {
                    self.sought(Sought { search, tier, alone: true }, filter, &request).await
                };
                best_first(search, page, walk).await
            }
            Some(search) => {
                let sought = Sought { search, tier: search.worst(), alone: false };
                // One more than asked for, to know whether more follow.
                let request = PageRequest { limit: page.limit.saturating_add(1), ..page.clone() };
                let rows = self.sought(sought, filter, &request).await?;
                Ok(Page::from_one_more(rows, page.limit))
            }
        }
    }
}
