//! Several processes at one file, and processes that are killed.

use super::*;
use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

/// Names the file a child writes to, and what it calls its cards.
const CHILD: &str = "ONWARD_STORE_TEST_CHILD";

/// Starts this test binary once more, to run [`child`].
#[expect(
    clippy::disallowed_methods,
    reason = "only a process of its own can be killed"
)]
fn spawn(path: &Utf8Path, name: &str, cards: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "board::tests::processes::child", "--ignored"])
        .env(CHILD, format!("{cards}:{name}:{path}"))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
#[ignore = "is started by the other tests here"]
#[expect(
    clippy::disallowed_methods,
    reason = "a child has no other way to learn its task"
)]
fn child() {
    let task = std::env::var(CHILD).unwrap();
    let (cards, rest) = task.split_once(':').unwrap();
    let (name, path) = rest.split_once(':').unwrap();
    let board = EmbeddedBoard::open(Utf8Path::new(path)).unwrap();
    for n in 0..cards.parse().unwrap() {
        let write = Write::CreateCard {
            list: ListId::new(LIST),
            name: format!("{name}-{n}"),
            description: "x".repeat(3000),
            position: Position(f64::from(n)),
        };
        made(&board, &write);
        // Past the capture of the test harness, and out at once.
        writeln!(std::io::stderr(), "made {n}").unwrap();
    }
}

#[test]
fn two_processes_that_write_at_once_lose_nothing() {
    let home = Home::new();
    drop(furnished(&home));
    let children = ["left", "right"].map(|name| spawn(&home.path(), name, 100));
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let board = EmbeddedBoard::open(&home.path()).unwrap();
    let mut found = names(&board);
    let mut wanted: Vec<_> = (0..100)
        .flat_map(|n| ["left", "right"].map(|name| format!("{name}-{n}")))
        .collect();
    found.sort();
    wanted.sort();
    assert_eq!(found, wanted);
    assert_whole(&board);
}

#[test]
fn two_threads_that_write_at_once_lose_nothing() {
    let home = Home::new();
    drop(furnished(&home));
    let shared = EmbeddedBoard::open(&home.path()).unwrap();
    std::thread::scope(|threads| {
        for name in ["left", "right"] {
            let (path, shared) = (home.path(), &shared);
            threads.spawn(move || {
                let own = EmbeddedBoard::open(&path).unwrap();
                for n in 0..50 {
                    // A change reads before it writes, and nobody may come in between.
                    let name = format!("{name}-{n}");
                    let id = made(&own, &card(&name));
                    made(&own, &renamed(&id, &name, "own"));
                    made(shared, &renamed(&id, "own", &name));
                }
            });
        }
    });
    let wanted = (0..50).flat_map(|n| ["left", "right"].map(|name| format!("{name}-{n}")));
    assert_eq!(
        names(&shared).into_iter().collect::<HashSet<_>>(),
        wanted.collect()
    );
    assert_whole(&shared);
}

#[test]
fn a_killed_writer_leaves_a_whole_file_with_all_it_was_told_is_done() {
    let home = Home::new();
    drop(furnished(&home));
    for (round, told) in [1, 2, 17, 60, 400].into_iter().enumerate() {
        let mut child = spawn(&home.path(), &format!("round{round}"), 100_000);
        let answers = BufReader::new(child.stderr.take().unwrap());
        assert_eq!(answers.lines().take(told).map(Result::unwrap).count(), told);
        child.kill().unwrap();
        child.wait().unwrap();

        let killed = look_at(&home, round);
        let board = EmbeddedBoard::open(&home.path()).unwrap();
        assert_eq!(
            cards_of(&board, round),
            killed,
            "a look and an opening find the same"
        );
        assert!(killed >= told, "{killed} of {told}");
        assert_whole(&board);
        made(&board, &card("afterwards"));
    }
}

fn look_at(home: &Home, round: usize) -> usize {
    cards_of(
        &EmbeddedBoard::open_existing(&home.path()).unwrap().unwrap(),
        round,
    )
}

/// Counts the cards of a round, which must be the first so many without a gap.
fn cards_of(board: &EmbeddedBoard, round: usize) -> usize {
    let prefix = format!("round{round}-");
    let numbers: Vec<usize> = names(board)
        .iter()
        .filter_map(|name| name.strip_prefix(&prefix)?.parse().ok())
        .collect();
    assert!(numbers.iter().copied().eq(0..numbers.len()), "{numbers:?}");
    numbers.len()
}
