//! A run directory, a lock and some processes, small enough to be copied and hashed by the million,
//! together with what only an onlooker knows: which request was served.

use super::super::{Holder, MarkKey};
use super::key;
use super::script::Line;

/// The most processes a world holds: six, and the one that calls afterwards.
pub(super) const PROCESSES: usize = 7;

/// The most lock files that can come and go.
pub(super) const FILES: usize = 3;

/// Stands among the wants for a request of the old script.
pub(super) const BELL: u8 = 7;

/// Two checkouts at one server, and one at another; their number is their place.
pub(super) const KEYS: [MarkKey; 3] = [key(1, 0), key(1, 1), key(2, 2)];

pub(super) fn bit(key: MarkKey) -> u8 {
    1 << key.request
}

pub(super) fn small(number: usize) -> u8 {
    u8::try_from(number).unwrap()
}

/// How often each thing may still happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cruelty {
    /// SIGKILL between two steps.
    pub(super) kills: u8,
    /// SIGTERM.
    pub(super) signals: u8,
    /// A run fails.
    pub(super) failures: u8,
    /// A run finds the board out of reach.
    pub(super) skips: u8,
    /// A step other than a run fails.
    pub(super) errors: u8,
    /// The patience of a waiter is over.
    pub(super) timeouts: u8,
    /// The lock file is unlinked while nobody holds it.
    pub(super) cleanings: u8,
}

/// A world in which nothing bad happens.
pub(super) const KIND: Cruelty = Cruelty {
    kills: 0,
    signals: 0,
    failures: 0,
    skips: 0,
    errors: 0,
    timeouts: 0,
    cleanings: 0,
};

/// Where a process stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// In the state that the model knows by this number.
    Machine(u16),
    /// On this line of the old script.
    Script(Line),
    /// Said "queued", and makes its mark only now (a fault).
    Late,
    /// Ended or killed.
    Over,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) at: At,
    /// The lock file it has open.
    pub(super) file: Option<u8>,
    pub(super) runs: bool,
    /// How many keys a look has gone through, and what it found.
    pub(super) looked: u8,
    pub(super) found: Disk,
}

const NOBODY: Process = Process {
    at: At::Over,
    file: None,
    runs: false,
    looked: 0,
    found: Disk {
        pending: 0,
        inflight: 0,
        bell: false,
    },
};

/// The marks, as bits of keys, and the bell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Disk {
    pub(super) pending: u8,
    pub(super) inflight: u8,
    pub(super) bell: bool,
}

/// What must never be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Violation {
    /// A request is neither served nor on disk.
    Lost,
    /// Exit 0 for work that is neither done nor on disk, or `Synced` for work that is not done.
    FalseExit,
    /// Two runs at once.
    TwoRuns,
    /// A run that no request and no failure asked for.
    NeedlessRun,
    /// Everybody has gone and something is left, though nothing bad happened.
    Stuck,
    /// Another call did not serve what was left.
    NotRecovered,
    /// Somebody can never go on.
    Deadlock,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct World {
    pub(super) disk: Disk,
    /// Which lock file the path leads to.
    pub(super) path: Option<u8>,
    pub(super) files: u8,
    pub(super) owner: [Option<u8>; FILES],
    pub(super) line: [Holder; FILES],
    pub(super) processes: [Process; PROCESSES],
    /// Bits of the requests that the run under way was late enough to read.
    pub(super) reads: u8,
    pub(super) left: Cruelty,
    /// Bits of requests whose mark was made or whose bell was rung.
    pub(super) made: u8,
    /// Bits of requests for which a run that read late enough has succeeded.
    pub(super) served: u8,
    /// The key each process asks for, or [`BELL`].
    pub(super) wants: [u8; PROCESSES],
    /// Keys that may be run once: a mark was taken up, or a run of it did not end well.
    pub(super) credit: u8,
}

impl World {
    /// An empty run directory but for the lock file, and nobody there.
    pub(super) fn new(left: Cruelty) -> Self {
        Self {
            disk: Disk::default(),
            path: Some(0),
            files: 1,
            owner: [None; FILES],
            line: [Holder::Unnamed; FILES],
            processes: [NOBODY; PROCESSES],
            reads: 0,
            left,
            made: 0,
            served: 0,
            wants: [BELL; PROCESSES],
            credit: 0,
        }
    }

    /// Says whether everybody has gone.
    pub(super) fn is_over(&self) -> bool {
        self.processes.iter().all(|process| process.at == At::Over)
    }

