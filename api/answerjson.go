package api

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"freshet/index"
	"freshet/index/retrieve"
)

// An answerWriter writes the JSON form of answers, byte for byte as marshal does
// and in less time: every question has one, and it is long.
type answerWriter struct {
	b   []byte
	err error // the first; what is written after it is of no use
}

// marshalAnswer is marshal for the answer of a search.
func marshalAnswer(out *bytes.Buffer, r *retrieve.Response) error {
	w := answerWriter{b: out.AvailableBuffer()}
	w.response(r)
	if w.err != nil {
		return w.err
	}
	out.Write(append(w.b, '\n'))
	return nil
}

func (w *answerWriter) response(r *retrieve.Response) {
	w.raw(`{"query_id":`).text(r.QueryID)
	w.raw(`,"answer":`).answer(&r.Answer)
	w.raw(`,"hits":`)
	list(w, r.Hits, (*answerWriter).hit)
	w.raw(`,"degraded":`).texts(r.Degraded)
	w.raw(`,"took_ms":`).number(r.TookMS)
	w.raw(`}`)
}

func (w *answerWriter) answer(a *retrieve.Answer) {
	w.raw(`{"state":`).text(string(a.State))
	w.raw(`,"confidence":`).number(a.Confidence)
	w.raw(`,"reasons":`).texts(a.Reasons)
	if a.Ask != nil {
		w.raw(`,"ask":{"facet":`).text(a.Ask.Facet)
		w.raw(`,"values":`).texts(a.Ask.Values)
		w.raw(`}`)
	}
	w.raw(`}`)
}

func (w *answerWriter) hit(h *retrieve.Hit) {
	w.raw(`{"chunk_id":`).chunk(&h.ChunkID)
	w.raw(`,"text":`).text(h.Text)
	w.raw(`,"score":`).number(h.Score)
	w.raw(`,"scores":{"words":`).number(h.Scores.Words)
	w.raw(`,"grams":`).number(h.Scores.Grams)
	w.raw(`,"title":`).number(h.Scores.Title)
	w.raw(`,"dense":`).number(h.Scores.Dense)
	w.raw(`},"document":`).document(&h.Document)
	w.raw(`,"freshness":{"modified":`).time(h.Freshness.Modified)
	w.raw(`,"checked":`).time(h.Freshness.Checked)
	w.raw(`,"confirmed_until":`).time(h.Freshness.ConfirmedUntil)
	w.raw(`,"state":`).text(string(h.Freshness.State))
	w.raw(`,"reasons":`).texts(h.Freshness.Reasons)
	w.raw(`},"conflicts":`)
	list(w, h.Conflicts, (*answerWriter).conflict)
	if len(h.Joined) > 0 {
		w.raw(`,"joined":`)
		list(w, h.Joined, (*answerWriter).chunk)
	}
	w.raw(`}`)
}

func (w *answerWriter) document(d *retrieve.Document) {
	w.raw(`{"id":`).text(d.ID)
	w.raw(`,"source":`).text(d.Source)
	w.raw(`,"title":`).text(d.Title)
	w.raw(`,"heading":`).texts(d.Heading)
	if d.Page != 0 {
		w.raw(`,"page":`).number(float64(d.Page))
	}
	w.raw(`,"url":`).text(d.URL)
	w.raw(`,"locale":`).text(d.Locale)
	w.raw(`,"labels":`).texts(d.Labels)
	w.raw(`,"facets":`).facets(d.Facets)
	w.raw(`,"owner":`).text(d.Owner)
	w.raw(`}`)
}

func (w *answerWriter) conflict(c *retrieve.Conflict) {
	w.raw(`{"finding":`).text(c.Finding)
	w.raw(`,"rule":`).text(c.Rule)
	w.raw(`,"value":`).text(c.Value)
	w.raw(`,"other_value":`).text(c.OtherValue)
	w.raw(`,"other_document":`).text(c.OtherDocument)
	w.raw(`,"other_title":`).text(c.OtherTitle)
	w.raw(`,"other_url":`).text(c.OtherURL)
	w.raw(`,"suggested":`).text(c.Suggested)
	w.raw(`}`)
}

func (w *answerWriter) facets(m map[string][]string) {
	if m == nil {
		w.raw(`null`)
		return
	}
	w.raw(`{`)
	for i, k := range slices.Sorted(maps.Keys(m)) {
		if i > 0 {
			w.raw(`,`)
		}
		w.text(k)
		w.raw(`:`).texts(m[k])
	}
	w.raw(`}`)
}

// list writes a list of anything; one that is nil is null.
func list[T any](w *answerWriter, items []T, write func(*answerWriter, *T)) {
	if items == nil {
		w.raw(`null`)
		return
	}
	w.raw(`[`)
	for i := range items {
		if i > 0 {
			w.raw(`,`)
		}
		write(w, &items[i])
	}
	w.raw(`]`)
}

func (w *answerWriter) texts(items []string) {
	list(w, items, func(w *answerWriter, s *string) { w.text(*s) })
}

func (w *answerWriter) chunk(id *index.ChunkID) {
	w.raw(`"`).raw(id.String()).raw(`"`)
}

func (w *answerWriter) raw(s string) *answerWriter {
	w.b = append(w.b, s...)
	return w
}

// number writes a float as ECMAScript does, which encoding/json follows.
func (w *answerWriter) number(f float64) {
	size := math.Abs(f)
	switch {
	case size == 0 || size >= 1e-6 && size < 1e21:
		w.b = strconv.AppendFloat(w.b, f, 'f', -1, 64)
	default: // rare, and refused when it is no number
		w.rare(f)
	}
}

func (w *answerWriter) time(t *time.Time) {
	if t == nil {
		w.raw(`null`)
		return
	}
	if _, offset := t.Zone(); offset != 0 || t.Year() < 0 || t.Year() > 9999 {
		w.rare(t)
		return
	}
	w.raw(`"`)
	w.b = t.AppendFormat(w.b, time.RFC3339Nano)
	w.raw(`"`)
}

// rare leaves a value to encoding/json.
func (w *answerWriter) rare(v any) {
	b, err := json.Marshal(v)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.b = append(w.b, b...)
}

// text writes a string: valid UTF-8, with the escapes of encoding/json.
func (w *answerWriter) text(s string) {
	b := append(w.b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			b = appendEscape(append(b, s[from:i]...), c)
			i++
			from = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			b = append(append(b, s[from:i]...), `\ufffd`...)
		case r == '\u2028':
			b = append(append(b, s[from:i]...), `\u2028`...)
		case r == '\u2029':
			b = append(append(b, s[from:i]...), `\u2029`...)
		default:
			i += size
			continue
		}
		i += size
		from = i
	}
	w.b = append(append(b, s[from:]...), '"')
}

func appendEscape(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\b':
		return append(b, '\\', 'b')
	case '\f':
		return append(b, '\\', 'f')
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	const digits = "0123456789abcdef"
	return append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
}
