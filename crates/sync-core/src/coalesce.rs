//! The coalescing protocol: many requests, one run at a time, at most one follow-up each, none lost.
//!
//! Hooks ask for a sync after every step of somebody's work, so requests come in bursts and from
//! several checkouts. One process runs; the others leave a *mark* on disk, say "queued" and go.
//! This module decides what a process does next; it touches nothing itself. A driver carries out
//! each [`Step`] and answers with what it [`Seen`]:
//!
//! ```
//! use sync_core::coalesce::{Coalesce, Intent, Mark, Outcome, Phase, Request, Seen, Step, Verdict};
//!
//! let request = Request {
//!     root: "/home/ada/tools".into(),
//!     project: "Demo".into(),
//!     board: "Changes".into(),
//!     lists: Default::default(),
//! };
//! let mut process = Coalesce::new(request.key("https://planka.example"), Intent::Sync);
//! let (mut marks, mut runs) = (vec![], 0);
//! let farewell = loop {
//!     let seen = match process.step() {
//!         Step::Exit(farewell) => break farewell,
//!         Step::CreateMark(key) => {
//!             marks.push(Mark { key, phase: Phase::Pending });
//!             Seen::Done
//!         }
//!         Step::TryLock => Seen::Locked,
//!         Step::CheckLock => Seen::Current,
//!         Step::LookForMarks => Seen::Marks { bell: false, marks: marks.clone() },
//!         Step::RenameToInflight(key) => {
//!             marks = vec![Mark { key, phase: Phase::Inflight }];
//!             Seen::Done
//!         }
//!         Step::Run(_) => {
//!             runs += 1;
//!             Seen::Ran(Outcome::Succeeded)
//!         }
//!         Step::UnlinkInflight(_) => {
//!             marks.clear();
//!             Seen::Done
//!         }
//!         _ => Seen::Done,
//!     };
//!     process.answer(seen);
//! };
//! assert_eq!((farewell.verdict, runs), (Verdict::Synced, 1));
//! ```
//!
//! # The protocol
//!
//! Each request has a key, and on disk it is `<name>.<key>.pending`, or `.inflight` once a run has
//! taken it up.
//!
//! 1. Make the pending mark, then ring the bell, which is the bare `<name>.pending` that the old
//!    script looks for. If either fails, exit 1.
//! 2. Try the lock. Locked: the path must still lead to the locked file, else try again; then
//!    write into the lock file whose marks will be run. Busy: read that line, and if the holder
//!    runs marks of the own server, exit 0.
//! 3. While there is a mark of the own server: rename a pending one to inflight, run for it, and
//!    unlink it if the run succeeded. A failed one is kept, and is run again by this process only
//!    if a newer pending one of its key appears. A bell without marks is a request of the old
//!    script, whose root nobody knows: the own mark is made for it, *then* the bell is unlinked.
//! 4. Empty the lock file and unlock. It is never unlinked.
//! 5. Look again, without the lock. If step 3 would have found work, go to step 2.
//! 6. Exit with the worst result.
//!
//! # Why no request is lost
//!
//! Say that a request is *served* when a run for its key that began to read after its mark was
//! made has succeeded.
//!
//! *An unserved request is on disk.* Marks leave the disk in one place only, step 3, where an
//! inflight mark is unlinked after its run succeeded. That mark was renamed before the run read
//! anything, so every request it stood for was made before that, and is served now. A request that
//! came later has made a new pending mark, which the unlink does not touch; renaming that one over
//! an inflight mark that failed only merges two requests of one content. A killed process therefore
//! leaves pending or inflight behind, and the kernel frees its lock. All this rests on one holder
//! at a time: two could unlink each other's inflight mark. Hence the check that the path leads to
//! the locked file, because the lock of a file that was cleaned away excludes nobody.
//!
//! *Somebody alive will see it.* A process that exits 0 as queued did four things in this order:
//! made its mark, found the lock busy, read a line saying that the holder runs marks of its server,
//! went. When it read the line its holder had not yet emptied it, so that holder's look of step 5
//! was still to come, after the mark was made. In that look the mark is gone (taken up by a run
//! that reads later), or seen. Then the holder tries the lock once more, and if that is busy it is
//! in the very position of the caller: the argument repeats with a later holder, and ends because
//! processes do. The old order, lock first and mark when busy, lacks the first half; looking only
//! under the lock lacks the second.
//!
//! *Lines that are not there.* The line is written just after locking and emptied just before
//! unlocking, so a caller may find none. It waits [`GRACE`] for one, and if there is still none the
//! holder is the old script: its bell was rung, and the exit is 0 as it was with the script. A
//! holder of another server, or a dry run, will not run our mark, so the caller waits for the lock,
//! at most [`PATIENCE`], and does not say "queued". Two coincidences remain in which a caller counts
//! on a holder in vain: a line left by a kill, read before the next holder writes its own; and a
//! holder of another server that empties its line at the very end of a caller's grace. Like a kill
//! of the holder itself they lose nothing: the mark stays on disk, and the next caller of its
//! server runs it.
//!
//! *At most one follow-up.* A mark is one name per key, so any number of requests during a run
//! leave one mark, and a run consumes it. The bell is one name too; a run for the own key silences
//! it first, because it will read after every ring so far.
//!
//! *With the old script.* It knows nothing of marks. While it holds the lock our mark stays on
//! disk, and the bell makes it look again itself. Its own callers ring the bell without a mark, and
//! too late: only after they found the lock busy. A ring that comes after our last look stays on
//! disk until the next caller. Only a run for the own key silences the bell, so that a mark of
//! another checkout does not swallow a request of the script; at worst the own key is run once more.
//!
//! *It ends.* A process runs each key at most [`RUNS_PER_KEY`] times and takes the key it has run
//! least, so neither a hook that fires in a loop nor a busy checkout holds it, or other keys, up.
//!
//! The tests go through every interleaving of three processes, with kills, failures, signals,
//! cleaners of temporary files and the old script among them, and show that the same search finds
//! what is wrong with protocols that lack one of the parts above.

mod files;
mod process;
mod request;
mod step;

pub use files::{Holder, Mark, Phase, RunFile, RunName};
pub use process::Coalesce;
pub use request::{MarkKey, Request, ServerKey};
pub use step::{Farewell, Intent, Outcome, Seen, Step, Verdict, Work};

use core::time::Duration;

/// How long a process waits for a lock whose holder will not do its work.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// How long a holder may take to write its line before it counts as the old script.
pub const GRACE: Duration = Duration::from_millis(500);

/// How often one process runs one key: once, and nine follow-ups.
pub const RUNS_PER_KEY: u8 = 10;
