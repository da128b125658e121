//! A progress bar on a terminal, for runs that take a while.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Fewer steps than this are over before a bar is of use.
const WORTH_A_BAR: usize = 25;

/// The bar of one run; hidden where standard error is no terminal.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Starts a bar over so many steps, which are called by that word.
    pub(crate) fn start(steps: usize, what: &str) -> Self {
        let target = if steps < WORTH_A_BAR {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr_with_hz(10)
        };
        let bar = ProgressBar::with_draw_target(u64::try_from(steps).ok(), target);
        let template = format!("{{bar:30}} {{pos}}/{{len}} {what}, {{eta}} left");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Shows how many steps have a fate.
    pub(crate) fn show(&self, done: usize) {
        self.0.set_position(u64::try_from(done).unwrap_or(u64::MAX));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
