package catalogtest

import (
	"fmt"
	"slices"
	"strings"

	"freshet/index"
	"freshet/index/catalog"
)

var listTests = []test{
	{"filters select", (*world).filters},
	{"a part of title, address or ID finds, taken literally", (*world).queryIsLiteral},
	{"exactly a key, ID or address is a reference", (*world).references},
	{"all documents are listed once while rows change", (*world).allWhileChanging},
	{"pages follow each other without gap", (*world).pagesOfDocuments},
	{"known IDs come in byte order, without the removed ones", (*world).knownIDs},
	{"known IDs page while rows change", (*world).knownIDsPages},
	{"documents are counted by state", (*world).counts},
	{"the text of a passage at a mark is found as far as history reaches", (*world).chunkTextAt},
}

func (w *world) filters() {
	w.write(w.text("a", "same"), w.text("b", "same"), w.text("c", "else"), w.state("d", catalog.Unreadable))
	w.write(w.state("c", catalog.Removed))
	in := w.rowOf(other, "e")
	in.Base = "second"
	w.apply(&catalog.Batch{Source: other, Changes: []catalog.Change{content(in, "same")}})
	for name, c := range map[string]struct {
		filter catalog.DocumentFilter
		want   []string
	}{
		"everything":            {catalog.DocumentFilter{}, []string{"a", "b", "c", "d", "e"}},
		"a source":              {catalog.DocumentFilter{Source: source}, []string{"a", "b", "c", "d"}},
		"a base":                {catalog.DocumentFilter{Base: "second"}, []string{"e"}},
		"states":                {catalog.DocumentFilter{States: []catalog.State{catalog.Removed, catalog.Unreadable}}, []string{"c", "d"}},
		"a text":                {catalog.DocumentFilter{TextHash: index.HashTexts("text/1", "same")}, []string{"a", "b", "e"}},
		"a text in a source":    {catalog.DocumentFilter{Source: source, TextHash: index.HashTexts("text/1", "same")}, []string{"a", "b"}},
		"nothing":               {catalog.DocumentFilter{Source: "nowhere"}, []string{}},
		"a source and its base": {catalog.DocumentFilter{Source: source, Base: "second"}, []string{}},
	} {
		list, err := w.c.Documents(w.ctx, c.filter)
		w.ok(err)
		w.equal(name, sorted(externalIDs(list)), c.want)
	}
	list, err := w.c.FindDocuments(w.ctx, catalog.DocumentQuery{Bases: []string{base, "second"}, States: []catalog.State{catalog.Present}, Source: other})
	w.ok(err)
	w.equal("found", externalIDs(list), []string{"e"})
}

func (w *world) find(query string) (byFilter, byQuery []string) {
	w.Helper()
	list, err := w.c.Documents(w.ctx, catalog.DocumentFilter{Query: query})
	w.ok(err)
	found, err := w.c.FindDocuments(w.ctx, catalog.DocumentQuery{Query: query})
	w.ok(err)
	return sorted(externalIDs(list)), sorted(externalIDs(found))
}

