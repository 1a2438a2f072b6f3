package catalog

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"freshet/connectors"
	"freshet/index"
)

// decided is a catalog with one document of two passages.
type decided struct {
	*Catalog
	t   *testing.T
	now time.Time
	key string
}

func newDecided(t *testing.T, text bool) *decided {
	t.Helper()
	d := &decided{t: t, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), key: NewDocumentKey("faq", "refunds", 0)}
	c, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "catalog.db"), Now: func() time.Time { return d.now }})
	d.must(err)
	t.Cleanup(func() { d.must(c.Close()) })
	d.Catalog = c
	d.must(c.PutBase(t.Context(), Base{ID: "help"}))
	d.must(c.PutSource(t.Context(), Source{ID: "faq", Base: "help", State: Published}))
	doc := Document{Key: d.key, Source: "faq", ExternalID: "refunds", Base: "help", State: Present, Revision: "7", Recipe: "r",
		Details: Details{Title: "Refunds", Access: connectors.Public()}}
	change := Change{Document: doc, Outcome: New}
	if text {
		change.Content, change.Text, change.Chunks = true, []byte(`{"a":1}`), d.chunks("first", "second")
	} else {
		change.Document.State = Unreadable
	}
	_, err = c.Apply(t.Context(), &Batch{Source: "faq", Pass: 4, Changes: []Change{change}})
	d.must(err)
	return d
}

func (d *decided) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *decided) chunks(texts ...string) []index.Chunk {
	var out []index.Chunk
	for i, text := range texts {
		c := index.Chunk{ID: index.NewChunkID(d.key, nil, text, 0), Document: d.key, Ord: i, Kind: index.Prose, Title: "Refunds", Text: text}
		c.Input = c.InputHash("test")
		out = append(out, c)
	}
	return out
}

func (d *decided) document() Document {
	d.t.Helper()
	doc, err := d.DocumentByKey(d.t.Context(), d.key)
	d.must(err)
	return doc
}

func (d *decided) open() []string {
	d.t.Helper()
	list, err := d.ChunksOf(d.t.Context(), d.key)
	d.must(err)
	texts := []string{}
	for _, c := range list {
		texts = append(texts, c.Text)
	}
	return texts
}

func (d *decided) vouched(mark int64) int {
	d.t.Helper()
	var ids []index.ChunkID
	for _, c := range d.chunks("first", "second") {
		ids = append(ids, c.ID)
	}
	list, err := d.Vouch(d.t.Context(), index.VouchRequest{Base: "help", Mark: mark, IDs: ids})
	d.must(err)
	return len(list)
}

func TestExcludeTakesADocumentAwayAndIncludeBringsItBackAsItWas(t *testing.T) {
	d := newDecided(t, true)
	ctx := t.Context()
	before := d.document()
	mark, err := d.Head(ctx)
	d.must(err)
	if n := d.vouched(mark); n != 2 {
		t.Fatalf("%d passages are vouched for", n)
	}
	d.now = d.now.Add(time.Hour)
	changed := d.Changed()
	d.must(d.Exclude(ctx, d.key, "ann"))
	select {
	case <-changed:
	default:
		t.Error("consumers of the change log are not told")
	}
	if n := d.vouched(mark); n != 0 {
		t.Errorf("%d passages are vouched for at the old mark", n)
	}
	gone := d.document()
	if gone.State != Excluded || gone.StateReason != ExcludedByPerson || !gone.StateAt.Equal(d.now) || len(d.open()) != 0 {
		t.Errorf("got %+v with %v", gone, d.open())
	}
	d.must(d.Exclude(ctx, d.key, "ann"))
	if again := d.document(); !cmp.Equal(gone, again) {
		t.Error("excluding twice is not excluding once:", cmp.Diff(gone, again))
	}
	if n, err := d.Vanished(ctx, "faq", d.now.Add(-time.Minute)); err != nil || n != 0 {
		t.Errorf("the guard counts %d, %v, though a person decided", n, err)
	}

	d.now = d.now.Add(time.Hour)
	d.must(d.Include(ctx, d.key, "ann"))
	after := d.document()
	if diff := cmp.Diff([]string{"first", "second"}, d.open()); diff != "" {
		t.Error(diff)
	}
	if after.State != Present || after.StateReason != "" || after.Revision != "7" || after.Recipe != "r" || after.Chunks != 2 {
		t.Errorf("got %+v", after)
	}
	if !after.Seen.Equal(before.Seen) || after.SeenPass != before.SeenPass {
		t.Errorf("a decision counts as a sight of the document: seen %s in pass %d, was %s in pass %d", after.Seen, after.SeenPass, before.Seen, before.SeenPass)
	}
	if text, err := d.Text(ctx, d.key, index.Open); err != nil || string(text) != `{"a":1}` {
		t.Errorf("text %q, %v", text, err)
	}
	head, err := d.Head(ctx)
	d.must(err)
	if n := d.vouched(head); n != 2 {
		t.Errorf("%d passages are vouched for", n)
	}
	if d.vouched(gone.VersionSeq+1) != 0 {
		t.Error("history is changed")
	}
}

