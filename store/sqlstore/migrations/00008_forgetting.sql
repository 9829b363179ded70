-- +goose Up
-- Whose single chat with the bot a chat is: what is kept of the chat is kept of the person.
CREATE TABLE direct_chats (
	chat_id TEXT NOT NULL PRIMARY KEY,
	open_id TEXT NOT NULL
);
CREATE INDEX direct_chats_person ON direct_chats (open_id);

-- People who are being forgotten, until nothing is left. A row of which that is done tells for a day how it went, and not
-- of whom.
CREATE TABLE forgettings (
	id          TEXT   NOT NULL PRIMARY KEY, -- a hash of the event by which it was asked
	event       TEXT   NOT NULL,             -- that event's key
	open_id     TEXT   NOT NULL,             -- '' when it is done
	pseudonym   TEXT   NOT NULL,             -- '' when it is done
	handed_over BIGINT NOT NULL,
	removed     BIGINT NOT NULL,
	lease       BIGINT NOT NULL,             -- until when nobody takes it up; when it is done, until when it is kept
	CHECK (open_id <> '' OR event = '' AND pseudonym = '')
);

-- +goose Down
DROP TABLE forgettings;
DROP TABLE direct_chats;