func (w *world) queryIsLiteral() {
	for id, title := range map[string]string{"a-100%": "R&D <budget>", "b_1": `The "big" one`, "c\\2": "Éléphant d'Asie"} {
		c := w.text(id, id)
		c.Document.Details.Title, c.Document.Details.URI = title, "https://example.org/?id="+id+"&lang=en"
		w.write(c)
	}
	for query, want := range map[string][]string{
		"R&D": {"a-100%"}, "<bud": {"a-100%"}, `"big"`: {"b_1"}, "d'Asie": {"c\\2"}, "Éléph": {"c\\2"},
		"100%": {"a-100%"}, "%": {"a-100%"}, "_": {"b_1"}, `\`: {"c\\2"}, "b_1&lang": {"b_1"}, "&lang=en": {"a-100%", "b_1", "c\\2"},
		"big one": {}, "a_100": {}, "x' OR '1'='1": {}, "uri": {}, "title": {}, "access": {},
	} {
		byFilter, byQuery := w.find(query)
		w.equal("documents with "+query, byFilter, want)
		w.equal("found with "+query, byQuery, want)
	}
}

func (w *world) references() {
	w.write(w.text("a", "one"), w.text("ab", "one"))
	for _, ref := range []string{w.key("a"), "a", "https://example.org/a"} {
		list, err := w.c.FindDocuments(w.ctx, catalog.DocumentQuery{Reference: ref})
		w.ok(err)
		w.equal("by "+ref, externalIDs(list), []string{"a"})
	}
}

// many writes n small documents and returns their IDs.
func (w *world) many(n int) []string {
	w.Helper()
	var changes []catalog.Change
	var ids []string
	for i := range n {
		id := fmt.Sprintf("many/%05d", i)
		ids = append(ids, id)
		changes = append(changes, w.text(id, "text"))
	}
	w.write(changes...)
	return ids
}

func (w *world) allWhileChanging() {
	ids := w.many(1100) // more than two pages
	var got []string
	n := 0
	for d, err := range w.c.AllDocuments(w.ctx, catalog.DocumentFilter{Source: source}) {
		w.ok(err)
		if strings.HasPrefix(d.ExternalID, "many/") {
			got = append(got, d.ExternalID)
		}
		if n++; n%200 == 0 { // rows that are seen change, and others come
			w.write(w.text(d.ExternalID, fmt.Sprint("changed ", n)), w.text(fmt.Sprint("come ", n), "text"))
		}
	}
	w.equal("listed", sorted(got), ids)
}

func (w *world) pagesOfDocuments() {
	w.many(25)
	whole, err := w.c.FindDocuments(w.ctx, catalog.DocumentQuery{Source: source})
	w.ok(err)
	var got []catalog.Document
	after := ""
	for range 3 {
		page, err := w.c.FindDocuments(w.ctx, catalog.DocumentQuery{Source: source, After: after, Limit: 10})
		w.ok(err)
		got = append(got, page...)
		after = page[len(page)-1].Key
	}
	w.equal("pages", got, whole)
	if !slices.IsSortedFunc(whole, func(a, b catalog.Document) int { return strings.Compare(a.Key, b.Key) }) {
		w.Error("documents are not in the order of their keys")
	}
}

func (w *world) knownIDs() {
	ids := []string{"a", "B", "é", "e\u0301", "Z", "z", "10", "9", " ", "ß", "\U0001F600", "\uffee", "a b", "a/b", "a-b", "ab", "ÿ", "\u00a0", "日本"}
	var changes []catalog.Change
	for _, id := range ids {
		changes = append(changes, w.text(id, "text"))
	}
	w.write(changes...)
	w.write(w.text("gone", "text"), w.text("hidden", "text"), w.text("excluded", "text"))
	w.write(w.state("gone", catalog.Removed), w.state("hidden", catalog.Hidden), w.state("excluded", catalog.Excluded))
	w.apply(&catalog.Batch{Source: other, Changes: []catalog.Change{content(w.rowOf(other, "of another"), "text")}})
	w.equal("in byte order", all(w, w.c.KnownIDs(w.ctx, source)), sorted(append(ids, "hidden", "excluded")))
}

func (w *world) knownIDsPages() {
	ids := w.many(2100)
	var got []string
	for id, err := range w.c.KnownIDs(w.ctx, source) {
		w.ok(err)
		got = append(got, id)
		if len(got) == 500 {
			w.write(w.state(ids[100], catalog.Removed), w.text("zzz", "text"))
		}
	}
	w.equal("listed", got, append(ids, "zzz"))
	for range 20 { // more often than there are reading connections
		for _, err := range w.c.KnownIDs(w.ctx, source) {
			w.ok(err)
			break
		}
	}
}

func (w *world) counts() {
	w.many(5)
	w.write(w.state("many/00000", catalog.Hidden), w.state("many/00001", catalog.Hidden), w.state("x", catalog.Unreadable))
	got, err := w.c.CountDocuments(w.ctx, source)
	w.ok(err)
	w.equal("counts", got, map[catalog.State]int{catalog.Present: 3, catalog.Hidden: 2, catalog.Unreadable: 1})
	got, err = w.c.CountDocuments(w.ctx, "nowhere")
	w.ok(err)
	w.equal("of nothing", len(got), 0)
}

func (w *world) chunkTextAt() {
	c := w.text("a", "one")
	w.write(c)
	w.write(w.text("a", "two"))
	id := c.Chunks[0].ID.String()
	text, err := w.c.ChunkTextAt(w.ctx, id, 1)
	w.ok(err)
	w.equal("at 1", text, "one")
	for _, bad := range []struct {
		id   string
		mark int64
	}{{id, 0}, {id, 2}, {"no chunk", 1}, {"", 1}, {index.NewChunkID("x", nil, "", 0).String(), 1}} {
		_, err := w.c.ChunkTextAt(w.ctx, bad.id, bad.mark)
		w.is(err, catalog.ErrNotFound)
	}
}
