-- +goose Up

-- What stands on most pages of a source, and how many texts came or went since it was learned.
CREATE TABLE templates (
    source  TEXT PRIMARY KEY,
    digest  TEXT   NOT NULL,
    changed BIGINT NOT NULL,
    learned BIGINT NOT NULL,
    applied BIGINT NOT NULL,
    pages   BIGINT NOT NULL,
    blocks  TEXT   NOT NULL
);

-- Blocks of the document's text that its passages were made without, and which.
ALTER TABLE documents ADD COLUMN left_out BIGINT NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN left_out_mark TEXT NOT NULL DEFAULT '';
