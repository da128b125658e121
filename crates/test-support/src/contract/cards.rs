//! Cards: made, labelled, changed, thrown away.

use futures_util::future::join_all;
use sync_core::adapter::{Board, Outcome, Shelves};
use sync_core::board::{Card, Position, Shelf, Traces};
use sync_core::ids::{CardId, LabelId, TaskListId};
use sync_core::write::Write;

use super::Subject;
use super::scene::{NOBODY, place, seen, update};

/// Lines, blanks and a line that Markdown does not show.
const DESCRIPTION: &str = "  First line 'quoted' \"twice\"\r\n\r\n\tsecond 👩‍💻 line \\ %20\n\n\
                           [onward:1]: # \"key=a%20b id=1f\"\n";

/// Name, description and place come back as they were sent; a new card has nothing else.
pub async fn a_card_reads_back_as_made<B: Board, K>(subject: &Subject<B, K>) {
    let scene = subject.scene().await;
    let mut made = Vec::new();
    for (position, description) in [(65536.0, DESCRIPTION), (65537.5, ""), (131_072.0, "x")] {
        let create = Write::CreateCard {
            list: scene.list.clone(),
            name: "add-search".into(),
            description: description.into(),
            position: Position(position),
        };
        let id = CardId::new(subject.make(create).await);
        let task_lists = subject.look(&scene, &id).await.task_lists;
        if subject.board.features().task_lists {
            assert!(task_lists.is_empty(), "a new card has no task list");
        } else {
            let flat: Vec<_> = task_lists
                .iter()
                .map(|l| (&l.id, l.name.as_str()))
                .collect();
            assert_eq!(
                flat,
                [(&TaskListId::new(id.as_str()), "")],
                "the card is its task list"
            );
            assert!(task_lists[0].tasks.is_empty());
        }
        made.push(Card {
            id,
            list: scene.list.clone(),
            name: "add-search".into(),
            description: description.into(),
            position: Position(position),
            labels: Vec::new(),
            task_lists,
            traces: Traces::default(),
        });
    }
    assert_eq!(subject.read(&scene.board).await.cards, made);
}

/// Writes on different cards do not disturb each other.
pub async fn cards_made_at_once_are_all_there<B: Board, K>(subject: &Subject<B, K>) {
    let scene = subject.scene().await;
    let wanted: Vec<_> = (1..=16)
        .map(|n| (format!("change-{n}"), place(n)))
        .collect();
    let creates: Vec<_> = wanted
        .iter()
        .map(|(name, position)| Write::CreateCard {
            list: scene.list.clone(),
            name: name.clone(),
            description: DESCRIPTION.into(),
            position: *position,
        })
        .collect();
    let outcomes = join_all(creates.iter().map(|create| subject.board.perform(create))).await;
    for outcome in outcomes {
        assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
    }
    let cards = subject.read(&scene.board).await.cards;
    let found: Vec<_> = cards.into_iter().map(|c| (c.name, c.position)).collect();
    assert_eq!(found, wanted);
}

/// The second time is as good, and said so; unknown ones are superseded.
pub async fn a_label_is_attached_once<B: Board, K>(subject: &Subject<B, K>) {
    let scene = subject.scene().await;
    let other = subject.label(&scene.board, "other", 2).await;
    let card = subject.card(&scene.list, "add-search", 1).await;
    let attach = |label: &LabelId| Write::AttachLabel {
        card: card.clone(),
        label: label.clone(),
    };
    subject.done(attach(&scene.label)).await;
    subject.already_so(attach(&scene.label)).await;
    assert_eq!(
        subject.look(&scene, &card).await.labels,
        std::slice::from_ref(&scene.label)
    );
    subject.done(attach(&other)).await;
    subject.superseded(attach(&LabelId::new(NOBODY))).await;
    let label = scene.label.clone();
    subject
        .superseded(Write::AttachLabel {
            card: CardId::new(NOBODY),
            label,
        })
        .await;
    assert_eq!(
        subject.look(&scene, &card).await.labels,
        [scene.label.clone(), other]
    );
}

/// What a write does not name stays: name, description, and list with place, one at a time.
pub async fn a_part_of_a_card_changes_alone<B: Board, K>(subject: &Subject<B, K>) {
    let scene = subject.scene().await;
    let target = subject.list(&scene.board, "Done", 2).await;
    let card = subject.card(&scene.list, "add-search", 1).await;
    let label = scene.label.clone();
    subject
        .done(Write::AttachLabel {
            card: card.clone(),
            label,
        })
        .await;
    let home = subject.task_list(&card, "Tasks", 1).await;
    subject.task(&card, &home, "Add", 1).await;
    let mut wanted = subject.look(&scene, &card).await;
    let parts = [
        (Some("archive-search"), None, None),
        (None, Some(DESCRIPTION), None),
        (None, None, Some((&target, place(7)))),
        (None, None, Some((&target, place(3)))),
    ];
    for (name, description, to) in parts {
        let write = Write::UpdateCard {
            card: card.clone(),
            seen: seen(&wanted),
            name: name.map(Into::into),
            description: description.map(Into::into),
            place: to.map(|(list, position)| (list.clone(), position)),
        };
        subject.done(write).await;
        wanted.name = name.map_or(wanted.name, Into::into);
        wanted.description = description.map_or(wanted.description, Into::into);
        (wanted.list, wanted.position) = to.map_or((wanted.list, wanted.position), |(list, p)| {
            (list.clone(), p)
        });
        assert_eq!(subject.look(&scene, &card).await, wanted);
    }
}

