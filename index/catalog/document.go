package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"freshet/connectors"
	"freshet/index"
)

// State is where a document is in its life.
type State string

const (
	// Present: listed and served.
	Present State = "present"
	// Hidden: whole passes did not list it; not served, not yet removed.
	Hidden State = "hidden"
	// Removed: gone at the source; kept with its date, comes back as restored.
	Removed State = "removed"
	// Excluded: by a person, a rule or the page's own wish.
	Excluded State = "excluded"
	// Unreadable: it exists but cannot be read; its old copy, if any, serves.
	Unreadable State = "unreadable"
)

// Serves reports whether documents in this state are shown.
func (s State) Serves() bool { return s == Present || s == Unreadable }

// ExcludedByPerson is the StateReason of an exclusion that only a person takes back.
const ExcludedByPerson = "person"

// Details are what a source tells of a document besides its content. They are
// compared at every listing.
type Details struct {
	URI              string              `json:"uri,omitempty"`
	EditURI          string              `json:"edit_uri,omitempty"`
	Canonical        string              `json:"canonical,omitempty"`
	Path             []string            `json:"path,omitempty"`
	Title            string              `json:"title,omitempty"`
	MediaType        string              `json:"media_type,omitempty"`
	Form             string              `json:"form,omitempty"` // that it was read as: "html", "pdf"; never listed
	Locale           string              `json:"locale,omitempty"`
	TranslationGroup string              `json:"translation_group,omitempty"`
	Created          time.Time           `json:"created,omitzero"`
	Modified         time.Time           `json:"modified,omitzero"`
	Owner            string              `json:"owner,omitempty"`
	Labels           []string            `json:"labels,omitempty"`
	Facets           map[string][]string `json:"facets,omitempty"`
	Class            string              `json:"class,omitempty"`
	ReviewEvery      time.Duration       `json:"review_every,omitempty"`
	Metadata         map[string]string   `json:"metadata,omitempty"`
	Access           connectors.Access   `json:"access"`
	PartOf           string              `json:"part_of,omitempty"`
}

// Hash identifies the details.
func (d *Details) Hash() index.Hash { return index.HashTexts("details/1", encode(d)) }

// A Document is the catalog's row of one document.
type Document struct {
	Key        string // internal, stable across moves
	Source     string
	ExternalID string
	Base       string

	State       State
	StateReason string
	StateAt     time.Time

	Revision string
	Content  index.Hash // of the bytes that were read
	TextHash index.Hash // of the structured text
	Recipe   string     // versions that made the chunks
	Listed   index.Hash // of the details as the source listed them
	Details  Details    // as they are shown; what the source left out comes from the text

	Payload    index.Hash // of what its points carry
	PayloadSeq int64      // entry that last changed the payload
	VersionSeq int64      // entry that made the present version; 0: never had one
	Words      int
	Chunks     int // open chunk rows
	// LeftOut counts the blocks of the text that the passages were made without, as
	// boilerplate of the source; LeftOutMark identifies them.
	LeftOut     int
	LeftOutMark string

	FirstSeen, Changed time.Time
	ConfirmedUntil     time.Time
	ConfirmedBy        string

	Seen        time.Time // last confirmed by the source
	SeenPass    int64     // pass that last listed it
	Missed      int       // whole passes in a row, or answers "not found", without it
	MissedSince time.Time
}

// IndexPayload is what the document's points carry for filters.
func (d *Document) IndexPayload() index.Payload {
	p := index.Payload{Texts: map[string][]string{
		index.KeySource: {d.Source}, index.KeyDocument: {d.Key},
	}, Numbers: map[string]float64{}}
	put := func(key string, values ...string) {
		if len(values) > 0 && values[0] != "" {
			p.Texts[key] = values
		}
	}
	put(index.KeyLocale, d.Details.Locale)
	put(index.KeyLabel, d.Details.Labels...)
	put(index.KeyClass, d.Details.Class)
	put(index.KeyOwner, d.Details.Owner)
	put(index.KeyPath, strings.Join(d.Details.Path, "/"))
	for name, values := range d.Details.Facets {
		put(index.KeyFacet+name, values...)
	}
	if !d.Details.Modified.IsZero() {
		p.Numbers[index.KeyModified] = float64(d.Details.Modified.Unix())
	}
	p.Texts[index.KeyPrincipal] = principals(d.Details.Access)
	return p
}

