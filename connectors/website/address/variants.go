package address

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
)

// A canonical link that differs from its page's address only in writing teaches how a
// site writes its addresses. After agreement of at least learntFrom pages, of which
// nearly all agree, links are written in that way before they are asked for: a page
// that is linked in two ways is then read once.
const (
	learntFrom  = 5
	learntShare = 0.95
	// maxParameters bounds how many parameter names are counted.
	maxParameters = 200
)

// Variants is what a site's canonical links have taught. The zero value knows nothing.
// It is not for use by several goroutines.
type Variants struct {
	// Votes by what would be changed: "slash+", "slash-", "https", "index",
	// "lower" and "?name" for a parameter that is left out.
	Votes map[string]Vote `json:"votes,omitempty"`
}

// Vote counts pages to which a change applies: those whose canonical link makes it,
// and those whose canonical link does not.
type Vote struct {
	For     int `json:"for"`
	Against int `json:"against,omitempty"`
}

func (v Vote) won() bool {
	return v.For >= learntFrom && float64(v.For) >= learntShare*float64(v.For+v.Against)
}

// ParseVariants reads what String wrote. Whatever is damaged teaches nothing.
func ParseVariants(text string) Variants {
	var v Variants
	if err := json.Unmarshal([]byte(text), &v); err != nil || len(v.Votes) > 2*maxParameters {
		return Variants{}
	}
	return v
}

// String writes the votes down, a few hundred bytes; "" if there are none.
func (v Variants) String() string {
	if len(v.Votes) == 0 {
		return ""
	}
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(text)
}

// Learn takes the canonical link of a page that was read at u. Both are as Resolver
// gives them. A canonical link to another page teaches nothing.
func (v *Variants) Learn(u, canonical *url.URL) {
	if v.Votes == nil {
		v.Votes = map[string]Vote{}
	}
	made := differences(u, canonical)
	if made == nil {
		return
	}
	for _, change := range changes(u) {
		vote, known := v.Votes[change]
		if !known && strings.HasPrefix(change, "?") && len(v.Votes) >= maxParameters {
			continue
		}
		if slices.Contains(made, change) {
			vote.For++
		} else {
			vote.Against++
		}
		v.Votes[change] = vote
	}
}

// Apply writes an address as the site writes its own.
func (v Variants) Apply(u *url.URL) *url.URL {
	out := u
	for _, change := range changes(u) {
		if v.Votes[change].won() {
			out = apply(out, change)
		}
	}
	return out
}

// Learnt lists the changes that are made, in words.
func (v Variants) Learnt() []string {
	var out []string
	for change, vote := range v.Votes {
		if !vote.won() {
			continue
		}
		if name, ok := strings.CutPrefix(change, "?"); ok {
			out = append(out, fmt.Sprintf("the parameter %q is left out", name))
			continue
		}
		out = append(out, map[string]string{
			"slash+": "addresses end in a slash", "slash-": "addresses do not end in a slash", "https": "addresses begin with https", "index": "index files are left out",
			"lower": "paths are in lower case",
		}[change])
	}
	slices.Sort(out)
	return out
}

// changes lists what could be changed about an address.
func changes(u *url.URL) []string {
	var out []string
	p := u.EscapedPath()
	switch {
	case p == "/" || p == "":
	case strings.HasSuffix(p, "/"):
		out = append(out, "slash-")
	case path.Ext(p) == "":
		out = append(out, "slash+")
	}
	if u.Scheme == "http" {
		out = append(out, "https")
	}
	if isIndex(p) {
		out = append(out, "index")
	}
	if strings.ToLower(p) != p && !strings.Contains(p, "%") {
		out = append(out, "lower")
	}
	for parameter := range strings.SplitSeq(u.RawQuery, "&") {
		if name := parameterName(parameter); name != "" && !slices.Contains(out, "?"+name) {
			out = append(out, "?"+name)
		}
	}
	return out
}

// differences lists the changes that lead from u to canonical; nil if other ones
// would be needed. No change at all is an empty list.
func differences(u, canonical *url.URL) []string {
	out := []string{}
	at := u
	for _, change := range changes(u) {
		next := apply(at, change)
		if agrees(next, canonical, change) {
			out = append(out, change)
			at = next
		}
	}
	if at.String() != canonical.String() {
		return nil
	}
	return out
}

// agrees reports whether canonical has what the change is about as next has it.
func agrees(next, canonical *url.URL, change string) bool {
	switch change {
	case "slash+", "slash-":
		return strings.HasSuffix(next.EscapedPath(), "/") == strings.HasSuffix(canonical.EscapedPath(), "/") || isIndex(next.EscapedPath())
	case "https":
		return canonical.Scheme == "https"
	case "index":
		return !isIndex(canonical.EscapedPath())
	case "lower":
		p := canonical.EscapedPath()
		return strings.ToLower(p) == p
	}
	name := strings.TrimPrefix(change, "?")
	for parameter := range strings.SplitSeq(canonical.RawQuery, "&") {
		if parameterName(parameter) == name {
			return false
		}
	}
	return true
}

func apply(u *url.URL, change string) *url.URL {
	out := *u
	p := u.EscapedPath()
	switch change {
	case "slash+":
		p += "/"
	case "slash-":
		p = strings.TrimRight(p, "/")
	case "https":
		out.Scheme = "https"
	case "index":
		p = p[:strings.LastIndexByte(p, '/')+1]
	case "lower":
		p = strings.ToLower(p)
	default:
		name := strings.TrimPrefix(change, "?")
		kept := slices.DeleteFunc(strings.Split(u.RawQuery, "&"), func(parameter string) bool { return parameterName(parameter) == name })
		out.RawQuery = strings.Join(kept, "&")
	}
	if decoded, err := url.PathUnescape(p); err == nil {
		out.Path, out.RawPath = decoded, p
	}
	return &out
}

var indexFiles = []string{"index.html", "index.htm", "index.php", "index.asp", "index.aspx", "index.jsp", "default.asp", "default.aspx", "default.htm"}

func isIndex(p string) bool {
	return slices.Contains(indexFiles, strings.ToLower(p[strings.LastIndexByte(p, '/')+1:]))
}
