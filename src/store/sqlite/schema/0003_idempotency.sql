-- Requests that were done, each with the answer it was given. Forgotten after a day.
CREATE TABLE idempotency_keys (
    id          TEXT NOT NULL PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    answer      TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_expires_at ON idempotency_keys (expires_at);
