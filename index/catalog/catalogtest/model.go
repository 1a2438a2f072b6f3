package catalogtest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
)

var modelTests = []test{
	{"readers see every document exactly as it was at every mark", func(w *world) {
		for seed := range uint64(4) {
			w.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { newModel(newWorld(t, w.open), seed).run(60) })
		}
	}},
}

// model is the catalog in memory, in the plainest form: all rows that ever were, and
// what is true of documents now.
type model struct {
	*world
	random *rand.Rand
	seq    int64
	docs   map[string]*modelDocument // by external ID
}

type modelDocument struct {
	key     string
	serves  bool
	labels  []string
	staff   bool // only staff may read
	chunks  []index.Chunk
	version []modelVersion
}

type modelVersion struct {
	from, until int64
	text        string
}

func newModel(w *world, seed uint64) *model {
	return &model{world: w, random: rand.New(rand.NewPCG(seed, 1)), docs: make(map[string]*modelDocument)}
}

func (m *model) run(batches int) {
	for range batches {
		m.batch()
		if m.Failed() {
			return
		}
		for range 3 {
			m.compare(m.random.Int64N(m.seq + 2))
		}
		m.compare(m.seq)
	}
	m.followers()
}

// batch applies one to four changes, each of another document.
func (m *model) batch() {
	ids := []string{"a", "b", "c", "d", "e", "f"}
	m.random.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	var changes []catalog.Change
	for _, id := range ids[:1+m.random.IntN(4)] {
		changes = append(changes, m.change(id))
	}
	done := m.write(changes...)
	if done.Seq != m.seq {
		m.Fatalf("the catalog is at %d, the model at %d", done.Seq, m.seq)
	}
}

func (m *model) change(id string) catalog.Change {
	d := m.docs[id]
	switch n := m.random.IntN(10); {
	case d == nil || !d.serves || n < 6:
		return m.newText(id)
	case n < 8:
		return m.newDetails(id, d)
	default:
		return m.take(id, d)
	}
}

func (m *model) newText(id string) catalog.Change {
	d := m.docs[id]
	row := m.row(id)
	if d == nil {
		d = &modelDocument{key: row.Key}
		m.docs[id] = d
	}
	if m.random.IntN(4) == 0 { // another title is another input of every chunk
		row.Details.Title = fmt.Sprint("Title ", m.random.IntN(2))
	}
	if m.random.IntN(4) == 0 {
		m.tell(d, &row.Details)
	}
	var texts []string
	for range m.random.IntN(6) {
		texts = append(texts, fmt.Sprint("text ", m.random.IntN(8)))
	}
	c := content(row, texts...)
	d.serves = true
	m.seq++
	m.replace(d, c.Chunks)
	m.version(d, plain(texts))
	return c
}

// tell sets what is known of the document, in the model and in its details.
func (m *model) tell(d *modelDocument, into *catalog.Details) {
	d.labels = []string{fmt.Sprint("label ", m.random.IntN(5))}
	d.staff = m.random.IntN(3) == 0
	into.Labels, into.Access = d.labels, connectors.Public()
	if d.staff {
		into.Access = connectors.Access{Known: true, AnyOf: []principals{{"group:staff"}}}
	}
}

func (m *model) newDetails(id string, d *modelDocument) catalog.Change {
	row := m.row(id)
	before := row.IndexPayload().Hash()
	m.tell(d, &row.Details)
	if row.IndexPayload().Hash() != before && row.Chunks > 0 {
		m.seq++
	}
	return catalog.Change{Document: row, Outcome: catalog.DetailsChanged}
}

func (m *model) take(id string, d *modelDocument) catalog.Change {
	m.seq++
	d.serves = false
	m.replace(d, nil)
	m.version(d, "")
	return m.state(id, []catalog.State{catalog.Hidden, catalog.Removed, catalog.Excluded}[m.random.IntN(3)])
}

