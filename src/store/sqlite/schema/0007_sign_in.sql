-- Guesses of passwords, under digests of addresses. Forgotten after a while.
CREATE TABLE sign_in_tries (
    key       TEXT NOT NULL PRIMARY KEY,
    count     INTEGER NOT NULL CHECK (count >= 0),
    free_at   INTEGER NOT NULL,
    forget_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_tries_forget_at ON sign_in_tries (forget_at);

-- Who gave or took which rights.
CREATE TABLE audit_log (
    id         TEXT NOT NULL PRIMARY KEY,
    at         INTEGER NOT NULL,
    actor      TEXT NOT NULL,
    action     TEXT NOT NULL,
    target     TEXT NOT NULL,
    detail     TEXT,
    request_id TEXT
) STRICT, WITHOUT ROWID;
CREATE TRIGGER audit_log_is_not_changed BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'the audit log is not changed'); END;
CREATE TRIGGER audit_log_is_not_removed BEFORE DELETE ON audit_log
BEGIN SELECT RAISE(ABORT, 'the audit log is not removed'); END;

-- The last moment at which a machine's token is good that the key has signed.
ALTER TABLE signing_keys ADD COLUMN tokens_until INTEGER;
