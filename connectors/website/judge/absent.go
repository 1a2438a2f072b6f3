package judge

import (
	"hash/maphash"
	"net/url"
	"strings"
	"unicode"

	"github.com/PuerkitoBio/goquery"
)

// Sample is the words of a page, to be compared with those of the page that a site
// shows for addresses that do not exist. It is made by a Sampler; samples of different
// Samplers cannot be compared.
type Sample struct {
	title map[uint64]int
	words map[uint64]int
	total int
}

// Sampler makes Samples. It may be used from several goroutines.
type Sampler struct{ seed maphash.Seed }

// NewSampler returns a Sampler.
func NewSampler() Sampler { return Sampler{maphash.MakeSeed()} }

// maxSampled bounds how many words of a page are taken.
const maxSampled = 20_000

// Sample takes the words of a page that stands at an address. Words of the address are
// left out: error pages like to repeat it.
func (s Sampler) Sample(doc *goquery.Document, at *url.URL) Sample {
	echo := map[string]bool{}
	for _, w := range tokens(at.Path + " " + at.RawQuery + " " + at.Host) {
		echo[w] = true
	}
	out := Sample{title: map[uint64]int{}, words: map[uint64]int{}}
	for _, w := range tokens(doc.Find("title").First().Text()) {
		if !echo[w] {
			out.title[maphash.String(s.seed, w)]++
		}
	}
	for _, w := range tokens(textOutside(doc.Find("body"), "script, style, noscript, template, svg")) {
		if out.total == maxSampled {
			break
		}
		if !echo[w] {
			out.words[maphash.String(s.seed, w)]++
			out.total++
		}
	}
	return out
}

func tokens(s string) []string {
	return strings.FieldsFunc(fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// Absence is how a site answers for addresses that do not exist, learnt by asking for
// two that nobody would have made. The zero value is a site that says so by its status.
type Absence struct {
	pages []Sample
	// Redirects are the addresses that such requests are sent to, if they are.
	Redirects map[string]bool
}

// Learn adds what one address that does not exist was answered with.
func (a *Absence) Learn(page Sample) { a.pages = append(a.pages, page) }

// LearnRedirect adds where one address that does not exist was sent to.
func (a *Absence) LearnRedirect(to string) {
	if a.Redirects == nil {
		a.Redirects = map[string]bool{}
	}
	a.Redirects[to] = true
}

// Pretends reports whether the site answers as if pages were there that are not: with a
// page and the status 200, or by a redirect.
func (a *Absence) Pretends() bool { return len(a.pages) > 0 || len(a.Redirects) > 0 }

// Recognised reports whether Is can tell that page from others: it is alike each time.
func (a *Absence) Recognised() bool { return len(a.pages) == 0 || a.Is(a.pages[0]) }

// slack is how many words an error page may differ from another beyond what two of
// them were seen to differ: a date, a visitor's number.
const slack = 3

// Is reports whether a page is the site's page for addresses that do not exist.
func (a *Absence) Is(page Sample) bool {
	if len(a.pages) == 0 || a.pages[0].total == 0 {
		return false
	}
	allowed, allowedTitle := slack, 0
	for _, other := range a.pages[1:] {
		allowed = max(allowed, slack+distance(a.pages[0].words, other.words))
		allowedTitle = max(allowedTitle, distance(a.pages[0].title, other.title))
	}
	// An error page that changes by more than a fifth tells nothing.
	if allowed > slack+a.pages[0].total/5 {
		return false
	}
	for _, known := range a.pages {
		if distance(page.words, known.words) <= allowed && distance(page.title, known.title) <= allowedTitle {
			return true
		}
	}
	return false
}

// distance counts the words that only one of them has.
func distance(a, b map[uint64]int) int {
	d := 0
	for w, n := range a {
		d += max(0, n-b[w])
	}
	for w, n := range b {
		d += max(0, n-a[w])
	}
	return d
}
