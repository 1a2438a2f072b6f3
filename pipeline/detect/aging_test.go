package detect

import (
	"slices"
	"strings"
	"testing"
	"time"

	"freshet/index"
	"freshet/index/catalog"
)

func TestAPageGrowsOldByItself(t *testing.T) {
	w := newWorld(t)
	offer := page{id: "offer", title: "Winter offer", modified: w.clock.now(), owner: "ann@example.org", paragraphs: []string{
		"All bicycles cost ten percent less. The offer is valid until 15 December 2026.", "Ask in our shops."}}
	w.put(offer, contact)
	w.detect()
	w.want()
	w.clock.pass(40 * 24 * time.Hour)
	w.ok(w.engine.Age(w.ctx, testBase))
	w.want("stale  likely: offer=15 December 2026")
	f := w.all()[0]
	if len(f.Codes) == 0 || !strings.HasPrefix(f.Codes[0], "expired_text") || len(f.Reasons["fr"]) == 0 || !slices.Equal(f.Owners, []string{"ann@example.org"}) {
		t.Errorf("%+v", f)
	}
	w.wantNotes(offer, 1)
	// A day later nothing is written.
	before := w.dump()
	w.clock.pass(24 * time.Hour)
	w.ok(w.engine.Age(w.ctx, testBase))
	if w.dump() != before {
		t.Error("the finding was written again although nothing happened but a day")
	}
	// Dismissed it stays so until the text changes.
	_, err := w.catalog.DecideFinding(w.ctx, &catalog.Ruling{Finding: f.ID, Verdict: index.NoDoubt, By: "ann"})
	w.ok(err)
	w.ok(w.engine.Age(w.ctx, testBase))
	w.want()
	w.wantNotes(offer, 0)
	offer.paragraphs = slices.Clone(offer.paragraphs)
	offer.paragraphs[0] = "Bicycles cost ten percent less. The offer is valid until 15 December 2026."
	w.put(offer)
	w.detect()
	w.want("stale  likely: offer=15 December 2026")
	if again := w.finding(f.ID); len(again.Earlier) != 1 {
		t.Errorf("earlier: %+v", again.Earlier)
	}
	offer.paragraphs[0] = "Bicycles cost ten percent less. The offer is valid until 15 December 2027."
	w.put(offer)
	w.detect()
	w.want()
	if again := w.finding(f.ID); again.Outcome != index.Edited {
		t.Errorf("%s, %s", again.State, again.Outcome)
	}
	w.wantNotes(offer, 0)
}
