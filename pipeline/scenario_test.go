package pipeline

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"freshet/connectors"
	"freshet/connectors/connectortest"
	"freshet/index"
	"freshet/index/catalog"
	"freshet/index/embedded"
	"freshet/index/lexical"
	"freshet/pipeline/contents"
	"freshet/pipeline/extract/formats"
)

// The scenario of the fault and kill tests: a source of sixteen documents that was
// synced once, and then changes in every way there is. Eleven of them end alike; the
// one that keeps that end for all loses it.

const end = "<p>Our counter is open from Monday to Friday, 9 to 17 o'clock.</p>"

var endAlike = []string{"p00", "p01", "p02", "p03", "p06", "p10", "p11", "p12", "p13", "p14", "p15"}

// keepsEnd is the document that keeps the end: the one of the smallest key.
func keepsEnd() string {
	return slices.MinFunc(endAlike, func(a, b string) int {
		return strings.Compare(catalog.NewDocumentKey("s", a, 0), catalog.NewDocumentKey("s", b, 0))
	})
}

func firstWorld() *connectortest.Memory {
	m := connectortest.NewMemory()
	for i := range 16 {
		id, text := fmt.Sprintf("p%02d", i), page(fmt.Sprintf("topic%02d", i))
		if slices.Contains(endAlike, id) {
			text += end
		}
		m.PutDocument(connectors.Document{ID: id, Title: fmt.Sprintf("Title %d", i)}, text)
	}
	m.SetFaults(connectortest.Faults{PageSize: 3, OpenInLoopOnly: true})
	return m
}

func changedWorld() *connectortest.Memory {
	m := firstWorld()
	m.PutDocument(connectors.Document{ID: "p01", Title: "Title 1"}, page("topic01 amended")+end)
	m.PutDocument(connectors.Document{ID: "p02", Title: "A new title"}, page("topic02")+end)
	m.PutDocument(connectors.Document{ID: "p03", Title: "Title 3", Labels: []string{"labelled"}}, page("topic03")+end)
	m.Remove("p04")
	m.Remove("p05")
	m.PutDocument(connectors.Document{ID: "q05", Title: "Title 5"}, page("topic05"))
	m.PutDocument(connectors.Document{ID: "q06", Title: "Title 6b"}, page("novelty06"))
	m.Skip("p07", connectors.SkipNoIndex)
	m.PutDocument(connectors.Document{ID: "p08", Title: "Title 8"}, login+"<p>Common rewrite.</p>")
	m.Break("p09", &connectors.Verdict{Reason: connectors.VerdictEncrypted})
	m.PutDocument(connectors.Document{ID: "p10", Title: "Title 10"}, page("topic10")+page("extension10")+end)
	m.PutDocument(connectors.Document{ID: keepsEnd(), Title: "The keeper"}, page("keeper"))
	return m
}

// A rig is the program around the scenario, on a directory that survives it.
type rig struct {
	dir     string
	clock   *clock
	driver  string
	reached func(Phase)
	store   func(index.Store) index.Store
	src     *connectortest.Memory

	catalog  *catalog.Catalog
	embedded *embedded.Store
	kept     *contents.Store
	applier  *Applier
	syncer   *Syncer
}

func (r *rig) open(ctx context.Context) error {
	if r.clock == nil {
		r.clock = newClock()
	}
	c, err := catalog.Open(ctx, catalog.Options{Path: filepath.Join(r.dir, "catalog.db"), Driver: r.driver, Now: r.clock.now})
	if err != nil {
		return err
	}
	r.catalog = c
	if r.embedded, err = embedded.Open(embedded.Options{Dir: filepath.Join(r.dir, "index")}); err != nil {
		return err
	}
	var store index.Store = r.embedded
	if r.store != nil {
		store = r.store(store)
	}
	kept, err := contents.Open(contents.Options{Dir: filepath.Join(r.dir, "contents"), Document: contents.DefaultDocument, Total: contents.DefaultTotal})
	if err != nil {
		return err
	}
	r.kept = kept
	kind := r.src.Kind()
	kind.HasFeed = false
	r.applier = NewApplier(ApplierOptions{Catalog: c, Store: store, Terms: lexical.NewTerms(), Reached: r.reached})
	r.syncer = NewSyncer(Options{Catalog: c, Extractor: formats.New(formats.Config{}), Now: r.clock.now, Reached: r.reached,
		Contents: kept, Limits: Limits{BatchDocuments: 3, BatchStamps: 3},
		Open: func(context.Context, catalog.Source) (connectors.Source, connectors.Kind, error) {
			return r.src, kind, nil
		}})
	return nil
}

