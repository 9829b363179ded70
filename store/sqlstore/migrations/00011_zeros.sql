-- +goose Up
-- The first of a digest's last days that had zeros only when it was sent; empty when nothing is left to amend.
ALTER TABLE deliveries ADD COLUMN zeros_from TEXT NOT NULL DEFAULT '';
CREATE INDEX deliveries_amend ON deliveries (try_at, lease) WHERE state = 'delivered' AND zeros_from <> '';

-- +goose Down
DROP INDEX deliveries_amend;
ALTER TABLE deliveries DROP COLUMN zeros_from;
