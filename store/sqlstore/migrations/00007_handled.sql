-- +goose Up
-- Who does parked work, and until when nobody else takes it up.
ALTER TABLE parked ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE parked ADD COLUMN lease BIGINT NOT NULL DEFAULT 0;
CREATE INDEX parked_lease ON parked (lease);

-- What was done, for as long as the platform may send it again.
CREATE TABLE handled (
	id    TEXT   NOT NULL PRIMARY KEY, -- the event's key
	at_ms BIGINT NOT NULL
);
CREATE INDEX handled_at ON handled (at_ms);

-- +goose Down
DROP TABLE handled;
DROP INDEX parked_lease;
ALTER TABLE parked DROP COLUMN lease;
ALTER TABLE parked DROP COLUMN owner;