    /// Says whether every request is served and nothing is left to do.
    pub(super) fn is_quiet(&self) -> bool {
        self.made & !self.served == 0 && self.disk == Disk::default()
    }

    /// Says whether every request is served or on disk, as it must be at every moment.
    pub(super) fn has_lost_nothing(&self) -> bool {
        let mut on_disk = self.made & self.served;
        for p in 0..PROCESSES {
            on_disk |= u8::from(self.disk.has(self.wants[p])) << p;
        }
        self.made & !on_disk == 0
    }

    /// Returns the bits of the requests that are on disk and want this.
    pub(super) fn requests_for(&self, wanted: u8) -> u8 {
        let mut bits = 0;
        for (p, wants) in self.wants.iter().enumerate() {
            bits |= u8::from(*wants == wanted) << p;
        }
        bits & self.made
    }

    pub(super) fn make_mark(&mut self, p: usize) {
        self.made |= 1 << p;
        self.disk.pending |= 1 << self.wants[p];
    }

    /// Unlinks the bell; its requests want something else from now on.
    pub(super) fn silence(&mut self, key: u8) {
        self.disk.bell = false;
        for (p, wants) in self.wants.iter_mut().enumerate() {
            if *wants == BELL && self.made & 1 << p != 0 {
                *wants = key;
            }
        }
    }

    pub(super) fn is_locked(&self, file: usize) -> bool {
        self.owner[file].is_some()
    }

    pub(super) fn owner(&self, file: usize) -> Option<At> {
        self.owner[file].map(|owner| self.processes[usize::from(owner)].at)
    }

    fn owns(&self, p: usize) -> bool {
        self.owner.contains(&Some(small(p)))
    }

    pub(super) fn open(&mut self, p: usize) {
        let file = *self.path.get_or_insert_with(|| {
            self.files += 1;
            self.files - 1
        });
        self.processes[p].file = Some(file);
    }

    pub(super) fn lock(&mut self, p: usize, file: usize) {
        self.owner[file] = Some(small(p));
    }

    /// Closes the lock file.
    pub(super) fn close(&mut self, p: usize) {
        self.processes[p].file = None;
        for owner in &mut self.owner {
            if *owner == Some(small(p)) {
                *owner = None;
            }
        }
    }

    pub(super) fn begin_run(&mut self, p: usize, reads: u8) -> Result<(), Violation> {
        for process in &self.processes {
            if process.runs {
                return Err(Violation::TwoRuns);
            }
        }
        self.processes[p].runs = true;
        self.reads = reads;
        Ok(())
    }

    /// Ends a run, and returns the requests it has read.
    pub(super) fn end_run(&mut self, p: usize) -> u8 {
        self.processes[p].runs = false;
        core::mem::take(&mut self.reads)
    }

    /// Ends a process at any point.
    pub(super) fn end(&mut self, p: usize) {
        if self.processes[p].runs {
            self.end_run(p);
        }
        self.forgive(p);
        self.close(p);
        self.processes[p] = NOBODY;
        if self.made & 1 << p == 0 {
            // Nothing was asked for, so it is as good as served.
            self.made |= 1 << p;
            self.served |= 1 << p;
        }
    }

    /// A mark that a holder leaves inflight may be run once more.
    pub(super) fn forgive(&mut self, p: usize) {
        if self.owns(p) {
            self.credit |= self.disk.inflight;
        }
    }

    /// Looks at the directory, all at once or one key at a time and the bell last; `None` while
    /// there is more to see.
    pub(super) fn look(&mut self, p: usize, torn: bool) -> Option<Disk> {
        let process = &mut self.processes[p];
        let (keys, bell) = match (torn, process.looked) {
            (false, _) => (0b111, true),
            (true, 3) => (0, true),
            (true, key) => (1 << key, false),
        };
        process.found.pending |= self.disk.pending & keys;
        process.found.inflight |= self.disk.inflight & keys;
        process.found.bell |= self.disk.bell && bell;
        process.looked += 1;
        bell.then(|| {
            process.looked = 0;
            core::mem::take(&mut process.found)
        })
    }
}

impl Disk {
    /// Says whether a request for this is there.
    fn has(self, wanted: u8) -> bool {
        match wanted {
            BELL => self.bell,
            key => (self.pending | self.inflight) & 1 << key != 0,
        }
    }

    pub(super) fn code(self) -> u64 {
        u64::from(self.pending) | u64::from(self.inflight) << 3 | u64::from(self.bell) << 6
    }
}