func (r *rig) prepare(ctx context.Context) error {
	return errors.Join(r.catalog.PutBase(ctx, catalog.Base{ID: "help", Languages: []string{"en"}}),
		r.catalog.PutSource(ctx, catalog.Source{ID: "s", Base: "help", Kind: "memory", Digest: "d", Origin: catalog.OriginFile, State: catalog.Published,
			Extract: map[string]any{extractTemplates: "on"}}))
}

// run syncs once and brings the Store up to date; a run that failed is an error.
func (r *rig) run(ctx context.Context) error {
	res, err := r.syncer.Run(ctx, "s", RunOptions{})
	if err != nil {
		return err
	}
	if res.Report.Result != catalog.RunDone {
		return fmt.Errorf("run %s: %v", res.Report.Result, res.Report.Errors)
	}
	if err := r.applier.CatchUp(ctx); err != nil {
		return err
	}
	return r.applier.Save(ctx)
}

func (r *rig) close() error {
	var errs []error
	if r.embedded != nil {
		errs = append(errs, r.embedded.Close())
	}
	if r.catalog != nil {
		errs = append(errs, r.catalog.Close())
	}
	return errors.Join(errs...)
}

// passes is how many full passes were whole.
func (r *rig) passes(ctx context.Context) (int64, error) {
	p, err := r.catalog.PositionOf(ctx, "s", connectors.Full)
	if p.Open {
		return p.PassID - 1, err
	}
	return p.PassID, err
}

