package conflict

import (
	"strings"
	"testing"

	"freshet/index"
	"freshet/pipeline/detect/claims"
)

// byHand returns a side of one sentence with one duration in days; stems are the
// sentence's words of four letters and more.
func byHand(c *Comparer, key, text, value string, days int64) *Side {
	start := strings.Index(text, value)
	var stems []string
	for _, w := range splitWords(strings.Replace(text, value, "", 1)) {
		if len(w.text) > 3 {
			stems = append(stems, w.text)
		}
	}
	scan := &claims.Scan{
		Language:  "en",
		Sentences: []claims.Sentence{{End: len(text), Stems: stems, Hash: index.HashTexts("test", text)}},
		Claims: []claims.Claim{{
			Type: claims.Duration, Start: start, End: start + len(value), Unit: "day", Op: claims.Equal,
			Lo: days * claims.Scale, Hi: days * claims.Scale, Near: stems,
		}},
	}
	chunk := &index.Chunk{ID: index.NewChunkID(key, nil, text, 0), Document: key, Kind: index.Prose, Text: text, Locale: "en"}
	return c.Side(chunk, &Document{Key: key, Locale: "en"}, scan)
}

func TestACopyWithAnotherValueContradicts(t *testing.T) {
	c := New(Context{})
	a := byHand(c, "a", "Send the equipment back within 14 days after the contract ends.", "14 days", 14)
	b := byHand(c, "b", "Send the equipment back within 30 days after the contract ends.", "30 days", 30)
	got := c.Compare(a, b)
	if len(got) != 1 {
		t.Fatalf("%d pairs, want 1", len(got))
	}
	p := got[0]
	if p.Tier != Likely || p.A.Value != "14 days" || p.B.Value != "30 days" || p.A.Normal != "14 day" || p.Rule != ByCopy {
		t.Errorf("got %+v", p)
	}
	if len(c.Compare(a, a)) != 0 {
		t.Error("a passage contradicts itself")
	}
}
