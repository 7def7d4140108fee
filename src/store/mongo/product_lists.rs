//! Lists of products, and searches among them.

use mongodb::bson::Document;

use super::filter::Filter;
use super::joined::Condition;
use super::list::{SortKey, Walk};
use super::rows::ProductRow;
use super::search_text::{SEARCH_TEXT, has_tag, holds_words};
use super::shared::Shared;
use crate::domain::money::Currency;
use crate::domain::page::{Page, PageRequest};
use crate::domain::product::{Product, ProductFilter, ProductSort, ProductStatus};
use crate::domain::search::{ProductSearch, Tier};
use crate::domain::text::{Group, Tag};
use crate::store::Result;
use crate::store::search::best_first;

/// A list in the order of `_id`, and what meets conditions that no other index holds: everything that a list asks stands beside its keys.
const BY_ID: &str = "list_status_search_text";
const BY_SKU: &str = "list_status_sku_norm";
const BY_WORD: &str = "list_search_status";

/// Where a search looks.
#[derive(Clone, Copy)]
struct Sought<'a> {
    search: &'a ProductSearch,
    /// For what stands in this tier.
    tier: Tier,
    /// And not for what stands in a better one.
    alone: bool,
}

/// The public sees one status, staff all three: a list of all is merged from one walk for each.
fn statuses(filter: &ProductFilter) -> &[ProductStatus] {
    filter.status.as_ref().map_or(ProductStatus::ALL, std::slice::from_ref)
}

fn of_status(status: ProductStatus) -> Filter {
    let mut built = Filter::default();
    built.equals("status", Some(status.as_str()));
    built
}

/// What a list asks beside status, tag and search.
fn narrow(mut built: Filter, filter: &ProductFilter) -> Filter {
    built
        .equals("group", filter.group.as_ref().map(Group::as_str))
        .equals("currency", filter.currency.map(Currency::code))
        .between("price", filter.min_price, filter.max_price)
        .created(filter.created_after, filter.created_before);
    built
}

/// What a list asks of products with this status, but for a search.
fn matching(filter: &ProductFilter, status: ProductStatus) -> Filter {
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

fn sort_key(field: ProductSort) -> SortKey {
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

impl Sought<'_> {
    /// Whether one stretch of an index is all of it, in order, and tells what else the filter asks.
    fn is_stretch(self, filter: &ProductFilter) -> bool {
        let by_sku = matches!(self.tier, Tier::SkuIs | Tier::SkuBegins);
        by_sku && self.alone && filter.tag.is_none() && filter.group.is_none()
    }

    /// What a list asks of products with this status, as keys of [`BY_ID`] tell it.
    fn matching(self, filter: &ProductFilter, status: ProductStatus) -> Filter {
        let (mut built, search) = (narrow(of_status(status), filter), self.search);
        if let Some(tag) = &filter.tag {
            built.like(SEARCH_TEXT, has_tag(tag.as_str()));
        }
        if self.tier.is_by_sku() {
            self.by_sku(&mut built);
            return built;
        }
        let better = self.tier.better().filter(|_| self.alone).map(|better| search.spans(better));
        if self.alone {
            built.begins_otherwise("sku_norm", search.text());
        }
        built.like(SEARCH_TEXT, holds_words(&search.spans(self.tier), better.as_deref()));
        built
    }

    /// The same as documents of an older schema tell it; what stands in a better tier with it.
    fn matching_older(self, filter: &ProductFilter, status: ProductStatus) -> Document {
        let mut built = matching(filter, status);
        if self.tier.is_by_sku() {
            self.by_sku(&mut built);
        } else {
            self.search.spans(self.tier).iter().for_each(|spans| built.holds("search", spans));
        }
        built.build()
    }

    fn by_sku(self, built: &mut Filter) {
        match self.tier {
            Tier::SkuIs => built.equals("sku_norm", Some(self.search.text())),
            _ => built.begins("sku_norm", self.search.text()),
        };
    }

    /// What each part of it finds by itself, from where a list in the order of `_id` goes on.
    fn parts(self, filter: &ProductFilter, request: &PageRequest<ProductSort>) -> Vec<Condition> {
        let statuses = statuses(filter).iter().map(|status| status.as_str().to_owned());
        let part = |index, add: &dyn Fn(&mut Filter)| {
            let mut built = Filter::default();
            built.any_of("status", statuses.clone().collect());
            add(&mut built);
            if let (SortKey::Id, Some(after)) = (sort_key(request.sort.field), &request.after) {
                built.beyond("_id", &after.id, request.sort.descending);
            }
            Condition { index, filter: built.build() }
        };
        if self.tier.is_by_sku() {
            return vec![part(BY_SKU, &|built| self.by_sku(built))];
        }
        // What is found where a better tier looks too stands in that one.
        let words = if self.alone { self.search.new_spans(self.tier) } else { self.search.spans(self.tier) };
        words.iter().map(|spans| part(BY_WORD, &|built| built.holds("search", spans))).collect()
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

    /// So many of what a search finds, as the request says.
    async fn sought(
        &self,
        sought: Sought<'_>,
        filter: &ProductFilter,
        request: &PageRequest<ProductSort>,
    ) -> Result<Vec<Product>> {
        let stretch = sought.is_stretch(filter);
        let parts = if stretch { Vec::new() } else { sought.parts(filter, request) };
        let found = self.rarest::<ProductRow>(&parts).await?;
        if found.as_ref().is_some_and(Vec::is_empty) {
            return Ok(Vec::new());
        }
        let of_status = |&status: &ProductStatus| {
            let mut built = sought.matching(filter, status);
            // Whatever its status was: it may have changed since.
            if let Some(ids) = &found {
                built.any_of("_id", ids.clone());
            }
            built.build()
        };
        let filters = statuses(filter).iter().map(of_status).collect();
        let older = statuses(filter).iter().map(|&status| sought.matching_older(filter, status)).collect();
        let walk = Walk { filters, index: if stretch { BY_SKU } else { BY_ID }, older };
        self.rows::<ProductRow, _>(&walk, sort_key(request.sort.field), request, request.limit).await
    }
}
