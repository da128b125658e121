//! Where an object lands among its siblings, and which of them have to move (Planka sheet §7).

use super::clock::Time;
use super::rows::{Id, Placed};
use super::table::Table;

/// Nearer than this collides.
const NEAREST: f64 = 0.125;
/// The distance at which the server puts what it moves.
const GAP: f64 = 16384.0;
/// Above this the whole row of siblings is numbered anew: 2^50.
const HIGHEST: f64 = 1_125_899_906_842_624.0;

/// Sorts by position, then id; what has no position comes last.
pub(super) fn in_order<'a, R: Placed + 'a>(rows: impl Iterator<Item = &'a R>) -> Vec<&'a R> {
    let mut rows: Vec<&R> = rows.collect();
    rows.sort_by(|one, other| {
        let by_position = match (one.position(), other.position()) {
            (Some(one), Some(other)) => one.total_cmp(&other),
            (one, other) => other.is_some().cmp(&one.is_some()),
        };
        by_position.then_with(|| one.id().cmp(&other.id()))
    });
    rows
}

/// Makes room for a position among the rows of a parent and returns the position to store.
/// The row that is about to move is left out of its own neighbours.
pub(super) fn make_room<R: Placed>(
    table: &mut Table<R>,
    parent: Id,
    wanted: f64,
    moving: Option<Id>,
    now: Time,
) -> f64 {
    let mut siblings: Vec<(f64, Id)> = table
        .of(parent)
        .filter(|row| Some(row.id()) != moving)
        .filter_map(|row| Some((row.position()?, row.id())))
        .collect();
    siblings.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    let taken: Vec<f64> = siblings.iter().map(|(position, _)| *position).collect();

    let (at, places) = arrange(&taken, wanted);
    let others = places[..at].iter().chain(&places[at + 1..]);
    for (&(old, id), &new) in siblings.iter().zip(others) {
        if old.total_cmp(&new).is_ne() {
            table.update(id, now, |row| row.set_position(new));
        }
    }
    places[at]
}

/// Inserts into ascending positions: the index of the new one, and all positions afterwards.
fn arrange(taken: &[f64], wanted: f64) -> (usize, Vec<f64>) {
    let at = taken.partition_point(|position| *position <= wanted);
    let mut places = taken.to_vec();
    places.insert(at, wanted);

    let mut start = at;
    while start > 0 && places[start] - places[start - 1] < NEAREST {
        start -= 1;
    }
    for index in start + 1..places.len() {
        let previous = places[index - 1];
        if places[index] - previous >= NEAREST {
            break;
        }
        places[index] = match places.get(index + 1) {
            Some(next) if next - previous >= 2.0 * NEAREST => previous.midpoint(*next),
            _ => previous + GAP,
        };
    }
    if places.last().is_some_and(|last| *last > HIGHEST) {
        let mut position = 0.0;
        for place in &mut places {
            position += GAP;
            *place = position;
        }
    }
    (at, places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_place_moves_nobody() {
        assert_eq!(arrange(&[], 65536.0), (0, vec![65536.0]));
        assert_eq!(
            arrange(&[65536.0, 131_072.0], 98304.0),
            (1, vec![65536.0, 98304.0, 131_072.0])
        );
        assert_eq!(arrange(&[1.0], 1.125), (1, vec![1.0, 1.125]));
    }

    #[test]
    fn a_taken_place_gives_the_next_gap() {
        assert_eq!(arrange(&[65536.0], 65536.0), (1, vec![65536.0, 81920.0]));
    }

    #[test]
    fn between_two_the_new_one_is_halfway() {
        assert_eq!(
            arrange(&[65536.0, 81920.0], 65536.05),
            (1, vec![65536.0, 73728.0, 81920.0])
        );
    }

    #[test]
    fn without_room_the_following_are_moved() {
        assert_eq!(
            arrange(&[10.0, 10.2, 500.0], 10.1),
            (1, vec![10.0, 16394.0, 32778.0, 49162.0])
        );
    }

    #[test]
    fn beyond_the_highest_all_are_numbered_anew() {
        assert_eq!(
            arrange(&[1.0, 2.0], HIGHEST * 4.0),
            (2, vec![16384.0, 32768.0, 49152.0])
        );
    }
}
