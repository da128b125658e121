//! What else hangs on cards: comments, members, attachments, custom fields (Planka sheet §9).

use super::State;
use crate::fake_planka::Version;
use crate::fake_planka::positions::make_room;
use crate::fake_planka::rows::{
    Attachment, CardMember, Comment, Field, FieldGroup, FieldValue, Id, Row as _,
};

pub(crate) struct NewFieldGroup {
    pub(crate) board: Option<Id>,
    pub(crate) card: Option<Id>,
    pub(crate) name: Option<String>,
    pub(crate) position: f64,
}

impl State {
    /// Adds a comment. Version 2 counts comments on the card and subscribes who wrote one.
    pub(crate) fn add_comment(&mut self, card: Id, user: Id, text: &str) -> Id {
        let stamp = self.stamp();
        let comment = self.comments.insert(Comment {
            stamp,
            card,
            user,
            text: text.to_owned(),
        });
        if self.version == Version::V2 {
            self.cards.alter(card, |card| {
                if !card.subscribers.contains(&user) {
                    card.subscribers.push(user);
                }
            });
            self.touch_card(card);
        }
        comment
    }

    pub(crate) fn remove_comment(&mut self, comment: Id) {
        if let Some(comment) = self.comments.remove(comment)
            && self.version == Version::V2
        {
            self.touch_card(comment.card);
        }
    }

    pub(crate) fn add_card_member(&mut self, card: Id, user: Id) -> Id {
        let stamp = self.stamp();
        self.card_members.insert(CardMember { stamp, card, user })
    }

    pub(crate) fn add_attachment(&mut self, card: Id, creator: Id, name: &str, url: &str) -> Id {
        let stamp = self.stamp();
        self.attachments.insert(Attachment {
            stamp,
            card,
            creator,
            name: name.to_owned(),
            url: url.to_owned(),
        })
    }

    pub(crate) fn add_field_group(&mut self, group: NewFieldGroup) -> Id {
        let now = self.tick();
        let stamp = self.stamp();
        let mut row = FieldGroup {
            stamp,
            board: group.board,
            card: group.card,
            position: group.position,
            name: group.name,
        };
        let parent = row.parent();
        row.position = make_room(&mut self.field_groups, parent, row.position, None, now);
        self.field_groups.insert(row)
    }

    pub(super) fn remove_field_group(&mut self, group: Id) {
        let values = self.field_values.all();
        let values: Vec<Id> = values
            .filter(|value| value.group == group)
            .map(FieldValue::id)
            .collect();
        for value in values {
            self.field_values.remove(value);
        }
        self.fields.remove_of(group);
        self.field_groups.remove(group);
    }

    pub(crate) fn add_field(
        &mut self,
        group: Id,
        name: &str,
        position: f64,
        show_on_front: bool,
    ) -> Id {
        let now = self.tick();
        let position = make_room(&mut self.fields, group, position, None, now);
        let stamp = self.stamp();
        self.fields.insert(Field {
            stamp,
            group,
            position,
            name: name.to_owned(),
            show_on_front,
        })
    }

    pub(crate) fn field_value(&self, card: Id, group: Id, field: Id) -> Option<Id> {
        let mut values = self.field_values.of(card);
        values
            .find(|value| value.group == group && value.field == field)
            .map(FieldValue::id)
    }

    /// Creates or replaces a value.
    pub(crate) fn set_field_value(
        &mut self,
        card: Id,
        group: Id,
        field: Id,
        content: String,
    ) -> Id {
        if let Some(id) = self.field_value(card, group, field) {
            let now = self.tick();
            self.field_values
                .update(id, now, |value| value.content = content);
            return id;
        }
        let stamp = self.stamp();
        self.field_values.insert(FieldValue {
            stamp,
            card,
            group,
            field,
            content,
        })
    }
}
