-- +goose Up
-- What owners of subscriptions have to be told, until they are.
CREATE TABLE notices (
	subscription_id TEXT   NOT NULL REFERENCES subscriptions (id),
	reason          TEXT   NOT NULL,
	cycle           BIGINT NOT NULL, -- with start the digest's period; 0 and '' when it is about no digest
	start           TEXT   NOT NULL,
	at_ms           BIGINT NOT NULL, -- when it arose
	letter          TEXT   NOT NULL, -- the letter that it is in; '' while it waits for others
	PRIMARY KEY (subscription_id, reason, cycle, start)
);

CREATE INDEX notices_waiting ON notices (at_ms) WHERE letter = '';
CREATE INDEX notices_letter ON notices (letter) WHERE letter <> '';

-- Notices that one owner is told at once.
CREATE TABLE letters (
	id       TEXT   NOT NULL PRIMARY KEY,
	owner_id TEXT   NOT NULL,
	lease    BIGINT NOT NULL, -- until when nobody takes it up
	sent_at  BIGINT NOT NULL  -- when it was first handed to the platform
);

-- +goose Down
DROP TABLE letters;
DROP TABLE notices;
