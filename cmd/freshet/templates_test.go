package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"freshet/connectors/website/sitetest"
)

// passages is what is found of each served document, by ID.
func (y *year) passages() map[string]string {
	y.Helper()
	out := map[string]string{}
	for d := range y.read() {
		chunks, err := y.catalog.ChunksOf(y.Context(), d.Key)
		if err != nil {
			y.Fatal(err)
		}
		var all strings.Builder
		for _, c := range chunks {
			all.WriteString(c.Title + "\n" + strings.Join(c.Heading, "\n") + "\n" + c.Question + "\n" + c.Text + "\n")
		}
		out[d.ExternalID] = strings.Join(strings.Fields(all.String()), " ")
	}
	return out
}

// keepers are the documents whose passages hold a text.
func keepers(passages map[string]string, text string) []string {
	var out []string
	for _, id := range slices.Sorted(maps.Keys(passages)) {
		if strings.Contains(passages[id], text) {
			out = append(out, id)
		}
	}
	return out
}

// A site whose cookie text, menu and opening hours stand in its articles' own element:
// they are found on one page of each language, whichever pages come and go, and no
// page loses anything of its own.
func TestTheFurnitureOfASiteIsFoundOnce(t *testing.T) {
	y := newYear(t, sitetest.Options{Seed: 5, Pages: 260, Unmarked: true,
		Without: []string{"calendar", "facets", "repeating links", "endless paths", "sessions", "files", "sizes", "needs a browser", "broken html", "charsets"}})
	y.step = "the first crawl"
	y.settle(2)
	for _, lang := range []string{"fr", "en"} {
		y.furnitureOnce(lang)
	}
	y.nothingOfItsOwnLost()
	y.consistent()

	y.step = "nothing new"
	r := y.run(25 * time.Hour)
	if r.Reprocessed+r.ChunksWritten > 0 {
		y.Errorf("a quiet day writes %d passages of %d documents", r.ChunksWritten, r.Reprocessed)
	}

	y.step = "who kept it is to be indexed no more"
	hours := sitetest.FurnitureOf("en").Hours
	gone := keepers(y.passages(), hours)
	for page, e := range y.site.Truth() {
		if slices.Contains(gone, page) && e.Page > 1 {
			y.site.Noindex(e.Page)
		}
	}
	y.settle(4)
	y.furnitureOnce("en")
	if now := keepers(y.passages(), hours); slices.Equal(now, gone) {
		y.Errorf("%v still keep the hours", now)
	}
	y.nothingOfItsOwnLost()
	y.consistent()
}

// furnitureOnce wants all furniture of a language on few pages, and on one at least.
func (y *year) furnitureOnce(lang string) {
	y.Helper()
	f := sitetest.FurnitureOf(lang)
	passages := y.passages()
	for _, text := range append([]string{f.Cookies, f.Heading, f.Hours, f.Place}, f.Menu...) {
		if on := keepers(passages, text); len(on) < 1 || len(on) > 2 {
			y.Errorf("%s: %q is found on %d of %d pages: %v", y.step, text, len(on), len(passages), on[:min(len(on), 5)])
		}
	}
}

func (y *year) nothingOfItsOwnLost() {
	y.Helper()
	passages := y.passages()
	for id, e := range y.existing() {
		for _, piece := range e.Text {
			if got, served := passages[id]; served && !strings.Contains(got, piece) {
				y.Errorf("%s: no passage of %s holds %q", y.step, id, piece)
				break
			}
		}
	}
}

func TestWhatIsLeftOutOfPassagesIsSaid(t *testing.T) {
	w := newWorld(t)
	var lines strings.Builder
	for i := range 12 {
		fmt.Fprintf(&lines, `{"id": "r%02d", "title": "Record %d", "url": "https://example.org/r%02d", "body": "<p>All about subject %d.</p><p>Ask us from 9 to 17.</p>"}`+"\n", i, i, i, i)
	}
	w.write("kb.jsonl", lines.String())
	config := func(templates string) {
		w.write(defaultConfig, "knowledge_bases: [{id: help}]\nsources:\n- {id: kb, type: records, extract: {templates: "+templates+
			"}, settings: {location: kb.jsonl, id: id, title: title, url: url, body: body, body_format: html}}\n")
	}
	config("maybe")
	w.says(exitFailed, "extract.templates must be on", "config", "check")
	config("on")
	w.ok("sync")
	w.says(exitDone, "1 block on most pages is left out of passages (kept on https://example.org/r00)", "source", "show", "kb")
	w.says(exitDone, "on 12 of 12 pages: Ask us from 9 to 17.", "source", "show", "kb")
	w.says(exitDone, "1 block that stands on most pages of the source", "document", "show", "r05")
	config("off")
	w.ok("sync")
	if out := w.ok("source", "show", "kb"); strings.Contains(out, "left out") {
		t.Errorf("switched off, it still says\n%s", out)
	}
}
