//! When a change was last touched: the newest of its files, as `list` shows and sorts by.

use crate::beneath::Place;
use crate::error::Error;
use crate::folder::FileKind;

/// The newest modification time of anything but folders under `change`, hidden files included and
/// links followed; without any, the folder's own. Milliseconds since 1970 (OpenSpec sheet §3).
pub(crate) fn last_modified(change: &Place) -> Result<i64, Error> {
    let mut newest = None;
    walk(change, &mut newest)?;
    match newest {
        Some(newest) => Ok(newest),
        None => change
            .folder()
            .own_modified()
            .map(|(seconds, nanos)| millis(seconds, nanos)),
    }
}

fn walk(place: &Place, newest: &mut Option<i64>) -> Result<(), Error> {
    let folder = place.folder();
    for entry in folder.entries() {
        if entry.kind == FileKind::Folder {
            walk(&place.enter(&entry.name)?, newest)?;
        } else if let Some((seconds, nanos)) = folder.modified(&entry.name)? {
            *newest = (*newest).max(Some(millis(seconds, nanos)));
        }
    }
    Ok(())
}

/// As Node: seconds and nanoseconds made one number of milliseconds, then rounded, half up.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "Node reckons in doubles, and its rounding is what we want"
)]
fn millis(seconds: i64, nanos: i64) -> i64 {
    let exact = seconds as f64 * 1000.0 + nanos as f64 / 1e6;
    (exact + 0.5).floor() as i64
}

#[cfg(test)]
mod tests {
    use super::millis;

    #[test]
    fn half_a_millisecond_is_rounded_up() {
        for (nanos, expected) in [
            (0, 1_785_126_067_000),
            (499_600, 1_785_126_067_000),
            (500_000, 1_785_126_067_001),
            (999_400_000, 1_785_126_067_999),
            // Doubles of this size are a quarter of a microsecond apart.
            (999_499_999, 1_785_126_068_000),
            (999_500_000, 1_785_126_068_000),
        ] {
            assert_eq!(millis(1_785_126_067, nanos), expected, "{nanos}");
        }
        assert_eq!(millis(-1, 500_000), -999);
    }
}