// EverybodyPrincipal stands in payloads for documents that everybody may read.
const EverybodyPrincipal = "everybody"

// principals lists who can possibly read. A filter on it lets through too much
// when several lists must be met, never too little; Vouch decides.
func principals(a connectors.Access) []string {
	if a.Known && a.Public {
		return []string{EverybodyPrincipal}
	}
	var out []string
	if a.Known {
		for _, list := range a.AnyOf {
			for _, p := range list {
				out = append(out, string(p))
			}
		}
	}
	return out
}

// NewDocumentKey derives the internal key of a document first seen under this ID.
// Attempt is above 0 when the key is taken by a document that has moved away.
func NewDocumentKey(source, externalID string, attempt int) string {
	h := index.HashTexts("document/1", source, externalID, fmt.Sprint(attempt))
	return h.String()
}

const documentColumns = `d.doc, d.source, d.ext_id, d.base, d.state, d.state_reason, d.state_at, d.revision, d.content_hash,
	d.text_hash, d.recipe, d.listed_hash, d.details, d.payload_hash, d.payload_seq, d.version_seq, d.words, d.chunks, d.left_out, d.left_out_mark, d.first_seen, d.changed,
	d.confirmed_until, d.confirmed_by, COALESCE(s.at, 0), COALESCE(s.pass, 0), COALESCE(s.missed, 0), COALESCE(s.missed_since, 0)`

const fromDocuments = ` FROM documents d LEFT JOIN seen s ON s.doc = d.doc `

func scanDocument(r scanner) (Document, error) {
	var d Document
	var content, text, listed, payload []byte
	var details string
	var stateAt, firstSeen, changed, confirmed, seen, missedSince int64
	err := r.Scan(&d.Key, &d.Source, &d.ExternalID, &d.Base, &d.State, &d.StateReason, &stateAt, &d.Revision, &content,
		&text, &d.Recipe, &listed, &details, &payload, &d.PayloadSeq, &d.VersionSeq, &d.Words, &d.Chunks, &d.LeftOut, &d.LeftOutMark, &firstSeen, &changed,
		&confirmed, &d.ConfirmedBy, &seen, &d.SeenPass, &d.Missed, &missedSince)
	if err != nil {
		return d, err
	}
	d.Content, d.TextHash, d.Listed, d.Payload = toHash(content), toHash(text), toHash(listed), toHash(payload)
	d.StateAt, d.FirstSeen, d.Changed = fromMillis(stateAt), fromMillis(firstSeen), fromMillis(changed)
	d.ConfirmedUntil, d.Seen, d.MissedSince = fromMillis(confirmed), fromMillis(seen), fromMillis(missedSince)
	return d, decode(details, &d.Details)
}

// DocumentByKey returns the document with this internal key, or ErrNotFound.
func (c *Catalog) DocumentByKey(ctx context.Context, key string) (Document, error) {
	return c.oneDocument(ctx, `WHERE d.doc = ?`, key)
}

// DocumentByID returns the document that a source knows under this ID, or ErrNotFound.
func (c *Catalog) DocumentByID(ctx context.Context, source, externalID string) (Document, error) {
	return c.oneDocument(ctx, `WHERE d.source = ? AND d.ext_id = ?`, source, externalID)
}

func (c *Catalog) oneDocument(ctx context.Context, where string, args ...any) (Document, error) {
	st, err := c.statements.get(ctx, `SELECT `+documentColumns+fromDocuments+where)
	if err != nil {
		return Document{}, fmt.Errorf("read document: %w", err)
	}
	d, err := scanDocument(st.QueryRowContext(context.WithoutCancel(ctx), args...)) // too short to be watched
	if errors.Is(err, sql.ErrNoRows) {
		return d, fmt.Errorf("document %v: %w", args, ErrNotFound)
	}
	if err != nil {
		return d, fmt.Errorf("read document: %w", err)
	}
	return d, nil
}

