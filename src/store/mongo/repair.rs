//! Mending documents, each in one step that looks at the damage again first.

use async_trait::async_trait;
use mongodb::ClientSession;
use mongodb::bson::{Document, RawDocumentBuf, doc};

use super::MongoStore;
use super::error::{code, code_of};
use super::filter::{by_id, by_version, time};
use super::rows::{OrderRow, ProductRow, Row, StockRow, UserRow, encode, kept};
use super::schema::is_low;
use super::search_text::{SEARCH_TEXT, search_text};
use super::shared::Shared;
use super::transaction::{Attempt, Fault, Step};
use crate::domain::clock::Timestamp;
use crate::domain::id::{OrderId, ProductId, UserId};
use crate::domain::inventory::{MovementContext, StockItem};
use crate::domain::number::Version;
use crate::domain::search::words_of;
use crate::store::mend::{differences, order_differences};
use crate::store::{Commit, Derived, Mended, Repair, Result, StockMend, StockPlan, StoreError, plan_stock};

/// How often to look again at a document that others write.
const TRIES: u32 = 8;

/// A stock record to be mended.
struct Stock {
    product: ProductId,
    context: MovementContext,
}

#[async_trait]
impl Step for Stock {
    type Output = Mended;

    async fn run(&self, store: &Shared, session: &mut ClientSession) -> Attempt<Mended> {
        let account = store.account_in(session, self.product).await?;
        let mend = match plan_stock(&account) {
            StockPlan::Sound => return Ok(Mended::Sound),
            StockPlan::Cannot(why) => return Ok(Mended::Cannot(why)),
            StockPlan::Write(mend) => mend,
        };
        if account.stock.is_some() {
            self.update(store, session, &mend).await?;
        } else {
            self.insert(store, session, &mend).await?;
        }
        if let Some(movement) = mend.movement(self.product, &self.context) {
            store.write_movements(session, &[&movement]).await?;
        }
        Ok(Mended::Done(mend.what))
    }
}

impl Stock {
    /// Writes over the record. Nobody else can have written it: the server ends one of two transactions that do.
    async fn update(&self, store: &Shared, session: &mut ClientSession, mend: &StockMend) -> Attempt<()> {
        let version = doc! { "$cond": [{ "$isNumber": "$version" }, { "$toLong": { "$max": ["$version", 0] } }, 0_i64] };
        let fields = doc! {
            "product_id": self.product.to_string(),
            "sku": { "$literal": mend.sku.as_str() },
            "sku_norm": { "$literal": mend.sku.norm() },
            "on_hand": mend.level.on_hand(),
            "reserved": mend.level.reserved(),
            "available": mend.level.available(),
            "low": { "$cond": [is_low(mend.level.available()), true, "$$REMOVE"] },
            "seq": mend.seq(),
            "version": { "$add": [version, 1_i64] },
            "updated_at": time(self.context.at),
        };
        let done = store
            .of::<StockRow>()
            .update_one(by_id(self.product), vec![doc! { "$set": fields }])
            .session(session)
            .await?;
        if done.matched_count == 1 { Ok(()) } else { Err(Fault::Again) }
    }

    async fn insert(&self, store: &Shared, session: &mut ClientSession, mend: &StockMend) -> Attempt<()> {
        let empty = StockItem::empty(self.product, mend.sku.clone(), self.context.at, mend.seq());
        let row = encode::<StockRow>(&StockItem { level: mend.level, version: Version::FIRST, ..empty })?;
        match store.of::<StockRow>().insert_one(row).session(session).await {
            Ok(_) => Ok(()),
            Err(error) if code_of(&error) == Some(code::DUPLICATE_KEY) => Err(Fault::Again),
            Err(error) => Err(error.into()),
        }
    }
}

/// What a document needs.
enum Need {
    Nothing,
    Cannot(String),
    Write { version: Version, fields: Document, what: String },
}

fn unreadable(damage: &str) -> Need {
    Need::Cannot(format!("it cannot be read: {damage}"))
}

fn need(version: Version, what: String, fields: Document) -> Need {
    if what.is_empty() { Need::Nothing } else { Need::Write { version, fields, what } }
}

