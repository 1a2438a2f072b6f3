package stale

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"freshet/index"
)

var now = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func ago(days int) time.Time { return now.AddDate(0, 0, -days) }

// page is a document with nothing wrong about it.
func page(change func(*Facts)) *Facts {
	f := &Facts{Key: "k", Source: "s", Base: "b", Title: "Moyens de paiement", URL: "https://www.example.org/aide/paiement", Locale: "fr", Owner: "a@example.org",
		Modified: ago(30), TextSince: ago(20), Usage: Usage{Known: true, Retrievals: 3}, Sync: Sync{Checked: ago(0), Every: Day},
		Passages: []Passage{{Chunk: index.ChunkID{1}, Kind: index.Prose, Text: "Vous pouvez payer par carte."}}}
	change(f)
	return f
}

func says(text string) func(*Facts) {
	return func(f *Facts) { f.Passages = append(f.Passages, Passage{Chunk: index.ChunkID{2}, Text: text}) }
}

func both(changes ...func(*Facts)) func(*Facts) {
	return func(f *Facts) {
		for _, c := range changes {
			c(f)
		}
	}
}

func TestNothingIsWrong(t *testing.T) {
	v := new(Rules).Judge(page(func(*Facts) {}), now)
	if len(v.Signals) != 0 || v.Score != 0 || v.State != Fresh {
		t.Errorf("%+v", v)
	}
}

