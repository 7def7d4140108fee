//! `shopctl doctor`

mod report;

use std::sync::Arc;

use self::report::{Report, RuleRow};
use super::Outcome;
use super::app::App;
use super::exit::Exit;
use super::failure::Failure;
use super::meter::Meter;
use super::open_store::{self, Access};
use super::prompt::{self, Question};
use super::write::WriteArgs;
use crate::output::Format;
use crate::service::doctor::{Findings, RepairNote, Verdict, examine, repair};
use crate::store::Store;

/// Check on the live store that every rule of stock and orders holds; exit 4 if not
///
/// Looks only, and may run while the shop is busy: what seems broken is read again before it is told. Each rule names the first
/// document that breaks it and how many more do.
///
/// With --repair it then mends what can be worked out: counts from the movements and the open orders, status words and totals from
/// the lines, and how users and products are filed. It never changes a movement; where the ledger and the orders disagree it adds one.
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl doctor\n  \
    shopctl doctor -o json\n  \
    shopctl doctor --repair --dry-run\n  \
    shopctl doctor --repair --yes")]
pub(super) struct Args {
    /// Mend what can be mended, after asking
    #[arg(long)]
    repair: bool,
    /// The profile's name, where the profile is protected
    #[arg(long, value_name = "NAME", requires = "repair")]
    confirm: Option<String>,
}

impl Args {
    pub(super) async fn run(self, app: &App) -> Outcome {
        // A mistyped field is told before a long look.
        match app.ui.format() {
            Format::Json => drop(app.printer::<Report>()?),
            _ => drop(app.printer::<RuleRow>()?),
        }
        let store = app.store(Access::Read).await?;
        app.deadline.lift();
        let mut findings = look(app, &store).await?;
        let (mut notes, mut mendable) = (Vec::new(), false);
        if self.repair && findings.targets().len() > 0 {
            (notes, mendable) = self.mend(app, &store, &findings).await?;
            if !app.globals.dry_run {
                findings = look(app, &store).await?;
                mendable = false;
            }
        }
        show(app, &findings, notes)?;
        if findings.clean() || mendable {
            return Ok(());
        }
        let detail = format!("{} of {} rules are broken", findings.broken_rules(), findings.verdicts().len());
        let failure = Failure::new(Exit::Conflict, "store_damaged", detail);
        Err(match (self.repair, findings.targets().len()) {
            (false, 1..) => failure.hint("shopctl doctor --repair --dry-run shows what can be mended"),
            (true, 1..) if !app.globals.dry_run => {
                failure.hint("run it again: some of it could not be reached this time")
            }
            _ => failure.hint("what cannot be worked out is left alone: restore it from a backup"),
        })
    }

    /// Asks, mends and tells of each repair. Also says whether nothing would be left.
    async fn mend(
        &self,
        app: &App,
        store: &Arc<dyn Store>,
        findings: &Findings,
    ) -> Result<(Vec<RepairNote>, bool), Failure> {
        let options = app.write(&WriteArgs::default())?;
        for verdict in findings.verdicts().iter().filter(|verdict| verdict.broken > 0) {
            app.ui.notice(&told(verdict));
        }
        let things = findings.targets().len();
        let question = Question {
            text: format!(
                "repair {things} {} in {}?",
                if things == 1 { "thing" } else { "things" },
                open_store::url(&app.settings)?
            ),
            declined: "nothing was repaired",
        };
        prompt::confirm(app, question, self.confirm.as_deref()).await?;
        let tell = |note: &RepairNote| {
            let how = match (note.done, app.globals.dry_run) {
                (false, _) => "cannot be repaired",
                (true, true) => "would be repaired",
                (true, false) => "repaired",
            };
            app.ui.notice(&format!("{} {:?}: {how}: {}", note.kind, note.key, note.detail));
        };
        let notes = repair(store, &*app.clock, findings, &options, &tell).await?;
        let all = findings.all_repairable() && notes.iter().all(|note| note.done);
        Ok((notes, all))
    }
}

async fn look(app: &App, store: &Arc<dyn Store>) -> Result<Findings, Failure> {
    let meter = Meter::new(&app.ui, "reading");
    Ok(examine(store, &|progress| meter.show(progress.what, progress.done)).await?)
}

fn told(verdict: &Verdict) -> String {
    let Some(first) = &verdict.first else { return verdict.rule.name().to_owned() };
    let more = match verdict.broken {
        1 => String::new(),
        n => format!(" (and {} more)", n - 1),
    };
    format!("broken: {}: {} {:?}: {}{more}", verdict.rule.name(), first.kind, first.key, first.detail)
}

fn show(app: &App, findings: &Findings, notes: Vec<RepairNote>) -> Outcome {
    let report = Report::new(findings, notes);
    match app.ui.format() {
        Format::Json => app.printer::<Report>()?.one(&report)?,
        _ => app.printer::<RuleRow>()?.all(&report.rules)?,
    }
    Ok(app.ui.flush()?)
}