/// One write carries them all, so that no reader sees a marker without what it stands for.
pub async fn all_parts_of_a_card_change_in_one_write<B: Board, K>(subject: &Subject<B, K>) {
    let scene = subject.scene().await;
    let target = subject.list(&scene.board, "Done", 2).await;
    let card = subject.card(&scene.list, "add-search", 1).await;
    let before = subject.look(&scene, &card).await;
    let write = Write::UpdateCard {
        card: card.clone(),
        seen: seen(&before),
        name: Some("archive-search".into()),
        description: Some(DESCRIPTION.into()),
        place: Some((target.clone(), place(5))),
    };
    subject.done(write).await;
    let wanted = Card {
        list: target,
        name: "archive-search".into(),
        description: DESCRIPTION.into(),
        position: place(5),
        ..before
    };
    assert_eq!(subject.look(&scene, &card).await, wanted);
}

/// No description is an empty one, before and after.
pub async fn a_description_can_be_emptied<B: Board, K>(subject: &Subject<B, K>) {
    let scene = subject.scene().await;
    let card = subject.card(&scene.list, "add-search", 1).await;
    for text in ["", "back again"] {
        let mut write = update(&subject.look(&scene, &card).await);
        if let Write::UpdateCard { description, .. } = &mut write {
            *description = Some(text.into());
        }
        subject.done(write).await;
        assert_eq!(subject.look(&scene, &card).await.description, text);
    }
}

/// A write whose answer was lost is sent again.
pub async fn an_update_sent_twice_is_as_good_as_once<B: Board, K>(subject: &Subject<B, K>) {
    let scene = subject.scene().await;
    let target = subject.list(&scene.board, "Done", 2).await;
    let card = subject.card(&scene.list, "add-search", 1).await;
    let write = Write::UpdateCard {
        card: card.clone(),
        seen: seen(&subject.look(&scene, &card).await),
        name: Some("archive-search".into()),
        description: Some(DESCRIPTION.into()),
        place: Some((target, place(5))),
    };
    assert!(write.is_repeatable());
    subject.done(write.clone()).await;
    let after = subject.read(&scene.board).await;
    subject.settled(write).await;
    assert_eq!(subject.read(&scene.board).await, after);
}

/// A card that is gone is not made anew, and a card does not go to a list that is gone.
pub async fn an_unknown_card_is_superseded<B: Board, K>(subject: &Subject<B, K>) {
    let scene = subject.scene().await;
    let card = subject.card(&scene.list, "add-search", 1).await;
    let before = subject.read(&scene.board).await;
    let known = subject.look(&scene, &card).await;
    let unknown = Card {
        id: CardId::new(NOBODY),
        ..known.clone()
    };
    let mut write = update(&unknown);
    if let Write::UpdateCard { name, .. } = &mut write {
        *name = Some("archive-search".into());
    }
    subject.superseded(write).await;
    let mut write = update(&known);
    if let Write::UpdateCard { place: to, .. } = &mut write {
        *to = Some((sync_core::ids::ListId::new(NOBODY), place(2)));
    }
    subject.superseded(write).await;
    assert_eq!(subject.read(&scene.board).await, before);
}

/// A twin goes to the trash, where there is one, and off the board; doing it again is no trouble.
pub async fn a_discarded_card_is_out_of_sight<B: Board, K>(subject: &Subject<B, K>) {
    let scene = subject.scene().await;
    let kept = subject.card(&scene.list, "add-search", 1).await;
    let twin = subject.card(&scene.list, "add-search", 2).await;
    let label = scene.label.clone();
    subject
        .done(Write::AttachLabel {
            card: twin.clone(),
            label,
        })
        .await;
    let home = subject.task_list(&twin, "Tasks", 1).await;
    subject.task(&twin, &home, "Add", 1).await;
    let kept = subject.look(&scene, &kept).await;
    let snapshot = subject.read(&scene.board).await;
    let discard = Write::DiscardCard {
        card: twin.clone(),
        seen: seen(&subject.look(&scene, &twin).await),
        trash: snapshot.trash.clone(),
    };
    subject.done(discard.clone()).await;
    subject.settled(discard).await;
    let after = subject.read(&scene.board).await;
    assert_eq!(after.cards, [kept]);

    let found = subject
        .board
        .search_shelves(&after, "add-search is wanted")
        .await;
    let found = found.expect("the shelves can be searched");
    if subject.board.features().shelves {
        let found: Vec<_> = found.cards.into_iter().map(|c| (c.id, c.shelf)).collect();
        assert_eq!(found, [(twin, Shelf::Trash)]);
    } else {
        assert_eq!(found, Shelves::default());
        assert_eq!((snapshot.trash, snapshot.archive), (None, None));
    }
}
