package website

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"freshet/connectors"
	"freshet/connectors/connectortest"
	"freshet/connectors/website/address"
)

func FuzzParsePage(f *testing.F) {
	f.Add("<html lang=fr><base href='//x'><link rel=canonical href=..><a href='%zz'>x")
	u := &url.URL{Scheme: "https", Host: "www.example.org", Path: "/"}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePage([]byte(strings.ToValidUTF8(text, "?")), u, nil, address.Resolver{}, product)
		if err != nil {
			return
		}
		if len(p.links) > 2*maxLinks {
			t.Errorf("%q gave %+v", text, p)
		}
	})
}

func TestAFrontierSurvivesItsCursor(t *testing.T) {
	f := newFrontier()
	for i := range 500 {
		f.add(target{URL: fmt.Sprintf("https://www.example.org/page/%d", i), Depth: i % 7, Hops: i % 3})
	}
	for range 200 {
		f.next()
		f.visited++
	}
	f.lacking("a sitemap is broken")
	f.found("https://www.example.org/page/7")
	f.again(target{URL: "https://www.example.org/page/8", Depth: 1})
	cursor, ok, err := f.cursor()
	if err != nil || !ok {
		t.Fatalf("no cursor: %v", err)
	}
	got, err := parseCursor(cursor)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.pending, f.pending) || got.visited != 200 || got.incomplete != f.incomplete || len(got.seen) != 500 {
		t.Errorf("came back with %d pending, %d seen, %d visited", len(got.pending), len(got.seen), got.visited)
	}
	if got.add(target{URL: "https://www.example.org/page/3"}) {
		t.Error("a visited address was added again")
	}
	if !got.isDocument("https://www.example.org/page/7") || got.isDocument("https://www.example.org/page/8") {
		t.Error("it is not known any more what was a document")
	}
	again, _, err := got.cursor()
	if err != nil || again != cursor {
		t.Error("the same frontier has two cursors")
	}
}

func TestAFrontierTooLargeGivesNoCursor(t *testing.T) {
	f, r := newFrontier(), rand.New(rand.NewPCG(1, 2))
	for range 1500 {
		var b strings.Builder
		for b.Len() < 1800 {
			fmt.Fprintf(&b, "%x", r.Uint64())
		}
		f.add(target{URL: "https://www.example.org/" + b.String()})
	}
	if _, ok, err := f.cursor(); ok || err != nil {
		t.Errorf("ok: %t, %v", ok, err)
	}
}

func FuzzCursor(f *testing.F) {
	f.Add("website1.AAAA")
	f.Add(cursorAnew)
	f.Fuzz(func(t *testing.T, cursor string) {
		if _, err := parseCursor(cursor); err != nil && !errors.Is(err, connectors.ErrCursor) {
			t.Errorf("%q gave %v", cursor, err)
		}
	})
}

func TestNotesHoldManyLinksAndGiveUpOnTooMany(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n, heavy := range map[int]bool{0: false, 10: false, 1000: false, 5000: true} {
		pos := connectortest.NewPosition(connectors.Full)
		var list []string
		for i := range n {
			list = append(list, fmt.Sprintf("https://www.example.org/help/%d/%x", i, r.Uint64()))
		}
		in := note{ETag: `"x"`, Revision: "r", links: list}
		var p packer
		if err := p.remember(pos.Memory(), "id", in, note{}); err != nil {
			t.Fatal(err)
		}
		pos.Take(connectors.Checkpoint{Cursor: "c"})
		got, ok, err := p.recall(context.Background(), pos.Memory(), "id")
		if err != nil || !ok || got.Heavy != heavy || !heavy && !slices.Equal(got.links, list) {
			t.Errorf("%d links: %t, %v, %d links back, heavy: %t", n, ok, err, len(got.links), got.Heavy)
		}
		if problems := pos.Problems(); len(problems) > 0 {
			t.Errorf("%d links: %v", n, problems)
		}
		forget(pos.Memory(), "id", got)
		pos.Take(connectors.Checkpoint{Cursor: "c"})
		if left := pos.Notes(); len(left) > 0 {
			t.Errorf("%d links: %d notes are left", n, len(left))
		}
	}
}
