//! What is to become of rows, held against what a plan found.

use super::noun::{Decided, Decision, Noun};
use super::plan::Expect;
use crate::service::error::{Problem, Result};

/// A row to decide: its place in the file, what it says, and what a plan found.
pub(super) type Asked<R> = (u64, R, Option<Expect>);

/// Decides rows, in their order. A row that would not come to what its plan says is rejected.
pub(super) async fn decide<N: Noun>(noun: &N, rows: Vec<Asked<N::Row>>, look: bool) -> Result<Vec<Decided>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let (mut asked, mut expected) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    for (ordinal, row, expect) in rows {
        asked.push((ordinal, row));
        expected.push(expect);
    }
    let look = look || expected.iter().any(Option::is_some);
    let decided = noun.decide(asked, look).await?;
    Ok(decided.into_iter().zip(expected).map(|(decided, expect)| hold(decided, expect)).collect())
}

fn hold(decided: Decided, expect: Option<Expect>) -> Decided {
    let Decided { found, decision } = decided;
    let moved = |now: String| {
        let detail = format!("it has moved since the plan was made: {now}");
        Decision::Reject(vec![Problem { pointer: String::new(), code: "plan_stale", detail }])
    };
    let there = |found: Option<i64>| match found {
        Some(version) => format!("it is at version {version} now"),
        None => "it is gone now".to_owned(),
    };
    let decision = match (expect, decision) {
        (None, decision) | (Some(Expect::Absent), decision @ Decision::Create(_)) => decision,
        (Some(Expect::Version(version)), decision @ Decision::Update(_)) if found == Some(version) => {
            decision
        }
        // It is not touched, whatever became of it.
        (Some(Expect::Unchanged), _) => Decision::Unchanged,
        (Some(Expect::Absent), _) => moved("it was made by somebody else".to_owned()),
        (Some(Expect::Version(_)), _) => moved(there(found)),
    };
    Decided { found, decision }
}
