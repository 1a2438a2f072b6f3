package records

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"iter"
	"strconv"

	"freshet/connectors"
)

// errStopped says that the loop over the pull was left.
var errStopped = errors.New("the loop over the pull was left")

// Pull lists the records in the order of the export.
//
// A record that cannot be read (a damaged line, a row with a column too few, a
// record without identifier) is Unreadable under a name made of its bytes, and
// hides a document of which nothing else is known. So the listing is not whole:
// no checkpoint is given from there on, and the pull ends with ErrTruncated after
// the records that can be read. The same holds for an export that is cut off or
// is written to meanwhile, and for a paged listing with fewer records than the
// service says it has. An export without any record ends with PassDone.
//
// Of records with one identifier the first counts; an equal one is passed over,
// another is a Skip.
//
// A cursor counts the records that are done of one file or page, and holds for
// that very content: if the file is another by now, it is read from its start. A
// pull that is resumed reads the part of the file that was
// done before again, to know its identifiers; of a paged listing it knows those
// of the present page only, and a record that comes on two pages may be yielded
// once more.
func (s *Source) Pull(ctx context.Context, pos connectors.Position) iter.Seq2[connectors.Change, error] {
	return func(yield func(connectors.Change, error) bool) {
		err := s.pull(ctx, pos, func(c connectors.Change) bool { return yield(c, nil) })
		if err == nil || errors.Is(err, errStopped) {
			return
		}
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		yield(nil, err)
	}
}

// run is one pull.
type run struct {
	s     *Source
	pos   connectors.Position
	yield func(connectors.Change) bool
	vault *vault

	at      cursor
	seed    maphash.Seed
	seen    map[uint64]sighting // by hash of the ID
	counted int                 // records, without those that came on an earlier page already
	listed  int                 // changes yielded for records
	mark    int                 // listed at the last checkpoint
	firstID string              // of the last page
	bad     *badRecord          // the first one
	badN    int
}

// sighting is where an identifier came first, and with what.
type sighting struct {
	content uint64
	page    int
}

func (s *Source) pull(ctx context.Context, pos connectors.Position, yield func(connectors.Change) bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	at, err := s.parseCursor(pos.Cursor())
	if err != nil {
		return err
	}
	r := &run{s: s, pos: pos, yield: yield, at: at, counted: at.Listed, seed: maphash.MakeSeed(), seen: map[uint64]sighting{}}
	if s.host != nil {
		if r.vault, err = s.unlock(ctx); err != nil {
			return err
		}
	}
	for first := at.Page == 0; ; first = false {
		more, err := r.page(ctx, first)
		if err != nil {
			return err
		}
		if !more {
			return r.end()
		}
		if r.at.Page >= s.maxPages {
			return fmt.Errorf("%w: the listing has more than %d pages; raise max_pages", connectors.ErrTruncated, s.maxPages)
		}
		if err := r.checkpoint(); err != nil {
			return err
		}
	}
}

// page reads one page and moves on to the next, if there is one.
func (r *run) page(ctx context.Context, first bool) (more bool, err error) {
	p, address, err := r.open(ctx)
	if err != nil {
		if r.s.ended(err, first) {
			return false, nil
		}
		return false, err
	}
	defer p.close()
	if r.at.Identity != p.identity {
		r.at.Done = 0
	}
	in, err := r.s.read(ctx, p)
	if err != nil {
		return false, err
	}
	records, err := r.records(ctx, in, p)
	if err != nil {
		return false, err
	}
	if err := p.unchanged(); err != nil {
		return false, err
	}
	if p.begun != nil {
		return false, nil
	}
	a := arrived{at: address, link: p.link, records: records, counted: r.counted}
	if in.list != nil {
		a.outside = in.list.outside
		if r.s.totalAt != "" {
			if n, err := strconv.Atoi(a.outside[r.s.totalAt]); err == nil && n > 0 {
				r.at.Total = n
			}
		}
	}
	a.total = r.at.Total
	next, more, err := r.s.next(r.at.Request, a)
	if err != nil {
		return false, err
	}
	next.URL = r.vault.hide(next.URL)
	r.at = cursor{Request: next, Page: r.at.Page + 1, Listed: r.counted, Total: r.at.Total}
	return more, nil
}

func (r *run) open(ctx context.Context) (*page, string, error) {
	if r.s.file != "" {
		p, err := r.s.local()
		return p, "", err
	}
	request := r.at.Request
	request.URL = r.vault.address(request.URL)
	address, err := r.s.address(r.vault.address(r.s.location), request)
	if err != nil {
		return nil, "", err
	}
	p, err := r.s.download(ctx, address, r.vault.headers(r.s.headers))
	return p, address, err
}

