//! The old script, as far as the original's sheet tells it (§6).

use super::world::{At, BELL, Violation, World};

/// What the old script does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    TryLock,
    Ring,
    Run,
    Look,
    Silence,
}

/// Carries out a line of the old script.
pub(super) fn script(next: &mut World, p: usize, line: Line) -> Result<(), Violation> {
    let goes_on = |next: &mut World, line| next.processes[p].at = At::Script(line);
    match line {
        Line::TryLock => {
            next.open(p);
            let file = usize::from(next.processes[p].file.unwrap());
            if next.is_locked(file) {
                goes_on(next, Line::Ring);
            } else {
                next.lock(p, file);
                goes_on(next, Line::Run);
                return next.begin_run(p, 0);
            }
        }
        Line::Ring => {
            next.disk.bell = true;
            next.made |= 1 << p;
            next.end(p);
        }
        Line::Run => {
            next.end_run(p);
            goes_on(next, Line::Look);
        }
        Line::Look if next.disk.bell => goes_on(next, Line::Silence),
        Line::Look => next.end(p),
        Line::Silence => {
            // From here on they are the old script's affair, which loses them if it is killed.
            next.served |= next.requests_for(BELL);
            next.disk.bell = false;
            goes_on(next, Line::Run);
            return next.begin_run(p, 0);
        }
    }
    Ok(())
}
