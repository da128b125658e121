-- The hub in PostgreSQL, version 1. A released step is never edited: a change is a step of its own.
--
-- Everything lies in a schema of its own and is always named with it, so neither the search path nor
-- other tables of the database matter. The triggers keep the hub's promises for any client: a rank
-- never falls but by a counted reopen, every change makes a new version, its time is the server's.
-- The writes of this crate check the same in their statements.

CREATE TABLE onward.hub (
    application TEXT NOT NULL,
    version INTEGER NOT NULL
);
CREATE UNIQUE INDEX hub_is_one_row ON onward.hub ((true));

CREATE TABLE onward.repositories (
    id TEXT COLLATE "C" PRIMARY KEY,
    slug TEXT COLLATE "C" NOT NULL UNIQUE,
    remote TEXT,
    synced TIMESTAMPTZ,
    version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0)
);

CREATE TABLE onward.repository_paths (
    repository_id TEXT COLLATE "C" NOT NULL REFERENCES onward.repositories ON DELETE CASCADE,
    host TEXT COLLATE "C" NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (repository_id, host)
);

-- The words and their ranks are those of sync_core::status, which a test compares. A word that is
-- no status has no rank.
CREATE FUNCTION onward.workplan_rank(status TEXT) RETURNS SMALLINT IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE sql AS $$
    SELECT CASE lower(btrim(status, E' \t\n\r') COLLATE "C")
        WHEN 'proposed' THEN 0 WHEN 'todo' THEN 0 WHEN 'backlog' THEN 0 WHEN 'ready' THEN 0
        WHEN 'active' THEN 1 WHEN 'blocked' THEN 1
        WHEN 'finished' THEN 2 WHEN 'done' THEN 2 WHEN 'completed' THEN 2
        WHEN 'archived' THEN 3 END::SMALLINT
$$;
CREATE FUNCTION onward.task_rank(status TEXT) RETURNS SMALLINT IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE sql AS $$
    SELECT CASE lower(btrim(status, E' \t\n\r') COLLATE "C")
        WHEN 'todo' THEN 0
        WHEN 'in_progress' THEN 1 WHEN 'progress' THEN 1 WHEN 'blocked' THEN 1 WHEN 'wait' THEN 1
        WHEN 'done' THEN 2 WHEN 'cancelled' THEN 2 WHEN 'cancel' THEN 2 END::SMALLINT
$$;

CREATE TABLE onward.workplans (
    id TEXT COLLATE "C" PRIMARY KEY,
    repository_id TEXT COLLATE "C" REFERENCES onward.repositories,
    file_id TEXT COLLATE "C",
    title TEXT NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    rank SMALLINT GENERATED ALWAYS AS (onward.workplan_rank(status)) STORED,
    version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0),
    reopens INTEGER NOT NULL DEFAULT 0 CHECK (reopens >= 0),
    changed_by TEXT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    UNIQUE (repository_id, file_id)
);
CREATE INDEX workplans_of_file_id ON onward.workplans (file_id);

CREATE TABLE onward.tasks (
    id TEXT COLLATE "C" PRIMARY KEY,
    workplan_id TEXT COLLATE "C" NOT NULL REFERENCES onward.workplans,
    file_id TEXT COLLATE "C",
    title TEXT NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    rank SMALLINT GENERATED ALWAYS AS (onward.task_rank(status)) STORED,
    priority TEXT,
    version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0),
    reopens INTEGER NOT NULL DEFAULT 0 CHECK (reopens >= 0),
    changed_by TEXT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    UNIQUE (workplan_id, file_id)
);
CREATE INDEX tasks_of_file_id ON onward.tasks (file_id);

-- A word without a rank is neither left nor taken on but by a reopen. A generated column has no value
-- yet before an update, so the ranks are told here once more.
CREATE FUNCTION onward.change_is_allowed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    falls BOOLEAN := false;
BEGIN
    IF NEW.version <> OLD.version + 1 OR NEW.reopens < OLD.reopens THEN
        RAISE EXCEPTION 'every change makes the next version, and no reopen is forgotten'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.status IS DISTINCT FROM OLD.status THEN
        IF TG_TABLE_NAME = 'tasks' THEN
            falls := coalesce(onward.task_rank(NEW.status), -1)
                < coalesce(onward.task_rank(OLD.status), 9);
        ELSE
            falls := coalesce(onward.workplan_rank(NEW.status), -1)
                < coalesce(onward.workplan_rank(OLD.status), 9);
        END IF;
    END IF;
    IF falls AND NEW.reopens <> OLD.reopens + 1 THEN
        RAISE EXCEPTION 'a rank falls only by a reopen, which is counted'
            USING ERRCODE = 'check_violation';
    END IF;
    NEW.changed_at := now();
    RETURN NEW;
END
$$;
CREATE TRIGGER workplan_change_is_allowed BEFORE UPDATE ON onward.workplans
    FOR EACH ROW EXECUTE FUNCTION onward.change_is_allowed();
CREATE TRIGGER task_change_is_allowed BEFORE UPDATE ON onward.tasks
    FOR EACH ROW EXECUTE FUNCTION onward.change_is_allowed();

-- A lease that is given back keeps its row, so that an epoch is never given twice.
CREATE TABLE onward.leases (
    name TEXT COLLATE "C" PRIMARY KEY,
    holder TEXT,
    epoch BIGINT NOT NULL CHECK (epoch > 0),
    expires_at TIMESTAMPTZ NOT NULL
);

-- Keeps the lease from changing hands until the transaction ends, or ends the transaction. Whoever
-- writes under a lease calls it first.
CREATE FUNCTION onward.hold_lease(lease TEXT, held BIGINT) RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    now_held onward.leases%ROWTYPE;
BEGIN
    SELECT * INTO now_held FROM onward.leases WHERE name = lease FOR SHARE;
    IF now_held.holder IS NULL OR now_held.epoch IS DISTINCT FROM held THEN
        RAISE EXCEPTION 'the lease `%` of epoch % is lost; now it is % (epoch %)', lease, held,
            coalesce(now_held.holder || '''s', 'nobody''s'), coalesce(now_held.epoch, 0)
            USING ERRCODE = 'ONWL1';
    END IF;
END
$$;
