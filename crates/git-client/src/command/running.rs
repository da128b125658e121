//! Watching a git that runs: its output, its end, and stopping it with all it started.

use std::io::{self, Read, Write};
use std::process::{Child, ExitStatus};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

/// The most that is kept of what git says on standard error.
const LARGEST_COMPLAINT: u64 = 16 << 10;
/// How long git may take to remove its lock files once it is told to stop.
const STOPPING: Duration = Duration::from_secs(2);

/// What the threads that watch a running git report.
pub(super) enum Event {
    Output(Vec<u8>),
    Drained(io::Result<()>),
    Complaint(Vec<u8>),
    Exited,
}

/// A started git; dropping it before it is reaped kills its process group.
pub(super) struct Running {
    child: Child,
    reaped: bool,
}

impl Running {
    /// Takes charge of a child that leads a process group of its own.
    pub(super) fn new(child: Child) -> Self {
        Self {
            child,
            reaped: false,
        }
    }

    /// Starts the threads that feed, read and await the child.
    pub(super) fn listen(&mut self, input: Vec<u8>) -> io::Result<Receiver<Event>> {
        // Bounded, so that a fast git waits for a slow taker.
        let (sender, events) = sync_channel(8);
        if let Some(mut stdin) = self.child.stdin.take() {
            // Git may stop reading before the end; its exit code says whether that matters.
            thread::Builder::new().spawn(move || drop(stdin.write_all(&input)))?;
        }
        if let Some(stdout) = self.child.stdout.take() {
            let sender = sender.clone();
            thread::Builder::new().spawn(move || read_output(stdout, &sender))?;
        }
        if let Some(stderr) = self.child.stderr.take() {
            let sender = sender.clone();
            thread::Builder::new().spawn(move || {
                let words = read_complaint(stderr);
                let _ = sender.send(Event::Complaint(words));
            })?;
        }
        let pid = Pid::from_child(&self.child);
        thread::Builder::new().spawn(move || {
            // Without reaping: the number must stay taken for as long as somebody may signal it.
            let how = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            while let Err(Errno::INTR) = waitid(WaitId::Pid(pid), how) {}
            let _ = sender.send(Event::Exited);
        })?;
        Ok(events)
    }

    /// Awaits git's end; after this its number may belong to another process.
    pub(super) fn reap(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait()?;
        self.reaped = true;
        Ok(status)
    }

    /// Asks the group to stop and lets git clean up after itself.
    pub(super) fn stop(&self, events: &Receiver<Event>) {
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::TERM);
        let deadline = Instant::now() + STOPPING;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match events.recv_timeout(left) {
                Ok(Event::Exited) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.reaped {
            // Git itself may be gone already; what it started may have outlived it.
            let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
            let _ = self.reap();
        }
    }
}

fn read_output(mut stdout: impl Read, sender: &SyncSender<Event>) {
    let mut buffer = vec![0; 64 << 10];
    let end = loop {
        match stdout.read(&mut buffer) {
            Ok(0) => break Ok(()),
            Ok(length) => {
                let chunk = Event::Output(buffer[..length].to_vec());
                if sender.send(chunk).is_err() {
                    return;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Err(error),
        }
    };
    let _ = sender.send(Event::Drained(end));
}

fn read_complaint(stderr: impl Read) -> Vec<u8> {
    let mut words = Vec::new();
    let mut limited = stderr.take(LARGEST_COMPLAINT);
    let _ = limited.read_to_end(&mut words);
    if limited.limit() == 0 {
        // Half a line may end within a password, where nothing tells any more that it is one.
        let end = words
            .iter()
            .rposition(|&b| b == b'\n')
            .map_or(0, |at| at + 1);
        words.truncate(end);
    }
    // The rest is read too, or git would wait for somebody to do so.
    let _ = io::copy(&mut limited.into_inner(), &mut io::sink());
    words
}