// DocumentFilter selects documents. Zero fields select all.
type DocumentFilter struct {
	Base, Source string
	States       []State
	TextHash     index.Hash
	Query        string // part of the title, address or ID
	After        string // key: only documents behind it
	Limit        int    // 0: 100
	// NotInPass selects those that were last listed before this pass and last
	// confirmed before SeenBefore.
	NotInPass  int64
	SeenBefore time.Time
	// NotRecipes leaves out documents with one of these recipes.
	NotRecipes []string
}

// Documents lists documents by key.
func (c *Catalog) Documents(ctx context.Context, f DocumentFilter) ([]Document, error) {
	where, args := f.where()
	limit := f.Limit
	if limit <= 0 {
		limit = 100
	}
	rows, err := c.read.QueryContext(ctx, `SELECT `+documentColumns+fromDocuments+where+f.order()+` LIMIT ?`, append(args, limit)...)
	out, err := collect(rows, err, scanDocument)
	if err != nil {
		return nil, fmt.Errorf("list documents: %w", err)
	}
	return out, nil
}

// CountSelected counts the documents that f selects, whatever its Limit.
func (c *Catalog) CountSelected(ctx context.Context, f DocumentFilter) (int, error) {
	where, args := f.where()
	var n int
	if err := c.read.QueryRowContext(ctx, `SELECT COUNT(*)`+fromDocuments+where, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count documents: %w", err)
	}
	return n, nil
}

// AllDocuments yields every document that f selects, by key, without holding a
// transaction between two of them.
func (c *Catalog) AllDocuments(ctx context.Context, f DocumentFilter) iter.Seq2[Document, error] {
	f.Limit = 500
	return func(yield func(Document, error) bool) {
		for {
			page, err := c.Documents(ctx, f)
			if err != nil {
				yield(Document{}, err)
				return
			}
			for _, d := range page {
				if !yield(d, nil) {
					return
				}
			}
			if len(page) < f.Limit {
				return
			}
			f.After = page[len(page)-1].Key
		}
	}
}

func (f DocumentFilter) where() (string, []any) {
	var parts []string
	var args []any
	add := func(cond string, values ...any) {
		parts = append(parts, cond)
		args = append(args, values...)
	}
	if f.Base != "" {
		add(`d.base = ?`, f.Base)
	}
	if f.Source != "" {
		add(`d.source = ?`, f.Source)
	}
	if len(f.States) > 0 {
		values := make([]any, len(f.States))
		for i, s := range f.States {
			values[i] = string(s)
		}
		add(`d.state IN (`+placeholders(len(values))+`)`, values...)
	}
	if f.TextHash != (index.Hash{}) {
		add(`d.text_hash = ?`, f.TextHash[:])
	}
	if f.Query != "" {
		like := "%" + likeEscaper.Replace(f.Query) + "%"
		add(`(d.title LIKE ? ESCAPE '\' OR d.uri LIKE ? ESCAPE '\' OR d.ext_id LIKE ? ESCAPE '\')`, like, like, like)
	}
	if f.After != "" {
		add(`d.doc > ?`, f.After)
	}
	if f.NotInPass > 0 {
		add(`COALESCE(s.pass, 0) < ? AND COALESCE(s.at, 0) <= ?`, f.NotInPass, millis(f.SeenBefore))
	}
	if n := len(f.NotRecipes); n > 0 {
		values := make([]any, n)
		for i, r := range f.NotRecipes {
			values[i] = r
		}
		add(`d.recipe NOT IN (`+placeholders(n)+`)`, values...)
	}
	if len(parts) == 0 {
		return "", nil
	}
	return "WHERE " + strings.Join(parts, " AND "), args
}

