-- The same statements run on SQLite and PostgreSQL.
--
-- How values are stored: a time is milliseconds since 1970, 0 if there is none; a bool is 0 or 1; a cycle is the platform's
-- number for day, week or month; a date is text such as 2006-01-02. A period is a cycle and the date on which it starts.
-- A lease is the time until which no other process may take the row up. The partial indexes repeat the conditions of the
-- queries literally, or the planner would not use them.

-- +goose Up
CREATE TABLE subscriptions (
	id              TEXT   NOT NULL PRIMARY KEY,
	chat_id         TEXT   NOT NULL,
	single          BIGINT NOT NULL, -- whether the chat is a direct message with the bot
	owner_id        TEXT   NOT NULL, -- open_id
	app_id          TEXT   NOT NULL,
	ability         TEXT   NOT NULL, -- the part of the app: a usage.Ability
	cycle           BIGINT NOT NULL,
	hour            BIGINT NOT NULL, -- hour, minute, on_day and zone are the schedule
	minute          BIGINT NOT NULL,
	on_day          TEXT   NOT NULL,
	zone            TEXT   NOT NULL,
	department_id   TEXT   NOT NULL, -- '' for the whole tenant
	department_name TEXT   NOT NULL,
	state           TEXT   NOT NULL,
	reason          TEXT   NOT NULL, -- of the state; '' while active
	paused_until    BIGINT NOT NULL, -- 0: until a person resumes it
	next_due        BIGINT NOT NULL,
	refusals        BIGINT NOT NULL, -- digests in a row that the platform refused
	created_at      BIGINT NOT NULL,
	updated_at      BIGINT NOT NULL,
	version         BIGINT NOT NULL  -- grows with each change
);

-- Removed subscriptions are included: if a chat subscribes to the same again, the row comes back under its old id.
CREATE UNIQUE INDEX subscriptions_key ON subscriptions (chat_id, app_id, ability, cycle, department_id);
CREATE INDEX subscriptions_due ON subscriptions (next_due) WHERE state = 'active';
CREATE INDEX subscriptions_created ON subscriptions (created_at, id) WHERE state <> 'removed';
CREATE INDEX subscriptions_removed ON subscriptions (updated_at) WHERE state = 'removed';
CREATE INDEX subscriptions_gone ON subscriptions (updated_at) WHERE state = 'paused' AND reason = 'chat_gone';
CREATE INDEX subscriptions_pause ON subscriptions (paused_until) WHERE state = 'paused' AND paused_until > 0;

-- A digest of one period, from the moment it is due.
CREATE TABLE deliveries (
	subscription_id TEXT   NOT NULL REFERENCES subscriptions (id),
	cycle           BIGINT NOT NULL,
	start           TEXT   NOT NULL,
	slot            BIGINT NOT NULL, -- the time that the schedule gives it
	state           TEXT   NOT NULL,
	reason          TEXT   NOT NULL, -- of the state
	detail          TEXT   NOT NULL, -- what the platform or the store answered, for administrators
	try_at          BIGINT NOT NULL, -- nobody claims it before
	lease           BIGINT NOT NULL,
	fence           BIGINT NOT NULL, -- grows with each claim; an earlier claimer can no longer save
	tries           BIGINT NOT NULL,
	sent_at         BIGINT NOT NULL, -- when it was first handed to the platform; 0 before
	late_notice_at  BIGINT NOT NULL, -- when the chat was told that the digest is late
	late            BIGINT NOT NULL, -- whether it was sent after its deadline for figures
	done_at         BIGINT NOT NULL,
	message         TEXT   NOT NULL, -- the platform's message id
	searches        BIGINT NOT NULL, -- how often the message was looked for in its chat, after an answer was lost
	waited          BIGINT NOT NULL, -- whether it had to wait for its figures
	zeros_from      TEXT   NOT NULL, -- the first of the last days that had only zeros when it was sent; '' if nothing is left to amend
	PRIMARY KEY (subscription_id, cycle, start)
);

-- Both claim indexes include the lease, so that a query skips claimed rows without reading them.
CREATE INDEX deliveries_claim ON deliveries (try_at, lease) WHERE state = 'waiting';
CREATE INDEX deliveries_amend ON deliveries (try_at, lease) WHERE state = 'delivered' AND zeros_from <> '';
CREATE INDEX deliveries_latest ON deliveries (slot DESC, subscription_id);
CREATE INDEX deliveries_state ON deliveries (state, slot DESC, subscription_id);
CREATE INDEX deliveries_overdue ON deliveries (slot) WHERE state = 'waiting';
CREATE INDEX deliveries_done ON deliveries (done_at) WHERE state <> 'waiting' AND done_at > 0;

