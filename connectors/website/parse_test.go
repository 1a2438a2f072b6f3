package website

import (
	"context"
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
