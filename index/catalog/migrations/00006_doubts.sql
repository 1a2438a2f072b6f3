-- +goose Up

DROP TABLE findings;
DROP TABLE decisions;

-- Doubts as people see them. Members, words and suggestion are in data.
CREATE TABLE findings (
    id        TEXT PRIMARY KEY,
    base      TEXT   NOT NULL,
    kind      TEXT   NOT NULL,
    rule      TEXT   NOT NULL,
    type      TEXT   NOT NULL,
    tier      TEXT   NOT NULL,
    p         BIGINT NOT NULL,
    severity  BIGINT NOT NULL,
    state     TEXT   NOT NULL,
    outcome   TEXT   NOT NULL,
    owners    TEXT   NOT NULL,
    data      TEXT   NOT NULL,
    found     BIGINT NOT NULL,
    updated   BIGINT NOT NULL,
    closed    BIGINT NOT NULL,
    until     BIGINT NOT NULL,
    due       BIGINT NOT NULL
);
CREATE INDEX findings_open ON findings (base, state, severity);

-- What a finding is a view of: two sentences, or pages, that do not go together; of a
-- stale document both sides are the same.
CREATE TABLE pairs (
    pair    BLOB PRIMARY KEY,
    finding TEXT   NOT NULL,
    base    TEXT   NOT NULL,
    kind    TEXT   NOT NULL,
    rule    TEXT   NOT NULL,
    type    TEXT   NOT NULL,
    tier    TEXT   NOT NULL,
    p       BIGINT NOT NULL,
    a_doc   TEXT   NOT NULL,
    b_doc   TEXT   NOT NULL,
    a_chunk BLOB   NOT NULL,
    b_chunk BLOB   NOT NULL,
    content BLOB   NOT NULL,
    data    TEXT   NOT NULL,
    found   BIGINT NOT NULL
);
CREATE INDEX pairs_finding ON pairs (finding);
CREATE INDEX pairs_a ON pairs (a_doc);
CREATE INDEX pairs_b ON pairs (b_doc);

-- What people said, by what they said it of: the pair's content, the two pages, or a
-- rule on a page.
CREATE TABLE decisions (
    id       BIGINT PRIMARY KEY,
    subject  BLOB   NOT NULL,
    scope    TEXT   NOT NULL,
    finding  TEXT   NOT NULL,
    verdict  TEXT   NOT NULL,
    data     TEXT   NOT NULL,
    by_whom  TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    withdrawn BIGINT NOT NULL
);
CREATE INDEX decisions_subject ON decisions (subject);
CREATE INDEX decisions_finding ON decisions (finding);

-- What answers are told of a document.
CREATE TABLE notes (
    id       BIGINT PRIMARY KEY,
    doc      TEXT   NOT NULL,
    kind     TEXT   NOT NULL,
    finding  TEXT   NOT NULL,
    sentence TEXT   NOT NULL,
    text     BLOB   NOT NULL,
    needs    TEXT   NOT NULL,
    data     TEXT   NOT NULL,
    at       BIGINT NOT NULL
);
CREATE INDEX notes_doc ON notes (doc);
CREATE INDEX notes_needs ON notes (needs) WHERE needs <> '';
CREATE INDEX notes_finding ON notes (finding);

-- History and comments of findings.
CREATE TABLE finding_events (
    id      BIGINT PRIMARY KEY,
    finding TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    by_whom TEXT   NOT NULL,
    kind    TEXT   NOT NULL,
    text    TEXT   NOT NULL
);
CREATE INDEX finding_events_finding ON finding_events (finding, id);

-- Who is asked: the first of document, path, source, team, base that matches.
CREATE TABLE ownership (
    id      BIGINT PRIMARY KEY,
    base    TEXT   NOT NULL,
    kind    TEXT   NOT NULL,
    subject TEXT   NOT NULL,
    owner   TEXT   NOT NULL,
    deputy  TEXT   NOT NULL,
    away_until BIGINT NOT NULL,
    origin  TEXT   NOT NULL
);