// replace makes list the open chunks of d: equal ones stay, others close.
func (m *model) replace(d *modelDocument, list []index.Chunk) {
	open := func(c *index.Chunk) bool { return c.UntilSeq == index.Open }
	var fresh []index.Chunk
	kept := make(map[int]bool)
	for _, c := range list {
		i := slices.IndexFunc(d.chunks, func(have index.Chunk) bool { return open(&have) && have.ID == c.ID && have.Input == c.Input })
		if i < 0 {
			c.FromSeq, c.UntilSeq = m.seq, index.Open
			fresh = append(fresh, c)
			continue
		}
		kept[i] = true
		d.chunks[i].Ord, d.chunks[i].Start, d.chunks[i].End = c.Ord, c.Start, c.End
	}
	for i := range d.chunks {
		if open(&d.chunks[i]) && !kept[i] {
			d.chunks[i].UntilSeq = m.seq
		}
	}
	d.chunks = append(d.chunks, fresh...)
}

func (m *model) version(d *modelDocument, text string) {
	if n := len(d.version); n > 0 && d.version[n-1].until == index.Open {
		d.version[n-1].until = m.seq
	}
	if text != "" {
		d.version = append(d.version, modelVersion{m.seq, index.Open, text})
	}
}

// compare asks for everything that ever was, at a mark, as everybody and as staff.
func (m *model) compare(mark int64) {
	m.Helper()
	var ids []index.ChunkID
	var spans []index.OrdSpan
	for _, d := range m.docs {
		ids = append(ids, idsOf(d.chunks)...)
		spans = append(spans, index.OrdSpan{Document: d.key, Lo: 0, Hi: 99})
		m.compareText(d, mark)
	}
	for _, staff := range []bool{false, true} {
		var have []string
		if staff {
			have = []string{"group:staff"}
		}
		want := m.want(mark, staff)
		vouched, err := m.c.Vouch(m.ctx, index.VouchRequest{Base: base, Mark: mark, IDs: ids, Principals: have})
		m.ok(err)
		m.comparePassages(fmt.Sprintf("vouched at %d of %d, staff %v", mark, m.seq, staff), vouched, want)
		around, err := m.c.Around(m.ctx, index.AroundRequest{Base: base, Mark: mark, Spans: spans, Principals: have})
		m.ok(err)
		m.comparePassages(fmt.Sprintf("around at %d of %d, staff %v", mark, m.seq, staff), around, want)
	}
}

func (m *model) compareText(d *modelDocument, mark int64) {
	m.Helper()
	want := ""
	for _, v := range d.version {
		if v.from <= mark && mark < v.until {
			want = v.text
		}
	}
	got, err := m.c.Text(m.ctx, d.key, mark)
	if err != nil {
		m.is(err, catalog.ErrNotFound)
	}
	m.equal(fmt.Sprintf("text at %d", mark), string(got), want)
}

// want are the chunks to be shown at a mark, with the labels of their document now.
func (m *model) want(mark int64, staff bool) map[string]index.Chunk {
	out := make(map[string]index.Chunk)
	for _, d := range m.docs {
		if !d.serves || d.staff && !staff {
			continue
		}
		for _, c := range d.chunks {
			if c.FromSeq <= mark && mark < c.UntilSeq {
				out[fmt.Sprint(c.ID, d.labels)] = c
			}
		}
	}
	return out
}

func (m *model) comparePassages(what string, got []index.Passage, want map[string]index.Chunk) {
	m.Helper()
	have := make(map[string]index.Chunk)
	for _, p := range got {
		have[fmt.Sprint(p.Chunk.ID, p.Document.Labels)] = p.Chunk
	}
	m.equal(what+": passages", len(got), len(want))
	m.equal(what, have, want)
}

// followers compares what a consumer of the whole log holds with the view.
func (m *model) followers() {
	m.Helper()
	want := make(map[index.ChunkID]point)
	m.ok(m.c.View(m.ctx, func(v *catalog.View) error {
		for _, c := range all(m.world, v.OpenChunks(m.ctx)) {
			want[c.Chunk.ID] = point{c.Base, c.Stamp, c.Payload}
		}
		return nil
	}))
	m.equal("points of one who follows the log", follow(m.log(0)), want)
}
