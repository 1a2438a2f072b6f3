-- +goose Up

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE sequence (
    id   BIGINT PRIMARY KEY,
    last BIGINT NOT NULL
);
INSERT INTO sequence (id, last) VALUES (1, 0);

CREATE TABLE bases (
    id        TEXT PRIMARY KEY,
    languages TEXT NOT NULL,
    recipe    TEXT NOT NULL,
    weights   TEXT NOT NULL,
    model     TEXT NOT NULL,
    model_seq BIGINT NOT NULL
);

CREATE TABLE synonyms (
    base    TEXT   NOT NULL,
    term    TEXT   NOT NULL,
    means   TEXT   NOT NULL,
    two_way BIGINT NOT NULL,
    PRIMARY KEY (base, term, means)
);

CREATE TABLE sources (
    id           TEXT PRIMARY KEY,
    base         TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    owner        TEXT   NOT NULL,
    schedule     TEXT   NOT NULL,
    review_every BIGINT NOT NULL,
    settings     TEXT   NOT NULL,
    digest       TEXT   NOT NULL,
    extract      TEXT   NOT NULL,
    guard        TEXT   NOT NULL,
    origin       TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    state_reason TEXT   NOT NULL,
    refusals     BIGINT NOT NULL,
    refused_at   BIGINT NOT NULL,
    created      BIGINT NOT NULL,
    updated      BIGINT NOT NULL
);

CREATE TABLE documents (
    doc               TEXT PRIMARY KEY,
    source            TEXT   NOT NULL,
    ext_id            TEXT   NOT NULL,
    base              TEXT   NOT NULL,
    state             TEXT   NOT NULL,
    state_reason      TEXT   NOT NULL,
    state_at          BIGINT NOT NULL,
    revision          TEXT   NOT NULL,
    content_hash      BLOB   NOT NULL,
    text_hash         BLOB   NOT NULL,
    recipe            TEXT   NOT NULL,
    listed_hash       BLOB   NOT NULL,
    details_hash      BLOB   NOT NULL,
    details           TEXT   NOT NULL,
    title             TEXT   NOT NULL,
    uri               TEXT   NOT NULL,
    edit_uri          TEXT   NOT NULL,
    canonical         TEXT   NOT NULL,
    locale            TEXT   NOT NULL,
    translation_group TEXT   NOT NULL,
    owner             TEXT   NOT NULL,
    class             TEXT   NOT NULL,
    part_of           TEXT   NOT NULL,
    access            TEXT   NOT NULL,
    facets            TEXT   NOT NULL,
    created           BIGINT NOT NULL,
    modified          BIGINT NOT NULL,
    payload_hash      BLOB   NOT NULL,
    payload_seq       BIGINT NOT NULL,
    version_seq       BIGINT NOT NULL,
    words             BIGINT NOT NULL,
    chunks            BIGINT NOT NULL,
    first_seen        BIGINT NOT NULL,
    changed           BIGINT NOT NULL,
    confirmed_until   BIGINT NOT NULL,
    confirmed_by      TEXT   NOT NULL,
    UNIQUE (source, ext_id)
);
CREATE INDEX documents_source ON documents (source, doc);
CREATE INDEX documents_text ON documents (source, text_hash);
CREATE INDEX documents_group ON documents (base, translation_group);

-- The stamps are apart so that a run over unchanged documents rewrites nothing wide.
CREATE TABLE seen (
    doc          TEXT PRIMARY KEY,
    pass         BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    missed       BIGINT NOT NULL,
    missed_since BIGINT NOT NULL
);

CREATE TABLE versions (
    doc       TEXT   NOT NULL,
    from_seq  BIGINT NOT NULL,
    until_seq BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    title     TEXT   NOT NULL,
    text_hash BLOB   NOT NULL,
    text      BLOB   NOT NULL,
    PRIMARY KEY (doc, from_seq)
);

CREATE TABLE chunks (
    chunk      BLOB   NOT NULL,
    from_seq   BIGINT NOT NULL,
    until_seq  BIGINT NOT NULL,
    doc        TEXT   NOT NULL,
    ord        BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    title      TEXT   NOT NULL,
    heading    TEXT   NOT NULL,
    question   TEXT   NOT NULL,
    text       TEXT   NOT NULL,
    locale     TEXT   NOT NULL,
    words      BIGINT NOT NULL,
    start_at   BIGINT NOT NULL,
    end_at     BIGINT NOT NULL,
    input_hash BLOB   NOT NULL,
    PRIMARY KEY (chunk, from_seq)
);
CREATE INDEX chunks_doc ON chunks (doc, until_seq, ord);
CREATE INDEX chunks_from ON chunks (from_seq);
CREATE INDEX chunks_until ON chunks (until_seq) WHERE until_seq < 9223372036854775807;

