-- +goose Up
-- Who may see and do what.
CREATE TABLE grants (
	kind          TEXT   NOT NULL, -- of the subject: person, chat or department
	subject       TEXT   NOT NULL,
	role          TEXT   NOT NULL,
	department_id TEXT   NOT NULL, -- '' for everything
	by_id         TEXT   NOT NULL,
	at_ms         BIGINT NOT NULL,
	PRIMARY KEY (kind, subject, role, department_id)
);

-- Who changed what. Nothing but the end of its time removes a row, and nothing but a person's wish to be forgotten changes
-- one: then a pseudonym stands in the person's place.
CREATE TABLE changes (
	id      TEXT   NOT NULL PRIMARY KEY,
	at_ms   BIGINT NOT NULL,
	by_id   TEXT   NOT NULL,
	chat_id TEXT   NOT NULL,
	act     TEXT   NOT NULL,
	subject TEXT   NOT NULL, -- what was changed
	before  TEXT   NOT NULL,
	after   TEXT   NOT NULL
);

CREATE INDEX changes_time ON changes (at_ms, id);
CREATE INDEX changes_by ON changes (by_id, at_ms);
CREATE INDEX changes_subject ON changes (subject, at_ms);

-- The apps that are reported on, where administrators chose others than the settings have.
CREATE TABLE apps (
	id       TEXT   NOT NULL PRIMARY KEY,
	name     TEXT   NOT NULL, -- '' for the platform's
	position BIGINT NOT NULL  -- the least is the default
);

-- People who were greeted in their single chat.
CREATE TABLE people (
	id    TEXT   NOT NULL PRIMARY KEY,
	at_ms BIGINT NOT NULL
);

-- What one replica does for all of them, and until when it is done.
CREATE TABLE chores (
	name     TEXT   NOT NULL PRIMARY KEY,
	until_ms BIGINT NOT NULL
);

-- The processes that run.
CREATE TABLE replicas (
	id      TEXT   NOT NULL PRIMARY KEY,
	version TEXT   NOT NULL,
	seen_ms BIGINT NOT NULL
);

-- Histories that are being filled, and how far they have come.
CREATE TABLE backfills (
	app_id  TEXT   NOT NULL PRIMARY KEY,
	from_on TEXT   NOT NULL, -- the first day that is wanted
	next_on TEXT   NOT NULL, -- the day that is asked for next: it goes back in time
	until_on TEXT NOT NULL, -- the day that it began with
	by_id   TEXT   NOT NULL,
	lease   BIGINT NOT NULL  -- until when it is somebody's
);

-- +goose Down
DROP TABLE backfills;
DROP TABLE replicas;
DROP TABLE chores;
DROP TABLE people;
DROP TABLE apps;
DROP TABLE changes;
DROP TABLE grants;