// base makes a directory in which the first world was synced.
func scenarioBase(t *testing.T) string {
	t.Helper()
	r := &rig{dir: t.TempDir(), src: firstWorld()}
	must(t, r.open(t.Context()))
	must(t, r.prepare(t.Context()))
	must(t, r.run(t.Context()))
	known, err := r.catalog.TemplatesOf(t.Context(), "s")
	must(t, err)
	if len(known.Blocks) != 1 || known.Blocks[0].Address != keepsEnd() {
		t.Fatalf("the scenario is to begin with one end kept by %s: %+v", keepsEnd(), known)
	}
	must(t, r.close())
	return r.dir
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func cloneDir(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	must(t, os.CopyFS(to, os.DirFS(from)))
	return to
}

// expectations are the end states of undisturbed runs, by the passes they took.
type expectations struct {
	base string
	mu   sync.Mutex
	done map[int64]string
}

// after syncs the changed world undisturbed until it had so many passes, and dumps.
func (x *expectations) after(t *testing.T, passes int64) string {
	t.Helper()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.done[passes] != "" {
		return x.done[passes]
	}
	r := &rig{dir: cloneDir(t, x.base), src: changedWorld()}
	must(t, r.open(t.Context()))
	for {
		done, err := r.passes(t.Context())
		must(t, err)
		if done >= passes {
			break
		}
		must(t, r.run(t.Context()))
	}
	if x.done == nil {
		x.done = make(map[int64]string)
	}
	x.done[passes] = r.dump(t)
	must(t, r.close())
	return x.done[passes]
}

// recovered runs the changed world once more on a disturbed directory and
// compares the end state with an undisturbed one after as many passes. Where the
// disturbed run overcame its fault by leaving a document for later, history and
// the order of the change log differ rightly: then all that is open and served is
// compared, without sequence numbers.
func (x *expectations) recovered(t *testing.T, dir string, overcome bool, what string) {
	t.Helper()
	r := &rig{dir: dir, src: changedWorld()}
	must(t, r.open(t.Context()))
	defer func() { must(t, r.close()) }()
	must(t, r.run(t.Context()))
	passes, err := r.passes(t.Context())
	must(t, err)
	r.wantKept(t, what)
	want, got := x.after(t, passes), r.dump(t)
	if overcome && want != got {
		want, got = withoutNumbers(want), withoutNumbers(got)
	}
	if got != want {
		t.Fatalf("%s: the end state after %d passes differs:\n%s", what, passes, diffLines(want, got))
	}
}

// wantKept fails when what is kept is not what the catalog knows, or is of a document
// that never was; and after a sweep, when it is of one that is gone. That a content is
// missing is no fault.
func (r *rig) wantKept(t *testing.T, what string) {
	t.Helper()
	dir := filepath.Join(r.dir, "contents")
	must(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if _, unknown := r.catalog.DocumentByKey(t.Context(), d.Name()); unknown != nil {
				t.Errorf("%s: %s is left behind: %v", what, path, unknown)
			}
		}
		return err
	}))
	_, err := r.kept.Sweep(t.Context(), r.catalog.MayReturn)
	must(t, err)
	n := 0
	must(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		n++
		doc, err := r.catalog.DocumentByKey(t.Context(), d.Name())
		must(t, err)
		content, err := r.kept.Read(doc.Key, doc.Content)
		if err == nil && contents.Hash(content) != doc.Content || err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: of %s another content is read (%v)", what, doc.ExternalID, err)
		}
		if doc.State == catalog.Removed || doc.State == catalog.Excluded {
			t.Errorf("%s: the content of %s is kept, which is %s", what, doc.ExternalID, doc.State)
		}
		return nil
	}))
	if n < 8 {
		t.Errorf("%s: only %d contents are kept", what, n)
	}
}

var (
	numbers = regexp.MustCompile(`\b(seq|from_seq|payload_seq|version_seq|missed|missed_since)=\d+|( \d+)$`)
	history = regexp.MustCompile(`^(nd, outcome|sequence|consumers|ark FROM|store mark)|until_seq=\d{1,10}( |$)`)
)

