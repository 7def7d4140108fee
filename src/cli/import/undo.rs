//! `shopctl import undo`

use super::meter::Meter;
use crate::cli::Outcome;
use crate::cli::app::App;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::open_store::{self, Access};
use crate::cli::prompt::{self, Question};
use crate::cli::write::WriteArgs;
use crate::service::import::{Progress, UndoReport};

/// Take an import back, row by row
///
/// What it made is deleted, and what it changed gets the values it had before; a product's stock record goes with it, with a movement
/// that says so. A row whose thing somebody has changed since, or an order needs, stays as it is and is told. Run again it tries those
/// once more.
#[derive(Debug, clap::Args)]
#[command(after_help = "EXAMPLES\n  \
    shopctl import undo imp_01h455vb4pex5vsknk084sn02q --dry-run\n  \
    shopctl import undo imp_01h455vb4pex5vsknk084sn02q --yes")]
pub(in crate::cli) struct Args {
    /// Its id
    #[arg(value_name = "IMPORT")]
    import: String,
    /// The profile's name, where the profile is protected
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
}

impl Args {
    pub(in crate::cli) async fn run(self, app: &App) -> Outcome {
        let printer = app.printer::<UndoReport>()?;
        let options = app.write(&WriteArgs::default())?;
        let imports = app.imports(Access::Write).await?;
        let import = imports.get(&self.import).await?;
        let written = import.created + import.updated;
        let text = format!(
            "take back {written} rows of {:?} from {}?",
            import.file,
            open_store::url(&app.settings)?
        );
        prompt::confirm(app, Question { text, declined: "nothing was taken back" }, self.confirm.as_deref())
            .await?;
        app.deadline.lift();
        let meter = Meter::new(&app.ui);
        let watch = |progress: Progress| meter.show(progress);
        let report = imports.undo(&self.import, &options, &watch).await;
        meter.end();
        let report = report?;
        for (thing, reason) in &report.reasons {
            app.ui.notice(&format!("{thing:?} stays: {reason}"));
        }
        let untold = report.kept.saturating_sub(report.reasons.len() as u64);
        if untold > 0 {
            app.ui.notice(&format!("{untold} more stay"));
        }
        printer.one(&report)?;
        app.ui.flush()?;
        if report.kept > 0 { Err(Failure::Silent(Exit::Partly)) } else { Ok(()) }
    }
}
