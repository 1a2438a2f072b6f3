package catalogtest

import (
	"bytes"
	"fmt"
	"math/rand/v2"

	"freshet/index"
	"freshet/index/catalog"
)

var versionTests = []test{
	{"the text of any moment can be read", (*world).textAtSeq},
	{"a document that is gone has its last text and no present one", (*world).lastText},
	{"a change without text keeps the version", (*world).detailsKeepVersion},
	{"long texts come back byte for byte", (*world).longTexts},
	{"a document without a version has no text", (*world).noText},
	{"a document restored with the same text has a version of its own", (*world).restoredVersion},
}

func (w *world) textAt(id string, seq int64) string {
	w.Helper()
	text, err := w.c.Text(w.ctx, w.key(id), seq)
	if err != nil {
		w.is(err, catalog.ErrNotFound)
		return ""
	}
	return string(text)
}

func (w *world) textAtSeq() {
	w.write(w.text("other", "x")) // 1
	w.write(w.text("a", "one"))   // 2
	w.write(w.text("other", "y")) // 3
	w.write(w.text("a", "two"))   // 4
	w.write(w.state("a", catalog.Hidden))
	w.write(w.text("a", "three")) // 6
	one, two, three := plain([]string{"one"}), plain([]string{"two"}), plain([]string{"three"})
	for seq, want := range []string{"", "", one, one, two, "", three, three} {
		w.equal(fmt.Sprintf("text at %d", seq), w.textAt("a", int64(seq)), want)
	}
	w.equal("text now", w.textAt("a", index.Open), three)
}

func (w *world) lastText() {
	w.write(w.text("a", "one"))
	w.write(w.text("a", "two"))
	w.write(w.state("a", catalog.Removed))
	w.equal("text now", w.textAt("a", index.Open), "")
	last, err := w.c.LastText(w.ctx, w.key("a"))
	w.ok(err)
	w.equal("last text", string(last), plain([]string{"two"}))
}

func (w *world) detailsKeepVersion() {
	w.write(w.text("a", "one"))
	w.write(w.details("a", func(d *catalog.Details) { d.Labels = []string{"x"} }))
	w.equal("version", w.row("a").VersionSeq, int64(1))
	w.equal("text at 1", w.textAt("a", 1), plain([]string{"one"}))
	w.equal("text at 2", w.textAt("a", 2), plain([]string{"one"}))
}

func (w *world) longTexts() {
	noise := make([]byte, 100<<10)
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(noise) // never fails
	for i, text := range [][]byte{
		{}, {0}, {1}, []byte("short"), bytes.Repeat([]byte("a"), 4<<10), bytes.Repeat([]byte("a"), 4<<10+1), bytes.Repeat([]byte("long text. "), 100_000), noise,
	} {
		c := w.text("a", fmt.Sprint(i))
		c.Text = text
		w.write(c)
		got, err := w.c.Text(w.ctx, w.key("a"), index.Open)
		w.ok(err)
		if !bytes.Equal(got, text) {
			w.Errorf("text %d: %d bytes came back, %d were written", i, len(got), len(text))
		}
	}
}

func (w *world) noText() {
	c := w.state("a", catalog.Unreadable)
	w.equal("applied", w.write(c), catalog.Applied{})
	w.equal("row", w.row("a").State, catalog.Unreadable)
	_, err := w.c.Text(w.ctx, w.key("a"), index.Open)
	w.is(err, catalog.ErrNotFound)
	_, err = w.c.LastText(w.ctx, w.key("a"))
	w.is(err, catalog.ErrNotFound)
	w.equal("applied", w.write(w.text("a", "readable at last")), catalog.Applied{Seq: 1, Written: 1})
}

func (w *world) restoredVersion() {
	w.write(w.text("a", "one"))
	w.write(w.state("a", catalog.Removed))
	c := w.text("a", "one")
	c.Outcome = catalog.Restored
	w.write(c)
	for seq, want := range []bool{false, true, false, true} {
		w.equal(fmt.Sprintf("has a text at %d", seq), w.textAt("a", int64(seq)) != "", want)
	}
	w.equal("first seen", w.row("a").FirstSeen, start)
}
