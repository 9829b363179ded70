-- +goose Up
CREATE TABLE parked (
    id     TEXT   NOT NULL PRIMARY KEY, -- the event's key
    job    TEXT   NOT NULL,             -- what is needed to do the work
    at_ms  BIGINT NOT NULL              -- when it was written down
);

-- +goose Down
DROP TABLE parked;