-- What owners of subscriptions must still be told.
CREATE TABLE notices (
	subscription_id TEXT   NOT NULL REFERENCES subscriptions (id),
	reason          TEXT   NOT NULL,
	cycle           BIGINT NOT NULL, -- cycle and start are the digest's period; 0 and '' if it is not about a digest
	start           TEXT   NOT NULL,
	at_ms           BIGINT NOT NULL, -- when the reason arose
	batch_id        TEXT   NOT NULL, -- the batch that carries it; '' while it waits for others
	PRIMARY KEY (subscription_id, reason, cycle, start)
);

CREATE INDEX notices_waiting ON notices (at_ms) WHERE batch_id = '';
CREATE INDEX notices_batch ON notices (batch_id) WHERE batch_id <> '';

-- Notices that one owner gets in one message.
CREATE TABLE notice_batches (
	id       TEXT   NOT NULL PRIMARY KEY,
	owner_id TEXT   NOT NULL,
	lease    BIGINT NOT NULL,
	sent_at  BIGINT NOT NULL -- when it was first handed to the platform; 0 before
);

-- Chats that refused a message since one was last accepted, in a way that may mean the bot's whole app.
CREATE TABLE send_refusals (
	target   TEXT   NOT NULL PRIMARY KEY, -- a hash of the chat's id; '' if it certainly is the whole app
	first_ms BIGINT NOT NULL,
	last_ms  BIGINT NOT NULL -- the last refusal, or the last attempt while sending was paused
);

-- Chats that the bot is in, and their settings. An empty setting is the bot's own.
CREATE TABLE chats (
	id       TEXT   NOT NULL PRIMARY KEY,
	name     TEXT   NOT NULL,
	language TEXT   NOT NULL,
	app_id   TEXT   NOT NULL,
	welcomed BIGINT NOT NULL,
	left_at  BIGINT NOT NULL DEFAULT 0 -- when the bot was removed or the chat disbanded
);
CREATE INDEX chats_left ON chats (left_at) WHERE left_at > 0;

-- Whose direct message with the bot a chat is. What is stored about the chat is stored about that person.
CREATE TABLE direct_chats (
	chat_id TEXT NOT NULL PRIMARY KEY,
	open_id TEXT NOT NULL,
	seen_ms BIGINT NOT NULL DEFAULT 0 -- about when the person last wrote, to the month
);
CREATE INDEX direct_chats_person ON direct_chats (open_id);
CREATE INDEX direct_chats_seen ON direct_chats (seen_ms);

-- People who were greeted in their direct message.
CREATE TABLE greeted_people (
	id    TEXT   NOT NULL PRIMARY KEY, -- open_id
	at_ms BIGINT NOT NULL              -- when they were greeted, or about when they last wrote
);
CREATE INDEX greeted_people_at ON greeted_people (at_ms);

-- Figures of the past, one row a metric.
CREATE TABLE usage_history (
	app_id        TEXT   NOT NULL,
	ability       TEXT   NOT NULL,
	cycle         BIGINT NOT NULL,
	start         TEXT   NOT NULL,
	department_id TEXT   NOT NULL,
	metric        TEXT   NOT NULL, -- '' if the platform has no figures for the period
	value         BIGINT NOT NULL,
	PRIMARY KEY (app_id, ability, cycle, start, department_id, metric)
);
CREATE INDEX usage_history_start ON usage_history (start);

-- Figures of a department's sub-departments, as one text: they are only ever read together.
CREATE TABLE department_history (
	app_id        TEXT   NOT NULL,
	cycle         BIGINT NOT NULL,
	start         TEXT   NOT NULL,
	department_id TEXT   NOT NULL, -- the parent
	answer        TEXT   NOT NULL,
	PRIMARY KEY (app_id, cycle, start, department_id)
);
CREATE INDEX department_history_start ON department_history (start);

-- Apps whose history is being filled. The work goes back in time.
CREATE TABLE backfills (
	app_id   TEXT   NOT NULL PRIMARY KEY,
	from_on  TEXT   NOT NULL, -- the earliest day that is wanted
	next_on  TEXT   NOT NULL, -- the day to fetch next; before from_on: done
	until_on TEXT   NOT NULL, -- the latest day, where the work began
	by_id    TEXT   NOT NULL, -- who asked for it
	lease    BIGINT NOT NULL
);

