package api

import "testing"

func TestTheNearestWordIsMeant(t *testing.T) {
	known := []string{"context", "doubts", "filter", "knowledge_base", "limit", "log", "query"}
	for word, want := range map[string]string{
		"qeury": "query", "Query": "query", "quer": "query", "knowledgebase": "knowledge_base", "kb": "", "lmit": "limit", "filters": "filter",
		"zzzzzzz": "", "": "", "temperature": "",
	} {
		if got := nearest(word, known); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}

func TestEditsCountLettersAndSwaps(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "abd", 1}, {"abc", "xabc", 1}, {"kitten", "sitting", 3}} {
		if got := edits(c.a, c.b); got != c.want || edits(c.b, c.a) != c.want {
			t.Errorf("%q %q: got %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
