-- +goose Up

-- Why the embedder will never take a text, which has no vector then; else empty.
ALTER TABLE vectors ADD COLUMN refused TEXT NOT NULL DEFAULT '';