// order is by key. The few documents of one text are sorted, or SQLite would go through
// the whole source in this order to find them.
func (f DocumentFilter) order() string {
	if f.TextHash != (index.Hash{}) {
		return ` ORDER BY d.doc || ''`
	}
	return ` ORDER BY d.doc`
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// CountDocuments counts a source's documents by state.
func (c *Catalog) CountDocuments(ctx context.Context, source string) (map[State]int, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT state, COUNT(*) FROM documents WHERE source = ? GROUP BY state`, source)
	type count struct {
		state State
		n     int
	}
	list, err := collect(rows, err, func(r scanner) (count, error) {
		var v count
		return v, r.Scan(&v.state, &v.n)
	})
	if err != nil {
		return nil, fmt.Errorf("count documents of %s: %w", source, err)
	}
	out := make(map[State]int)
	for _, v := range list {
		out[v.state] = v.n
	}
	return out, nil
}

// ReasonCount is how many documents are in a state for one reason.
type ReasonCount struct {
	State     State
	Reason    string
	Documents int
}

// CountReasons counts a source's excluded and unreadable documents by reason, the most
// first.
func (c *Catalog) CountReasons(ctx context.Context, source string) ([]ReasonCount, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT state, state_reason, COUNT(*) FROM documents WHERE source = ? AND state IN (?, ?)
		GROUP BY state, state_reason ORDER BY 3 DESC, 1, 2`, source, string(Excluded), string(Unreadable))
	out, err := collect(rows, err, func(r scanner) (ReasonCount, error) {
		var v ReasonCount
		return v, r.Scan(&v.State, &v.Reason, &v.Documents)
	})
	if err != nil {
		return nil, fmt.Errorf("count reasons of %s: %w", source, err)
	}
	return out, nil
}

// KnownIDs yields the external IDs of a source's documents in byte order, by pages.
func (c *Catalog) KnownIDs(ctx context.Context, source string) iter.Seq2[string, error] {
	const page = 1000
	return func(yield func(string, error) bool) {
		after := ""
		for {
			rows, err := c.read.QueryContext(ctx, `SELECT ext_id FROM documents WHERE source = ? AND ext_id > ? AND state <> 'removed' ORDER BY ext_id LIMIT ?`, source, after, page)
			ids, err := collect(rows, err, func(r scanner) (string, error) {
				var id string
				return id, r.Scan(&id)
			})
			if err != nil {
				yield("", fmt.Errorf("list documents of %s: %w", source, err))
				return
			}
			for _, id := range ids {
				if !yield(id, nil) {
					return
				}
			}
			if len(ids) < page {
				return
			}
			after = ids[len(ids)-1]
		}
	}
}

// Text returns the structured text of the document's version at seq (index.Open:
// the present one), as the extractor made it.
func (c *Catalog) Text(ctx context.Context, key string, seq int64) ([]byte, error) {
	cond := `until_seq = ?`
	args := []any{key, index.Open}
	if seq != index.Open {
		cond = `from_seq <= ? AND until_seq > ?`
		args = []any{key, seq, seq}
	}
	var packed []byte
	err := c.read.QueryRowContext(ctx, `SELECT text FROM versions WHERE doc = ? AND `+cond, args...).Scan(&packed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("text of document %s: %w", key, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("read text of document %s: %w", key, err)
	}
	return unpack(packed)
}

// LastText returns the newest structured text that the document ever had.
func (c *Catalog) LastText(ctx context.Context, key string) ([]byte, error) {
	st, err := c.statements.get(ctx, `SELECT text FROM versions WHERE doc = ? ORDER BY from_seq DESC LIMIT 1`)
	if err != nil {
		return nil, fmt.Errorf("read text of document %s: %w", key, err)
	}
	var packed []byte
	err = st.QueryRowContext(context.WithoutCancel(ctx), key).Scan(&packed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("text of document %s: %w", key, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("read text of document %s: %w", key, err)
	}
	return unpack(packed)
}
