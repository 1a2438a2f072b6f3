package api

import (
	"net/http"
	"testing"
	"time"

	"freshet/index"
	"freshet/index/catalog"
)

func TestChangesOfValuesAreGrouped(t *testing.T) {
	w := newWorld(t)
	w.put("site", "speed", "Parcel speed", "Parcels are delivered within five working days.")
	d, err := w.catalog.DocumentByID(t.Context(), "faq", "delivery")
	must(t, err)
	o, err := w.catalog.DocumentByID(t.Context(), "site", "speed")
	must(t, err)
	change := func(key string, seq int64, fact string) catalog.ValueChange {
		return catalog.ValueChange{Base: "help", Source: "faq", Seq: seq, Type: "duration", Document: key, Fact: index.HashTexts("fact", fact),
			Old: catalog.ChangedValue{Value: "five working days"}, New: catalog.ChangedValue{Value: "three working days", Sentence: "Within three."},
			Still: []catalog.StillValue{{Document: o.Key, Value: "five working days", Sentence: "Within five."}}}
	}
	must(t, w.catalog.Detect(t.Context(), &catalog.Detection{Changes: []catalog.ValueChange{change(d.Key, 1, "a"), change(o.Key, 2, "a"), change(d.Key, 2, "b")}}))
	var list ChangeList
	w.get("admin", http.MethodGet, "/v1/changes?knowledge_base=help", "", &list)
	if len(list.Changes) != 2 {
		t.Fatalf("%+v", list)
	}
	for _, c := range list.Changes {
		if c.Old != "five working days" || c.New != "three working days" || len(c.Still) != 1 || c.Still[0].Title != "Parcel speed" || c.Still[0].Sentence != "Within five." {
			t.Errorf("%+v", c)
		}
	}
	if n := len(list.Changes[0].Documents) + len(list.Changes[1].Documents); n != 3 {
		t.Errorf("%d pages", n)
	}
	w.get("admin", http.MethodGet, "/v1/changes?limit=1", "", &list)
	if len(list.Changes) != 1 || !list.More {
		t.Errorf("%+v", list)
	}
	for _, none := range []string{"type=money", "source=site", "since=" + w.now.Now().Add(48*time.Hour).Format(time.DateOnly), "until=2001-01-01&since=2000-01-01"} {
		if w.get("admin", http.MethodGet, "/v1/changes?"+none, "", &list); len(list.Changes) != 0 {
			t.Errorf("%s: %+v", none, list)
		}
	}
}
