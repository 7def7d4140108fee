-- Schema 8. The words of products, by which they are found. `products.search` holds those of one as a JSON array (the program has just
-- rewritten what older ones kept there); triggers keep the table, so it cannot disagree with the products.

CREATE TABLE product_words (
    word       TEXT NOT NULL,
    product_id TEXT NOT NULL,
    PRIMARY KEY (word, product_id)
) STRICT, WITHOUT ROWID;
INSERT INTO product_words (word, product_id)
    SELECT DISTINCT each.value, products.id FROM products, json_each(products.search) AS each ORDER BY 1, 2;
CREATE TRIGGER products_words_insert AFTER INSERT ON products BEGIN
    INSERT INTO product_words (word, product_id) SELECT DISTINCT value, NEW.id FROM json_each(NEW.search);
END;
-- What the old row kept says which words to remove: an index by product would double the table.
CREATE TRIGGER products_words_update AFTER UPDATE OF search ON products WHEN OLD.search IS NOT NEW.search BEGIN
    DELETE FROM product_words WHERE product_id = NEW.id AND word IN (SELECT value FROM json_each(OLD.search));
    INSERT INTO product_words (word, product_id) SELECT DISTINCT value, NEW.id FROM json_each(NEW.search);
END;
CREATE TRIGGER products_words_delete BEFORE DELETE ON products BEGIN
    DELETE FROM product_words WHERE product_id = OLD.id AND word IN (SELECT value FROM json_each(OLD.search));
END;