func TestSignals(t *testing.T) {
	terms := NewTerms([]string{"Mistral 4G", "Portail Pro", " "})
	old := func(f *Facts) { f.Modified = ago(300) }
	for _, c := range []struct {
		name     string
		change   func(*Facts)
		signal   Name
		code     string // "": the signal is not there
		score    float64
		severity Severity
	}{
		{"gone", func(f *Facts) { f.Gone = &Gone{Since: ago(3), Reason: "gone"} }, SourceGone, "source_gone:gone", 1, High},
		{"gone and held", func(f *Facts) { f.Gone = &Gone{Held: true} }, SourceGone, "source_gone", 1, High},
		{"there", func(*Facts) {}, SourceGone, "", 0, ""},

		{"expired", says("Offre valable jusqu'au 31 mars 2025."), ExpiredText, "expired_text:2025-03-31", 0.9, High},
		{"announced", says("Le salon aura lieu le 12 mars 2025."), ExpiredText, "expired_text:2025-03-12", 0.9, High},
		{"not over", says("Offre valable jusqu'au 31 mars 2027."), ExpiredText, "", 0, ""},
		{"ends today", says("Offre valable jusqu'au 22 novembre 2026."), ExpiredText, "", 0, ""},
		{"a day of grace", says("Offre valable jusqu'au 21 novembre 2026."), ExpiredText, "", 0, ""},
		{"behind the grace", says("Offre valable jusqu'au 20 novembre 2026."), ExpiredText, "expired_text:2026-11-20", 0.9, High},
		{"a month is over at its end", says("Offre valable jusqu'en novembre 2026."), ExpiredText, "", 0, ""},
		{"a month that is over", says("Offre valable jusqu'en octobre 2026."), ExpiredText, "expired_text:2026-10-31", 0.9, High},
		{"a range counts by its end", says("Inscriptions ouvertes du 1er mars 2025 au 31 mars 2027."), ExpiredText, "", 0, ""},
		{"a second reading may be to come", both(func(f *Facts) { f.Locale = "en" }, says("Valid until 11/12/2026.")), ExpiredText, "", 0, ""},
		{"both readings are over", both(func(f *Facts) { f.Locale = "en" }, says("Valid until 09/10/2026.")), ExpiredText, "expired_text:2026-10-09", 0.9, High},
		{"without a year", both(old, says("Offre valable jusqu'au 31 mars.")), ExpiredText, "expired_text:2026-03-31", 0.27, Low},
		{"without a year, after the change", says("Offre valable jusqu'au 31 mars."), ExpiredText, "", 0, ""},
		{"without a year and a change", both(func(f *Facts) { f.Modified, f.TextSince = time.Time{}, time.Time{} }, says("Offre valable jusqu'au 31 mars.")), ExpiredText, "", 0, ""},
		{"in the title", func(f *Facts) { f.Title = "Soldes jusqu'au 4 février 2026" }, ExpiredText, "expired_text:2026-02-04", 0.9, High},
		{"in a heading", func(f *Facts) { f.Passages[0].Heading = []string{"Offre valable jusqu'au 4 février 2026"} }, ExpiredText, "expired_text:2026-02-04", 0.9, High},
		{"below a heading that announces", func(f *Facts) {
			f.Passages = []Passage{{Heading: []string{"Événements à venir"}, Text: "- 12 mars 2026 : atelier"}}
		}, ExpiredText, "expired_text:2026-03-12", 0.72, High},
		{"the passage says what follows", says("Jusqu'au 31 mars 2026 : 19,99 €. À partir du 1er avril 2026 : 24,99 €."), ExpiredText, "expired_text:2026-03-31", 0.27, Low},
		{"code", func(f *Facts) {
			f.Passages = []Passage{{Kind: index.Code, Text: "// valable jusqu'au 31 mars 2025"}}
		}, ExpiredText, "", 0, ""},
		{"news", both(func(f *Facts) { f.Class = "news" }, says("L'offre est valable jusqu'au 31 mars 2025.")), ExpiredText, "expired_text:2025-03-31", 0.45, High},
		{"a law", says("La loi du 6 janvier 1978 protège les données."), ExpiredText, "", 0, ""},
		{"confirmed since", both(func(f *Facts) { f.Reviewed, f.ConfirmedUntil = ago(10), ago(-90) }, says("Offre valable jusqu'au 31 mars 2026.")), ExpiredText, "", 0, ""},
		{"over since the confirmation", both(func(f *Facts) { f.TextSince, f.Reviewed, f.ConfirmedUntil = ago(30), ago(15), ago(-90) }, says("Offre valable jusqu'au 15 novembre 2026.")), ExpiredText, "expired_text:2026-11-15", 0.9, High},

		{"contradicted by a newer one", func(f *Facts) {
			f.Conflicts = []Conflict{{Finding: "f1", Likely: true, Document: "o", Title: "Tarifs", Modified: now, Value: "4,90 €", OtherValue: "5,90 €"}}
		}, ContradictedByNewer, "contradicted_by_newer:f1", 0.8, High},
		{"the other is the source of truth", func(f *Facts) { f.Conflicts = []Conflict{{Finding: "f1", Likely: true, Authority: true}} }, ContradictedByNewer, "contradicted_by_newer:f1", 0.8, High},
		{"not newer by a month", func(f *Facts) { f.Conflicts = []Conflict{{Finding: "f1", Likely: true, Modified: ago(1)}} }, ContradictedByNewer, "", 0, ""},
		{"only possible", func(f *Facts) { f.Conflicts = []Conflict{{Finding: "f1", Modified: now}} }, ContradictedByNewer, "", 0, ""},

		{"overdue", func(f *Facts) { f.Modified, f.ReviewEvery = ago(100), 50*Day }, OverdueReview, "overdue_review:50d", 0.6, Medium},
		{"just overdue", func(f *Facts) { f.Modified, f.ReviewEvery = ago(100), 100*Day-time.Hour }, OverdueReview, "overdue_review:0d", 0.18, Medium},
		{"due", func(f *Facts) { f.Modified, f.ReviewEvery = ago(100), 100*Day }, OverdueReview, "", 0, ""},
		{"reviewed since", func(f *Facts) {
			f.Modified, f.TextSince, f.Reviewed, f.ReviewEvery = ago(400), ago(300), ago(10), 50*Day
		}, OverdueReview, "", 0, ""},
		{"changed after the review", func(f *Facts) { f.Modified, f.TextSince, f.Reviewed, f.ReviewEvery = ago(400), ago(5), ago(10), 50*Day }, OverdueReview, "overdue_review:350d", 0.6, Medium},
		{"confirmed", func(f *Facts) { f.Modified, f.ReviewEvery, f.ConfirmedUntil = ago(100), 50*Day, ago(-1) }, OverdueReview, "", 0, ""},
		{"a crawl is no change", func(f *Facts) {
			f.Modified, f.TextSince, f.Sync.Checked, f.ReviewEvery = time.Time{}, ago(100), now, 50*Day
		}, OverdueReview, "overdue_review:50d", 0.6, Medium},
		{"no date at all", func(f *Facts) { f.Modified, f.TextSince, f.ReviewEvery = time.Time{}, time.Time{}, 50*Day }, OverdueReview, "", 0, ""},
		{"changed tomorrow", func(f *Facts) { f.Modified, f.TextSince, f.ReviewEvery = ago(-1), ago(100), 50*Day }, OverdueReview, "overdue_review:50d", 0.6, Medium},
		{"news are not reviewed", func(f *Facts) { f.Modified, f.Class = ago(4000), "News" }, OverdueReview, "", 0, ""},

		{"dated title", func(f *Facts) { f.Title = "Tarifs 2024" }, DatedTitle, "dated_title:2024", 0.5, Medium},
		{"this year", func(f *Facts) { f.Title = "Tarifs 2026" }, DatedTitle, "", 0, ""},
		{"a school year", func(f *Facts) { f.Title = "Rentrée 2025-2026" }, DatedTitle, "", 0, ""},
		{"a school year gone by", func(f *Facts) { f.Title = "Rentrée 2024/25" }, DatedTitle, "dated_title:2025", 0.5, Medium},
		{"two years, one of them now", func(f *Facts) { f.Title = "De 2019 à 2026" }, DatedTitle, "", 0, ""},
		{"a report", func(f *Facts) { f.Title = "Rapport annuel 2023" }, DatedTitle, "", 0, ""},
		{"a law", func(f *Facts) { f.Title = "La loi du 6 janvier 2018" }, DatedTitle, "", 0, ""},
		{"a product", func(f *Facts) { f.Title = "Installer Office 2019" }, DatedTitle, "", 0, ""},
		{"long ago", func(f *Facts) { f.Title = "La crue de 1910" }, DatedTitle, "", 0, ""},
		{"an archive", func(f *Facts) { f.Title = "Archive : tarifs mobiles 2024" }, DatedTitle, "", 0, ""},
		{"a number", func(f *Facts) { f.Title = "2024 questions" }, DatedTitle, "", 0, ""},
		{"dated heading", func(f *Facts) { f.Passages[0].Heading = []string{"Nos offres", "Été 2025"} }, DatedTitle, "dated_title:2025", 0.3, Medium},

		{"as of long ago", says("Prix au 1er janvier 2024."), OldAsOf, "old_asof:2024-01-01", 0.5, Medium},
		{"as of lately", says("Prix au 1er janvier 2026."), OldAsOf, "", 0, ""},
		{"as of, by a shorter interval", both(func(f *Facts) { f.ReviewEvery = 90 * Day }, says("Prix au 1er janvier 2026.")), OldAsOf, "old_asof:2026-01-01", 0.5, Medium},
		{"as of, in news", both(func(f *Facts) { f.Class = "news" }, says("Prix au 1er janvier 2024.")), OldAsOf, "", 0, ""},

		{"a broken link", func(f *Facts) { f.Links = Links{10, []BrokenLink{{URL: "https://x.example/", Status: 404}}} }, BrokenLinks, "broken_links:1", 0.3, Medium},
		{"most links broken", func(f *Facts) {
			f.Links = Links{3, []BrokenLink{{URL: "https://x.example/"}, {URL: "https://y.example/"}}}
		}, BrokenLinks, "broken_links:2", 0.6, Medium},
		{"links that work", func(f *Facts) { f.Links = Links{Checked: 3} }, BrokenLinks, "", 0, ""},

		{"a retired term", says("Avec le MISTRAL 4g, tout va vite."), RetiredTerm, "retired_term:MISTRAL 4g", 0.6, Medium},
		{"said to be retired", says("Le Mistral 4G est remplacé par le Mistral 5G."), RetiredTerm, "", 0, ""},
		{"another sentence", says("Le Mistral 4G est rapide. Il a remplacé le reste."), RetiredTerm, "retired_term:Mistral 4G", 0.6, Medium},
		{"part of a word", says("Le Portail Proche."), RetiredTerm, "", 0, ""},

		{"not synced", func(f *Facts) { f.Sync.Checked = ago(4) }, NotSynced, "not_synced:s", 0, Operational},
		{"a little late", func(f *Facts) { f.Sync.Checked = ago(3) }, NotSynced, "", 0, ""},
		{"paused", func(f *Facts) { f.Sync.Checked, f.Sync.Paused = ago(40), true }, NotSynced, "", 0, ""},
		{"only when asked for", func(f *Facts) { f.Sync = Sync{Checked: ago(400)} }, NotSynced, "", 0, ""},

		{"no vectors", func(f *Facts) { f.Embedding.Missing = 2 }, OldEmbedding, "old_embedding:2", 0, Operational},

		{"unused", func(f *Facts) { f.Modified, f.Usage.Retrievals = ago(200), 0 }, Unused, "unused", 0.2, Low},
		{"unused and young", func(f *Facts) { f.Modified, f.Usage.Retrievals = ago(170), 0 }, Unused, "", 0, ""},
		{"a young ledger", func(f *Facts) { f.Modified, f.Usage = ago(200), Usage{} }, Unused, "", 0, ""},

		{"bad ratings", func(f *Facts) { f.Usage = Usage{Known: true, Retrievals: 9, Answers: 9, Rated: 5, Bad: 2} }, NegativeUse, "negative_use:2/5", 0.5, Medium},
		{"few ratings", func(f *Facts) { f.Usage = Usage{Known: true, Retrievals: 9, Answers: 9, Rated: 2, Bad: 2} }, NegativeUse, "negative_use:2/2", 0.2, Medium},
		{"few answers", func(f *Facts) { f.Usage = Usage{Known: true, Retrievals: 4, Answers: 4, Rated: 4, Bad: 4} }, NegativeUse, "", 0, ""},
		{"mostly good ratings", func(f *Facts) { f.Usage = Usage{Known: true, Retrievals: 9, Answers: 9, Rated: 8, Bad: 3} }, NegativeUse, "", 0, ""},

		{"no owner", func(f *Facts) { f.Owner = "" }, NoOwner, "no_owner", 0, Governance},
		{"an owner who left", func(f *Facts) { f.OwnerDisabled = true }, NoOwner, "no_owner:disabled", 0, Governance},

		{"soon, long ago", both(func(f *Facts) { f.Modified, f.ReviewEvery = ago(400), 1000*Day }, says("L'application arrive bientôt.")), RelativeWords, "relative_words", 0.3, Low},
		{"our new, long ago", both(func(f *Facts) { f.Modified, f.ReviewEvery = ago(400), 1000*Day }, says("Try our new app.")), RelativeWords, "relative_words", 0.15, Low},
		{"a new password", both(func(f *Facts) { f.Modified, f.ReviewEvery = ago(400), 1000*Day }, says("Choisissez un nouveau mot de passe, puis de nouveau.")), RelativeWords, "", 0, ""},
		{"soon, lately", says("L'application arrive bientôt."), RelativeWords, "", 0, ""},
	} {
		t.Run(string(c.signal)+"/"+c.name, func(t *testing.T) {
			v := (&Rules{Terms: terms}).Judge(page(c.change), now)
			s := v.Signal(c.signal)
			if c.code == "" {
				if s != nil {
					t.Fatalf("it was seen: %+v", s)
				}
				return
			}
			if s == nil {
				t.Fatalf("it was not seen among %+v", v.Signals)
			}
			if s.Code != c.code || s.Severity != c.severity {
				t.Errorf("%s, %s; want %s, %s", s.Code, s.Severity, c.code, c.severity)
			}
			if got := s.Weight * s.Strength; math.Abs(got-c.score) > 0.002 {
				t.Errorf("it takes %.3f, want %.3f", got, c.score)
			}
			for _, language := range []string{"fr", "en"} {
				if w := s.Words[language]; w == "" || strings.Contains(w, "%!") || strings.Contains(w, "{") {
					t.Errorf("in words (%s): %q", language, w)
				}
			}
		})
	}
}

