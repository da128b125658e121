//! Two starters, in every order of their steps.

use super::*;

/// What lies where the record does, and who of its writers lives.
#[derive(Clone)]
struct Place {
    record: Option<OwnerRecord>,
    living: Vec<i64>,
}

#[derive(Clone)]
enum Starter {
    Looking(OwnerRecord),
    Claiming(OwnerRecord, Claim),
    Owner(OwnerRecord),
    Gone,
}

impl Starter {
    /// One look, or one write that holds only if what it counts on still is so.
    fn step(self, place: &mut Place) -> Self {
        match self {
            Starter::Looking(own) => {
                let found = match &place.record {
                    None => OwnerState::Absent,
                    Some(record) => {
                        let alive = place.living.contains(&record.pid);
                        OwnerState::of(
                            record.clone(),
                            &ProcessFacts {
                                alive,
                                ..super::alive()
                            },
                        )
                    }
                };
                let claim = claim(&own, &found);
                Starter::Claiming(own, claim)
            }
            Starter::Claiming(own, Claim::Create) if place.record.is_none() => {
                Self::write(own, place)
            }
            Starter::Claiming(own, Claim::Replace(seen, _))
                if place
                    .record
                    .as_ref()
                    .is_some_and(|there| there.same_owner(&seen)) =>
            {
                Self::write(own, place)
            }
            Starter::Claiming(own, Claim::Create | Claim::Replace(..)) => Starter::Looking(own),
            Starter::Claiming(own, Claim::Own) => Starter::Owner(own),
            Starter::Claiming(..) => Starter::Gone,
            done => done,
        }
    }

    fn write(own: OwnerRecord, place: &mut Place) -> Self {
        place.record = Some(own.clone());
        Starter::Owner(own)
    }

    fn is_done(&self) -> bool {
        matches!(self, Starter::Owner(_) | Starter::Gone)
    }
}

fn explore(starters: &[Starter; 2], place: &Place, ends: &mut usize) {
    if starters.iter().all(Starter::is_done) {
        let owners: Vec<&OwnerRecord> = starters
            .iter()
            .filter_map(|starter| match starter {
                Starter::Owner(own) => Some(own),
                _ => None,
            })
            .collect();
        assert_eq!(owners.len(), 1);
        assert!(
            place
                .record
                .as_ref()
                .is_some_and(|record| record.same_owner(owners[0]))
        );
        *ends += 1;
        return;
    }
    for n in [0, 1] {
        if !starters[n].is_done() {
            let (mut starters, mut place) = (starters.clone(), place.clone());
            starters[n] = starters[n].clone().step(&mut place);
            explore(&starters, &place, ends);
        }
    }
}

#[test]
fn of_two_starters_one_owns() {
    let starter = |pid, token: &str, version: &str| OwnerRecord {
        pid,
        token: Token::new(token),
        package_version: version.into(),
        ..record()
    };
    for left in [None, Some(record())] {
        for version in ["3.2.0rc12", "3.2.0"] {
            let two = [starter(1, "one", "3.2.0rc12"), starter(2, "two", version)];
            let place = Place {
                record: left.clone(),
                living: vec![1, 2],
            };
            let mut ends = 0;
            explore(&two.map(Starter::Looking), &place, &mut ends);
            assert!(ends > 2, "{ends} orders");
        }
    }
}
