package website

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"freshet/connectors"
	"freshet/connectors/website/sitemap"
)

const (
	// maxErrands is how many pages one pull of the feed visits: at a pause of a
	// second, eight minutes. The next one goes on, and the full pass sees all.
	maxErrands = 500
	// maxFeedFaults is how many pages may fail before a pull of the feed leaves the
	// rest to the next: a run that meets too many faults ends, and the full pass
	// that comes after the feed in it must not be lost.
	maxFeedFaults = 3
)

// feedPull is one running pull of a site's change feed, which is made of its
// sitemaps and feeds: they are asked whether they have changed, and the pages that
// they list anew, with another date or no longer are visited.
//
// A page is only visited because of them; what is said of it is what the visit
// brings. What goes wrong with a file is a notice and no error, because the full
// pass, which comes after, is to judge it.
type feedPull struct {
	crawl   *crawl
	site    *Site
	session *session
	old     *feedState // nil at the first pull
	now     *feedState
	read    map[string]bool // files that were read whole in this pull
	asked   map[string]bool // files that are named
	whole   bool            // all files that are named were read or are unchanged
	said    map[string]bool // pages of which something was said
	texts   map[string]bool // pages that turned out to be documents
	faults  int
	since   int // visits since the last checkpoint
}

// pullFeed pulls what changed since the position's cursor.
func (c *crawl) pullFeed(ctx context.Context, pos connectors.Position) error {
	f := &feedPull{crawl: c, site: c.site, session: c.session, now: &feedState{files: map[string]*fileState{}}, read: map[string]bool{}, asked: map[string]bool{},
		whole: true, said: map[string]bool{}, texts: map[string]bool{}}
	if err := ctx.Err(); err != nil {
		return err
	}
	if cursor := pos.Cursor(); cursor != "" {
		var err error
		if f.old, err = parseFeedCursor(cursor); err != nil {
			return err
		}
		f.now.said = f.old.said
		if f.old.off.After(c.site.env.Now().Add(-offFor)) {
			if err := c.say(connectors.Checkpoint{Cursor: cursor}); err != nil {
				return err
			}
			return fmt.Errorf("the site's sitemaps are too large to be followed: %w", connectors.ErrNoFeed)
		}
	}
	if err := c.closed(); err != nil {
		return err
	}
	for _, start := range c.site.starts {
		o, err := c.session.origin(ctx, start)
		if err != nil {
			return err
		}
		if !o.rules.Allows(start.String()) {
			return f.blind(cmp.Or(f.old, f.now), "robots.txt forbids the start address")
		}
	}
	for _, n := range c.session.outages() {
		if err := c.say(n); err != nil {
			return err
		}
	}
	if err := f.readFiles(ctx); err != nil {
		return err
	}
	if why, err := f.remark(); err != nil || why != "" {
		if err != nil {
			return err
		}
		return f.blind(f.now, why)
	}
	if f.old == nil || !f.old.off.IsZero() {
		return f.mark(f.now)
	}
	return f.follow(ctx, pos)
}

// readFiles asks for the files of the site and fills now.
func (f *feedPull) readFiles(ctx context.Context) error {
	if err := f.session.recallTold(ctx); err != nil {
		return err
	}
	if err := f.session.findFeeds(ctx, f.old == nil); err != nil {
		return err
	}
	queue, err := f.session.namedFiles(ctx)
	if err != nil {
		return err
	}
	var languages translations
	err = f.session.files(ctx, queue, f.validators, func(r reading) ([]sitemap.Reference, error) {
		return f.take(r, &languages)
	})
	var limit limitReached
	if errors.As(err, &limit) {
		f.whole = false
		err = f.crawl.say(connectors.Notice{Code: "sitemap_limit", Text: capital(string(limit)) + "; what is beyond is followed by the full crawl only."})
	}
	if err != nil {
		return err
	}
	for id, t := range languages.told() {
		f.session.told[id] = t
	}
	if f.old == nil {
		return nil
	}
	for at, before := range f.old.files {
		// What was not there or could not be read lists what it did.
		if f.now.files[at] == nil && (f.asked[at] || !f.whole) {
			f.now.files[at] = before
		}
	}
	return nil
}

// validators returns the headers that ask for a file only if it has changed. A file
// with dates of a day that is not over is asked for whole.
func (f *feedPull) validators(at string) http.Header {
	f.asked[at] = true
	header := http.Header{}
	if f.old == nil {
		return header
	}
	if before := f.old.files[at]; before != nil && !before.open() {
		note{ETag: before.ETag, Modified: before.Modified}.conditional(header)
	}
	return header
}

