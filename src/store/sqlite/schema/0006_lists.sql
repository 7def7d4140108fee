-- Schema 6. Lists of one status in every order: what the public sees of the catalogue, and what staff work through.

CREATE INDEX products_status_created_at ON products (status, created_at, id);
CREATE INDEX products_status_updated_at ON products (status, updated_at, id);
CREATE INDEX products_status_sku ON products (status, sku_norm, id);
CREATE INDEX products_status_name ON products (status, name, id);
CREATE INDEX products_status_price ON products (status, price, id);
CREATE INDEX orders_status_created_at ON orders (status, created_at, id);
CREATE INDEX orders_status_updated_at ON orders (status, updated_at, id);
CREATE INDEX orders_status_number ON orders (status, number, id);
CREATE INDEX orders_status_total ON orders (status, total, id);
