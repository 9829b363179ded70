-- +goose Up
-- Chats that refused a message since one was last accepted, in a way that may mean the bot's whole app.
CREATE TABLE send_refusals (
	target   TEXT   NOT NULL PRIMARY KEY, -- the chat, as a hash; '' when it certainly is the whole app
	first_ms BIGINT NOT NULL,
	last_ms  BIGINT NOT NULL -- when it refused last, or a message was last tried while sending was held
);

-- +goose Down
DROP TABLE send_refusals;