// take notes what a file lists, and returns which of those that it names are to be
// asked for.
func (f *feedPull) take(r reading, languages *translations) ([]sitemap.Reference, error) {
	at := r.wanted.at
	switch {
	case r.unchanged && f.old != nil && f.old.files[at] != nil:
		f.now.files[at] = f.old.files[at]
		return f.unchanged(at)
	case r.err != nil || r.base == nil:
		f.whole = false
		return nil, f.crawl.say(connectors.Notice{Code: "sitemap_unreadable", Text: fmt.Sprintf("The file %s cannot be read: %v. What it lists is looked at by the full crawl only.", at, r.err)})
	}
	file := &fileState{ETag: r.etag, Modified: r.modified, Kind: r.Kind, Read: r.asked.Unix(), pages: map[string]stamp{}}
	var dates []sitemap.Modified
	for _, e := range r.Entries {
		ids := f.session.idsOf(e, languages)
		for i, id := range ids {
			if !f.site.InScope(id) {
				continue
			}
			_, have := file.pages[id]
			switch {
			case i == 0 && f.plausible(e.Modified, r.asked):
				file.pages[id] = stampOf(e.Modified)
			case !have:
				file.pages[id] = 0 // versions in other languages have dates of their own
			}
		}
		dates = append(dates, e.Modified)
	}
	trusted, why := sitemap.Trusted(dates, r.asked)
	file.Trusted = trusted || r.Kind == sitemap.KindFeed && why != sitemap.AllNow
	f.now.files[at], f.read[at] = file, true
	return f.further(at, file, r), nil
}

// plausible reports whether a date is none of the future.
func (f *feedPull) plausible(m sitemap.Modified, read time.Time) bool {
	return m.Time.Before(read.Add(futureDate))
}

// futureDate is how far ahead of our clock a date may be: zones are up to 14 hours
// ahead.
const futureDate = 26 * time.Hour

// unchanged returns the files that an unchanged index names.
func (f *feedPull) unchanged(at string) ([]sitemap.Reference, error) {
	var out []sitemap.Reference
	for further, date := range f.old.files[at].Further {
		if date == 0 || !f.keep(further) {
			out = append(out, sitemap.Reference{URL: further})
		}
	}
	return out, nil
}

// further notes which files an index names, and returns those to ask for: all but
// those whose dates say that they have not changed.
func (f *feedPull) further(at string, file *fileState, r reading) []sitemap.Reference {
	if len(r.Sitemaps) == 0 {
		return nil
	}
	file.Further = map[string]stamp{}
	var dates []sitemap.Modified
	for _, ref := range r.Sitemaps {
		dates = append(dates, ref.Modified)
	}
	trusted, _ := sitemap.Trusted(dates, r.asked)
	var before map[string]stamp
	if f.old != nil && f.old.files[at] != nil {
		before = f.old.files[at].Further
	}
	var out []sitemap.Reference
	for _, ref := range r.Sitemaps {
		date := stamp(0)
		if trusted {
			date = stampOf(ref.Modified)
		}
		file.Further[ref.URL] = date
		if date == 0 || date != before[ref.URL] || date.openAt(f.old.files[at].Read) || !f.keep(ref.URL) {
			out = append(out, ref)
		}
	}
	return out
}

// keep takes over what a file listed, without asking for it, and reports whether it
// could: files that name others are asked, and so are those of a day not over.
func (f *feedPull) keep(at string) bool {
	before := f.old.files[at]
	if before == nil || len(before.Further) > 0 || before.open() || before.ETag == "" && before.Modified == "" && before.Read == 0 {
		return false
	}
	f.asked[at] = true
	f.now.files[at] = before
	return true
}

// follow visits what the files tell of.
func (f *feedPull) follow(ctx context.Context, pos connectors.Position) error {
	s, err := compare(f.old, f.now, f.read, func(id string) (bool, error) {
		revision, err := pos.Revision(ctx, id)
		return revision != "", err
	})
	if err != nil {
		return err
	}
	for _, at := range s.restamped {
		text := fmt.Sprintf("More than half of the dates in %s changed at once, as when a site is built anew. What has really changed is found by the full crawl.", at)
		if err := f.crawl.say(connectors.Notice{Code: "dates_restamped", Text: text}); err != nil {
			return err
		}
	}
	f.session.found = func(id string) bool {
		revision, err := pos.Revision(ctx, id)
		return err == nil && revision != "" || f.texts[id]
	}
	pages := 0
	for _, file := range f.now.files {
		pages += len(file.pages)
	}
	for i, e := range s.errands {
		if err := ctx.Err(); err != nil {
			return err
		}
		if i >= maxErrands {
			return f.leave(s, "feed_limit", fmt.Sprintf("%d pages are new, changed or gone at once; %d were looked at, the others are looked at the next time and by the full crawl.", len(s.errands), i))
		}
		if f.faults >= maxFeedFaults {
			return f.leave(s, "feed_faults", fmt.Sprintf("%d changed pages could not be read, so the other %d are looked at the next time and by the full crawl.", f.faults, len(s.waiting)))
		}
		if err := f.run(ctx, pos, e.id); err != nil {
			return err
		}
		s.done(e.id)
		if f.since++; f.since >= max(f.site.checkpointEvery, pages/1000) && len(s.waiting) > 0 {
			if err := f.mark(s.state(f.read)); err != nil {
				return err
			}
		}
	}
	return f.mark(s.state(f.read))
}

