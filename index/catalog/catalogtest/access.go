package catalogtest

import (
	"fmt"

	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
)

var accessTests = []test{
	{"a reader needs one principal of every list", (*world).accessTable},
	{"access that is taken away is refused at the next question", (*world).accessTaken},
	{"each passage is judged on its own", (*world).accessPerDocument},
	{"around obeys access as vouching does", (*world).accessAround},
}

type principals = []connectors.Principal

func (w *world) accessTable() {
	for i, c := range []struct {
		access  connectors.Access
		allowed [][]string
		refused [][]string
	}{
		{connectors.Public(), [][]string{nil, {"user:a"}}, nil},
		{connectors.Access{}, nil, [][]string{nil, {"user:a"}, {""}, {"everybody"}}},
		{connectors.Access{Public: true}, nil, [][]string{nil, {"user:a"}, {"everybody"}}},
		{connectors.Access{Known: true}, nil, [][]string{nil, {"user:a"}}},
		{
			connectors.Access{Known: true, AnyOf: []principals{{"user:a", "group:staff"}}},
			[][]string{{"user:a"}, {"group:staff"}, {"user:b", "group:staff"}},
			[][]string{nil, {"user:b"}, {"group:Staff"}, {"group:staff "}, {"group:sta"}},
		},
		{
			connectors.Access{Known: true, AnyOf: []principals{{"group:staff", "user:a"}, {"domain:example.org"}}},
			[][]string{{"group:staff", "domain:example.org"}, {"domain:example.org", "user:a"}},
			[][]string{nil, {"group:staff"}, {"domain:example.org"}, {"group:staff", "user:a"}},
		},
		{connectors.Access{Known: true, AnyOf: []principals{{"user:a"}, {}}}, nil, [][]string{nil, {"user:a"}}},
	} {
		id := fmt.Sprint("document ", i)
		ch := w.text(id, id)
		ch.Document.Details.Access = c.access
		w.write(ch)
		ask := index.VouchRequest{Base: base, Mark: w.head(), IDs: idsOf(ch.Chunks)}
		for want, readers := range [][][]string{c.refused, c.allowed} {
			for _, r := range readers {
				ask.Principals = r
				w.equal(fmt.Sprintf("passages of %+v for %q", c.access, r), len(w.vouchFor(ask)), want)
			}
		}
	}
}

func (w *world) accessTaken() {
	c := w.text("a", "one")
	w.write(c)
	staff := connectors.Access{Known: true, AnyOf: []principals{{"group:staff"}}}
	everybody := index.VouchRequest{Base: base, Mark: 1, IDs: idsOf(c.Chunks)}
	insider := everybody
	insider.Principals = []string{"group:staff"}
	for range 5 {
		w.equal("public", len(w.vouchFor(everybody)), 1)
		w.write(w.details("a", func(d *catalog.Details) { d.Access = staff }))
		w.equal("restricted, to everybody", len(w.vouchFor(everybody)), 0)
		w.equal("restricted, to staff", len(w.vouchFor(insider)), 1)
		w.write(w.details("a", func(d *catalog.Details) { d.Access = connectors.Access{} }))
		w.equal("unknown, to staff", len(w.vouchFor(insider)), 0)
		w.write(w.details("a", func(d *catalog.Details) { d.Access = connectors.Public() }))
	}
}

func (w *world) accessPerDocument() {
	var ids []index.ChunkID
	for _, name := range []string{"a", "b", "c"} {
		c := w.text(name, name)
		c.Document.Details.Access = connectors.Access{Known: true, AnyOf: []principals{{connectors.Principal("user:" + name)}}}
		ids = append(ids, c.Chunks[0].ID)
		w.write(c)
	}
	got := w.vouchFor(index.VouchRequest{Base: base, Mark: 3, IDs: ids, Principals: []string{"user:a", "user:c", "user:x"}})
	w.equal("shown", shown(got), []string{"a", "c"})
}

func (w *world) accessAround() {
	c := w.text("a", "one", "two")
	c.Document.Details.Access = connectors.Access{Known: true, AnyOf: []principals{{"group:staff"}}}
	w.write(c)
	q := index.AroundRequest{Base: base, Mark: 1, Spans: []index.OrdSpan{{Document: c.Document.Key, Lo: 0, Hi: 9}}}
	w.equal("everybody", w.around(q), []string{})
	q.Principals = []string{"group:staff"}
	w.equal("staff", w.around(q), []string{"one", "two"})
}