func withoutNumbers(dump string) string {
	lines := slices.DeleteFunc(strings.Split(dump, "\n"), history.MatchString)
	for i := range lines {
		lines[i] = numbers.ReplaceAllString(lines[i], "N")
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func diffLines(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	var out []string
	for _, l := range a {
		if !slices.Contains(b, l) {
			out = append(out, "- "+l)
		}
	}
	for _, l := range b {
		if !slices.Contains(a, l) {
			out = append(out, "+ "+l)
		}
	}
	if len(out) > 40 {
		out = out[:40]
	}
	return strings.Join(out, "\n")
}

// dump writes every row of the catalog but runs and leases, and every stamp of the
// Store. Rows name the run that wrote them; that number is left out.
func (r *rig) dump(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	db, err := sql.Open("sqlite", "file:"+filepath.Join(r.dir, "catalog.db"))
	must(t, err)
	defer db.Close()
	for _, q := range []string{
		`SELECT * FROM documents ORDER BY doc`, `SELECT * FROM seen ORDER BY doc`, `SELECT * FROM versions ORDER BY doc, from_seq`,
		`SELECT * FROM chunks ORDER BY chunk, from_seq`, `SELECT seq, kind, outcome, base, source, doc, at, approved FROM log ORDER BY seq`,
		`SELECT * FROM consumers ORDER BY name`, `SELECT * FROM positions ORDER BY source, pass`, `SELECT * FROM memory ORDER BY source, key`,
		`SELECT source, doc, action, evidence, state, at, stash FROM holds ORDER BY doc`, `SELECT * FROM retries ORDER BY ext_id`,
		`SELECT * FROM sequence`, `SELECT * FROM templates`, `SELECT name, mark FROM term_statistics ORDER BY name`,
	} {
		rows, err := db.Query(q)
		must(t, err)
		cols, err := rows.Columns()
		must(t, err)
		for rows.Next() {
			values := make([]any, len(cols))
			for i := range values {
				values[i] = new(any)
			}
			must(t, rows.Scan(values...))
			fmt.Fprintf(&out, "%s:", q[14:min(len(q), 34)])
			for i := range values {
				switch v := (*values[i].(*any)).(type) {
				case []byte:
					fmt.Fprintf(&out, " %s=%x", cols[i], shortened(v))
				default:
					fmt.Fprintf(&out, " %s=%v", cols[i], v)
				}
			}
			out.WriteString("\n")
		}
		must(t, rows.Err())
		must(t, rows.Close())
	}
	r.dumpTerms(t, &out)
	mark, err := r.embedded.Mark(t.Context())
	must(t, err)
	fmt.Fprintf(&out, "store mark %d\n", mark.Seq)
	for s, err := range r.embedded.Stamps(t.Context(), index.ChunkID{}, lastID) {
		must(t, err)
		fmt.Fprintf(&out, "stamp %s %s %s %s %d\n", s.ID, s.Base, s.Stamp.Input, s.Stamp.Payload, s.Stamp.Seq)
	}
	return out.String()
}

// dumpTerms writes how often each token of what is open occurs, from the snapshot.
func (r *rig) dumpTerms(t *testing.T, out *strings.Builder) {
	t.Helper()
	_, data, err := r.catalog.TermStatistics(t.Context(), termsName)
	must(t, err)
	terms, encoder := lexical.NewTerms(), lexical.NewEncoder()
	must(t, terms.UnmarshalBinary(data))
	fmt.Fprintf(out, "terms of %d chunks, titles %+v\n", terms.Chunks("help"), terms.Titles("help"))
	must(t, r.catalog.View(t.Context(), func(v *catalog.View) error {
		for c, err := range v.OpenChunks(t.Context()) {
			if err != nil {
				return err
			}
			ids := encoder.Encode(lexical.FromChunk(&c.Chunk)).Vector.IDs
			fmt.Fprintf(out, "terms %s %v\n", c.Chunk.ID, terms.Frequencies("help", ids))
		}
		return nil
	}))
}

func shortened(b []byte) []byte {
	if len(b) <= 32 {
		return b
	}
	h := index.HashTexts("dump", string(b))
	return h[:]
}

// trippingStore counts the calls of a Store.
type trippingStore struct {
	index.Store
	trip *trip
}

func (s trippingStore) Upsert(ctx context.Context, p []index.Point) error {
	return s.around(func() error { return s.Store.Upsert(ctx, p) })
}

func (s trippingStore) Patch(ctx context.Context, ids []index.ChunkID, p index.Payload, seq int64) error {
	return s.around(func() error { return s.Store.Patch(ctx, ids, p, seq) })
}

func (s trippingStore) Delete(ctx context.Context, ids []index.ChunkID, upTo int64) error {
	return s.around(func() error { return s.Store.Delete(ctx, ids, upTo) })
}

func (s trippingStore) SetMark(ctx context.Context, m index.Mark) error {
	return s.around(func() error { return s.Store.SetMark(ctx, m) })
}

func (s trippingStore) Mark(ctx context.Context) (index.Mark, error) {
	if err := s.trip.step(); err != nil {
		return index.Mark{}, err
	}
	return s.Store.Mark(ctx)
}

func (s trippingStore) Stamps(ctx context.Context, from, to index.ChunkID) iter.Seq2[index.StampedID, error] {
	return s.Store.Stamps(ctx, from, to)
}

// around trips before the call and, the work done, after it.
func (s trippingStore) around(call func() error) error {
	if err := s.trip.step(); err != nil {
		return err
	}
	if err := call(); err != nil {
		return err
	}
	return s.trip.step()
}
