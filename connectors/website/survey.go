package website

import (
	"cmp"
	"maps"
	"slices"

	"freshet/connectors/website/sitemap"
)

// Reasons for which the feed visits a page.
type whyVisit int

const (
	vanished whyVisit = iota + 1 // no file lists it any more
	moved                        // its date is another one
	appeared                     // no file listed it before
)

// errand is a page to visit.
type errand struct {
	id  string
	why whyVisit
}

const (
	// restampedAtLeast is how many pages of a file must have another date, and more
	// than half of all, for the dates to be those of a rebuilt site.
	restampedAtLeast = 20
)

// survey is what a reading of the site's files says beside what they said before.
type survey struct {
	old, now *feedState
	errands  []errand
	// restamped are files of which most dates moved at once.
	restamped []string
	// waiting are the errands not done, by ID.
	waiting map[string]whyVisit
}

// compare finds out what is to be visited. now holds the files as they are, those
// that were not read as in old; read says which were. held reports whether a page is
// known to be a document: such pages of a file that is new are not visited.
func compare(old, now *feedState, read map[string]bool, held func(id string) (bool, error)) (*survey, error) {
	s := &survey{old: old, now: now, waiting: map[string]whyVisit{}}
	for _, at := range slices.Sorted(maps.Keys(now.files)) {
		if !read[at] {
			continue
		}
		if err := s.added(at, held); err != nil {
			return nil, err
		}
	}
	for at, before := range old.files {
		if before.Kind == sitemap.KindFeed || now.files[at] != nil && !read[at] {
			continue // what a feed lists no more is old, not gone
		}
		for id := range before.pages {
			if !now.lists(id) {
				s.waiting[id] = vanished
			}
		}
	}
	for id, why := range s.waiting {
		s.errands = append(s.errands, errand{id, why})
	}
	slices.SortFunc(s.errands, func(a, b errand) int { return cmp.Or(cmp.Compare(a.why, b.why), cmp.Compare(a.id, b.id)) })
	return s, nil
}

// added looks for what a file lists that is new or has another date.
func (s *survey) added(at string, held func(id string) (bool, error)) error {
	file, before := s.now.files[at], s.old.files[at]
	var changed, again []string
	for id, now := range file.pages {
		was, listed := stamp(0), false
		if before != nil {
			was, listed = before.pages[id]
		}
		switch {
		case listed && file.Trusted && before.Trusted && now != was && now != 0:
			changed = append(changed, id)
		case listed && file.Trusted && before.Trusted && now.openAt(before.Read):
			again = append(again, id)
		case listed || s.old.lists(id):
		default:
			if before == nil {
				// A file that could not be read before, perhaps.
				if is, err := held(id); err != nil || is {
					if err != nil {
						return err
					}
					continue
				}
			}
			s.waiting[id] = appeared
		}
	}
	if len(changed) >= restampedAtLeast && 2*len(changed) > len(before.pages) {
		s.restamped = append(s.restamped, at)
		changed = nil
	}
	for _, id := range append(changed, again...) {
		if _, ok := s.waiting[id]; !ok {
			s.waiting[id] = moved
		}
	}
	return nil
}

// done notes that a page was visited.
func (s *survey) done(id string) { delete(s.waiting, id) }

// state returns what a cursor is to hold: the files as they are, except that what is
// still to be visited stands as it did before, so that a later pull finds it out
// again. Files that were read and of which something is left are read whole then.
func (s *survey) state(read map[string]bool) *feedState {
	if len(s.waiting) == 0 {
		return s.now
	}
	out := &feedState{files: map[string]*fileState{}, said: s.now.said}
	for at, file := range s.now.files {
		if read[at] {
			copied := *file
			copied.ETag, copied.Modified = "", ""
			copied.pages = maps.Clone(file.pages)
			file = &copied
		}
		out.files[at] = file
	}
	for id, why := range s.waiting {
		for at, file := range out.files {
			if _, ok := file.pages[id]; !ok || !read[at] {
				continue
			}
			delete(file.pages, id)
			if before := s.old.files[at]; why == moved && before != nil {
				if was, ok := before.pages[id]; ok {
					file.pages[id] = was
					file.Read = min(file.Read, before.Read)
				}
			}
		}
		if why == vanished {
			s.keepVanished(out, id)
		}
	}
	return out
}

// keepVanished puts a page back where it was listed.
func (s *survey) keepVanished(out *feedState, id string) {
	for at, before := range s.old.files {
		was, ok := before.pages[id]
		if !ok || before.Kind == sitemap.KindFeed {
			continue
		}
		if out.files[at] == nil {
			// The file itself is not named any more.
			out.files[at] = &fileState{Kind: before.Kind, pages: map[string]stamp{}}
		}
		out.files[at].pages[id] = was
	}
}
