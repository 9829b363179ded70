-- +goose Up
-- What several departments had in a period, as one text: it is only ever wanted as a whole.
CREATE TABLE department_history (
	app_id        TEXT   NOT NULL,
	cycle         BIGINT NOT NULL,
	start         TEXT   NOT NULL,
	department_id TEXT   NOT NULL, -- the one whose departments these are
	answer        TEXT   NOT NULL,
	PRIMARY KEY (app_id, cycle, start, department_id)
);