func TestIncludeLeavesWhatNoPersonExcluded(t *testing.T) {
	d := newDecided(t, true)
	doc := d.document()
	doc.State, doc.StateReason = Excluded, "noindex"
	_, err := d.Apply(t.Context(), &Batch{Source: "faq", Changes: []Change{{Document: doc, Outcome: WasExcluded}}})
	d.must(err)
	d.must(d.Include(t.Context(), d.key, "ann"))
	if got := d.document(); got.State != Excluded || got.StateReason != "noindex" {
		t.Errorf("got %+v", got)
	}
}

func TestADocumentWithoutTextIsReadByTheNextRunWhenItIsIncluded(t *testing.T) {
	d := newDecided(t, false)
	d.must(d.Exclude(t.Context(), d.key, "ann"))
	d.must(d.Include(t.Context(), d.key, "ann"))
	if got := d.document(); got.State != Present || got.Revision != "" || got.Chunks != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestADocumentWhosePassagesAreForgottenIsCutAnewByTheNextRun(t *testing.T) {
	d := newDecided(t, true)
	ctx := t.Context()
	d.must(d.Exclude(ctx, d.key, "ann"))
	head, err := d.Head(ctx)
	d.must(err)
	d.must(d.SetConsumerMark(ctx, "store", head))
	d.must(d.ForgetHistory(ctx, d.now.Add(time.Hour)))
	d.must(d.Include(ctx, d.key, "ann"))
	if got := d.document(); got.State != Present || got.Recipe != "" {
		t.Errorf("got %+v", got)
	}
}

func TestConfirmIsKeptAcrossVersions(t *testing.T) {
	d := newDecided(t, true)
	ctx := t.Context()
	until := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	before := d.document()
	d.now = d.now.Add(time.Hour)
	d.must(d.Confirm(ctx, d.key, until, "ann"))
	got := d.document()
	if !got.ConfirmedUntil.Equal(until) || got.ConfirmedBy != "ann" || !got.Seen.Equal(before.Seen) {
		t.Errorf("got %+v", got)
	}
	_, err := d.Apply(ctx, &Batch{Source: "faq", Pass: 5, Changes: []Change{{Document: got, Outcome: TextChanged, Content: true, Chunks: d.chunks("third"), Text: []byte("{}")}}})
	d.must(err)
	if got := d.document(); !got.ConfirmedUntil.Equal(until) {
		t.Errorf("got %+v", got)
	}
	d.must(d.Confirm(ctx, d.key, time.Time{}, "ann"))
	if got := d.document(); !got.ConfirmedUntil.IsZero() || got.ConfirmedBy != "" {
		t.Errorf("got %+v", got)
	}
}

func TestDecisionsAboutNothingAreNotFound(t *testing.T) {
	d := newDecided(t, true)
	ctx := t.Context()
	for name, f := range map[string]func(context.Context) error{
		"exclude": func(ctx context.Context) error { return d.Exclude(ctx, "nope", "ann") },
		"include": func(ctx context.Context) error { return d.Include(ctx, "nope", "ann") },
		"confirm": func(ctx context.Context) error { return d.Confirm(ctx, "nope", d.now, "ann") },
	} {
		if err := f(ctx); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestATextThatWasServedIsFoundAtItsMark(t *testing.T) {
	d := newDecided(t, true)
	ctx := t.Context()
	mark, err := d.Head(ctx)
	d.must(err)
	id := d.chunks("first")[0].ID.String()
	d.must(d.Exclude(ctx, d.key, "ann"))
	if text, err := d.ChunkTextAt(ctx, id, mark); err != nil || text != "first" {
		t.Errorf("%q, %v", text, err)
	}
	for _, c := range []struct {
		id   string
		mark int64
	}{{id, mark + 1}, {id, mark - 1}, {"not-an-id", mark}} {
		if _, err := d.ChunkTextAt(ctx, c.id, c.mark); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s at %d: %v", c.id, c.mark, err)
		}
	}
}