fn order_need(raw: &RawDocumentBuf) -> Result<Need> {
    let found = kept::order(raw)?;
    let order = match found.order {
        Ok(order) => order,
        Err(damage) => return Ok(unreadable(&damage)),
    };
    let (Some(kept), Some(wanted)) = (found.derived, Derived::of(&order)) else {
        return Ok(Need::Cannot("its lines sum to more than can be written".to_owned()));
    };
    let what = order_differences(&kept, &wanted);
    let mut fields = doc! {
        "status": wanted.status, "payment_status": wanted.payment_status, "total": wanted.total,
        "search": wanted.search,
    };
    fields.extend(wanted.email_norm.map(|norm| ("customer.email_norm".to_owned(), norm.into())));
    for (line, total) in wanted.line_totals.iter().flatten().enumerate() {
        fields.insert(format!("lines.{line}.total"), *total);
    }
    Ok(need(order.version, what, fields))
}

fn product_need(raw: &RawDocumentBuf) -> Result<Need> {
    let found = kept::product(raw)?;
    let product = match found.product {
        Ok(product) => product,
        Err(damage) => return Ok(unreadable(&damage)),
    };
    let search = product.search_text();
    let what = differences(&[
        ("sku_norm", found.sku_norm.as_deref(), product.sku.norm()),
        ("search", found.search.as_deref(), &search),
    ]);
    let words = words_of(&product);
    let fields = doc! {
        "sku_norm": product.sku.norm(), SEARCH_TEXT: search_text(&product.tags, &words), "search": words,
    };
    Ok(need(product.version, what, fields))
}

fn user_need(raw: &RawDocumentBuf) -> Result<Need> {
    let found = kept::user(raw)?;
    let user = match found.user {
        Ok(user) => user,
        Err(damage) => return Ok(unreadable(&damage)),
    };
    let search = user.search_text();
    let what = differences(&[
        ("email_norm", found.email_norm.as_deref(), user.email.norm()),
        ("search", found.search.as_deref(), &search),
    ]);
    Ok(need(user.version, what, doc! { "email_norm": user.email.norm(), "search": search }))
}

impl Shared {
    /// Mends one document by itself, as long as it is the version that was looked at.
    async fn mend<R: Row>(
        &self,
        id: String,
        at: Timestamp,
        commit: Commit,
        look: fn(&RawDocumentBuf) -> Result<Need>,
    ) -> Result<Mended> {
        for _ in 0..TRIES {
            let found = self.of::<R>().find_one(by_id(&id)).await.map_err(|error| self.explain(&error))?;
            let Some(raw) = found else { return Ok(Mended::Cannot("it is gone".to_owned())) };
            let (version, mut fields, what) = match look(&raw)? {
                Need::Nothing => return Ok(Mended::Sound),
                Need::Cannot(why) => return Ok(Mended::Cannot(why)),
                Need::Write { version, fields, what } => (version, fields, what),
            };
            if commit.is_dry_run() {
                return Ok(Mended::Done(what));
            }
            fields.extend(doc! { "version": version.next().get(), "updated_at": time(at) });
            let done = self.of::<R>().update_one(by_version(&id, version), doc! { "$set": fields }).await;
            if done.map_err(|error| self.explain(&error))?.matched_count == 1 {
                return Ok(Mended::Done(what));
            }
        }
        Err(StoreError::Timeout)
    }
}

#[async_trait]
impl Repair for MongoStore {
    async fn mend_stock(
        &self,
        product: ProductId,
        context: &MovementContext,
        commit: Commit,
    ) -> Result<Mended> {
        let step = Stock { product, context: context.clone() };
        self.run(async move |store| {
            store.ready(&commit).await?;
            store.transact(&step, &commit).await
        })
        .await
    }

    async fn mend_order(&self, order: OrderId, at: Timestamp, commit: Commit) -> Result<Mended> {
        let id = order.to_string();
        self.run(async move |store| store.mend::<OrderRow>(id, at, commit, order_need).await).await
    }

    async fn mend_product(&self, product: ProductId, at: Timestamp, commit: Commit) -> Result<Mended> {
        let id = product.to_string();
        self.run(async move |store| store.mend::<ProductRow>(id, at, commit, product_need).await).await
    }

    async fn mend_user(&self, user: UserId, at: Timestamp, commit: Commit) -> Result<Mended> {
        let id = user.to_string();
        self.run(async move |store| store.mend::<UserRow>(id, at, commit, user_need).await).await
    }

    async fn mend_numbering(&self, commit: Commit) -> Result<Mended> {
        self.run(async move |store| {
            let numbering = store.numbering().await?;
            let Some(largest) = numbering.largest.filter(|_| numbering.is_behind()) else {
                return Ok(Mended::Sound);
            };
            if !commit.is_dry_run() {
                store.raise_order_number(largest).await?;
            }
            Ok(Mended::Done(format!("the counter of order numbers is at {largest}")))
        })
        .await
    }
}
