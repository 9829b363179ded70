-- +goose Up
-- Ranges of days that the platform is asked for anew, and how far that has come. An app has one at a time.
CREATE TABLE refreshes (
	app_id        TEXT   NOT NULL PRIMARY KEY,
	department_id TEXT   NOT NULL, -- '' for the whole tenant
	from_on       TEXT   NOT NULL, -- the first day that is wanted
	next_on       TEXT   NOT NULL, -- the day that is asked for next: it goes back in time
	until_on      TEXT   NOT NULL, -- the day that it began with
	by_id         TEXT   NOT NULL,
	changed       BIGINT NOT NULL DEFAULT 0, -- figures that were mended
	kept          BIGINT NOT NULL DEFAULT 0, -- figures that the platform does not give any more
	failed        BIGINT NOT NULL DEFAULT 0, -- questions that were refused
	lease         BIGINT NOT NULL -- until when it is somebody's
);

-- +goose Down
DROP TABLE refreshes;