-- Which source, path or document is right about a topic.
CREATE TABLE authorities (
    id      BIGINT PRIMARY KEY,
    base    TEXT   NOT NULL,
    topic   TEXT   NOT NULL,
    kind    TEXT   NOT NULL,
    subject TEXT   NOT NULL,
    effect  TEXT   NOT NULL,
    origin  TEXT   NOT NULL
);

-- Rules that owners refused more often than confirmed, by pair of sources.
CREATE TABLE mutes (
    base      TEXT   NOT NULL,
    rule      TEXT   NOT NULL,
    source_a  TEXT   NOT NULL,
    source_b  TEXT   NOT NULL,
    confirmed BIGINT NOT NULL,
    refused   BIGINT NOT NULL,
    since     BIGINT NOT NULL,
    PRIMARY KEY (base, rule, source_a, source_b)
);

-- Documents (with an empty chunk) and passages as the detectors know them. keys are
-- those under which they are looked up, as eight bytes each; mark is what of a document
-- matters besides its text. Of two rows the one with the higher id answers for whether
-- they go together.
CREATE TABLE detect_rows (
    id    INTEGER PRIMARY KEY,
    doc   TEXT NOT NULL,
    chunk BLOB NOT NULL,
    base  TEXT NOT NULL,
    mark  BLOB NOT NULL,
    keys  BLOB NOT NULL,
    UNIQUE (doc, chunk)
);
CREATE INDEX detect_rows_base ON detect_rows (base, id);
-- The key in the upper bits, the row's id in the lower 26: one narrow tree.
CREATE TABLE detect_keys (
    entry INTEGER PRIMARY KEY
);
-- What was learned of a base (data), with which version of the rules, over how many
-- rows, and how far a pass over all of it has come.
CREATE TABLE detect_bases (
    base      TEXT PRIMARY KEY,
    version   TEXT   NOT NULL,
    learned   BIGINT NOT NULL,
    phase     TEXT   NOT NULL,
    cursor_at BIGINT NOT NULL,
    passed    BIGINT NOT NULL,
    baselined BIGINT NOT NULL,
    data      BLOB   NOT NULL
);

-- What changed, in values.
CREATE TABLE value_changes (
    id     BIGINT PRIMARY KEY,
    base   TEXT   NOT NULL,
    source TEXT   NOT NULL,
    run    BIGINT NOT NULL,
    seq    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    type   TEXT   NOT NULL,
    data   TEXT   NOT NULL
);
CREATE INDEX value_changes_base ON value_changes (base, at);

-- Links of documents and what became of them.
CREATE TABLE links (
    url          TEXT PRIMARY KEY,
    state        TEXT   NOT NULL,
    status       BIGINT NOT NULL,
    reason       TEXT   NOT NULL,
    failures     BIGINT NOT NULL,
    first_failed BIGINT NOT NULL,
    last_checked BIGINT NOT NULL,
    next_check   BIGINT NOT NULL
);
CREATE INDEX links_next ON links (next_check);
CREATE TABLE link_pages (
    doc TEXT NOT NULL,
    url TEXT NOT NULL,
    PRIMARY KEY (doc, url)
);
CREATE INDEX link_pages_url ON link_pages (url);

CREATE TABLE judge_cache (
    key     BLOB PRIMARY KEY,
    model   TEXT   NOT NULL,
    verdict TEXT   NOT NULL,
    at      BIGINT NOT NULL
);

-- Monthly audits as they were made.
CREATE TABLE audits (
    base  TEXT   NOT NULL,
    month TEXT   NOT NULL,
    state TEXT   NOT NULL,
    data  BLOB   NOT NULL,
    made  BIGINT NOT NULL,
    PRIMARY KEY (base, month)
);

-- What was told to whom: a webhook's event is sent once.
CREATE TABLE webhook_events (
    id       BIGINT PRIMARY KEY,
    hook     TEXT   NOT NULL,
    event    TEXT   NOT NULL,
    subject  TEXT   NOT NULL,
    body     TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at  BIGINT NOT NULL,
    sent     BIGINT NOT NULL,
    reason   TEXT   NOT NULL,
    UNIQUE (hook, event, subject)
);
