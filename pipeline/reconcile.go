package pipeline

import (
	"context"
	"fmt"
	"iter"

	"freshet/index"
	"freshet/index/catalog"
)

// Rebuild fills the Store and counts the statistics anew from the catalog. What
// the Store holds serves meanwhile.
func (a *Applier) Rebuild(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.rebuild(ctx, true, true); err != nil {
		return err
	}
	a.started = true
	return nil
}

// rebuildPage is how many chunks are encoded before they are handed to the Store.
const rebuildPage = 4096

func (a *Applier) rebuild(ctx context.Context, store, terms bool) error {
	// The statistics go first and alone: a Store that is away must keep no other
	// Applier from counting.
	if a.Statistics != nil && terms {
		if err := a.Statistics.recount(ctx, a, a.started); err != nil {
			return err
		}
	}
	if !store {
		return nil
	}
	return a.Catalog.View(ctx, func(v *catalog.View) error {
		keep := make(map[index.ChunkID]bool)
		jobs := make([]job, 0, rebuildPage)
		flush := func() error {
			if err := a.encode(ctx, jobs); err != nil {
				return err
			}
			if err := a.deleteNewer(ctx, jobs); err != nil {
				return err
			}
			if err := a.Store.Upsert(ctx, pointsOf(jobs)); err != nil {
				return fmt.Errorf("write points: %w", err)
			}
			jobs = jobs[:0]
			return nil
		}
		for c, err := range v.OpenChunks(ctx) {
			if err != nil {
				return err
			}
			keep[c.Chunk.ID] = true
			jobs = append(jobs, jobOf(&c))
			if len(jobs) == rebuildPage {
				if err := flush(); err != nil {
					return err
				}
			}
		}
		if err := flush(); err != nil {
			return err
		}
		return a.seal(ctx, v.Head, keep)
	})
}

// deleteNewer deletes the points of some jobs, which are in the order of their IDs,
// whose stamps are from a later state of the catalog than the one restored, or from
// another catalog: no Store would replace them by what the catalog says.
func (a *Applier) deleteNewer(ctx context.Context, jobs []job) error {
	if len(jobs) == 0 {
		return nil
	}
	want := make(map[index.ChunkID]int64, len(jobs))
	for i := range jobs {
		want[jobs[i].chunk.ID] = jobs[i].stamp.Seq
	}
	var newer []index.ChunkID
	var upTo int64
	for s, err := range a.Store.Stamps(ctx, jobs[0].chunk.ID, jobs[len(jobs)-1].chunk.ID) {
		if err != nil {
			return fmt.Errorf("read stamps: %w", err)
		}
		if seq, ours := want[s.ID]; ours && s.Stamp.Seq > seq {
			newer = append(newer, s.ID)
			upTo = max(upTo, s.Stamp.Seq)
		}
	}
	if len(newer) == 0 {
		return nil
	}
	if err := a.Store.Delete(ctx, newer, upTo); err != nil {
		return fmt.Errorf("delete points: %w", err)
	}
	return nil
}

// seal removes what the catalog does not know and sets the mark.
func (a *Applier) seal(ctx context.Context, head int64, keep map[index.ChunkID]bool) error {
	var foreign []index.StampedID
	for s, err := range a.Store.Stamps(ctx, index.ChunkID{}, lastID) {
		if err != nil {
			return fmt.Errorf("read stamps: %w", err)
		}
		if !keep[s.ID] {
			foreign = append(foreign, s)
		}
	}
	for _, s := range foreign {
		if err := a.Store.Delete(ctx, []index.ChunkID{s.ID}, s.Stamp.Seq); err != nil {
			return fmt.Errorf("delete points: %w", err)
		}
	}
	if err := a.Store.SetMark(ctx, index.Mark{Epoch: a.Catalog.Epoch(), Seq: head}); err != nil {
		return fmt.Errorf("move the index's mark: %w", err)
	}
	if err := a.Catalog.SetConsumerMark(ctx, a.Name, head); err != nil {
		return err
	}
	a.announce(head, nil)
	return nil
}

// LastID is the highest chunk ID that there can be.
func LastID() index.ChunkID { return lastID }

var lastID = func() (id index.ChunkID) {
	for i := range id {
		id[i] = 0xff
	}
	return id
}()

// A Comparison of catalog and Store.
type Comparison struct {
	Chunks   int   `json:"chunks"`   // open in the catalog
	Points   int   `json:"points"`   // in the Store
	Missing  int   `json:"missing"`  // open, but without a point
	Foreign  int   `json:"foreign"`  // points without an open chunk
	Differ   int   `json:"differ"`   // points with another stamp
	Repaired int   `json:"repaired"` // of all these
	Mark     int64 `json:"mark"`
	Head     int64 `json:"head"`
}

// Equal reports whether the Store holds just what the catalog says.
func (c Comparison) Equal() bool { return c.Missing+c.Foreign+c.Differ == 0 }

