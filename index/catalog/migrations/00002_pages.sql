-- +goose Up

-- The page on which a passage begins; 0 where its document has none.
ALTER TABLE chunks ADD COLUMN page BIGINT NOT NULL DEFAULT 0;
