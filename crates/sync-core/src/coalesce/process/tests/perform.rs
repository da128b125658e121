//! What a driver does for each step, rightly or with a fault.

use super::super::{GRACE, Holder, MarkKey, PATIENCE, Step};
use super::model::{Answer, Model};
use super::setup::Fault;
use super::world::{At, Disk, World, bit, small};
use core::time::Duration;

/// What came of carrying out a step.
pub(super) enum Performed {
    Answered(Answer),
    /// There is more to do before there is an answer.
    InPart,
    /// Somebody else must do something first.
    Blocked,
}

impl Model {
    /// Carries out a step, as the setup's driver does it.
    pub(super) fn perform(
        &self,
        next: &mut World,
        p: usize,
        machine: u16,
        step: Step,
    ) -> Performed {
        let fault = self.setup.fault;
        let is_faulty = |this| fault == Some(this);
        let own = self.machines[usize::from(machine)].own;
        let file = next.processes[p].file.map(usize::from);
        let answer = match step {
            Step::CreateMark(_) | Step::RingBell if is_faulty(Fault::LateMark) => Answer::Done,
            Step::CreateMark(_) if file.is_some() => {
                if !is_faulty(Fault::BellForNothing) {
                    next.disk.pending |= bit(own);
                }
                Answer::Done
            }
            Step::CreateMark(_) => {
                next.make_mark(p);
                Answer::Done
            }
            Step::RingBell => {
                next.disk.bell = true;
                Answer::Done
            }
            Step::TryLock | Step::WaitLock { .. } => return self.try_lock(next, p, machine),
            Step::CheckLock if next.path == next.processes[p].file || is_faulty(Fault::AnyFile) => {
                Answer::Current
            }
            Step::CheckLock => {
                next.close(p);
                Answer::Replaced
            }
            Step::ReadHolder if is_faulty(Fault::AnyHolder) => {
                Answer::Holder(Holder::Serves(own.server()))
            }
            Step::ReadHolder => Answer::Holder(next.line[file.unwrap()]),
            Step::WriteHolder(holder) => {
                next.line[file.unwrap()] = holder;
                Answer::Done
            }
            Step::LookForMarks if file.is_none() && is_faulty(Fault::NoSecondLook) => {
                Answer::Marks(Disk::default())
            }
            Step::LookForMarks => match next.look(p, self.setup.torn_look) {
                Some(disk) => Answer::Marks(disk),
                None => return Performed::InPart,
            },
            Step::SilenceBell => {
                next.silence(number_of(own));
                Answer::Done
            }
            Step::RenameToInflight(key) if next.disk.pending & bit(key) == 0 => Answer::Missing,
            Step::RenameToInflight(key) => {
                next.disk.pending &= !bit(key);
                if !is_faulty(Fault::ConsumeByUnlink) {
                    next.disk.inflight |= bit(key);
                }
                next.credit |= bit(key);
                Answer::Done
            }
            Step::UnlinkInflight(key) => {
                next.disk.inflight &= !bit(key);
                Answer::Done
            }
            Step::Unlock => {
                next.close(p);
                Answer::Done
            }
            Step::Run(_) | Step::Exit(_) => return Performed::Blocked,
        };
        Performed::Answered(answer)
    }

    fn try_lock(&self, next: &mut World, p: usize, machine: u16) -> Performed {
        let machine = &self.machines[usize::from(machine)];
        // Between opening and locking, only the cleaning of the file makes a difference.
        let opens_apart = self.setup.left.cleanings > 0;
        let waits = match machine.step() {
            Step::WaitLock { at_most } => Some(at_most),
            _ => None,
        };
        let is_stale = waits.is_some() && next.processes[p].file != next.path;
        if next.processes[p].file.is_none() || is_stale {
            next.open(p);
            if opens_apart {
                return Performed::InPart;
            }
        }
        let file = usize::from(next.processes[p].file.unwrap());
        if !next.is_locked(file) {
            next.lock(p, file);
            if self.setup.fault == Some(Fault::LateMark) && machine.tallies.is_empty() {
                next.make_mark(p);
            }
            return Performed::Answered(Answer::Locked);
        }
        let waited = match waits {
            // A signal cuts a wait short.
            _ if machine.interrupted => Duration::ZERO,
            None => Duration::ZERO,
            Some(GRACE) => {
                let is_script = matches!(next.owner(file), Some(At::Script(_)));
                if !is_script && self.setup.quick_holders {
                    return Performed::Blocked;
                }
                GRACE
            }
            Some(_) if next.left.timeouts == 0 => return Performed::Blocked,
            Some(_) => {
                next.left.timeouts -= 1;
                PATIENCE
            }
        };
        Performed::Answered(Answer::Busy(waited))
    }
}

pub(super) fn number_of(key: MarkKey) -> u8 {
    small(usize::try_from(key.request).unwrap())
}
