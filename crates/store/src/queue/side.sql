-- What Onward keeps beside the rows; the other program never looks at it.
CREATE TABLE IF NOT EXISTS migration_conflicts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  table_name TEXT NOT NULL,
  row_key TEXT NOT NULL,
  digest TEXT NOT NULL,
  legacy_row TEXT NOT NULL,
  UNIQUE(table_name, row_key, digest)
);
CREATE TABLE IF NOT EXISTS set_aside (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  table_name TEXT NOT NULL,
  origin TEXT NOT NULL,
  row_id INTEGER NOT NULL,
  digest TEXT NOT NULL,
  reason TEXT NOT NULL,
  row TEXT NOT NULL,
  UNIQUE(table_name, origin, row_id, digest)
);
