-- The hub, version 1. A released step is never edited: a change is a step of its own.
--
-- The triggers keep the hub's promises for any client: a rank never falls but by a counted reopen,
-- and every change makes a new version. The writes of this crate check the same in their statements.

CREATE TABLE repositories (
    id TEXT PRIMARY KEY NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    remote TEXT,
    synced INTEGER,
    version INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE repository_paths (
    repository_id TEXT NOT NULL REFERENCES repositories ON DELETE CASCADE,
    host TEXT NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (repository_id, host)
) STRICT, WITHOUT ROWID;

-- The words and their ranks are those of sync_core::status, which a test compares. A word that is
-- no status has no rank.
CREATE TABLE workplans (
    id TEXT PRIMARY KEY NOT NULL,
    repository_id TEXT REFERENCES repositories,
    file_id TEXT,
    title TEXT NOT NULL,
    status TEXT NOT NULL,
    rank INTEGER GENERATED ALWAYS AS (CASE lower(trim(status, char(9, 10, 13, 32)))
        WHEN 'proposed' THEN 0 WHEN 'todo' THEN 0 WHEN 'backlog' THEN 0 WHEN 'ready' THEN 0
        WHEN 'active' THEN 1 WHEN 'blocked' THEN 1
        WHEN 'finished' THEN 2 WHEN 'done' THEN 2 WHEN 'completed' THEN 2
        WHEN 'archived' THEN 3 END) VIRTUAL,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0),
    reopens INTEGER NOT NULL DEFAULT 0 CHECK (reopens >= 0),
    changed_by TEXT NOT NULL,
    changed_at INTEGER NOT NULL DEFAULT (unixepoch()),
    UNIQUE (repository_id, file_id)
) STRICT;
CREATE INDEX workplans_of_file_id ON workplans (file_id);

CREATE TABLE tasks (
    id TEXT PRIMARY KEY NOT NULL,
    workplan_id TEXT NOT NULL REFERENCES workplans,
    file_id TEXT,
    title TEXT NOT NULL,
    status TEXT NOT NULL,
    rank INTEGER GENERATED ALWAYS AS (CASE lower(trim(status, char(9, 10, 13, 32)))
        WHEN 'todo' THEN 0
        WHEN 'in_progress' THEN 1 WHEN 'progress' THEN 1 WHEN 'blocked' THEN 1 WHEN 'wait' THEN 1
        WHEN 'done' THEN 2 WHEN 'cancelled' THEN 2 WHEN 'cancel' THEN 2 END) VIRTUAL,
    priority TEXT,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0),
    reopens INTEGER NOT NULL DEFAULT 0 CHECK (reopens >= 0),
    changed_by TEXT NOT NULL,
    changed_at INTEGER NOT NULL DEFAULT (unixepoch()),
    UNIQUE (workplan_id, file_id)
) STRICT;
CREATE INDEX tasks_of_file_id ON tasks (file_id);

-- A word without a rank is neither left nor taken on but by a reopen.
CREATE TRIGGER workplan_rank_stays BEFORE UPDATE ON workplans
WHEN NEW.status IS NOT OLD.status AND ifnull(NEW.rank, -1) < ifnull(OLD.rank, 9)
    AND NEW.reopens <> OLD.reopens + 1
BEGIN SELECT RAISE(ABORT, 'a rank falls only by a reopen, which is counted'); END;
CREATE TRIGGER task_rank_stays BEFORE UPDATE ON tasks
WHEN NEW.status IS NOT OLD.status AND ifnull(NEW.rank, -1) < ifnull(OLD.rank, 9)
    AND NEW.reopens <> OLD.reopens + 1
BEGIN SELECT RAISE(ABORT, 'a rank falls only by a reopen, which is counted'); END;

CREATE TRIGGER workplan_version_grows BEFORE UPDATE ON workplans
WHEN NEW.version <> OLD.version + 1 OR NEW.reopens < OLD.reopens
BEGIN SELECT RAISE(ABORT, 'every change makes the next version, and no reopen is forgotten'); END;
CREATE TRIGGER task_version_grows BEFORE UPDATE ON tasks
WHEN NEW.version <> OLD.version + 1 OR NEW.reopens < OLD.reopens
BEGIN SELECT RAISE(ABORT, 'every change makes the next version, and no reopen is forgotten'); END;

-- REPLACE would make a row anew without an update.
CREATE TRIGGER workplan_is_not_replaced BEFORE INSERT ON workplans
WHEN EXISTS (SELECT 1 FROM workplans WHERE id = NEW.id)
    OR EXISTS (SELECT 1 FROM workplans
               WHERE repository_id = NEW.repository_id AND file_id = NEW.file_id)
BEGIN SELECT RAISE(ABORT, 'the workplan is there already'); END;
CREATE TRIGGER task_is_not_replaced BEFORE INSERT ON tasks
WHEN EXISTS (SELECT 1 FROM tasks WHERE id = NEW.id)
    OR EXISTS (SELECT 1 FROM tasks
               WHERE workplan_id = NEW.workplan_id AND file_id = NEW.file_id)
BEGIN SELECT RAISE(ABORT, 'the task is there already'); END;
