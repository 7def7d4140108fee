-- Schema 2. What the sweep of ended holds and the account of a product's stock look for.

-- The status stands in the index although all are pending: otherwise the planner takes the index on status alone.
CREATE INDEX orders_hold ON orders (status, hold_until, id) WHERE status = 'pending' AND hold_until IS NOT NULL;
-- The condition begins with the column: the other way round the planner turns that of a query, and knows it no longer.
CREATE INDEX order_lines_open ON order_lines (product_id, order_id, quantity, shipped, cancelled)
    WHERE quantity > shipped + cancelled;
