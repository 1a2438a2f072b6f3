package catalogtest

import (
	"fmt"
	"time"

	"freshet/index"
	"freshet/index/catalog"
)

var historyTests = []test{
	{"nothing is forgotten while nobody follows the log", (*world).forgetWithoutConsumers},
	{"nothing is forgotten that a consumer has not passed", (*world).forgetUpToMark},
	{"nothing is forgotten that is young", (*world).forgetByTime},
	{"what is served is never forgotten", (*world).forgetKeepsOpen},
	{"the newest version of a document that is gone stays", (*world).forgetKeepsNewest},
}

// life writes a document that changes every day: versions from seq 1 to n.
func (w *world) life(id string, n int) {
	w.Helper()
	for i := 1; i <= n; i++ {
		w.write(w.text(id, fmt.Sprint("day ", i), "stays"))
		w.pass(24 * time.Hour)
	}
}

// remembered are the seqs up to n at which the document's text and its passage of the
// day can both be read; one without the other is an error.
func (w *world) remembered(id string, n int) []int {
	w.Helper()
	var out []int
	for i := 1; i <= n; i++ {
		text := w.textAt(id, int64(i)) != ""
		chunk := index.NewChunkID(w.key(id), []string{"Top"}, fmt.Sprint("day ", i), 0)
		_, err := w.c.ChunkTextAt(w.ctx, chunk.String(), int64(i))
		if text != (err == nil) {
			w.Errorf("at %d: text there %v, passage %v", i, text, err)
		}
		if text {
			out = append(out, i)
		}
	}
	return out
}

func (w *world) forgetWithoutConsumers() {
	w.life("a", 4)
	w.ok(w.c.ForgetHistory(w.ctx, w.now()))
	w.equal("remembered", w.remembered("a", 4), []int{1, 2, 3, 4})
}

func (w *world) forgetUpToMark() {
	w.life("a", 6)
	w.ok(w.c.SetConsumerMark(w.ctx, "fast", 6))
	w.ok(w.c.SetConsumerMark(w.ctx, "slow", 3))
	w.ok(w.c.ForgetHistory(w.ctx, w.now()))
	w.equal("remembered", w.remembered("a", 6), []int{3, 4, 5, 6})
	for _, e := range w.log(3) { // all that the slow one has still to learn
		w.equal(fmt.Sprintf("closed by %d", e.Seq), len(e.Closed), 1)
	}
	w.ok(w.c.SetConsumerMark(w.ctx, "slow", 6))
	w.ok(w.c.ForgetHistory(w.ctx, w.now()))
	w.equal("remembered when all have passed", w.remembered("a", 6), []int{6})
}

func (w *world) forgetByTime() {
	w.life("a", 6)
	w.ok(w.c.SetConsumerMark(w.ctx, "store", 6))
	w.ok(w.c.ForgetHistory(w.ctx, start))
	w.equal("remembered", w.remembered("a", 6), []int{1, 2, 3, 4, 5, 6})
	w.ok(w.c.ForgetHistory(w.ctx, start.Add(72*time.Hour))) // entries 1 to 3 are older
	w.equal("remembered", w.remembered("a", 6), []int{3, 4, 5, 6})
}

func (w *world) forgetKeepsOpen() {
	w.life("a", 3)
	w.write(w.text("b", "one"))
	w.ok(w.c.SetConsumerMark(w.ctx, "store", 100))
	w.pass(1000 * time.Hour)
	w.ok(w.c.ForgetHistory(w.ctx, w.now()))
	w.equal("a", shown(w.vouch(4, idsOf(w.chunksOf("a"))...)), []string{"day 3", "stays"})
	w.equal("b", shown(w.vouch(4, idsOf(w.chunksOf("b"))...)), []string{"one"})
	w.equal("view", len(follow(w.log(0))), 3)
}

func (w *world) forgetKeepsNewest() {
	w.life("a", 3)
	w.write(w.state("a", catalog.Removed))
	w.write(w.state("a", catalog.Excluded))
	w.ok(w.c.SetConsumerMark(w.ctx, "store", w.head()))
	w.pass(1000 * time.Hour)
	w.ok(w.c.ForgetHistory(w.ctx, w.now()))
	w.equal("older text", w.textAt("a", 2), "")
	last, err := w.c.LastText(w.ctx, w.key("a"))
	w.ok(err)
	w.equal("newest text", string(last), plain([]string{"day 3", "stays"}))
}
