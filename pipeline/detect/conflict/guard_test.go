package conflict

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"freshet/index"
	"freshet/pipeline/detect/claims"
)

// A page is a passage of a test with what is known of it.
type page struct {
	Document
	kind    index.ChunkKind
	heading []string
	text    string
}

func (p page) side(c *Comparer, key string) *Side {
	d := p.Document
	d.Key = cmp.Or(d.Key, key)
	d.Locale = cmp.Or(d.Locale, "en")
	kind := cmp.Or(p.kind, index.Prose)
	chunk := &index.Chunk{ID: index.NewChunkID(d.Key, p.heading, p.text, 0), Document: d.Key, Kind: kind, Title: d.Title, Heading: p.heading, Text: p.text, Locale: d.Locale}
	return c.Side(chunk, &d, claims.Read(claims.Passage{Text: p.text, Kind: kind, Title: d.Title, Heading: p.heading, Locale: d.Locale}))
}

func text(s string) page { return page{text: s} }

// likely returns the surest pair if it is likely.
func likely(c *Comparer, a, b page) (Pair, bool) {
	for _, p := range c.Compare(a.side(c, "a"), b.side(c, "b")) {
		if p.Tier == Likely {
			return p, true
		}
	}
	return Pair{}, false
}

// today is 22 November 2026.
const today = 20_779

func TestGuards(t *testing.T) {
	refund := text("The deposit for the equipment is refunded within 14 days after the contract ends.")
	other := text("The deposit for the equipment is refunded within 30 days after the contract ends.")
	with := func(p page, change func(*page)) page {
		change(&p)
		return p
	}
	facet := func(name string, values ...string) func(*page) {
		return func(p *page) { p.Facets = map[string][]string{name: values} }
	}
	common := index.Hash{}
	if s := other.side(New(Context{}), "b"); len(s.Scan.Sentences) == 1 {
		common = s.Scan.Sentences[0].Hash
	}
	for _, x := range []struct {
		name string
		a, b page
		want bool // a likely pair
	}{
		{"G1 hit: languages that are no translations", refund, with(other, func(p *page) { p.Locale = "fr" }), false},
		{"G1 miss: one language", refund, other, true},
		{"G1 miss: two regions of one language", refund, with(other, func(p *page) { p.Locale = "en-GB" }), true},
		{"G2 hit: other plan", with(refund, facet("plan", "Solo")), with(other, facet("plan", "Pro")), false},
		{"G2 miss: a plan in common", with(refund, facet("plan", "Solo", "Pro")), with(other, facet("plan", "pro")), true},
		{"G2 miss: another facet says nothing of scope", with(refund, facet("editor", "x")), with(other, facet("editor", "y")), true},
		{"G3 hit: other towns", text("The shop in Leeds refunds deposits for equipment within 14 days."), text("The shop in York refunds deposits for equipment within 30 days."), false},
		{"G3 miss: one town", text("The shop in Leeds refunds deposits for equipment within 14 days."), text("The shop in Leeds refunds deposits for equipment within 30 days."), true},
		{"G3 hit: others of a contrast set", text("A ticket for adults costs €12 at the desk."), text("A ticket for children costs €7 at the desk."), false},
		{"G3 hit: other label", page{Document: Document{Locale: "fr"}, text: "Remboursement de la caution : sous 14 jours"}, page{Document: Document{Locale: "fr"}, text: "Envoi du catalogue imprimé : sous 30 jours"}, false},
		{"G4 hit: other years", text("In 2024 the membership of the club costs €40 for the season."), text("In 2025 the membership of the club costs €45 for the season."), false},
		{"G4 miss: the same year", text("In 2025 the membership of the club costs €40 for the season."), text("In 2025 the membership of the club costs €45 for the season."), true},
		{"G4 hit: it holds from a later day", text("The membership of the club costs €40 for the season."), text("From 1 March 2027 the membership of the club costs €45 for the season."), false},
		{"G5 hit: other conditions", text("If the parcel is damaged, the deposit for the equipment is refunded within 14 days."), text("If the technician is late, the deposit for the equipment is refunded within 30 days."), false},
		{"G5 miss: one condition", text("If the parcel is damaged, the deposit for the equipment is refunded within 14 days."), text("If the parcel is damaged, the deposit for the equipment is refunded within 30 days."), true},
		{"G6 hit: the other has the value too", text("Delivery of spare parts for the machine takes 3 days in town."), text("Outside town delivery of parts takes 5 days. Spare parts for the machine reach the town in 3 days."), false},
		{"G7 hit: other rows", page{kind: index.Table, text: "Room | Price\nBlue room with a view | €80\n"}, page{kind: index.Table, text: "Room | Price\nGarden cabin at the lake | €120\n"}, false},
		{"G7 miss: one row", page{kind: index.Table, text: "Room | Price\nBlue room with a view | €80\n"}, page{kind: index.Table, text: "Room | Price\nBlue room with a view | €120\n"}, true},
		{"G9 hit: code", refund, with(other, func(p *page) { p.kind = index.Code }), false},
		{"G9 hit: an example", refund, text("For example, the deposit for the equipment is refunded within 30 days after the contract ends."), false},
		{"G9 hit: archived", refund, with(other, func(p *page) { p.Archived = true }), false},
		{"G9 hit: a changelog", refund, with(other, func(p *page) { p.Class = "changelog" }), false},
		{"G9 hit: news that are much older", with(refund, func(p *page) { p.Modified = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }), with(other, func(p *page) { p.Class, p.Modified = "news", time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC) }), false},
		{"G9 miss: news of the day", with(refund, func(p *page) { p.Modified = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }), with(other, func(p *page) { p.Class, p.Modified = "news", time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC) }), true},
		{"G11 hit: formerly", refund, text("Previously the deposit for the equipment was refunded within 30 days after the contract ends."), false},
		{"a question states nothing", refund, text("Is the deposit for the equipment refunded within 30 days after the contract ends?"), false},
		{"hours of two numbers", text("Customer service answers on 01 99 00 40 10 from 9am to 5pm."), text("Customer service answers on 01 99 00 40 50 from 8am to 9pm."), false},
		{"tax explains it", text("The yearly inspection costs €100 excluding VAT."), text("The yearly inspection costs €120 including VAT."), false},
		{"the same in other words", text("The deposit for the equipment is refunded within 2 weeks after the contract ends."), refund, false},
		{"a bound and a value within it", text("Refunds for the equipment take up to 30 days after the contract ends."), text("Refunds for the equipment take 14 days after the contract ends."), false},
	} {
		c := New(Context{Today: today})
		if _, got := likely(c, x.a, x.b); got != x.want {
			t.Errorf("%s: likely is %v, want %v: %+v", x.name, got, x.want, c.Compare(x.a.side(c, "a"), x.b.side(c, "b")))
		}
	}
	t.Run("G10", func(t *testing.T) {
		c := New(Context{Boilerplate: func(h index.Hash) bool { return h == common }})
		if p, got := likely(c, refund, other); got {
			t.Errorf("boilerplate contradicts: %+v", p)
		}
	})
}

