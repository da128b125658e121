-- The embedded board, version 1. A released step is never edited: a change is a step of its own.

-- The last id given. One sequence for all kinds, so an id never names two things.
CREATE TABLE sequence (last INTEGER NOT NULL) STRICT;
INSERT INTO sequence (last) VALUES (0);

CREATE TABLE projects (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

-- No cascade: a project with a board cannot be deleted.
CREATE TABLE boards (
    id INTEGER PRIMARY KEY,
    project_id INTEGER NOT NULL REFERENCES projects,
    name TEXT NOT NULL,
    position REAL NOT NULL
) STRICT;
CREATE INDEX boards_of_project ON boards (project_id);

CREATE TABLE lists (
    id INTEGER PRIMARY KEY,
    board_id INTEGER NOT NULL REFERENCES boards ON DELETE CASCADE,
    name TEXT NOT NULL,
    position REAL NOT NULL
) STRICT;
CREATE INDEX lists_of_board ON lists (board_id);

CREATE TABLE labels (
    id INTEGER PRIMARY KEY,
    board_id INTEGER NOT NULL REFERENCES boards ON DELETE CASCADE,
    name TEXT NOT NULL,
    position REAL NOT NULL
) STRICT;
CREATE INDEX labels_of_board ON labels (board_id);

-- No cascade: what holds a card cannot be deleted.
CREATE TABLE cards (
    id INTEGER PRIMARY KEY,
    list_id INTEGER NOT NULL REFERENCES lists,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    position REAL NOT NULL
) STRICT;
CREATE INDEX cards_of_list ON cards (list_id);

-- No cascade from labels: an attached label cannot be deleted.
CREATE TABLE card_labels (
    card_id INTEGER NOT NULL REFERENCES cards ON DELETE CASCADE,
    label_id INTEGER NOT NULL REFERENCES labels,
    PRIMARY KEY (card_id, label_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX cards_of_label ON card_labels (label_id);

CREATE TABLE task_lists (
    id INTEGER PRIMARY KEY,
    card_id INTEGER NOT NULL REFERENCES cards ON DELETE CASCADE,
    name TEXT NOT NULL,
    position REAL NOT NULL
) STRICT;
CREATE INDEX task_lists_of_card ON task_lists (card_id);

CREATE TABLE tasks (
    id INTEGER PRIMARY KEY,
    task_list_id INTEGER NOT NULL REFERENCES task_lists ON DELETE CASCADE,
    name TEXT NOT NULL,
    done INTEGER NOT NULL CHECK (done IN (0, 1)),
    position REAL NOT NULL
) STRICT;
CREATE INDEX tasks_of_task_list ON tasks (task_list_id);
