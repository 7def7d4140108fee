-- What files brought in. A batch is recorded in the transaction that writes its rows, so an import that broke off is gone on with where it was.
CREATE TABLE imports (
    id         TEXT NOT NULL PRIMARY KEY CHECK (id GLOB 'imp_*'),
    once       TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    file       TEXT NOT NULL,
    noun       TEXT NOT NULL CHECK (noun IN ('users', 'products', 'orders', 'inventory')),
    mode       TEXT NOT NULL CHECK (mode IN ('insert', 'upsert', 'update')),
    options    TEXT NOT NULL CHECK (json_type(options) = 'array'),
    actor      TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER,
    state      TEXT NOT NULL CHECK (state IN ('running', 'done', 'undone')),
    batch_rows INTEGER NOT NULL CHECK (batch_rows >= 1),
    created    INTEGER NOT NULL CHECK (created >= 0),
    updated    INTEGER NOT NULL CHECK (updated >= 0),
    unchanged  INTEGER NOT NULL CHECK (unchanged >= 0),
    rejected   INTEGER NOT NULL CHECK (rejected >= 0)
) STRICT;
CREATE INDEX imports_once ON imports (once, id);
CREATE INDEX imports_noun ON imports (noun, id);
CREATE INDEX imports_state ON imports (state, id);

CREATE TABLE import_batches (
    import_id TEXT NOT NULL REFERENCES imports (id),
    number    INTEGER NOT NULL CHECK (number >= 0),
    created   INTEGER NOT NULL CHECK (created >= 0),
    updated   INTEGER NOT NULL CHECK (updated >= 0),
    unchanged INTEGER NOT NULL CHECK (unchanged >= 0),
    rejected  INTEGER NOT NULL CHECK (rejected >= 0),
    undo      TEXT NOT NULL,
    PRIMARY KEY (import_id, number)
) STRICT;
