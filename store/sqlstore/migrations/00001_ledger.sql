-- One text for SQLite and PostgreSQL. Times are milliseconds since 1970, 0 where there is none; a truth is 0 or 1; a cycle
-- is the platform's number; a date is 2006-01-02. The partial indexes name their states literally, as the queries do.

-- +goose Up
CREATE TABLE subscriptions (
	id              TEXT   NOT NULL PRIMARY KEY,
	chat_id         TEXT   NOT NULL,
	single          BIGINT NOT NULL,
	owner_id        TEXT   NOT NULL,
	app_id          TEXT   NOT NULL,
	ability         TEXT   NOT NULL,
	cycle           BIGINT NOT NULL,
	hour            BIGINT NOT NULL,
	minute          BIGINT NOT NULL,
	on_day          TEXT   NOT NULL,
	zone            TEXT   NOT NULL,
	department_id   TEXT   NOT NULL,
	department_name TEXT   NOT NULL,
	state           TEXT   NOT NULL,
	reason          TEXT   NOT NULL,
	paused_until    BIGINT NOT NULL,
	next_due        BIGINT NOT NULL,
	refusals        BIGINT NOT NULL,
	created_at      BIGINT NOT NULL,
	updated_at      BIGINT NOT NULL,
	version         BIGINT NOT NULL
);

-- The removed ones too: what a chat subscribes to again comes back under its old id.
CREATE UNIQUE INDEX subscriptions_thing ON subscriptions (chat_id, app_id, ability, cycle, department_id);
CREATE INDEX subscriptions_due ON subscriptions (next_due) WHERE state = 'active';
CREATE INDEX subscriptions_pause ON subscriptions (paused_until) WHERE state = 'paused' AND paused_until > 0;

CREATE TABLE deliveries (
	subscription_id TEXT   NOT NULL REFERENCES subscriptions (id),
	cycle           BIGINT NOT NULL,
	start           TEXT   NOT NULL,
	slot            BIGINT NOT NULL,
	state           TEXT   NOT NULL,
	reason          TEXT   NOT NULL,
	detail          TEXT   NOT NULL,
	try_at          BIGINT NOT NULL,
	lease           BIGINT NOT NULL,
	fence           BIGINT NOT NULL,
	tries           BIGINT NOT NULL,
	sent_at         BIGINT NOT NULL,
	told_at         BIGINT NOT NULL,
	late            BIGINT NOT NULL,
	done_at         BIGINT NOT NULL,
	message         TEXT   NOT NULL,
	PRIMARY KEY (subscription_id, cycle, start)
);

-- With the lease, so that what somebody holds is passed over without looking at the row.
CREATE INDEX deliveries_claim ON deliveries (try_at, lease) WHERE state = 'waiting';
CREATE INDEX deliveries_overdue ON deliveries (slot) WHERE state = 'waiting';

CREATE TABLE chats (
	id       TEXT   NOT NULL PRIMARY KEY,
	name     TEXT   NOT NULL,
	language TEXT   NOT NULL,
	app_id   TEXT   NOT NULL,
	welcomed BIGINT NOT NULL
);

CREATE TABLE usage_history (
	app_id        TEXT   NOT NULL,
	ability       TEXT   NOT NULL,
	cycle         BIGINT NOT NULL,
	start         TEXT   NOT NULL,
	department_id TEXT   NOT NULL,
	metric        TEXT   NOT NULL,
	value         BIGINT NOT NULL,
	PRIMARY KEY (app_id, ability, cycle, start, department_id, metric)
);
