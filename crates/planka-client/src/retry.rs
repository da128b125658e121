//! When a request is tried once more, and after which pause.

use crate::answer::Answer;
use crate::error::Error;
use crate::request::Resend;
use crate::settings::Limits;
use jiff::fmt::rfc2822::DateTimeParser;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// Says whether another try could help and cannot harm.
pub(crate) fn is_worth_it(resend: Resend, result: &Result<Answer, Error>) -> bool {
    match result {
        // It never left, whatever it was.
        Err(Error::Unreachable { .. }) => true,
        Err(Error::Broken { .. }) => resend != Resend::OnlyUnmade,
        Err(_) => false,
        Ok(answer) => match answer.status {
            // Turned away at the door, so not carried out.
            429 => true,
            // Said by proxies too, after the server has been given the request.
            502..=504 => resend != Resend::OnlyUnmade,
            500 => resend == Resend::Read,
            _ => false,
        },
    }
}

impl Limits {
    /// Returns the pause after `tries` failed ones, or nothing when it was the last.
    ///
    /// `asked` is the server's `Retry-After`; `random` lies between 0 and 1. The pause doubles, and
    /// all of it is left to chance, so that clients that failed together do not come back together.
    pub(crate) fn pause(
        &self,
        tries: u32,
        asked: Option<Duration>,
        random: f64,
    ) -> Option<Duration> {
        if tries >= self.tries {
            return None;
        }
        let doubled = 2u32.saturating_pow(tries.saturating_sub(1));
        let own = self
            .first_pause
            .saturating_mul(doubled)
            .min(self.longest_pause);
        match asked {
            Some(asked) if asked > self.longest_pause => None,
            Some(asked) => Some(asked + self.first_pause.mul_f64(random)),
            None => Some(own.mul_f64(random)),
        }
    }
}

/// Returns a number between 0 and 1 that differs each time.
pub(crate) fn random() -> f64 {
    // Seeded anew for each one by the standard library, which has no other source of chance.
    let bits = RandomState::new().hash_one(());
    let half = u32::try_from(bits >> 32).unwrap_or(u32::MAX);
    f64::from(half) / f64::from(u32::MAX)
}

/// Reads `Retry-After`: seconds, or a date, which is compared with the server's own `Date`, so that
/// no clock of ours takes part.
pub(crate) fn retry_after(value: &str, date: Option<&str>) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let parser = DateTimeParser::new();
    let then = parser.parse_timestamp(value.trim()).ok()?;
    let now = parser.parse_timestamp(date?.trim()).ok()?;
    // A date gone by asks for no wait.
    Some(Duration::try_from(then.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests;
