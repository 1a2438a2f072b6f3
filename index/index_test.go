package index

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestChunkIDDependsOnEveryPart(t *testing.T) {
	base := NewChunkID("d", []string{"a", "b"}, "text", 0)
	for name, other := range map[string]ChunkID{
		"document": NewChunkID("e", []string{"a", "b"}, "text", 0),
		"heading":  NewChunkID("d", []string{"ab"}, "text", 0),
		"text":     NewChunkID("d", []string{"a", "b"}, "texts", 0),
		"repeat":   NewChunkID("d", []string{"a", "b"}, "text", 1),
	} {
		if other == base {
			t.Errorf("another %s gives the same ID", name)
		}
	}
	parsed, err := ParseChunkID(base.String())
	if err != nil || parsed != base {
		t.Fatalf("round trip: %v %v", parsed, err)
	}
	if base.String()[14] != '8' {
		t.Errorf("not a version 8 UUID: %s", base)
	}
}

func TestPayloadRoundTripAndHash(t *testing.T) {
	p := Payload{Texts: map[string][]string{"label": {"a", "b"}, "locale": {"fr"}}, Numbers: map[string]float64{"modified": 12.5}}
	got, err := DecodePayload(p.Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(p, got); d != "" {
		t.Fatal(d)
	}
	q := Payload{Texts: map[string][]string{"label": {"a"}, "locale": {"fr"}}, Numbers: p.Numbers}
	if p.Hash() == q.Hash() || p.Hash() != got.Hash() {
		t.Fatal("hashes do not follow content")
	}
}

func FuzzDecodePayload(f *testing.F) {
	f.Add(Payload{Texts: map[string][]string{"a": {"b"}}}.Append(nil))
	f.Add([]byte{1, 1, 'a', 255, 255, 255, 255, 15})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := DecodePayload(b)
		if err != nil {
			return
		}
		again, err := DecodePayload(p.Append(nil))
		if err != nil || again.Hash() != p.Hash() {
			t.Fatalf("round trip of %v: %v %v", p, again, err)
		}
	})
}

func TestFilters(t *testing.T) {
	p := Payload{Texts: map[string][]string{"label": {"rent", "tax"}, "path": {"/help/a"}}, Numbers: map[string]float64{"modified": 10}}
	low, high := 5.0, 10.0
	for _, c := range []struct {
		f    Filter
		want bool
	}{
		{Equal{"label", "tax"}, true}, {Equal{"label", "t"}, false}, {In{"label", []string{"x", "rent"}}, true}, {In{"label", nil}, false},
		{Range{"modified", &low, &high}, true}, {Range{"modified", &high, nil}, true}, {Range{"modified", nil, &low}, false}, {Range{"x", nil, nil}, false},
		{Prefix{"path", "/help"}, true}, {Exists{"modified"}, true}, {Exists{"x"}, false}, {Not{Exists{"x"}}, true},
		{And{}, true}, {Or{}, false}, {And{Equal{"label", "tax"}, Exists{"x"}}, false}, {Or{Exists{"x"}, Equal{"label", "tax"}}, true},
	} {
		if got := c.f.Match(p); got != c.want {
			t.Errorf("%s: %v", c.f, got)
		}
	}
}