func (f *feedPull) leave(s *survey, code, text string) error {
	if err := f.crawl.say(connectors.Notice{Code: code, Text: text}); err != nil {
		return err
	}
	return f.mark(s.state(f.read))
}

// run asks for a page and says what came of it. Where it moved for good, its
// document is taken along.
func (f *feedPull) run(ctx context.Context, pos connectors.Position, id string) error {
	revision, err := pos.Revision(ctx, id)
	if err != nil {
		return fmt.Errorf("asking for the revision of %.200q: %w", id, err)
	}
	t, from := target{URL: id, Depth: 1, Known: revision != ""}, ""
	for range 2*maxHops + 2 {
		if f.said[t.URL] {
			return f.arrived(from)
		}
		v, err := f.session.visit(ctx, t)
		if err != nil {
			return err
		}
		switch {
		case v.undecided && !t.Again && len(v.links) > 0:
			// The original first: a copy is left out only for one that is there.
			again := t
			again.Again = true
			if original := v.links[0]; original != id && f.site.InScope(original) && !f.said[original] {
				if err := f.look(ctx, original); err != nil {
					return err
				}
			}
			t = again
			continue
		case v.redirect != nil && v.forGood:
			if t.Known && from == "" {
				from = t.URL
			}
			held, err := pos.Revision(ctx, v.redirect.URL)
			if err != nil {
				return fmt.Errorf("asking for the revision of %.200q: %w", v.redirect.URL, err)
			}
			if held != "" {
				return f.arrived(from)
			}
			t = *v.redirect
			continue
		}
		return f.tell(t.URL, from, v.change)
	}
	return nil
}

// look visits a page and says what came of it, but follows nothing.
func (f *feedPull) look(ctx context.Context, id string) error {
	v, err := f.session.visit(ctx, target{URL: id, Depth: 1})
	if err != nil {
		return err
	}
	if v.undecided || v.redirect != nil {
		return nil
	}
	return f.tell(id, "", v.change)
}

// arrived says of a page that it moved to one that is a document of its own.
func (f *feedPull) arrived(from string) error {
	if from == "" || f.said[from] {
		return nil
	}
	f.said[from] = true
	return f.crawl.say(connectors.Delete{ID: from, Evidence: connectors.EvidenceGone})
}

// tell says what a visit to id brought; from is a document that moved there, or "".
func (f *feedPull) tell(id, from string, change connectors.Change) error {
	if change == nil {
		return nil
	}
	f.said[id] = true
	switch v := change.(type) {
	case connectors.Upsert:
		f.texts[id] = true
		v.From = from
		return f.crawl.say(v)
	case connectors.Same:
		f.texts[id] = true
	case connectors.Unreadable:
		if connectors.AsVerdict(v.Err) == nil {
			f.faults++
		}
	}
	if err := f.crawl.say(change); err != nil || from == "" || f.said[from] {
		return err
	}
	f.said[from] = true
	return f.crawl.say(outcomeOfOld(from, id, change))
}

// blind ends a pull that cannot tell what changed.
func (f *feedPull) blind(s *feedState, why string) error {
	if err := f.mark(s); err != nil {
		return err
	}
	return fmt.Errorf("%s: %w", why, connectors.ErrNoFeed)
}

// mark yields a checkpoint, or says that the site is too large for one and ends the
// pull.
func (f *feedPull) mark(s *feedState) error {
	f.since = 0
	s.said = f.now.said
	cursor, ok, err := s.cursor(f.site.feedBytes)
	if err != nil {
		return err
	}
	if ok {
		return f.crawl.say(connectors.Checkpoint{Cursor: cursor})
	}
	n := 0
	for _, file := range s.files {
		n += len(file.pages)
	}
	text := fmt.Sprintf("The site's sitemaps list %d pages, more than can be followed, so every run looks at the whole site.", n)
	if err := f.crawl.say(connectors.Notice{Code: "feed_too_large", Text: text}); err != nil {
		return err
	}
	return f.blind(&feedState{said: s.said, off: f.site.env.Now()}, "the site's sitemaps are too large to be followed")
}

// remark tells the owner, once, if the site does not say what changed, and returns
// why, or "".
func (f *feedPull) remark() (why string, err error) {
	files, trusted := 0, false
	for _, file := range f.now.files {
		if len(file.pages) > 0 {
			files++
			trusted = trusted || file.Trusted
		}
	}
	code, text := "", ""
	switch {
	case files == 0:
		code, text = "no_change_feed", "The site has neither a sitemap nor a feed that tells of changes, so every run looks at the whole site."
	case !trusted:
		code, text = "dates_not_trusted", "The site's sitemaps do not say when pages were changed, or give made-up dates, such as the same for all; so every run looks at the whole site."
	}
	if code == f.now.said || code == "" {
		f.now.said = code
		return code, nil
	}
	f.now.said = code
	return code, f.crawl.say(connectors.Notice{Code: code, Text: text})
}
