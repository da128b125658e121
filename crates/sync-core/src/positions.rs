//! Places in an order: which items keep theirs, and where the others go.

use crate::board::Position;
use alloc::vec;
use alloc::vec::Vec;

/// The least distance two items keep; a server moves neighbours that are closer than half of it.
const LEAST: f64 = 0.25;

/// Returns new places for the items that need one so that all stand in the given order.
///
/// `current` holds the items in the wanted order, with the place of those that have one; as many as
/// possible keep it. `others` are places of foreign items, which are never taken.
pub(crate) fn arrange(current: &[Option<Position>], others: &[Position]) -> Vec<Option<Position>> {
    let kept = longest_increasing(current);
    let mut places = vec![None; current.len()];
    if kept.iter().all(|kept| *kept) {
        return places;
    }
    let mut taken: Vec<f64> = others
        .iter()
        .chain(current.iter().flatten())
        .map(|p| p.0)
        .collect();
    taken.sort_by(f64::total_cmp);
    let end = taken.last().copied().unwrap_or_default().max(0.0);
    let mut lower = 0.0;
    let mut at = 0;
    while at < current.len() {
        if kept[at] {
            lower = current[at].map_or(lower, |place| place.0);
            at += 1;
            continue;
        }
        let run = (at..current.len()).take_while(|n| !kept[*n]).count();
        let (start, step) = match current.get(at + run).copied().flatten() {
            None => (end, Position::GAP),
            Some(upper) => {
                let (start, width) = widest_gap(&taken, lower, upper.0);
                (start, width / as_f64(run + 1))
            }
        };
        if step < LEAST {
            return renumber(current.len(), end);
        }
        for n in 0..run {
            places[at + n] = Some(Position(start + step * as_f64(n + 1)));
        }
        at += run;
    }
    places
}

/// Returns where the widest free stretch between two places starts, and its width.
fn widest_gap(taken: &[f64], lower: f64, upper: f64) -> (f64, f64) {
    let between = taken
        .iter()
        .copied()
        .filter(|place| lower < *place && *place < upper);
    let (mut start, mut widest) = (lower, (lower, 0.0));
    for place in between.chain([upper]) {
        if place - start > widest.1 {
            widest = (start, place - start);
        }
        start = place;
    }
    widest
}

/// Gives every item a new place behind all that are taken.
fn renumber(count: usize, end: f64) -> Vec<Option<Position>> {
    let place = |n| Some(Position(end + Position::GAP * as_f64(n + 1)));
    (0..count).map(place).collect()
}

/// Marks the items of one longest run of places that increase far enough.
fn longest_increasing(current: &[Option<Position>]) -> Vec<bool> {
    let place = |n: usize| current[n].map_or(0.0, |p| p.0);
    // `tails[k]` ends the best run of length k + 1; `before` links each item to its predecessor.
    let mut tails: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; current.len()];
    for (n, _) in current.iter().enumerate().filter(|(_, p)| p.is_some()) {
        let at = tails.partition_point(|tail| place(*tail) + LEAST <= place(n));
        before[n] = at.checked_sub(1).map(|last| tails[last]);
        if at == tails.len() {
            tails.push(n);
        } else {
            tails[at] = n;
        }
    }
    let mut kept = vec![false; current.len()];
    let mut next = tails.last().copied();
    while let Some(n) = next {
        kept[n] = true;
        next = before[n];
    }
    kept
}

/// Counts stay far below 2^52.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
fn as_f64(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(places: &[f64]) -> Vec<Option<Position>> {
        let some = |p: &f64| (*p > 0.0).then_some(Position(*p));
        places.iter().map(some).collect()
    }

    #[test]
    fn what_is_in_order_stays() {
        assert_eq!(arrange(&at(&[1.0, 2.0, 3.0]), &[]), at(&[0.0, 0.0, 0.0]));
    }

    #[test]
    fn one_moves_when_one_is_out_of_order() {
        let moved = arrange(&at(&[100.0, 300.0, 200.0, 400.0]), &[]);
        assert_eq!(moved.iter().flatten().count(), 1);
    }

    #[test]
    fn new_ones_go_between_or_behind() {
        assert_eq!(
            arrange(&at(&[100.0, 0.0, 200.0]), &[])[1],
            Some(Position(150.0))
        );
        let behind = arrange(&at(&[100.0, 0.0]), &[Position(900.0)]);
        assert_eq!(behind[1], Some(Position(900.0 + Position::GAP)));
    }

    #[test]
    fn places_of_others_are_not_taken() {
        let between = arrange(
            &at(&[100.0, 0.0, 200.0]),
            &[Position(150.0), Position(160.0)],
        );
        assert_eq!(between[1], Some(Position(125.0)));
    }

    #[test]
    fn no_room_means_all_anew() {
        let places = arrange(&at(&[1.0, 0.0, 1.25]), &[]);
        assert!(places.iter().all(Option::is_some));
    }

    proptest! {
        #[test]
        fn the_order_holds_and_stays(
            places in proptest::collection::vec(0u32..50, 0..20),
            others in proptest::collection::vec(1u32..50, 0..6),
        ) {
            let current: Vec<_> = places
                .iter()
                .map(|p| (*p > 0).then(|| Position(f64::from(*p) * 100.0)))
                .collect();
            let others: Vec<_> = others.iter().map(|p| Position(f64::from(*p) * 100.0)).collect();
            let moved = arrange(&current, &others);
            let after: Vec<_> = moved.iter().zip(&current).map(|(new, old)| new.or(*old)).collect();
            for pair in after.windows(2) {
                prop_assert!(pair[0].unwrap().0 + LEAST <= pair[1].unwrap().0);
            }
            for place in moved.iter().flatten() {
                prop_assert!(others.iter().all(|o| (o.0 - place.0).abs() >= LEAST));
            }
            prop_assert!(arrange(&after, &others).iter().all(Option::is_none));
        }
    }
}