CREATE TABLE log (
    seq     BIGINT PRIMARY KEY,
    kind    TEXT   NOT NULL,
    outcome TEXT   NOT NULL,
    base    TEXT   NOT NULL,
    source  TEXT   NOT NULL,
    doc     TEXT   NOT NULL,
    run     BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    approved BIGINT NOT NULL
);
CREATE INDEX log_taken ON log (source, at) WHERE kind = 'taken' OR outcome = 'replaced';

CREATE TABLE consumers (
    name TEXT PRIMARY KEY,
    mark BIGINT NOT NULL
);

CREATE TABLE positions (
    source  TEXT   NOT NULL,
    pass    TEXT   NOT NULL,
    cursor  TEXT   NOT NULL,
    digest  TEXT   NOT NULL,
    pass_id BIGINT NOT NULL,
    started BIGINT NOT NULL,
    done    BIGINT NOT NULL,
    open    BIGINT NOT NULL,
    PRIMARY KEY (source, pass)
);

CREATE TABLE memory (
    source TEXT NOT NULL,
    key    TEXT NOT NULL,
    value  TEXT NOT NULL,
    PRIMARY KEY (source, key)
);

CREATE TABLE runs (
    id      BIGINT PRIMARY KEY,
    source  TEXT   NOT NULL,
    pass    TEXT   NOT NULL,
    started BIGINT NOT NULL,
    ended   BIGINT NOT NULL,
    result  TEXT   NOT NULL,
    report  TEXT   NOT NULL
);
CREATE INDEX runs_source ON runs (source, id);

CREATE TABLE jobs (
    kind     TEXT   NOT NULL,
    subject  TEXT   NOT NULL,
    schedule TEXT   NOT NULL,
    due      BIGINT NOT NULL,
    paused   BIGINT NOT NULL,
    worker   TEXT   NOT NULL,
    token    BIGINT NOT NULL,
    expires  BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    PRIMARY KEY (kind, subject)
);

-- What would make content vanish waits here until the guard, or a person, has decided.
CREATE TABLE holds (
    source   TEXT   NOT NULL,
    doc      TEXT   NOT NULL,
    action   TEXT   NOT NULL,
    evidence TEXT   NOT NULL,
    state    TEXT   NOT NULL,
    run      BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    decided_by TEXT NOT NULL,
    stash    BLOB   NOT NULL,
    PRIMARY KEY (source, doc)
);

CREATE TABLE retries (
    source   TEXT   NOT NULL,
    ext_id   TEXT   NOT NULL,
    attempts BIGINT NOT NULL,
    next_at  BIGINT NOT NULL,
    reason   TEXT   NOT NULL,
    PRIMARY KEY (source, ext_id)
);

CREATE TABLE vectors (
    fingerprint TEXT   NOT NULL,
    input_hash  BLOB   NOT NULL,
    vector      BLOB   NOT NULL,
    used        BIGINT NOT NULL,
    PRIMARY KEY (fingerprint, input_hash)
);

CREATE TABLE term_statistics (
    name TEXT PRIMARY KEY,
    mark BIGINT NOT NULL,
    data BLOB   NOT NULL
);

CREATE TABLE queries (
    id        TEXT PRIMARY KEY,
    base      TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    api_key   TEXT   NOT NULL,
    query     TEXT   NOT NULL,
    state     TEXT   NOT NULL,
    mark      BIGINT NOT NULL,
    took_us   BIGINT NOT NULL,
    served    TEXT   NOT NULL
);
CREATE INDEX queries_at ON queries (at);

CREATE TABLE feedback (
    id       BIGINT PRIMARY KEY,
    query_id TEXT   NOT NULL,
    chunk    TEXT   NOT NULL,
    verdict  TEXT   NOT NULL,
    comment  TEXT   NOT NULL,
    at       BIGINT NOT NULL
);
CREATE INDEX feedback_query ON feedback (query_id);

CREATE TABLE keys (
    id      TEXT PRIMARY KEY,
    name    TEXT   NOT NULL,
    hash    BLOB   NOT NULL UNIQUE,
    role    TEXT   NOT NULL,
    bases   TEXT   NOT NULL,
    drafts  BIGINT NOT NULL,
    created BIGINT NOT NULL,
    used    BIGINT NOT NULL,
    revoked BIGINT NOT NULL
);

CREATE TABLE findings (
    id       TEXT PRIMARY KEY,
    kind     TEXT   NOT NULL,
    base     TEXT   NOT NULL,
    state    TEXT   NOT NULL,
    severity BIGINT NOT NULL,
    reasons  TEXT   NOT NULL,
    members  TEXT   NOT NULL,
    found    BIGINT NOT NULL,
    updated  BIGINT NOT NULL
);

CREATE TABLE decisions (
    pair   BLOB PRIMARY KEY,
    kind   TEXT   NOT NULL,
    verdict TEXT  NOT NULL,
    scope  TEXT   NOT NULL,
    by_whom TEXT  NOT NULL,
    at     BIGINT NOT NULL
);
