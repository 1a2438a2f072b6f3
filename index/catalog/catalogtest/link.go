package catalogtest

import (
	"fmt"
	"time"

	"freshet/index/catalog"
)

var linkTests = []test{
	{"links of a document are replaced, and the mark moves with them", (*world).linksReplaced},
	{"links are due by their time, while a document that is served leads to them", (*world).linksDue},
	{"what links led to is kept and counted by document", (*world).linksKept},
	{"links that nobody leads to are forgotten", (*world).linksForgotten},
	{"links that lead to served documents are known", (*world).servedAddresses},
	{"texts that changed are listed by page", (*world).textsSince},
}

func urls(list []catalog.Link) []string {
	out := []string{}
	for _, l := range list {
		out = append(out, l.URL)
	}
	return out
}

func (w *world) due() []string {
	w.Helper()
	list, err := w.c.DueLinks(w.ctx, w.now(), 100)
	w.ok(err)
	return urls(list)
}

func (w *world) linksReplaced() {
	w.write(w.text("a", "one"))
	w.ok(w.c.PutLinks(w.ctx, map[string][]string{w.key("a"): {"https://x/1", "https://x/2", "https://x/2"}}, "links", 7))
	w.equal("due", w.due(), []string{"https://x/1", "https://x/2"})
	mark, err := w.c.ConsumerMark(w.ctx, "links")
	w.ok(err)
	w.equal("mark", mark, int64(7))
	w.ok(w.c.PutLinks(w.ctx, map[string][]string{w.key("a"): {"https://x/2", "https://x/3"}}, "links", 9))
	w.equal("due", w.due(), []string{"https://x/2", "https://x/3"})
}

func (w *world) linksDue() {
	w.write(w.text("a", "one"), w.text("b", "two"))
	w.ok(w.c.PutLinks(w.ctx, map[string][]string{w.key("a"): {"https://x/1", "https://x/both"}, w.key("b"): {"https://x/2", "https://x/both"}}, "links", 1))
	w.ok(w.c.SaveLinks(w.ctx, []catalog.Link{{URL: "https://x/both", State: catalog.LinkOK, NextCheck: start.Add(time.Hour)}, {URL: "https://stranger/", State: catalog.LinkOK}}))
	w.equal("due", w.due(), []string{"https://x/1", "https://x/2"})
	w.write(w.state("b", catalog.Removed))
	w.equal("of served documents", w.due(), []string{"https://x/1"})
	w.pass(time.Hour)
	w.equal("later", w.due(), []string{"https://x/1", "https://x/both"})
	few, err := w.c.DueLinks(w.ctx, w.now(), 1)
	w.ok(err)
	w.equal("at most one", urls(few), []string{"https://x/1"})
}

func (w *world) linksKept() {
	w.write(w.text("a", "one"), w.text("b", "two"))
	w.ok(w.c.PutLinks(w.ctx, map[string][]string{w.key("a"): {"https://x/1", "https://x/2", "https://x/3", "https://x/4"}, w.key("b"): {"https://x/4"}}, "links", 1))
	broken := catalog.Link{URL: "https://x/2", State: catalog.LinkBroken, Status: 404, Reason: "not_found", Failures: 2, FirstFailed: start, LastChecked: start.Add(time.Hour), NextCheck: start.Add(2 * time.Hour)}
	w.ok(w.c.SaveLinks(w.ctx, []catalog.Link{broken, {URL: "https://x/1", State: catalog.LinkOK}, {URL: "https://x/3", State: catalog.LinkSkipped, Reason: "robots"}}))
	got, err := w.c.LinksOf(w.ctx, []string{w.key("a"), w.key("b")})
	w.ok(err)
	w.equal("links", got, map[string]catalog.DocumentLinks{w.key("a"): {Checked: 2, Broken: []catalog.Link{broken}}})
}

func (w *world) linksForgotten() {
	w.write(w.text("a", "one"))
	w.ok(w.c.PutLinks(w.ctx, map[string][]string{w.key("a"): {"https://x/1"}, "stranger": {"https://x/2"}}, "links", 1))
	w.ok(w.c.ForgetLinks(w.ctx))
	w.ok(w.c.PutLinks(w.ctx, map[string][]string{w.key("a"): {"https://x/2"}}, "links", 2))
	w.ok(w.c.SaveLinks(w.ctx, []catalog.Link{{URL: "https://x/2", State: catalog.LinkBroken}}))
	w.ok(w.c.ForgetLinks(w.ctx))
	w.ok(w.c.PutLinks(w.ctx, map[string][]string{w.key("a"): {"https://x/1", "https://x/2"}}, "links", 3))
	got, err := w.c.LinksOf(w.ctx, []string{w.key("a")})
	w.ok(err)
	w.equal("what is new and what was kept", len(got[w.key("a")].Broken), 1)
	w.equal("that was forgotten is due again", w.due(), []string{"https://x/2", "https://x/1"})
}

func (w *world) textsSince() {
	for i := range 5 {
		w.write(w.text(fmt.Sprint("d", i), "text"))
	}
	w.write(w.details("d0", func(d *catalog.Details) { d.Title = "another" }))
	first, err := w.c.TextsSince(w.ctx, 0, 3)
	w.ok(err)
	rest, err := w.c.TextsSince(w.ctx, first[len(first)-1].Seq, 3)
	w.ok(err)
	w.equal("pages", []int{len(first), len(rest)}, []int{3, 2})
	w.equal("last", rest[1].Document, w.key("d4"))
}

func (w *world) servedAddresses() {
	w.write(w.text("a", "one"), w.text("b", "two"))
	w.write(w.state("b", catalog.Hidden))
	got, err := w.c.ServedAddresses(w.ctx, []string{"https://example.org/a", "https://example.org/b", "https://example.org/c"})
	w.ok(err)
	w.equal("served", got, map[string]bool{"https://example.org/a": true})
}