-- Ranges of days that are fetched again, to correct stored figures. The work goes back in time; an app has one at a time.
CREATE TABLE refreshes (
	app_id        TEXT   NOT NULL PRIMARY KEY,
	department_id TEXT   NOT NULL, -- '' for the whole tenant
	from_on       TEXT   NOT NULL, -- as in backfills
	next_on       TEXT   NOT NULL,
	until_on      TEXT   NOT NULL,
	by_id         TEXT   NOT NULL,
	changed       BIGINT NOT NULL, -- figures that were corrected
	kept          BIGINT NOT NULL, -- stored figures that the platform no longer has
	failed        BIGINT NOT NULL, -- requests that the platform refused
	lease         BIGINT NOT NULL
);

-- Roles that administrators gave.
CREATE TABLE grants (
	kind          TEXT   NOT NULL, -- of the subject: person, chat or department
	subject       TEXT   NOT NULL,
	role          TEXT   NOT NULL,
	department_id TEXT   NOT NULL, -- '' for everything
	by_id         TEXT   NOT NULL,
	at_ms         BIGINT NOT NULL,
	PRIMARY KEY (kind, subject, role, department_id)
);

-- The audit log. Rows leave it only when they are too old. They change only if a person asks to be forgotten: then a pseudonym
-- replaces the person's ids.
CREATE TABLE changes (
	id      TEXT   NOT NULL PRIMARY KEY, -- the rows of one change have ids that begin alike
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

-- The apps that the bot reports on, if administrators chose other apps than the configuration has.
CREATE TABLE apps (
	id       TEXT   NOT NULL PRIMARY KEY,
	name     TEXT   NOT NULL, -- '' for the platform's name
	position BIGINT NOT NULL  -- the lowest is the default app
);

-- People who are being forgotten. A finished row stays for a day without ids, so that a repeated request gets the same answer.
CREATE TABLE forgettings (
	id          TEXT   NOT NULL PRIMARY KEY, -- a hash of the event that asked for it
	event       TEXT   NOT NULL,             -- that event's key; '' when finished
	open_id     TEXT   NOT NULL,             -- '' when finished
	pseudonym   TEXT   NOT NULL,             -- '' when finished
	handed_over BIGINT NOT NULL,             -- subscriptions that went to another owner
	removed     BIGINT NOT NULL,             -- subscriptions that were removed
	lease       BIGINT NOT NULL,             -- when finished: the time at which the row is deleted
	CHECK (open_id <> '' OR event = '' AND pseudonym = '')
);

-- What one replica does for all, and until when the others leave it.
CREATE TABLE tasks (
	name     TEXT   NOT NULL PRIMARY KEY,
	until_ms BIGINT NOT NULL
);

-- The processes that are running.
CREATE TABLE replicas (
	id      TEXT   NOT NULL PRIMARY KEY,
	version TEXT   NOT NULL, -- of the program
	seen_ms BIGINT NOT NULL
);

-- Events that the bot has accepted. A row is kept for a day after its event is finished, for as long as the platform may
-- deliver the event again.
CREATE TABLE events (
	key         TEXT   NOT NULL PRIMARY KEY, -- a hash of the message id, or the event id
	kind        TEXT   NOT NULL,
	queue       TEXT   NOT NULL,             -- a hash; events of one queue are worked on one after another
	payload     TEXT   NOT NULL,             -- what is needed to work on it; '' when finished
	state       TEXT   NOT NULL DEFAULT 'open',
	owner       TEXT   NOT NULL,             -- the process that works on it
	lease_until BIGINT NOT NULL,             -- when other processes may take it up
	attempts    BIGINT NOT NULL,             -- grows when a process takes it up; an earlier one can finish nothing
	received_at BIGINT NOT NULL,
	created_at  BIGINT NOT NULL,             -- when it happened, by the platform's clock
	changed_at  BIGINT NOT NULL DEFAULT 0,   -- when its change was made
	change_made TEXT   NOT NULL DEFAULT '',  -- which change that was
	done_at     BIGINT NOT NULL DEFAULT 0,
	subject     TEXT   NOT NULL DEFAULT ''   -- a hash of what it changed
);
CREATE INDEX events_lease ON events (lease_until) WHERE done_at = 0;
CREATE INDEX events_queue ON events (queue, created_at) WHERE done_at = 0;
CREATE INDEX events_done ON events (done_at) WHERE done_at > 0;
CREATE INDEX events_subject ON events (subject, created_at) WHERE subject <> '';
