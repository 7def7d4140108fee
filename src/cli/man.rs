//! Man pages: `shopctl man` prints the first, `--dir` writes one a command.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, Command, CommandFactory};
use clap_mangen::Man;

use super::app::App;
use super::exit::Exit;
use super::failure::Failure;
use super::{Cli, Outcome};

/// Print the man page, or write one a command
#[derive(Debug, ClapArgs)]
#[command(after_help = "EXAMPLES\n  \
    shopctl man | man -l -\n  \
    shopctl man --dir ~/.local/share/man/man1")]
pub(super) struct Args {
    /// Write a page a command into this directory
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Args {
    pub(super) fn run(&self, app: &App) -> Outcome {
        let mut command = Cli::command();
        command.build();
        match &self.dir {
            None => Ok(app.ui.raw(&page(&command, "shopctl")?)?),
            Some(dir) => {
                fs::create_dir_all(dir).map_err(|error| refused(dir, &error))?;
                let written = write_pages(&command, "shopctl", dir)?;
                app.ui.notice(&format!("wrote {written} pages to {}", dir.display()));
                Ok(())
            }
        }
    }
}

/// The page of a command in roff.
fn page(command: &Command, name: &str) -> Result<String, Failure> {
    let mut text = Vec::new();
    let titled = command.clone().display_name(name);
    Man::new(titled)
        .title(name.to_uppercase())
        .source("shopctl")
        .manual("User Commands")
        .render(&mut text)?;
    String::from_utf8(text).map_err(|error| Failure::new(Exit::Internal, "internal", error.to_string()))
}

/// Writes the pages of a command and of those below it; returns how many.
fn write_pages(command: &Command, name: &str, dir: &Path) -> Result<usize, Failure> {
    let file = dir.join(format!("{name}.1"));
    fs::write(&file, page(command, name)?).map_err(|error| refused(&file, &error))?;
    let mut written = 1;
    for below in command.get_subcommands().filter(|below| !below.is_hide_set() && below.get_name() != "help")
    {
        written += write_pages(below, &format!("{name}-{}", below.get_name()), dir)?;
    }
    Ok(written)
}

fn refused(path: &Path, error: &std::io::Error) -> Failure {
    let detail = format!("cannot write {:?}: {error}", path.display().to_string());
    Failure::new(Exit::Usage, "directory_unwritable", detail)
}
