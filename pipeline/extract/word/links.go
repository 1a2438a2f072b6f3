package word

import (
	"net/url"

	"freshet/pipeline/extract"
)

// A linkSet collects the links of a document, each once.
type linkSet struct {
	all  []extract.Link
	seen map[extract.Link]bool
	most int
	base *url.URL
}

func (s *linkSet) prepare(o extract.Options) {
	s.most, s.seen = o.Limits.Links, map[extract.Link]bool{}
	if u, err := url.Parse(o.URI); err == nil && u.IsAbs() {
		s.base = u
	}
}

// longestAddress bounds a link, in bytes.
const longestAddress = 2_048

// add keeps a link, if it leads somewhere.
func (s *linkSet) add(text []byte, address string) {
	if address == "" || len(address) > longestAddress || len(s.all) >= s.most {
		return
	}
	u, err := url.Parse(address)
	if err != nil {
		return
	}
	if s.base != nil {
		u = s.base.ResolveReference(u)
	}
	switch u.Scheme {
	case "http", "https", "mailto", "tel", "":
	default:
		return
	}
	link := extract.Link{Text: extract.Fold(string(text)), URI: u.String()}
	if !s.seen[link] {
		s.seen[link] = true
		s.all = append(s.all, link)
	}
}
