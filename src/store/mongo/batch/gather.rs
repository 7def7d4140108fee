//! Several queries of a transaction with one command.
//!
//! Between the reading of stock and the commit nobody else can sell that product, and most of what a query costs there is the way to the
//! server and back. So queries of several collections go together, as one aggregation that joins what they find.

use mongodb::ClientSession;
use mongodb::bson::{Document, RawDocumentBuf, doc};

use crate::store::mongo::shared::Shared;
use crate::store::mongo::transaction::Attempt;

/// What to look for in a collection.
pub(super) struct Query {
    pub(super) collection: &'static str,
    pub(super) filter: Document,
    /// Which fields are wanted; all without.
    pub(super) fields: Option<Document>,
}

impl Query {
    fn stages(&self) -> Vec<Document> {
        let mut stages = vec![doc! { "$match": self.filter.clone() }];
        stages.extend(self.fields.clone().map(|fields| doc! { "$project": fields }));
        stages
    }
}

/// Where what a query has found stands in the answer.
fn place(number: usize) -> String {
    format!("query_{number}")
}

impl Shared {
    /// What each of these finds, in their order; nothing for one that is not asked.
    pub(super) async fn gather<const N: usize>(
        &self,
        session: &mut ClientSession,
        queries: [Option<Query>; N],
    ) -> Attempt<[Vec<RawDocumentBuf>; N]> {
        let mut found = [const { Vec::new() }; N];
        let asked =
            || queries.iter().enumerate().filter_map(|(number, query)| Some((number, query.as_ref()?)));
        // Within transactions, older routers do not join collections that are spread over shards.
        if asked().count() < 2 || self.is_sharded().await? {
            for (number, query) in asked() {
                found[number] = self.find_all(session, query).await?;
            }
            return Ok(found);
        }
        let mut asked = asked();
        let Some((number, first)) = asked.next() else { return Ok(found) };
        let mut stages = first.stages();
        // One document whatever was found, to which the rest is joined.
        stages.push(doc! { "$facet": { place(number): [{ "$match": {} }] } });
        stages.extend(asked.map(|(number, query)| {
            doc! { "$lookup": { "from": query.collection, "pipeline": query.stages(), "as": place(number) } }
        }));
        let mut cursor = self.documents(first.collection).aggregate(stages).session(&mut *session).await?;
        while cursor.advance(session).await? {
            let answer = cursor.current();
            for (number, found) in found.iter_mut().enumerate() {
                let Ok(documents) = answer.get_array(place(number)) else { continue };
                let documents =
                    documents.into_iter().filter_map(|item| Some(item.ok()?.as_document()?.to_owned()));
                found.extend(documents);
            }
        }
        Ok(found)
    }

    async fn find_all(&self, session: &mut ClientSession, query: &Query) -> Attempt<Vec<RawDocumentBuf>> {
        let documents = self.documents(query.collection);
        let mut find = documents.find(query.filter.clone());
        if let Some(fields) = query.fields.clone() {
            find = find.projection(fields);
        }
        let mut cursor = find.session(&mut *session).await?;
        let mut found = Vec::new();
        while cursor.advance(session).await? {
            found.push(cursor.current().to_owned());
        }
        Ok(found)
    }
}
