-- A customer may be known by another system's name alone. A column cannot be made optional in place, and making the table anew
-- would remove the lines of every order with it; so the columns are made anew.
DROP INDEX orders_email;
ALTER TABLE orders RENAME COLUMN email TO email_before;
ALTER TABLE orders RENAME COLUMN email_norm TO email_norm_before;
ALTER TABLE orders ADD COLUMN email TEXT;
ALTER TABLE orders ADD COLUMN email_norm TEXT CHECK ((email IS NULL) = (email_norm IS NULL));
UPDATE orders SET email = email_before, email_norm = email_norm_before;
ALTER TABLE orders DROP COLUMN email_before;
ALTER TABLE orders DROP COLUMN email_norm_before;
ALTER TABLE orders ADD COLUMN customer_ref TEXT
    CHECK (user_id IS NOT NULL OR email IS NOT NULL OR customer_ref IS NOT NULL);
CREATE INDEX orders_email ON orders (email_norm, id) WHERE email_norm IS NOT NULL;
CREATE INDEX orders_customer_ref ON orders (customer_ref, id) WHERE customer_ref IS NOT NULL;
