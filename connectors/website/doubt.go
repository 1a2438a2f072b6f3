package website

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"freshet/connectors"
)

// Some servers say "not modified" of pages that were, or give all pages one entity
// tag. So every page is read whole now and then, and a server that was caught is
// asked without conditions for a while.
const (
	// readEvery is after how many days a page is read whole, and readSpread over how
	// many more days, by its address, this is spread.
	readEvery, readSpread = 23, 15
	// lieLasts is for how many days a server is not believed.
	lieLasts = 180
	// sameTag is how many pages in a row with one entity tag and different content
	// show that it is none. nginx makes tags of a file's time and length, so a few
	// pages of one deployment may share one honestly.
	sameTag = 10
)

func lieKey(origin string) string { return "lies:" + origin }

// today is the day, counted from 1970.
func (s *session) today() int { return int(s.site.env.Now().Unix() / int64(24*time.Hour/time.Second)) }

// suspected reports whether it is time to read a page whole although it has
// validators.
func (s *session) suspected(id string, n note) bool {
	var spread uint32
	for i := range len(id) {
		spread = spread*16777619 ^ uint32(id[i])
	}
	return s.pos != nil && s.today()-n.Read >= readEvery+int(spread>>8%readSpread)
}

// recallLie finds out whether a server was caught before.
func (s *session) recallLie(ctx context.Context, name string, o *origin) error {
	if s.pos == nil {
		return nil
	}
	text, err := s.pos.Memory().Get(ctx, lieKey(name))
	if err != nil {
		return fmt.Errorf("asking whether %s can be believed: %w", name, err)
	}
	day, err := strconv.Atoi(text)
	o.liar = err == nil && s.today()-day < lieLasts
	return nil
}

// mistrust looks whether a server gave changed content under the validators of the
// old, or one entity tag to everything. n is the note of what was read just now, k
// what was known before.
func (s *session) mistrust(id string, k known, n note) {
	u, err := url.Parse(id)
	if err != nil {
		return
	}
	name := u.Scheme + "://" + u.Host
	o := s.origins[name]
	if o == nil || o.liar {
		return
	}
	own := ownRevision(n.Revision)
	switch {
	case n.ETag == "" || n.ETag != o.tag:
		o.tag, o.tags = n.ETag, min(len(n.ETag), 1)
	case own != o.tagged:
		o.tags++
	}
	o.tagged = own
	before := ownRevision(k.revision)
	changed := k.noted && k.note.Revision == k.revision && before != own && len(before) == len(own) && k.note.File == n.File
	valid := n.ETag != "" && n.ETag == k.note.ETag || n.ETag == "" && k.note.ETag == "" && n.Modified != "" && n.Modified == k.note.Modified
	if changed && valid || o.tags >= sameTag {
		o.liar = true
		s.pos.Memory().Set(lieKey(name), strconv.Itoa(s.today()))
	}
}

// ownRevision is a revision without what other pages say of the page. Its length
// tells how it was made.
func ownRevision(revision string) string { return strings.TrimSuffix(revision, markOf(revision)) }

// lies says which servers are not believed.
func (s *session) lies() []connectors.Notice {
	var out []connectors.Notice
	for _, name := range slices.Sorted(maps.Keys(s.origins)) {
		if s.origins[name].liar {
			out = append(out, connectors.Notice{Code: "validators_lie", Text: fmt.Sprintf(
				"%s gives changed pages the entity tag or date of the old ones, so its pages are read whole in every crawl. Ask whoever runs it to give each version of a page an ETag of its own.", name)})
		}
	}
	return out
}
