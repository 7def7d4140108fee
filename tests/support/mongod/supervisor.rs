//! A shell that outlives the test process by a moment, so that no `mongod` ever outlives it by more.
//!
//! The shell reads commands from a pipe that only the test process holds open. However that process ends, `kill -9` included, the pipe
//! closes, and the shell kills its `mongod` and removes the data.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const SCRIPT: &str = r#"
dir=$1
shift
tests=0 version=
while read -r word rest; do
    case $word in
    start)
        {
            sh -c 'echo $$ >"$0/pid"; echo started; exec "$@" >/dev/null 2>&1' "$dir" "$@" $rest
            echo "ended $?"
        } 2>/dev/null &
        ;;
    end) kill "-$rest" "$(cat "$dir/pid")" ;;
    hold) kill "-$rest" "$(cat "$dir/pid")" && echo held ;;
    version) version=$rest ;;
    test) tests=$((tests + 1)) ;;
    esac
done
[ -f "$dir/pid" ] && kill -KILL "$(cat "$dir/pid")" 2>/dev/null
wait 2>/dev/null
rm -rf "$dir"
[ -n "$version" ] && echo "ran on MongoDB $version: $tests tests" >&2
exit 0
"#;

/// Settings of a server that shares a machine with the tests.
pub(super) const SMALL: &[&str] = &[
    "--wiredTigerCacheSizeGB",
    "0.5",
    "--nounixsocket",
    "--setParameter",
    "diagnosticDataCollectionEnabled=false",
    // Once a minute it would remove what a test dates into the past.
    "--setParameter",
    "ttlMonitorEnabled=false",
    // A dropped collection keeps its files open for as long as its past may be read, five minutes as a rule: with a database a test, more
    // files than a process may have.
    "--setParameter",
    "minSnapshotHistoryWindowInSeconds=0",
    // And they go with the next checkpoint.
    "--syncdelay",
    "10",
];

/// Settings of a server that is measured: its own, as a shop's has them.
pub(super) const USUAL: &[&str] = &["--nounixsocket"];

/// One `mongod` and the shell that watches over it.
pub(super) struct Supervisor {
    commands: Mutex<ChildStdin>,
    events: Mutex<Receiver<String>>,
    dir: PathBuf,
    port: u16,
}

impl Supervisor {
    /// A shell for a server on this port that is not started yet.
    pub(super) fn new(port: u16, settings: &[&str], arguments: &[&str]) -> Self {
        let dir = tempfile::Builder::new().prefix("shopctl-mongod-").tempdir().expect("a directory").keep();
        std::fs::create_dir(dir.join("data")).expect("a data directory");
        let mut shell = Command::new("sh")
            .args(["-c", SCRIPT, "supervisor"])
            .arg(&dir)
            .arg(super::binary::mongod())
            .args(["--bind_ip", "127.0.0.1", "--port", &port.to_string()])
            .args(settings)
            .arg("--dbpath")
            .arg(dir.join("data"))
            .arg("--logpath")
            .arg(dir.join("log"))
            .arg("--logappend")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Out of reach of the interrupt that ends the test process.
            .process_group(0)
            .spawn()
            .expect("a shell");
        let (commands, output) =
            (shell.stdin.take().expect("its input"), shell.stdout.take().expect("its output"));
        let (sender, events) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
            let _ = shell.wait();
        });
        Self { commands: Mutex::new(commands), events: Mutex::new(events), dir, port }
    }

    /// Tells the shell something.
    pub(super) fn tell(&self, command: &str) {
        let mut commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writeln!(commands, "{command}");
    }

    /// Starts the server and returns once it accepts connections.
    ///
    /// # Panics
    /// With the end of its log when it ends instead.
    pub(super) fn start(&self) {
        self.tell("start");
        assert_eq!(self.next_event(), "started");
        loop {
            if std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            if let Some(event) = self.event_within(Duration::from_millis(10)) {
                panic!("mongod {event} instead of starting; the end of its log:\n{}", self.log_end());
            }
        }
    }

    /// Ends the server with `KILL` or `TERM` and waits until it is gone.
    pub(super) fn end(&self, signal: &str) {
        self.tell(&format!("end {signal}"));
        let event = self.next_event();
        assert!(event.starts_with("ended"), "{event}");
    }

    /// Freezes the server with `STOP`, or lets it go on with `CONT`.
    ///
    /// A thread that the signal has not reached yet may still answer; so it is waited until all have stopped.
    pub(super) fn hold(&self, signal: &str) {
        self.tell(&format!("hold {signal}"));
        assert_eq!(self.next_event(), "held");
        let deadline = Instant::now() + Duration::from_secs(30);
        while signal == "STOP" && !self.has_stopped() {
            assert!(Instant::now() < deadline, "mongod goes on after SIGSTOP");
            std::thread::yield_now();
        }
    }

    /// Whether every thread of the server is stopped (`T` in `/proc`).
    fn has_stopped(&self) -> bool {
        let pid = std::fs::read_to_string(self.dir.join("pid")).expect("its pid");
        let threads = std::fs::read_dir(format!("/proc/{}/task", pid.trim())).expect("its threads");
        threads.flatten().all(|thread| {
            // A thread that ended meanwhile answers nothing either.
            let stat = std::fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
            stat.rsplit(") ").next().is_none_or(|rest| rest.is_empty() || rest.starts_with('T'))
        })
    }

    fn next_event(&self) -> String {
        self.event_within(Duration::from_mins(1)).expect("the supervising shell answers")
    }

    fn event_within(&self, limit: Duration) -> Option<String> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(limit).ok()
    }

    fn log_end(&self) -> String {
        let log = std::fs::read_to_string(Path::new(&self.dir).join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(10)..].join("\n")
    }
}