func TestCombination(t *testing.T) {
	for _, c := range []struct {
		change func(*Facts)
		score  float64
		state  State
		codes  string
	}{
		{func(f *Facts) { f.Title = "Tarifs 2024" }, 0.5, Watch, "[dated_title:2024]"},
		{both(func(f *Facts) { f.Title = "Tarifs 2024" }, says("Prix au 1er janvier 2024.")), 0.75, Stale, "[old_asof:2024-01-01 dated_title:2024]"},
		{func(f *Facts) {
			f.Owner, f.Modified, f.ReviewEvery, f.Usage.Retrievals = "", ago(200), 100*Day, 0
		}, 0.68, Stale, "[overdue_review:100d unused]"},
		{func(f *Facts) { f.Modified, f.ReviewEvery = ago(200), 100*Day }, 0.6, Stale, "[overdue_review:100d]"},
		{func(f *Facts) { f.Owner = "" }, 0, Fresh, "[]"},
		{both(func(f *Facts) { f.Gone = &Gone{} }, says("Offre valable jusqu'au 31 mars 2025.")), 1, Stale, "[source_gone expired_text:2025-03-31]"},
	} {
		v := new(Rules).Judge(page(c.change), now)
		if math.Abs(v.Score-c.score) > 0.0005 || v.State != c.state || fmt.Sprint(v.Codes()) != c.codes {
			t.Errorf("%.3f %s %v, want %.3f %s %s", v.Score, v.State, v.Codes(), c.score, c.state, c.codes)
		}
	}
	if got := new(Rules).Judge(page(func(f *Facts) { f.Owner = "" }), now); got.Severity() != Low {
		t.Errorf("governance alone is %s", got.Severity())
	}
	if v := new(Rules).Judge(page(func(f *Facts) { f.Modified, f.ReviewEvery, f.Usage.Retrievals = ago(200), 100*Day, 0 }), now); !strings.Contains(v.Signal(Unused).Words["fr"], "archiver") {
		t.Errorf("unused and overdue: %s", v.Signal(Unused).Words["fr"])
	}
}

