//! `shopctl serve` as a process that can be killed, frozen and ended.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Kills the process named first once the test process is gone, however that ended.
const GUARD: &str = r#"read -r _; kill -KILL "$1" 2>/dev/null"#;

/// A copy of a service: one process after another, each with an address of its own.
pub(crate) struct ServiceProcess {
    service: &'static str,
    home: PathBuf,
    url: String,
    /// A program that runs it, with arguments, and leaves it its process.
    under: Vec<String>,
    /// More flags of `serve`.
    flags: Vec<String>,
    running: Mutex<Option<Running>>,
}

struct Running {
    child: Child,
    guard: Child,
    addr: SocketAddr,
}

impl ServiceProcess {
    /// Starts `shopctl serve` of a service on the store at this URL, without sign-in, and waits until it listens. What it logs goes to
    /// `serve.log` in `home`.
    pub(crate) fn start(service: &'static str, home: &Path, url: &str) -> Self {
        Self::start_with(&[], service, home, url)
    }

    /// The same under another program, which executes it in its own place.
    pub(crate) fn start_under(under: &[&str], service: &'static str, home: &Path, url: &str) -> Self {
        Self::start_as(under, &[], service, home, url)
    }

    /// The same with more flags.
    pub(crate) fn start_with(flags: &[&str], service: &'static str, home: &Path, url: &str) -> Self {
        Self::start_as(&[], flags, service, home, url)
    }

    fn start_as(under: &[&str], flags: &[&str], service: &'static str, home: &Path, url: &str) -> Self {
        let owned = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        let (home, url) = (home.to_owned(), url.to_owned());
        let process =
            Self { service, home, url, under: owned(under), flags: owned(flags), running: Mutex::default() };
        process.restart();
        process
    }

    /// Starts it again after its end.
    pub(crate) fn restart(&self) {
        let mut child = self.command().spawn().expect("the program starts");
        let guard = Command::new("sh")
            .args(["-c", GUARD, "guard", &child.id().to_string()])
            .stdin(Stdio::piped())
            .spawn()
            .expect("a shell");
        let mut line = String::new();
        let output = child.stdout.take().expect("its output");
        BufReader::new(output).read_line(&mut line).expect("its address");
        let addr = line.trim().rsplit_once("://").and_then(|(_, addr)| addr.parse().ok());
        let addr = addr.unwrap_or_else(|| panic!("{:?} instead of an address: {}", line, self.log_end()));
        *self.running() = Some(Running { child, guard, addr });
    }

    fn command(&self) -> Command {
        let log = self.home.join("serve.log");
        let log: File = OpenOptions::new().create(true).append(true).open(log).expect("a log");
        let mut words = self.under.iter().map(String::as_str).chain([env!("CARGO_BIN_EXE_shopctl")]);
        let mut command = Command::new(words.next().expect("a program"));
        command
            .args(words)
            .args(["serve", self.service, "--auth", "none", "--listen", "127.0.0.1:0"])
            .args(&self.flags)
            .env_clear()
            .env("HOME", &self.home)
            .env("SHOPCTL_STORE", &self.url)
            .current_dir(&self.home)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        command
    }

    /// Where it listens; none while it is not running.
    pub(crate) fn addr(&self) -> Option<SocketAddr> {
        self.running().as_ref().map(|running| running.addr)
    }

    /// Its process.
    pub(crate) fn id(&self) -> Option<u32> {
        self.running().as_ref().map(|running| running.child.id())
    }

    /// Whether it says before the time is up that it can serve.
    pub(crate) fn ready_within(&self, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        let agent =
            ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(4))).build().new_agent();
        while Instant::now() < deadline {
            let Some(addr) = self.addr() else { return false };
            if agent.get(format!("http://{addr}/readyz")).call().is_ok() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        false
    }

    /// Whether its process has ended, or ends before the time is up.
    pub(crate) fn is_gone_within(&self, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        loop {
            let mut running = self.running();
            let Some(process) = running.as_mut() else { return true };
            if process.child.try_wait().expect("its state").is_some() {
                running.take().into_iter().for_each(Running::end);
                return true;
            }
            drop(running);
            if Instant::now() > deadline {
                return false;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// `kill -9`.
    pub(crate) fn kill(&self) {
        if let Some(mut running) = self.running().take() {
            running.child.kill().expect("a process to kill");
            running.end();
        }
    }

    /// SIGTERM; gives the exit code and how long it took. Who looks for its address meanwhile finds it as long as it runs.
    pub(crate) fn terminate(&self) -> (Option<i32>, Duration) {
        let begun = Instant::now();
        self.signal("-TERM");
        let limit = begun + Duration::from_mins(1);
        loop {
            let mut running = self.running();
            let ended = running.as_mut().map(|running| running.child.try_wait().expect("its state"));
            if let Some(Some(status)) = ended {
                running.take().into_iter().for_each(Running::end);
                return (status.code(), begun.elapsed());
            }
            drop(running);
            assert!(Instant::now() < limit, "a service did not end: {}", self.log_end());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Freezes it: its connections stay open and nothing answers.
    pub(crate) fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub(crate) fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, name: &str) {
        let id = self.id().expect("a running service").to_string();
        assert!(Command::new("kill").args([name, &id]).status().expect("kill").success());
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The end of what it logged.
    pub(crate) fn log_end(&self) -> String {
        let log = std::fs::read_to_string(self.home.join("serve.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Running {
    /// The guard goes first: once the child is waited for, its number may be another's.
    fn end(mut self) {
        let _ = self.guard.kill();
        let _ = self.guard.wait();
        let _ = self.child.wait();
    }
}

impl Drop for ServiceProcess {
    fn drop(&mut self) {
        self.kill();
    }
}
