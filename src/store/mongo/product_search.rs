//! Searches for products: ids by a word, a tag or whatever else few have, then what of it stands in a tier, by keys alone.

use std::collections::BTreeMap;

use mongodb::bson::{Document, RawDocumentBuf, doc};

use super::filter::Filter;
use super::joined::{Condition, REPEATS};
use super::list::{SortKey, Walk};
use super::product_lists::{BY_ID, BY_SKU, matching, narrow, of_status, sort_key, statuses};
use super::rows::{ProductRow, key_of};
use super::search_text::{SEARCH_TEXT, has_tag, holds_any, lacks_one, words_in};
use super::shared::Shared;
use crate::domain::page::{Page, PageRequest, Position};
use crate::domain::product::{Product, ProductFilter, ProductSort, ProductStatus};
use crate::domain::search::{ProductSearch, Span, Tier};
use crate::store::Result;
use crate::store::search::Rank;

const BY_WORD: &str = "list_search_status";

/// With so few to look at, all are ranked at once.
const FEW: usize = 100;
/// How many ids of a whole word are looked at for each row that is wanted, before all of them are.
const FIRST: usize = 4;

/// Where a search looks.
#[derive(Clone, Copy)]
pub(super) struct Sought<'a> {
    pub(super) search: &'a ProductSearch,
    /// For what stands in this tier.
    pub(super) tier: Tier,
    /// And not for what stands in a better one.
    pub(super) alone: bool,
}

/// What a list asks of products with this status but for a search, as keys of [`BY_ID`] tell it.
fn filtered(filter: &ProductFilter, status: ProductStatus) -> Filter {
    let mut built = narrow(of_status(status), filter);
    if let Some(tag) = &filter.tag {
        built.like(SEARCH_TEXT, has_tag(tag.as_str()));
    }
    built
}

impl Sought<'_> {
    /// Whether one stretch of an index is all of it, in order, and tells what else the filter asks.
    fn is_stretch(self, filter: &ProductFilter) -> bool {
        self.tier.is_by_sku() && self.alone && filter.tag.is_none() && filter.group.is_none()
    }

    /// What a list asks of products with this status, as keys of [`BY_ID`] tell it.
    fn matching(self, filter: &ProductFilter, status: ProductStatus) -> Filter {
        let (mut built, search) = (filtered(filter, status), self.search);
        if self.tier.is_by_sku() {
            self.by_sku(&mut built);
            return built;
        }
        for spans in search.spans(self.tier) {
            built.like(SEARCH_TEXT, holds_any(&spans));
        }
        if self.alone {
            built.begins_otherwise("sku_norm", search.text());
            if let Some(better) = self.tier.better() {
                built.like(SEARCH_TEXT, lacks_one(&search.spans(better)));
            }
        }
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

    /// What few of many meet, each by itself, from where a list in the order of `_id` goes on.
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
        let mut parts = Vec::new();
        if self.tier.is_by_sku() {
            parts.push(part(BY_SKU, &|built| self.by_sku(built)));
        }
        if let Some(group) = &filter.group {
            parts.push(part("list_group_status", &|built| {
                built.equals("group", Some(group.as_str()));
            }));
        }
        if let Some(tag) = &filter.tag {
            parts.push(part("list_tags_status", &|built| {
                built.equals("tags", Some(tag.as_str()));
            }));
        }
        for spans in &self.words() {
            parts.push(part(BY_WORD, &|built| built.holds("search", spans)));
        }
        parts
    }

    /// For each word the spans by which what stands here is found. What is found where a better tier looks too stands in that one.
    fn words(self) -> Vec<Vec<Span>> {
        if self.tier.is_by_sku() {
            Vec::new()
        } else if self.alone {
            self.search.new_spans(self.tier)
        } else {
            self.search.spans(self.tier)
        }
    }

    /// Which products of these meet the filter, whatever their words.
    fn with_ids(self, filter: &ProductFilter, ids: &[String]) -> Walk {
        let of_status = |&status: &ProductStatus| {
            let mut built = filtered(filter, status);
            built.any_of("_id", ids.to_vec());
            built.build()
        };
        Walk { filters: statuses(filter).iter().map(of_status).collect(), ..self.among(filter, None) }
    }

    /// Which products of these stand here; of all, where it is not known of which.
    fn among(self, filter: &ProductFilter, ids: Option<&[String]>) -> Walk {
        let of_status = |&status: &ProductStatus| {
            let mut built = self.matching(filter, status);
            // Whatever its status was: it may have changed since.
            if let Some(ids) = ids {
                built.any_of("_id", ids.to_vec());
            }
            built.build()
        };
        let index = if self.is_stretch(filter) { BY_SKU } else { BY_ID };
        let filters = statuses(filter).iter().map(of_status).collect();
        let older = statuses(filter).iter().map(|&status| self.matching_older(filter, status)).collect();
        Walk { filters, index, older }
    }
}

