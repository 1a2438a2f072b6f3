package catalog

import (
	"sync"
	"sync/atomic"

	"freshet/connectors"
	"freshet/index"
)

// DefaultCacheBytes bounds what is kept in memory for Vouch when Options do not say:
// room for about 45,000 passages of 100 words in documents of six, or for 20,000 of
// 250 words in documents of their own.
const DefaultCacheBytes = 64 << 20

// shown remembers what Vouch needs: chunk rows and their documents as they stand, and
// what of a source concerns its documents. It never holds what a commit has changed:
//
//   - what a transaction touches is dropped before it commits, and what it stamps is
//     moved before the commit is acknowledged;
//   - what a reader found is kept only when no commit began or ended since the moment
//     before it read.
//
// Rows and documents hang together: a touched document takes its rows with it.
type shown struct {
	limit int64 // bytes; nothing is kept when it is not positive

	// committing is held from before a commit until what is remembered agrees with it.
	committing sync.Mutex

	mu        sync.RWMutex
	moment    uint64 // grows when a commit begins and when it has ended: odd in between
	documents map[string]*shownDocument
	rows      map[index.ChunkID]*shownRow
	sources   map[string]shownSource
	bytes     int64

	clock []*shownDocument // in which the hand looks for room
	hand  int
}

// A shownDocument is a document as it stands. Only checked, use and rows change.
type shownDocument struct {
	info    index.DocumentInfo // without what stands in for missing details
	access  connectors.Access
	serves  bool
	text    index.Hash    // of its text
	notes   []*index.Note // those that need no other document, or one that serves
	checked atomic.Int64  // milliseconds

	use   atomic.Int32
	rows  []*shownRow
	bytes int64
	place int // in the clock
}

// A shownRow is a chunk row as it stands.
type shownRow struct {
	chunk index.Chunk
	of    *shownDocument
}

// belongs sets the row's document; texts that are equal are kept once.
func (r *shownRow) belongs(d *shownDocument) {
	r.of, r.chunk.Document = d, d.info.Key
	if r.chunk.Title == d.info.Title {
		r.chunk.Title = d.info.Title
	}
	if r.chunk.Locale == d.info.Locale {
		r.chunk.Locale = d.info.Locale
	}
}

type shownSource struct {
	state  string
	owner  string
	review int64 // milliseconds
}

// A shownPassage is a row with its document and source as they stood at one moment.
type shownPassage struct {
	row     *shownRow
	of      *shownDocument // nil: there is none
	source  shownSource
	checked int64
}

// now returns the moment, for keep.
func (s *shown) now() uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.moment
}

// find appends what it knows of these IDs at a mark to found, and the other IDs to
// missing.
func (s *shown) find(ids []index.ChunkID, mark int64, found []shownPassage, missing []index.ChunkID) ([]shownPassage, []index.ChunkID) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for i := range ids {
		r := s.rows[ids[i]]
		if r == nil || r.chunk.FromSeq > mark || r.chunk.UntilSeq <= mark {
			missing = append(missing, ids[i])
			continue
		}
		p, ok := s.passage(r, r.of)
		if !ok {
			missing = append(missing, ids[i])
			continue
		}
		found = append(found, p)
	}
	return found, missing
}

// join sets what it knows of the documents of rows, and returns the keys of those
// that it does not know.
func (s *shown) join(rows []shownPassage) []string {
	var missing []string
	s.mu.RLock()
	defer s.mu.RUnlock()
	for i := range rows {
		r := rows[i].row
		d := s.documents[r.chunk.Document]
		if d == nil {
			missing = append(missing, r.chunk.Document)
			continue
		}
		p, ok := s.passage(r, d)
		if !ok {
			missing = append(missing, r.chunk.Document)
			continue
		}
		r.belongs(d)
		rows[i] = p
	}
	return missing
}

func (s *shown) passage(r *shownRow, d *shownDocument) (shownPassage, bool) {
	source, ok := s.sources[d.info.Source]
	d.used()
	return shownPassage{row: r, of: d, source: source, checked: d.checked.Load()}, ok
}

