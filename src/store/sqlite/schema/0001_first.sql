-- Schema 1. Times are milliseconds since the Unix epoch in UTC, money is minor units, ids are TypeIDs.
-- Every rule that a row or two can show is a constraint here, so that even a hand-written statement cannot oversell.

CREATE TABLE users (
    id         TEXT NOT NULL PRIMARY KEY CHECK (id GLOB 'usr_*'),
    version    INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    email      TEXT NOT NULL,
    email_norm TEXT NOT NULL,
    name       TEXT,
    phone      TEXT,
    password   TEXT,
    role       TEXT NOT NULL CHECK (role IN ('customer', 'staff', 'admin')),
    status     TEXT NOT NULL CHECK (status IN ('active', 'disabled')),
    auth_epoch INTEGER NOT NULL CHECK (auth_epoch >= 0),
    search     TEXT NOT NULL
) STRICT;
CREATE INDEX users_created_at ON users (created_at, id);
CREATE INDEX users_updated_at ON users (updated_at, id);
CREATE UNIQUE INDEX users_email_norm ON users (email_norm);
CREATE INDEX users_role ON users (role, id);
CREATE INDEX users_status ON users (status, id);

CREATE TABLE products (
    id            TEXT NOT NULL PRIMARY KEY CHECK (id GLOB 'prd_*'),
    version       INTEGER NOT NULL CHECK (version >= 1),
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    sku           TEXT NOT NULL,
    sku_norm      TEXT NOT NULL,
    name          TEXT NOT NULL,
    description   TEXT,
    tags          TEXT NOT NULL CHECK (json_type(tags) = 'array'),
    metadata      TEXT NOT NULL CHECK (json_type(metadata) = 'object'),
    price         INTEGER NOT NULL CHECK (price BETWEEN 0 AND 9007199254740991),
    currency      TEXT NOT NULL CHECK (length(currency) = 3),
    status        TEXT NOT NULL CHECK (status IN ('draft', 'active', 'archived')),
    variant_group TEXT,
    options       TEXT NOT NULL CHECK (json_type(options) = 'object'),
    search        TEXT NOT NULL
) STRICT;
CREATE INDEX products_created_at ON products (created_at, id);
CREATE INDEX products_updated_at ON products (updated_at, id);
CREATE UNIQUE INDEX products_sku_norm ON products (sku_norm);
CREATE INDEX products_name ON products (name, id);
CREATE INDEX products_price ON products (price, id);
CREATE INDEX products_status ON products (status, id);
CREATE INDEX products_variant_group ON products (variant_group, id) WHERE variant_group IS NOT NULL;