impl Shared {
    /// One page by relevance, where a word, the tag or the group picks few products: they are looked at whatever their tier, by their keys
    /// where there are more than the page may read. `None` where not so few are picked, and on a store of an older schema.
    pub(super) async fn few_by_relevance(
        &self,
        search: &ProductSearch,
        filter: &ProductFilter,
        page: &PageRequest<ProductSort>,
    ) -> Result<Option<Page<Product>>> {
        if !self.is_current().await? {
            return Ok(None);
        }
        let sought = Sought { search, tier: search.worst(), alone: false };
        // Where a page begins says nothing of ids.
        let all = PageRequest { after: None, ..page.clone() };
        let (parts, key) = (sought.parts(filter, &all), sort_key(page.sort.field));
        let wanted = page.limit.saturating_add(1);
        for _ in 0..REPEATS {
            let Some(mut ids) = self.at_most_of_any::<ProductRow>(&parts, FEW).await? else {
                return Ok(None);
            };
            let mut ranks = None;
            if ids.len() > wanted {
                let walk = sought.with_ids(filter, &ids);
                let keys = self.walk::<ProductRow, _>(&walk, key, &all, ids.len(), Some(rank_key())).await?;
                let Some(found) = keys_ranked(search, &keys) else { return Ok(None) };
                let found = Rank::page(found, page);
                ids = found.iter().map(|rank| rank.id().to_owned()).collect();
                ranks = Some(found);
            }
            if ids.is_empty() {
                return Ok(Some(Page::from_one_more(Vec::new(), page.limit)));
            }
            let walk = sought.with_ids(filter, &ids);
            let rows = self.rows::<ProductRow, _>(&walk, key, &all, ids.len()).await?;
            let mut found: BTreeMap<Rank, Product> =
                rows.into_iter().filter_map(|row| Some((Rank::of(search, &row)?, row))).collect();
            let given = Rank::page(found.keys().cloned().collect(), page);
            // Otherwise one has changed since its key was read.
            if ranks.is_none_or(|ranks| ranks == given) {
                let rows = given.iter().filter_map(|rank| found.remove(rank)).collect();
                return Ok(Some(Page::from_one_more(rows, page.limit)));
            }
        }
        Ok(None)
    }

    /// So many of what a search finds, as the request says.
    pub(super) async fn sought(
        &self,
        sought: Sought<'_>,
        filter: &ProductFilter,
        request: &PageRequest<ProductSort>,
    ) -> Result<Vec<Product>> {
        let key = sort_key(request.sort.field);
        if sought.is_stretch(filter) {
            let walk = sought.among(filter, None);
            return self.rows::<ProductRow, _>(&walk, key, request, request.limit).await;
        }
        let (mut rows, mut request) = (Vec::new(), request.clone());
        if sought.alone && sought.tier == Tier::NameHolds {
            let last;
            (rows, last) = self.first_of_word(sought, filter, &request).await?;
            request.limit -= rows.len();
            if last.is_none() || request.limit == 0 {
                return Ok(rows);
            }
            request.after = last;
        }
        let found = self.rarest::<ProductRow>(&sought.parts(filter, &request)).await?;
        if found.as_ref().is_none_or(|ids| !ids.is_empty()) {
            let walk = sought.among(filter, found.as_deref());
            rows.extend(self.rows::<ProductRow, _>(&walk, key, &request, request.limit).await?);
        }
        Ok(rows)
    }

    /// The first of what whole words find. The ids of a whole word stand in order, so of one that many products hold a few do. With where
    /// they ended, if there are more.
    async fn first_of_word(
        &self,
        sought: Sought<'_>,
        filter: &ProductFilter,
        request: &PageRequest<ProductSort>,
    ) -> Result<(Vec<Product>, Option<Position>)> {
        let words = sought.words();
        let Some(spans) = words.first() else { return Ok((Vec::new(), None)) };
        let mut built = Filter::default();
        built.any_of("status", statuses(filter).iter().map(|status| status.as_str().to_owned()).collect());
        built.holds("search", spans);
        let (walk, count) = (Walk::by(BY_WORD, built.build()), request.limit.saturating_mul(FIRST));
        let first = self.positions::<ProductRow, _>(&walk, SortKey::Id, request, count).await?;
        let last = first.last().filter(|_| first.len() == count).cloned();
        let ids: Vec<String> = first.into_iter().map(|position| position.id).collect();
        if ids.is_empty() {
            return Ok((Vec::new(), None));
        }
        let walk = sought.among(filter, Some(&ids));
        Ok((self.rows::<ProductRow, _>(&walk, SortKey::Id, request, request.limit).await?, last))
    }
}

/// What a key must tell so that a product can be ranked by it.
fn rank_key() -> Document {
    doc! { "_id": 1, "sku_norm": 1, SEARCH_TEXT: 1 }
}

/// Where what these keys are of stands; `None` where one does not tell.
fn keys_ranked(search: &ProductSearch, keys: &[RawDocumentBuf]) -> Option<Vec<Rank>> {
    let mut ranks = Vec::new();
    for key in keys {
        let (sku, text) = (key.get_str("sku_norm").ok()?, key.get_str(SEARCH_TEXT).ok()?);
        let tier = search.tier_of(sku, &words_in(text));
        ranks.extend(tier.map(|tier| Rank::new(tier, sku, &key_of(key))));
    }
    Some(ranks)
}