func TestTheDayIsThatOfTheZone(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Skip("this machine has no time zones:", err)
	}
	f := page(says("Offre valable jusqu'au 20 novembre 2026."))
	late := time.Date(2026, 11, 21, 23, 30, 0, 0, time.UTC) // the 22nd in Paris
	if v := new(Rules).Judge(f, late); v.Signal(ExpiredText) != nil {
		t.Error("in UTC it has a day of grace")
	}
	f.Zone = paris
	if v := new(Rules).Judge(f, late); v.Signal(ExpiredText) == nil {
		t.Error("in Paris it is over")
	}
}

func TestEvidenceLeadsToTheSentence(t *testing.T) {
	text := "Bonjour. Offre valable jusqu’au 31 mars 2025 !\nMerci."
	v := new(Rules).Judge(page(says(text)), now)
	e := v.Signal(ExpiredText).Evidence[0]
	if e.Chunk != (index.ChunkID{2}) || text[e.Start:e.End] != "31 mars 2025" || e.Value != "31 mars 2025" || text[e.From:e.To] != e.Sentence || e.Sentence != "Offre valable jusqu’au 31 mars 2025 !" {
		t.Errorf("%+v", e)
	}
}

func TestIntervals(t *testing.T) {
	r := Review{Paths: []PathRule{{Path: "/tarifs/**", Every: 30 * Day}, {Base: "other", Path: "/**", Every: Day}, {Path: "/legal/*", Every: 0}}, Classes: map[Class]time.Duration{FAQ: 20 * Day}}
	for _, c := range []struct {
		change func(*Facts)
		every  time.Duration
		origin Origin
	}{
		{func(f *Facts) { f.ReviewEvery, f.URL, f.SourceReviewEvery = 7*Day, "https://e.org/tarifs/fibre", 9*Day }, 7 * Day, OfDocument},
		{func(f *Facts) { f.URL, f.SourceReviewEvery = "https://e.org/tarifs/fibre/pro", 9*Day }, 30 * Day, OfPath},
		{func(f *Facts) { f.URL = "https://e.org/tarifs" }, 30 * Day, OfPath},
		{func(f *Facts) { f.URL = "https://e.org/legal/cgv" }, 0, OfPath},
		{func(f *Facts) { f.Base, f.URL = "other", "https://e.org/x" }, Day, OfPath},
		{func(f *Facts) { f.SourceReviewEvery = 9 * Day }, 9 * Day, OfSource},
		{func(f *Facts) { f.SourceReviewEvery, f.Class = 9*Day, "News" }, 0, OfClass},
		{func(f *Facts) { f.Class = "pricing" }, 90 * Day, OfClass},
		{func(f *Facts) { f.Class = "Policy" }, 180 * Day, OfClass},
		{func(f *Facts) { f.Class = "legal" }, 180 * Day, OfClass},
		{func(f *Facts) { f.Class = "how-to" }, 365 * Day, OfClass},
		{func(f *Facts) { f.Class = "FAQ" }, 20 * Day, OfClass},
		{func(f *Facts) { f.Class = "changelog" }, 0, OfClass},
		{func(f *Facts) { f.URL = "https://e.org/en/price-list/x" }, 90 * Day, OfClass},
		{func(f *Facts) { f.URL = "https://e.org/blog/x" }, 0, OfClass},
		{func(f *Facts) { f.Title = "Conditions générales de vente" }, 180 * Day, OfClass},
		{func(f *Facts) { f.Path = []string{"Accueil", "Actualités"} }, 0, OfClass},
		{func(*Facts) {}, 365 * Day, OfClass},
		{func(f *Facts) { f.Class = "recipe"; f.URL = "https://e.org/blog/x" }, 365 * Day, OfClass},
	} {
		f := page(c.change)
		if every, origin := r.Interval(f); every != c.every || origin != c.origin {
			t.Errorf("%s %q %q: %s of the %s, want %s of the %s", f.URL, f.Class, f.Title, every, origin, c.every, c.origin)
		}
	}
}
