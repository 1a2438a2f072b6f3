package detect

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/index/catalog/faultsql"
)

// corpus writes pages, of which the second half comes when the first was looked at,
// and changes some: the same at each call.
func corpus(w *world, between func()) {
	r := rand.New(rand.NewPCG(7, 7))
	var pages []page
	for i := range 8 {
		pages = append(pages, randomPage(r, i))
	}
	w.put(pages...)
	between()
	for i := range 3 {
		pages[i].paragraphs = append([]string{fact(r)}, pages[i].paragraphs...)
	}
	w.put(pages[:3]...)
	w.put(returns14, returns30, contact, contactCopy)
	w.take(pages[5])
	between()
}

func TestWhateverFailsTheSameIsFound(t *testing.T) {
	want := newWorld(t)
	corpus(want, want.detect)
	dump := want.dump()
	if strings.Count(dump, `"Kind": "conflict"`) < 3 {
		t.Fatalf("nothing is found that could be lost:\n%s", dump)
	}
	errBroken := errors.New("the disk is gone")
	for _, first := range []int{23, 61, 97, 173, 251, 397} {
		d := faultsql.Register()
		w := newWorldOn(t, d.Name())
		failed := 0
		corpus(w, func() {
			// Every first-th call fails once, and with it what was under way, as if the process
			// had been killed there.
			n := 0
			d.Set(func() error {
				if n++; n%first == 0 && failed < 50 {
					failed++
					return errBroken
				}
				return nil
			})
			for i := 0; ; i++ {
				w.restart()
				if err := w.engine.CatchUp(w.ctx); err == nil {
					break
				} else if !errors.Is(err, errBroken) {
					t.Fatal(err)
				}
				if i == 200 {
					t.Fatal("it does not come to an end")
				}
			}
			d.Set(nil)
		})
		if got := w.dump(); got != dump {
			t.Fatalf("every %dth call failed, %d in all:\n%s", first, failed, difference1(got, dump))
		}
	}
}

// difference1 is the first line in which two texts differ, with those around it.
func difference1(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			return "got\n" + strings.Join(a[max(0, i-12):min(len(a), i+8)], "\n") + "\nwant\n" + strings.Join(b[max(0, min(i, len(b))-12):min(len(b), i+8)], "\n")
		}
	}
	return "it ends too early"
}

// TestWhoDecidesMeanwhileIsHeard has somebody dismiss a finding just before it is
// written again.
func TestWhoDecidesMeanwhileIsHeard(t *testing.T) {
	w := newWorld(t)
	w.put(returns14, returns30)
	w.detect()
	f := w.all()[0]
	more := say("Questions of our customers", "45")
	w.put(more)
	decided := false
	w.engine.beforeWrite = func() {
		if !decided {
			decided = true
			_, err := w.catalog.DecideFinding(w.ctx, &catalog.Ruling{Finding: f.ID, Verdict: index.NoDoubt, By: "ann"})
			w.ok(err)
		}
	}
	w.detect()
	if again := w.finding(f.ID); again.State != index.Dismissed {
		t.Errorf("what was decided is lost: %s", again.State)
	}
	if open := w.open(); len(open) != 1 || !strings.Contains(open[0], "45 days") {
		t.Errorf("%q", open)
	}
}
