package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync"

	"freshet/index/catalog"
	"freshet/index/lexical"
)

// Statistics are the term statistics of a catalog with how far they have come in its
// change log. The Appliers of all Stores may share them: the one that comes first to
// an entry counts it, so that one whose Store is away keeps nobody's idf old.
type Statistics struct {
	terms *lexical.Terms

	mu     sync.Mutex
	mark   int64
	loaded bool
}

// NewStatistics returns Statistics that have counted nothing.
func NewStatistics(terms *lexical.Terms) *Statistics { return &Statistics{terms: terms} }

// Terms are what is counted into.
func (s *Statistics) Terms() *lexical.Terms { return s.terms }

// termsName is the row of the statistics' snapshot.
const termsName = "lexical"

// load takes the statistics that were saved, once, and reports whether they can be
// gone on with. Nil Statistics always can.
func (s *Statistics) load(ctx context.Context, c *catalog.Catalog, head int64, log *slog.Logger) bool {
	if s == nil {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.loaded {
		return true
	}
	mark, data, err := c.TermStatistics(ctx, termsName)
	if err == nil && mark <= head {
		err = s.terms.UnmarshalBinary(data)
	}
	if err != nil && !errors.Is(err, catalog.ErrNotFound) {
		log.Warn("term statistics are counted again", "reason", err)
	}
	s.loaded = err == nil && mark <= head
	if s.loaded {
		s.mark = mark
	}
	return s.loaded
}

// counted is the last entry that was counted; for nil Statistics the last that there
// can be, since nobody counts.
func (s *Statistics) counted() int64 {
	if s == nil {
		return math.MaxInt64
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mark
}

// count counts jobs up to last. They were made for statistics that had come to
// counted; where those have moved meanwhile, again makes the jobs for the present
// mark. It is never left half done, which would count some entries twice.
func (s *Statistics) count(jobs []job, counted, last int64, pause func(), again func(counted int64) ([]job, error)) error {
	if s == nil || last <= counted {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if last <= s.mark {
		return nil
	}
	if s.mark != counted {
		var err error
		if jobs, err = again(s.mark); err != nil {
			return err
		}
	}
	replaced := make(map[int]bool)
	for i := range jobs {
		pause()
		switch j := &jobs[i]; {
		case j.instead > 0:
			s.terms.Replace(j.base, jobs[j.instead-1].encoded, j.encoded)
			replaced[j.instead-1] = true
		case j.add:
			s.terms.Add(j.base, j.encoded)
		}
	}
	for i := range jobs {
		pause()
		if jobs[i].remove && !replaced[i] {
			s.terms.Remove(jobs[i].base, jobs[i].encoded)
		}
	}
	s.mark = last
	return nil
}

// recount counts all open chunks anew, with an encoder of a's. Unless it must, it
// leaves statistics alone that another Applier has counted meanwhile.
func (s *Statistics) recount(ctx context.Context, a *Applier, must bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.loaded && !must {
		return nil
	}
	s.loaded = false
	bases, err := a.Catalog.Bases(ctx)
	if err != nil {
		return err
	}
	for _, b := range bases {
		s.terms.Drop(b.ID)
	}
	return a.Catalog.View(ctx, func(v *catalog.View) error {
		jobs := make([]job, 0, rebuildPage)
		flush := func() error {
			if err := a.encodeWords(ctx, jobs); err != nil {
				return err
			}
			for i := range jobs {
				s.terms.Add(jobs[i].base, jobs[i].encoded)
			}
			jobs = jobs[:0]
			return nil
		}
		for c, err := range v.OpenChunks(ctx) {
			if err != nil {
				return err
			}
			if jobs = append(jobs, jobOf(&c)); len(jobs) == rebuildPage {
				if err := flush(); err != nil {
					return err
				}
			}
		}
		if err := flush(); err != nil {
			return err
		}
		s.mark, s.loaded = v.Head, true
		return nil
	})
}

// Save keeps a snapshot, so that the next start need not count again.
func (s *Statistics) Save(ctx context.Context, c *catalog.Catalog) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.loaded {
		return nil
	}
	data, err := s.terms.MarshalBinary()
	if err != nil {
		return fmt.Errorf("save term statistics: %w", err)
	}
	return c.SaveTermStatistics(ctx, termsName, s.mark, data)
}
