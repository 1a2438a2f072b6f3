package retrieve

import (
	"strconv"
	"strings"
	"time"

	"freshet/index"
)

// A Response answers a Request. Its JSON form is that of POST /v1/search.
type Response struct {
	// QueryID names the answer in the query log; whoever logs it fills it in.
	QueryID string `json:"query_id"`
	Answer  Answer `json:"answer"`
	Hits    []Hit  `json:"hits"` // best first, never nil
	// Degraded names what was not at hand, of DegradedEmbedder and its like.
	Degraded []string `json:"degraded"`
	TookMS   float64  `json:"took_ms"`
	// Mark is the catalog's sequence number at which the passages were current.
	Mark int64 `json:"-"`
	// Spread is how far the cosines that were found lie apart; 0 without any.
	Spread float64 `json:"-"`
}

// What Response.Degraded can hold.
const (
	// DegradedEmbedder: the answer is by words alone, because the question's vector
	// could not be had in time or did not fit.
	DegradedEmbedder = "embedder"
	// DegradedReranker: the order is that before re-ranking.
	DegradedReranker = "reranker"
	// DegradedIndex: the standby answered, because the Store could not.
	DegradedIndex = "index"
)

// State says whether the base answers.
type State string

const (
	// Found: a passage answers, most likely.
	Found State = "found"
	// Uncertain: near, but not sure.
	Uncertain State = "uncertain"
	// Clarify: the answer depends on a facet that the question leaves open.
	Clarify State = "clarify"
	// None: the base does not hold it.
	None State = "none"
)

// An Answer says how far the hits can be trusted to answer the question.
type Answer struct {
	State State `json:"state"`
	// Confidence is the share of questions with this value whose right page is
	// first.
	Confidence float64 `json:"confidence"`
	// Reasons are codes, with details behind a colon: unmatched_terms:["a"],
	// low_coverage, flat_scores, no_content_words, nothing_found, corrected:["a"],
	// meaning_not_calibrated (no word was found, and how near in meaning is near
	// enough was not learnt yet), meaning_not_searched (words alone would say none, and
	// the embedder was not at hand).
	Reasons []string `json:"reasons"`
	// Ask is what to ask back in state clarify.
	Ask *Ask `json:"ask,omitempty"`
	// Features are what Confidence was computed from.
	Features Features `json:"-"`
}

// Ask names a facet that the answer depends on.
type Ask struct {
	Facet  string   `json:"facet"`
	Values []string `json:"values"`
}

// A Hit is a passage that may be shown.
type Hit struct {
	ChunkID index.ChunkID `json:"chunk_id"`
	// Text is the chunk's, with neighbouring chunks where they belong together.
	Text string `json:"text"`
	// Score orders the hits of one response.
	Score     float64    `json:"score"`
	Scores    Scores     `json:"scores"`
	Document  Document   `json:"document"`
	Freshness Freshness  `json:"freshness"`
	Conflicts []Conflict `json:"conflicts"`
	// Joined are the chunks whose text is in Text, in order; nil when it is
	// ChunkID alone.
	Joined []index.ChunkID `json:"joined,omitempty"`
}

// Scores are what the parts of the question contributed, weights included.
type Scores struct {
	Words float64 `json:"words"`
	Grams float64 `json:"grams"`
	Title float64 `json:"title"`
	Dense float64 `json:"dense"`
}

// Document is where a passage stands.
type Document struct {
	Key     string   `json:"-"` // internal
	ID      string   `json:"id"`
	Source  string   `json:"source"`
	Title   string   `json:"title"`
	Heading []string `json:"heading"`
	// Page is that on which the passage ChunkID begins, or its slide; 0 where there
	// are none.
	Page int `json:"page,omitempty"`
	// URL is where a person reads it. Of a PDF on the web it ends with the page.
	URL    string              `json:"url"`
	Locale string              `json:"locale"`
	Labels []string            `json:"labels"`
	Facets map[string][]string `json:"facets"`
	Owner  string              `json:"owner"`
}

// Conflict is another value that the base gives somewhere else.
type Conflict struct {
	Finding       string `json:"finding"`
	Rule          string `json:"rule"`
	Value         string `json:"value"`
	OtherValue    string `json:"other_value"`
	OtherDocument string `json:"other_document"` // its ID
	OtherTitle    string `json:"other_title"`
	OtherURL      string `json:"other_url"`
	Suggested     string `json:"suggested"` // which is likely right: "this", "other" or empty
}

// Freshness says how current a passage is. Dates that are not known are null.
type Freshness struct {
	Modified       *time.Time     `json:"modified"`
	Checked        *time.Time     `json:"checked"`
	ConfirmedUntil *time.Time     `json:"confirmed_until"`
	State          FreshnessState `json:"state"`
	Reasons        []string       `json:"reasons"`
}

// newHit shapes a candidate for the response.
func newHit(c *candidate, doubts Doubts) Hit {
	p := c.passage
	d := &p.Document
	hit := Hit{
		ChunkID: p.Chunk.ID, Text: p.Chunk.Text, Score: c.score, Scores: c.scores, Freshness: c.freshness,
		Document: Document{
			Key: d.Key, ID: d.ExternalID, Source: d.Source, Title: d.Title, Heading: orEmpty(p.Chunk.Heading), Page: p.Chunk.Page, URL: pageURL(d, p.Chunk.Page),
			Locale: d.Locale, Labels: orEmpty(d.Labels), Facets: d.Facets, Owner: d.Owner,
		},
		Conflicts: []Conflict{},
	}
	if hit.Document.Facets == nil {
		hit.Document.Facets = map[string][]string{}
	}
	if doubts != IgnoreDoubts {
		for _, x := range p.Conflicts {
			hit.Conflicts = append(hit.Conflicts, Conflict(x))
		}
	}
	return hit
}

// pageURL is the address of a document at a page: browsers open a PDF there
// (RFC 8118, section 3).
func pageURL(d *index.DocumentInfo, page int) string {
	web := strings.HasPrefix(d.URL, "https://") || strings.HasPrefix(d.URL, "http://")
	if page <= 0 || d.Form != "pdf" || !web || strings.Contains(d.URL, "#") {
		return d.URL
	}
	return d.URL + pageFragment + strconv.Itoa(page)
}

const pageFragment = "#page="

// WithoutPage is the address of the document that a hit's URL names.
func WithoutPage(url string) string {
	if whole, page, ok := strings.Cut(url, pageFragment); ok {
		if n, err := strconv.Atoi(page); err == nil && n > 0 {
			return whole
		}
	}
	return url
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
