-- +goose Up
ALTER TABLE deliveries ADD COLUMN searches BIGINT NOT NULL DEFAULT 0; -- how often the message was looked for in its chat
ALTER TABLE deliveries ADD COLUMN waited BIGINT NOT NULL DEFAULT 0;   -- whether it had to wait for its figures

-- +goose Down
ALTER TABLE deliveries DROP COLUMN waited;
ALTER TABLE deliveries DROP COLUMN searches;
