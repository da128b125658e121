//! Where a change stands, computed from its artifacts and its tasks.

/// What the files of one change say about its progress (OpenSpec sheet §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Every artifact that apply requires is done or skipped.
    pub artifacts_ready: bool,
    /// How many tasks there are, ticked or not.
    pub tasks: usize,
    /// How many of them are not ticked.
    pub open: usize,
}

/// Where a change stands on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// A required artifact is missing, or there are no tasks yet.
    Planning,
    /// The plan is complete and a task is open.
    InProgress,
    /// Every task is ticked.
    Review,
    /// Archived, or gone from the active changes.
    Done,
}

impl Stage {
    /// Every stage, in the order of the work.
    pub const ALL: [Stage; 4] = [
        Stage::Planning,
        Stage::InProgress,
        Stage::Review,
        Stage::Done,
    ];

    /// Returns the stage of an active change.
    ///
    /// ```
    /// use sync_core::stage::{Progress, Stage};
    /// let ticked = Progress { artifacts_ready: true, tasks: 3, open: 0 };
    /// assert_eq!(Stage::of(ticked), Stage::Review);
    /// ```
    pub fn of(progress: Progress) -> Stage {
        match progress {
            Progress {
                artifacts_ready: false,
                ..
            }
            | Progress { tasks: 0, .. } => Stage::Planning,
            Progress { open: 0, .. } => Stage::Review,
            Progress { .. } => Stage::InProgress,
        }
    }

    /// Returns how far along the stage is; the order of the variants means nothing.
    pub fn rank(self) -> u8 {
        match self {
            Stage::Planning => 0,
            Stage::InProgress => 1,
            Stage::Review => 2,
            Stage::Done => 3,
        }
    }

    /// Returns the word that configuration and command line use.
    pub fn word(self) -> &'static str {
        match self {
            Stage::Planning => "planning",
            Stage::InProgress => "in-progress",
            Stage::Review => "review",
            Stage::Done => "done",
        }
    }

    /// Reads a word of configuration; `_` and `-` are alike, case does not matter.
    pub fn parse(word: &str) -> Option<Stage> {
        let same = |stage: &Stage| {
            let mut letters = stage.word().bytes();
            word.bytes().all(|b| {
                let b = if b == b'_' { b'-' } else { b };
                letters.next() == Some(b.to_ascii_lowercase())
            }) && letters.next().is_none()
        };
        Stage::ALL.into_iter().find(same)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(artifacts_ready: bool, tasks: usize, open: usize) -> Stage {
        Stage::of(Progress {
            artifacts_ready,
            tasks,
            open,
        })
    }

    #[test]
    fn artifacts_and_tasks_decide() {
        assert_eq!(stage(false, 0, 0), Stage::Planning);
        assert_eq!(stage(false, 3, 0), Stage::Planning);
        assert_eq!(stage(true, 0, 0), Stage::Planning);
        assert_eq!(stage(true, 3, 3), Stage::InProgress);
        assert_eq!(stage(true, 3, 1), Stage::InProgress);
        assert_eq!(stage(true, 3, 0), Stage::Review);
    }

    #[test]
    fn words_are_read_back() {
        for stage in Stage::ALL {
            assert_eq!(Stage::parse(stage.word()), Some(stage));
        }
        assert_eq!(Stage::parse("In_Progress"), Some(Stage::InProgress));
        assert_eq!(Stage::parse("in-progress-now"), None);
        assert_eq!(Stage::parse("in"), None);
        assert_eq!(Stage::parse(""), None);
    }
}