// Reconcile catches up, compares every open chunk's stamp with the Store's and,
// with repair, mends what differs.
func (a *Applier) Reconcile(ctx context.Context, repair bool) (Comparison, error) {
	if err := a.CatchUp(ctx); err != nil {
		return Comparison{}, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	// What is committed between catching up and the view is not yet applied.
	mark, err := a.Catalog.ConsumerMark(ctx, a.Name)
	if err != nil {
		return Comparison{}, err
	}
	if err := a.follow(ctx, mark); err != nil {
		return Comparison{}, err
	}
	var out Comparison
	err = a.Catalog.View(ctx, func(v *catalog.View) error {
		mark, err := a.Store.Mark(ctx)
		if err != nil {
			return err
		}
		out.Head, out.Mark = v.Head, mark.Seq
		m := &mender{a: a, ctx: ctx, repair: repair, mark: mark.Seq, out: &out}
		return m.compare(v)
	})
	return out, err
}

// mender walks through both sides in ID order.
type mender struct {
	a      *Applier
	ctx    context.Context
	repair bool
	mark   int64
	out    *Comparison
	wrong  []catalog.OpenChunk
	gone   []index.StampedID
}

func (m *mender) compare(v *catalog.View) error {
	nextPoint, stop := iter.Pull2(m.a.Store.Stamps(m.ctx, index.ChunkID{}, lastID))
	defer stop()
	point, err, more := nextPoint()
	for c, cerr := range m.a.expected(m.ctx, v) {
		if cerr != nil {
			return cerr
		}
		m.out.Chunks++
		for more && err == nil && compareIDs(point.ID, c.Chunk.ID) < 0 {
			m.foreign(point)
			point, err, more = nextPoint()
		}
		if err != nil {
			return fmt.Errorf("read stamps: %w", err)
		}
		if more && point.ID == c.Chunk.ID {
			m.out.Points++
			if point.Stamp != c.Stamp && c.Stamp.Seq <= m.mark {
				m.out.Differ++
				m.wrong = append(m.wrong, c)
				m.gone = append(m.gone, point)
			}
			point, err, more = nextPoint()
			continue
		}
		if c.Chunk.FromSeq <= m.mark {
			m.out.Missing++
			m.wrong = append(m.wrong, c)
		}
	}
	for more && err == nil {
		m.foreign(point)
		point, err, more = nextPoint()
	}
	if err != nil {
		return fmt.Errorf("read stamps: %w", err)
	}
	if !m.repair {
		return nil
	}
	return m.mend()
}

// expected yields the open chunks with the stamps that the Store's points should
// have: with a dense vector where one is kept.
func (a *Applier) expected(ctx context.Context, v *catalog.View) iter.Seq2[catalog.OpenChunk, error] {
	if a.Dense == nil {
		return v.OpenChunks(ctx)
	}
	return func(yield func(catalog.OpenChunk, error) bool) {
		page := make([]catalog.OpenChunk, 0, expectedPage)
		flush := func() bool {
			jobs := make([]job, len(page))
			for i := range page {
				jobs[i] = jobOf(&page[i])
			}
			if err := a.densify(ctx, jobs); err != nil {
				yield(catalog.OpenChunk{}, err)
				return false
			}
			for i := range page {
				page[i].Stamp.Dense = jobs[i].dense != nil
				if !yield(page[i], nil) {
					return false
				}
			}
			page = page[:0]
			return true
		}
		for c, err := range v.OpenChunks(ctx) {
			if err != nil {
				yield(c, err)
				return
			}
			if page = append(page, c); len(page) == expectedPage && !flush() {
				return
			}
		}
		flush()
	}
}

// expectedPage is how many chunks' vectors are read at once when they are compared.
const expectedPage = 512

// jobOf is the job of writing the point of an open chunk.
func jobOf(c *catalog.OpenChunk) job {
	return job{chunk: &c.Chunk, base: c.Base, payload: c.Payload, stamp: c.Stamp, point: true}
}

func (m *mender) foreign(p index.StampedID) {
	m.out.Points++
	m.out.Foreign++
	m.gone = append(m.gone, p)
}

func (m *mender) mend() error {
	for _, p := range m.gone {
		if err := m.a.Store.Delete(m.ctx, []index.ChunkID{p.ID}, p.Stamp.Seq); err != nil {
			return fmt.Errorf("delete points: %w", err)
		}
	}
	jobs := make([]job, 0, len(m.wrong))
	for i := range m.wrong {
		jobs = append(jobs, jobOf(&m.wrong[i]))
	}
	if err := m.a.encode(m.ctx, jobs); err != nil {
		return err
	}
	if err := m.a.Store.Upsert(m.ctx, pointsOf(jobs)); err != nil {
		return fmt.Errorf("write points: %w", err)
	}
	m.out.Repaired = m.out.Missing + m.out.Foreign + m.out.Differ
	return nil
}

func compareIDs(a, b index.ChunkID) int {
	for i := range a {
		if a[i] != b[i] {
			return int(a[i]) - int(b[i])
		}
	}
	return 0
}
