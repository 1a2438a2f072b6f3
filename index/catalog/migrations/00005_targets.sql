-- +goose Up

-- Indexes that are, were or shall be searched. At most one is active.
CREATE TABLE targets (
    id       BIGINT PRIMARY KEY,
    store    TEXT   NOT NULL,
    settings TEXT   NOT NULL,
    space    TEXT   NOT NULL,
    consumer TEXT   NOT NULL UNIQUE,
    state    TEXT   NOT NULL,
    created  BIGINT NOT NULL,
    changed  BIGINT NOT NULL
);

-- Moves from one target to another. At most one has not ended.
CREATE TABLE migrations (
    id          BIGINT PRIMARY KEY,
    from_target BIGINT NOT NULL,
    to_target   BIGINT NOT NULL,
    phase       TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    hold        BIGINT NOT NULL,
    force       BIGINT NOT NULL,
    place       BLOB   NOT NULL,
    progress    TEXT   NOT NULL,
    report      TEXT   NOT NULL,
    started     BIGINT NOT NULL,
    phase_since BIGINT NOT NULL,
    soak_until  BIGINT NOT NULL,
    ended       BIGINT NOT NULL
);
