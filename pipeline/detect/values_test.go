package detect

import (
	"slices"
	"testing"
	"time"

	"freshet/index/catalog"
)

func TestWhatChangedInValuesIsTold(t *testing.T) {
	w := newWorld(t)
	price := func(id, title, value string) page {
		return page{id: id, title: title, paragraphs: []string{"Delivery at home in mainland France costs " + value + " for each order.", "Parcels leave on the same day."}}
	}
	w.put(price("a", "Delivery", "4.90 €"), price("b", "Your order", "4.90 €"), price("c", "Before you buy", "4.90 €"))
	w.detect()
	if list, err := w.catalog.ValueChanges(w.ctx, catalog.ChangeFilter{}); err != nil || len(list) > 0 {
		t.Fatalf("%+v, %v", list, err)
	}
	w.clock.pass(time.Hour)
	w.put(price("a", "Delivery", "5.90 €"), price("b", "Your order", "€5.90"))
	w.detect()
	list, err := w.catalog.ValueChanges(w.ctx, catalog.ChangeFilter{Base: testBase, From: w.clock.now()})
	w.ok(err)
	if len(list) != 2 {
		t.Fatalf("%d changes: %+v", len(list), list)
	}
	for _, c := range list {
		if c.Type != "money" || c.Old.Value != "4.90 €" || c.Old.Normal == c.New.Normal || c.Source != "site" || !c.At.Equal(w.clock.now()) || c.Fact != list[0].Fact {
			t.Errorf("%+v", c)
		}
		if len(c.Still) != 1 || c.Still[0].Document != w.document(&page{id: "c"}).Key || c.Still[0].Value != "4.90 €" {
			t.Errorf("still: %+v", c.Still)
		}
	}
	// An entry that is looked at twice tells once; another title, or the same value written
	// otherwise, is no change.
	head, err := w.catalog.Head(w.ctx)
	w.ok(err)
	w.ok(w.catalog.SetConsumerMark(w.ctx, Consumer, head-2))
	w.restart()
	w.detect()
	renamed := price("a", "Delivery at home", "EUR 5.90")
	w.put(renamed)
	w.detect()
	list, err = w.catalog.ValueChanges(w.ctx, catalog.ChangeFilter{Types: []string{"money"}, Source: "site"})
	w.ok(err)
	if len(list) != 2 {
		t.Errorf("%d changes: %+v", len(list), list)
	}
	if slices.ContainsFunc(list, func(c catalog.ValueChange) bool { return len(c.Still) != 1 }) {
		t.Errorf("%+v", list)
	}
}
