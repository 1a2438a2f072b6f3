package detect

import (
	"testing"
)

var (
	returns14 = page{id: "returns", title: "Returns", paragraphs: []string{
		"You may return any article within 14 days after delivery, without giving a reason.",
		"Articles have to come back unused and in their original packaging."}}
	returns30 = page{id: "refunds", title: "Refund policy", paragraphs: []string{
		"Refunds are paid to the card that was used.",
		"You may return any article within 30 days after delivery, without giving a reason."}}
	contact = page{id: "contact", title: "Contact", paragraphs: []string{
		"Our shop in the old town is open on every day of the week but Sunday, and the people who work there know all our articles."}}
	contactCopy = page{id: "contact-pdf", source: "files", title: "Contact", paragraphs: []string{
		"Our shop in the old town is open on every day of the week but Sunday, and the people who work there know all our articles."}}
)

func TestAContradictionAndADuplicateAreFound(t *testing.T) {
	w := newWorld(t)
	w.put(returns14, returns30, contact, contactCopy)
	w.detect()
	want := []string{"conflict duration likely: refunds=30 days returns=14 days", "duplicate  likely: contact-pdf= contact="}
	w.want(want...)
	for _, f := range w.all() {
		t.Logf("%+v", f)
	}
}