-- What a filter by tag looks in. Triggers keep it, so it cannot disagree with the products.
CREATE TABLE product_tags (
    tag        TEXT NOT NULL,
    product_id TEXT NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    PRIMARY KEY (tag, product_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX product_tags_product ON product_tags (product_id);
CREATE TRIGGER products_tags_insert AFTER INSERT ON products BEGIN
    INSERT INTO product_tags (tag, product_id) SELECT DISTINCT value, NEW.id FROM json_each(NEW.tags);
END;
CREATE TRIGGER products_tags_update AFTER UPDATE OF tags ON products WHEN OLD.tags IS NOT NEW.tags BEGIN
    DELETE FROM product_tags WHERE product_id = NEW.id;
    INSERT INTO product_tags (tag, product_id) SELECT DISTINCT value, NEW.id FROM json_each(NEW.tags);
END;

CREATE TABLE inventory (
    product_id   TEXT NOT NULL PRIMARY KEY REFERENCES products (id),
    version      INTEGER NOT NULL CHECK (version >= 1),
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    sku          TEXT NOT NULL,
    sku_norm     TEXT NOT NULL,
    on_hand      INTEGER NOT NULL CHECK (on_hand BETWEEN 0 AND 9007199254740991),
    reserved     INTEGER NOT NULL CHECK (reserved >= 0),
    low_stock_at INTEGER CHECK (low_stock_at BETWEEN 0 AND 9007199254740991),
    seq          INTEGER NOT NULL CHECK (seq >= 0),
    available    INTEGER NOT NULL GENERATED ALWAYS AS (on_hand - reserved) VIRTUAL,
    CHECK (reserved <= on_hand)
) STRICT;
CREATE INDEX inventory_created_at ON inventory (created_at, product_id);
CREATE INDEX inventory_updated_at ON inventory (updated_at, product_id);
CREATE INDEX inventory_sku_norm ON inventory (sku_norm, product_id);
CREATE INDEX inventory_on_hand ON inventory (on_hand, product_id);
CREATE INDEX inventory_reserved ON inventory (reserved, product_id);
CREATE INDEX inventory_available ON inventory (available);
CREATE INDEX inventory_low ON inventory (product_id) WHERE available <= low_stock_at;

-- No reference to products: the movements of a removed product stay.
CREATE TABLE stock_movements (
    product_id     TEXT NOT NULL CHECK (product_id GLOB 'prd_*'),
    seq            INTEGER NOT NULL CHECK (seq >= 1),
    kind           TEXT NOT NULL
        CHECK (kind IN ('receive', 'reserve', 'release', 'ship', 'return', 'adjust', 'count')),
    on_hand_delta  INTEGER NOT NULL,
    reserved_delta INTEGER NOT NULL,
    on_hand_after  INTEGER NOT NULL CHECK (on_hand_after BETWEEN 0 AND 9007199254740991),
    reserved_after INTEGER NOT NULL CHECK (reserved_after BETWEEN 0 AND on_hand_after),
    order_id       TEXT,
    reason         TEXT,
    reference      TEXT,
    actor          TEXT NOT NULL,
    at             INTEGER NOT NULL,
    PRIMARY KEY (product_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX stock_movements_order ON stock_movements (order_id) WHERE order_id IS NOT NULL;
CREATE TRIGGER stock_movements_keep_update BEFORE UPDATE ON stock_movements BEGIN
    SELECT RAISE(ABORT, 'a stock movement is never changed');
END;
CREATE TRIGGER stock_movements_keep_delete BEFORE DELETE ON stock_movements BEGIN
    SELECT RAISE(ABORT, 'a stock movement is never removed');
END;
CREATE TRIGGER stock_movements_follow BEFORE INSERT ON stock_movements BEGIN
    SELECT RAISE(ABORT, 'a stock movement must follow the one before it') WHERE NOT EXISTS (
        SELECT 1 FROM (
            SELECT seq, on_hand_after, reserved_after FROM stock_movements WHERE product_id = NEW.product_id
            UNION ALL SELECT 0, 0, 0
            ORDER BY seq DESC LIMIT 1
        ) AS last
        WHERE NEW.seq = last.seq + 1
          AND NEW.on_hand_after = last.on_hand_after + NEW.on_hand_delta
          AND NEW.reserved_after = last.reserved_after + NEW.reserved_delta
    );
END;

CREATE TABLE orders (
    id               TEXT NOT NULL PRIMARY KEY CHECK (id GLOB 'ord_*'),
    number           INTEGER NOT NULL CHECK (number >= 1),
    version          INTEGER NOT NULL CHECK (version >= 1),
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    external_ref     TEXT,
    user_id          TEXT,
    email            TEXT NOT NULL,
    email_norm       TEXT NOT NULL,
    customer_name    TEXT,
    customer_address TEXT,
    currency         TEXT NOT NULL CHECK (length(currency) = 3),
    total            INTEGER NOT NULL CHECK (total BETWEEN 0 AND 9007199254740991),
    refunded         INTEGER NOT NULL CHECK (refunded BETWEEN 0 AND total),
    confirmed        INTEGER NOT NULL CHECK (confirmed IN (0, 1)),
    paid             INTEGER NOT NULL CHECK (paid IN (0, 1)),
    delivered        INTEGER NOT NULL CHECK (delivered IN (0, 1)),
    expired          INTEGER NOT NULL CHECK (expired IN (0, 1)),
    status           TEXT NOT NULL CHECK (status IN ('pending', 'confirmed', 'partially_shipped', 'shipped',
                         'delivered', 'partially_returned', 'returned', 'cancelled', 'expired')),
    payment_status   TEXT NOT NULL CHECK (payment_status IN ('unpaid', 'paid', 'partially_refunded', 'refunded')),
    hold_until       INTEGER,
    note             TEXT,
    tracking         TEXT,
    search           TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX orders_number ON orders (number);
CREATE UNIQUE INDEX orders_external_ref ON orders (external_ref) WHERE external_ref IS NOT NULL;
CREATE INDEX orders_created_at ON orders (created_at, id);
CREATE INDEX orders_updated_at ON orders (updated_at, id);
CREATE INDEX orders_total ON orders (total, id);
CREATE INDEX orders_user ON orders (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX orders_email ON orders (email_norm, id);
CREATE INDEX orders_status ON orders (status, id);
CREATE INDEX orders_payment_status ON orders (payment_status, id);

CREATE TABLE order_lines (
    order_id   TEXT NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    line       INTEGER NOT NULL CHECK (line >= 1),
    product_id TEXT NOT NULL REFERENCES products (id),
    sku        TEXT NOT NULL,
    name       TEXT NOT NULL,
    unit_price INTEGER NOT NULL CHECK (unit_price BETWEEN 0 AND 9007199254740991),
    quantity   INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 9007199254740991),
    shipped    INTEGER NOT NULL CHECK (shipped >= 0),
    cancelled  INTEGER NOT NULL CHECK (cancelled >= 0),
    returned   INTEGER NOT NULL CHECK (returned BETWEEN 0 AND shipped),
    restocked  INTEGER NOT NULL CHECK (restocked BETWEEN 0 AND returned),
    CHECK (shipped + cancelled <= quantity),
    PRIMARY KEY (order_id, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_lines_product ON order_lines (product_id, order_id);

CREATE TABLE order_history (
    order_id    TEXT NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    step        INTEGER NOT NULL CHECK (step >= 1),
    at          INTEGER NOT NULL,
    actor       TEXT NOT NULL,
    command     TEXT NOT NULL,
    from_status TEXT,
    to_status   TEXT NOT NULL,
    reason      TEXT,
    PRIMARY KEY (order_id, step)
) STRICT, WITHOUT ROWID;

-- Refresh tokens, by hash only.
CREATE TABLE sessions (
    hash       TEXT NOT NULL PRIMARY KEY,
    family     TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    auth_epoch INTEGER NOT NULL,
    issued_at  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_family ON sessions (family);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

CREATE TABLE signing_keys (
    id         TEXT NOT NULL PRIMARY KEY,
    public     BLOB NOT NULL CHECK (length(public) = 32),
    pkcs8      BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE counters (
    name  TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