// keep remembers what was read after a moment.
func (s *shown) keep(moment uint64, read []shownPassage) {
	if s.limit <= 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.current(moment) {
		return
	}
	if s.rows == nil {
		s.rows, s.documents = make(map[index.ChunkID]*shownRow), make(map[string]*shownDocument)
	}
	if s.sources == nil {
		s.sources = make(map[string]shownSource)
	}
	for i := range read {
		if p := &read[i]; p.of != nil {
			s.sources[p.of.info.Source] = p.source
			s.add(p.row)
		}
	}
	s.makeRoom()
}

// current reports whether no commit began or ended since a moment.
func (s *shown) current(moment uint64) bool { return moment == s.moment && moment%2 == 0 }

func (s *shown) add(r *shownRow) {
	d := s.documents[r.of.info.Key]
	if d == nil {
		d = r.of
		d.place, d.bytes = len(s.clock), d.size()
		d.use.Store(documentRounds + 1)
		s.documents[d.info.Key] = d
		s.clock = append(s.clock, d)
		s.bytes += d.bytes
	}
	if old := s.rows[r.chunk.ID]; old != nil {
		if old.chunk.FromSeq >= r.chunk.FromSeq {
			return
		}
		s.dropRows(old.of)
	}
	r.of = d
	d.rows = append(d.rows, r)
	s.rows[r.chunk.ID] = r
	n := r.size()
	d.bytes += n
	s.bytes += n
}

// What is asked for stays for so many rounds of the hand with its rows, and for so
// many more without: a document without its rows saves half of the reading for a
// third of the room, and serves all of its rows.
const (
	rowRounds      = 2
	documentRounds = 4
)

// makeRoom lets go of what was not asked for while the hand came by.
func (s *shown) makeRoom() {
	for s.bytes > s.limit && len(s.clock) > 0 {
		if s.hand >= len(s.clock) {
			s.hand = 0
		}
		d := s.clock[s.hand]
		switch use := d.use.Add(-1); {
		case use < 0:
			s.drop(d)
		case use < documentRounds && len(d.rows) > 0:
			s.dropRows(d)
			s.hand++
		default:
			s.hand++
		}
	}
}

func (s *shown) dropRows(d *shownDocument) {
	for _, r := range d.rows {
		delete(s.rows, r.chunk.ID)
	}
	d.rows = nil
	s.bytes -= d.bytes
	d.bytes = d.size()
	s.bytes += d.bytes
}

func (s *shown) drop(d *shownDocument) {
	s.dropRows(d)
	s.bytes -= d.bytes
	delete(s.documents, d.info.Key)
	last := len(s.clock) - 1
	s.clock[d.place] = s.clock[last]
	s.clock[d.place].place = d.place
	s.clock[last] = nil
	s.clock = s.clock[:last]
}

func (s *shown) dropKeys(keys []string) {
	for _, key := range keys {
		if d := s.documents[key]; d != nil {
			s.drop(d)
		}
	}
}

// used notes that the document was asked for. What is asked for all the time is
// written to once a round, so that readers do not take it from each other.
func (d *shownDocument) used() {
	const all = documentRounds + rowRounds
	if d.use.Load() < all {
		d.use.Store(all)
	}
}

// size is about what a document takes in memory, its rows apart.
func (d *shownDocument) size() int64 {
	n := 768 // the struct, its places in map and clock
	i := &d.info
	for _, text := range [...]string{i.Key, i.ExternalID, i.Title, i.URL, i.Canonical, i.Class, i.Owner, i.Translation, i.PartOf} {
		n += len(text)
	}
	n += sizeOf(i.Path) + sizeOf(i.Labels)
	for name, values := range i.Facets {
		n += 64 + len(name) + sizeOf(values)
	}
	for _, list := range d.access.AnyOf {
		n += 24 + sizeOf(list)
	}
	for _, note := range d.notes {
		n += 320 + len(note.Sentence) + len(note.Value) + len(note.OtherValue) + len(note.OtherTitle) + len(note.OtherURL) + sizeOf(note.Reasons)
	}
	return int64(n)
}

func (r *shownRow) size() int64 {
	c := &r.chunk
	return int64(384 + len(c.Title) + len(c.Question) + len(c.Text) + sizeOf(c.Heading))
}

func sizeOf[T ~string](list []T) int {
	n := 0
	for _, text := range list {
		n += 16 + len(text)
	}
	return n
}