func TestTemplateFamiliesAreLearnt(t *testing.T) {
	c := New(Context{})
	var sides []*Side
	for _, x := range [][2]string{{"Brise", "5"}, {"Alize", "25"}, {"Mistral", "80"}} {
		sides = append(sides, page{Document: Document{Key: x[0], Title: "Forfait " + x[0], Locale: "fr"},
			text: "Le volume de données compris dans le forfait " + x[0] + " est de " + x[1] + " Go chaque mois."}.side(c, x[0]))
	}
	f := c.Learn(sides)
	if !f.apart(&sides[0].sentences[0], &sides[2].sentences[0]) {
		t.Error("Brise and Mistral are not told apart")
	}
	if got := c.With(f).Compare(sides[0], sides[1]); len(got) > 0 {
		t.Errorf("siblings contradict: %+v", got)
	}
	if c.Learn(sides[:2]).apart(&sides[0].sentences[0], &sides[1].sentences[0]) {
		t.Error("two sentences make a family")
	}
}

func TestYesAgainstNo(t *testing.T) {
	c := New(Context{})
	for _, x := range []struct {
		a, b string
		want bool
	}{
		{"Les animaux sont admis dans les chambres.", "Les animaux ne sont pas admis dans les chambres.", true},
		{"Parking at the station is free on Sundays.", "Parking at the station is charged on Sundays.", true},
		{"Gift cards are refundable.", "Gift cards are non-refundable.", true},
		{"Les chèques sont acceptés en magasin.", "Les chèques sont refusés en magasin.", true},
		{"Nous n'acceptons pas les chèques.", "Les chèques sont refusés.", false},
		{"N'hésitez pas à appeler le service client.", "Appelez le service client.", false},
		{"If you have not received your parcel, call the carrier.", "Once you have received your parcel, rate the carrier.", false},
		{"The app does not work without an account.", "You need an account for the app to work.", false},
		{"Les images ne doivent pas être conservées au-delà de 30 jours.", "Les images sont conservées 30 jours.", false},
		{"Une société qui ne paie pas la taxe risque une amende.", "La société risque une amende.", false},
		{"You will not be charged before the trial ends.", "You are charged after the trial ends.", false},
	} {
		a, b := sideOf(c, "a", x.a), sideOf(c, "b", x.b)
		got := slices.ContainsFunc(c.Compare(a, b), func(p Pair) bool { return p.Tier == Likely && p.Type == claims.Bool })
		if got != x.want {
			t.Errorf("%q / %q: %v, want %v", x.a, x.b, got, x.want)
		}
	}
}

func TestWhatNoLongerHoldsIsOutdated(t *testing.T) {
	c := New(Context{Today: today})
	p, ok := likely(c, page{Document: Document{Locale: "fr"}, text: "Les chèques sont acceptés en magasin."}, page{Document: Document{Locale: "fr"}, text: "Depuis le 1er janvier 2026, les chèques ne sont plus acceptés en magasin."})
	if !ok || !p.Outdated || p.Suggest != SideB || p.Rule != ByOutdated || p.Because["fr"] == "" {
		t.Errorf("got %v %+v", ok, p)
	}
}

func TestTheRightSideIsSuggestedWithItsReason(t *testing.T) {
	old := page{Document: Document{Modified: time.Date(2023, 5, 2, 0, 0, 0, 0, time.UTC)}, text: "The deposit for the equipment is refunded within 30 days after the contract ends."}
	late := page{Document: Document{Modified: time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC)}, text: "The deposit for the equipment is refunded within 14 days after the contract ends."}
	p, ok := likely(New(Context{}), old, late)
	if !ok || p.Suggest != SideB || !strings.Contains(p.Because["en"], "3 November 2026") || !strings.Contains(p.Because["fr"], "3 novembre 2026") {
		t.Errorf("the newer side is not suggested: %v %+v", ok, p)
	}
	right := map[string]string{"en": "the contract terms are right about periods"}
	c := New(Context{Authority: func(s *Side, _ claims.Type) (int, map[string]string) {
		if s.Document.Modified.Year() == 2023 {
			return 1, right
		}
		return 0, nil
	}})
	if p, ok := likely(c, old, late); !ok || p.Suggest != SideA || p.Because["en"] != right["en"] {
		t.Errorf("the authority is not suggested: %v %+v", ok, p)
	}
}
