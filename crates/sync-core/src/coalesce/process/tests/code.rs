//! Worlds in short, so that millions of them can be told apart.

use super::super::Holder;
use super::world::{At, Cruelty, FILES, KEYS, PROCESSES, World, small};
use std::hash::{BuildHasherDefault, Hash, Hasher};

/// A world in short, cheap to keep and to compare.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Code([u64; PROCESSES + 2]);

impl Hash for Code {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let mut all = 0_u64;
        for word in self.0 {
            all = (all.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
        state.write_u64(all ^ all >> 32);
    }
}

/// Takes a hash that is one already: the default one takes half the time of a debug build.
#[derive(Default)]
pub(super) struct AsIs(u64);

impl Hasher for AsIs {
    fn write(&mut self, _: &[u8]) {
        unreachable!("only codes are hashed");
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Worlds that were seen.
pub(super) type Codes = std::collections::HashSet<Code, BuildHasherDefault<AsIs>>;

impl World {
    /// Returns the world in short, without what cannot matter any more and without which of
    /// several equal processes is which, so that worlds with one future are one.
    ///
    /// `equals` has a bit for each process whose program is that of the one before.
    pub(super) fn code(&mut self, equals: u8) -> Code {
        self.credit &= self.disk.inflight;
        self.reads &= !self.served;
        let mut code = [0; PROCESSES + 2];
        for p in 0..PROCESSES {
            if self.served & 1 << p != 0 && self.processes[p].at == At::Over {
                self.wants[p] = 0;
            }
            code[p] = self.code_of(p);
            let mut q = p;
            while equals & 1 << q != 0 && code[q] < code[q - 1] {
                self.swap_with_previous(q);
                code.swap(q, q - 1);
                q -= 1;
            }
        }
        let path = self.path.map_or(0, |path| u64::from(path) + 1);
        let mut all = self.disk.code() << 4 | path << 2 | u64::from(self.files);
        for line in self.line {
            all = all << 2
                | match line {
                    Holder::Unnamed => 0,
                    Holder::ServesNobody => 1,
                    Holder::Serves(server) if server == KEYS[0].server => 2,
                    Holder::Serves(_) => 3,
                };
        }
        code[PROCESSES] = all << 8 | u64::from(self.credit);
        let Cruelty {
            kills,
            signals,
            failures,
            skips,
            errors,
            timeouts,
            cleanings,
        } = self.left;
        code[PROCESSES + 1] = u64::from_be_bytes([
            kills, signals, failures, skips, errors, timeouts, cleanings, 0,
        ]);
        Code(code)
    }

    /// Returns all that is known of a process but its number.
    fn code_of(&self, p: usize) -> u64 {
        let process = &self.processes[p];
        let at = match process.at {
            At::Machine(number) => u64::from(number) << 3,
            At::Script(line) => 1 | (line as u64) << 3,
            At::Late => 2,
            At::Over => 3,
        };
        let mut owns = 0;
        for file in 0..FILES {
            owns |= u64::from(self.owner[file] == Some(small(p))) << file;
        }
        let bits = u64::from(self.reads >> p & 1)
            | u64::from(self.made >> p & 1) << 1
            | u64::from(self.served >> p & 1) << 2
            | u64::from(process.runs) << 3
            | u64::from(self.wants[p]) << 4
            | process.file.map_or(0, |file| u64::from(file) + 1) << 7
            | u64::from(process.looked) << 9
            | owns << 11
            | process.found.code() << 14;
        at << 21 | bits
    }

    /// Swaps a process with the one before it.
    fn swap_with_previous(&mut self, p: usize) {
        let swapped = |bits: u8| {
            let (this, previous) = (bits >> p & 1, bits >> (p - 1) & 1);
            bits & !(0b11 << (p - 1)) | this << (p - 1) | previous << p
        };
        self.processes.swap(p, p - 1);
        self.wants.swap(p, p - 1);
        self.made = swapped(self.made);
        self.served = swapped(self.served);
        self.reads = swapped(self.reads);
        for owner in self.owner.iter_mut().flatten() {
            match usize::from(*owner) {
                it if it == p => *owner = small(p - 1),
                it if it == p - 1 => *owner = small(p),
                _ => {}
            }
        }
    }
}