// records yields the records of one page and returns how many it holds.
func (r *run) records(ctx context.Context, in reader, p *page) (int, error) {
	done := r.at.Done // before this pull
	for n := 0; ; n++ {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		record, err := in.next()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		var broken *badRecord
		if err != nil && !errors.As(err, &broken) {
			return n, err
		}
		m, mapped := mapped{}, false
		if broken == nil {
			if m, mapped = r.s.mapping.apply(record); !mapped {
				broken = bad(fmt.Sprintf("record %d", n+1), fmt.Appendf(nil, "%v", record), "missing_id", r.s.noID(record))
			}
		}
		if n < done {
			r.repeated(m) // no checkpoint is given behind a broken one
			continue
		}
		if broken != nil {
			err = r.damaged(broken)
		} else {
			err = r.one(ctx, m, n)
		}
		if err != nil {
			return n, err
		}
		if err := r.progress(n+1, p); err != nil {
			return n, err
		}
	}
}

// progress gives a checkpoint every so many records.
func (r *run) progress(done int, p *page) error {
	if r.counted > r.s.maxRecords {
		return fmt.Errorf("%w: there are more than %d records; raise max_records", connectors.ErrTruncated, r.s.maxRecords)
	}
	if done%r.s.every != 0 {
		return nil
	}
	r.at.Done, r.at.Identity = done, p.identity
	return r.checkpoint()
}

func (r *run) damaged(b *badRecord) error {
	if r.badN++; r.bad == nil {
		r.bad = b
	}
	return r.say(connectors.Unreadable{ID: b.id(), Err: b})
}

// one yields what there is to say of a record with an identifier.
func (r *run) one(ctx context.Context, m mapped, n int) error {
	if n == 0 && r.s.paging != "" && r.s.paging != "none" {
		if m.id == r.firstID {
			return fmt.Errorf("%w: the service answers the same page again; see whether page_param %q is the right name", connectors.ErrTruncated, r.s.param)
		}
		r.firstID = m.id
	}
	if known, equal := r.repeated(m); known {
		if equal {
			return nil
		}
		return r.say(connectors.Skip{ID: m.id, URI: m.uri, Reason: connectors.SkipDuplicate, Detail: "the same identifier came before with other content"})
	}
	switch {
	case m.skip != "":
		return r.say(connectors.Skip{ID: m.id, URI: m.uri, Reason: m.skip, Detail: m.detail})
	case m.err != nil:
		return r.say(connectors.Unreadable{ID: m.id, URI: m.uri, Err: m.err})
	}
	revision, err := r.pos.Revision(ctx, m.id)
	if err != nil {
		return fmt.Errorf("reading the revision of %.80q: %w", m.id, err)
	}
	if revision == m.doc.Revision {
		return r.say(connectors.Same{ID: m.id})
	}
	return r.say(connectors.Upsert{Document: m.doc})
}

// repeated notes a record and says whether its identifier came before, and with
// equal content.
func (r *run) repeated(m mapped) (known, equal bool) {
	content := string(m.skip) + "\n" + m.uri
	if m.doc != nil {
		content = m.doc.Revision
	} else if m.err != nil {
		content = m.err.Error()
	}
	id, hash := maphash.String(r.seed, m.id), maphash.String(r.seed, content)
	old, known := r.seen[id]
	if !known {
		r.seen[id] = sighting{hash, r.at.Page}
	}
	// What comes again on a later page may have moved there, and something else
	// out of sight; what stands twice on one page is really there twice.
	if !known || old.page == r.at.Page {
		r.counted++
	}
	return known, old.content == hash
}

func (r *run) say(c connectors.Change) error {
	if r.listed++; !r.yield(c) {
		return errStopped
	}
	return nil
}

// checkpoint gives the place reached, unless a record before it could not be
// read: a pull resumed behind it would take its document for gone.
func (r *run) checkpoint() error {
	if r.bad != nil || r.listed == r.mark {
		return nil
	}
	r.mark = r.listed
	if !r.yield(connectors.Progress{Listed: r.counted, Total: r.at.Total}) || !r.yield(connectors.Checkpoint{Cursor: r.at.String()}) {
		return errStopped
	}
	return nil
}

func (r *run) end() error {
	switch {
	case r.bad != nil && r.bad.verdict.Reason == "missing_id":
		return fmt.Errorf("%w: %d records cannot be read, the first is %w; correct id, or leave such records out with where", connectors.ErrTruncated, r.badN, r.bad)
	case r.bad != nil:
		return fmt.Errorf("%w: %d records cannot be read, the first is %w; see whether the export is whole", connectors.ErrTruncated, r.badN, r.bad)
	case r.at.Total > r.counted:
		return fmt.Errorf("%w: the service says that it has %d records and listed %d; some may have moved between pages, sort the listing by what never changes", connectors.ErrTruncated, r.at.Total, r.counted)
	}
	if r.counted > 0 && !r.yield(connectors.Progress{Listed: r.counted, Total: r.counted}) {
		return errStopped
	}
	if !r.yield(connectors.PassDone{}) {
		return errStopped
	}
	return nil
}

// noID says that a record has no identifier and names the field that may be
// meant.
func (s *Source) noID(record map[string]any) string {
	detail := fmt.Sprintf("it has nothing at %q, which id names", s.mapping.id.source)
	if near := connectors.Nearest(s.mapping.id.source, keys(record)); near != "" {
		detail += fmt.Sprintf("; did you mean %q?", near)
	}
	return detail
}
