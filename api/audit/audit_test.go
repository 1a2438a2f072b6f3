package audit

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/index/catalog/faultsql"
)

// bytesOf is a report as it is kept.
func bytesOf(t testing.TB, r *Report) []byte {
	t.Helper()
	text, err := json.Marshal(r)
	must(t, err)
	return text
}

func TestAnAuditIsMadeOnceAndKept(t *testing.T) {
	w := newWorld(t, "")
	w.fill()
	first := bytesOf(t, w.october())
	w.at(november.Add(20 * day))
	w.finding(index.Finding{ID: "f_late", Kind: index.Stale, Severity: 1, Found: october(30, 0), Suggested: -1})
	if again := bytesOf(t, w.october()); !bytes.Equal(first, again) {
		t.Error("the second one differs")
	}
}

func TestAMonthThatHasNotEndedIsMadeAnewAndEqualOnADay(t *testing.T) {
	w := newWorld(t, "")
	w.fill()
	w.at(october(20, 9))
	first := bytesOf(t, w.october())
	w.at(october(20, 15))
	if again := bytesOf(t, w.october()); !bytes.Equal(first, again) {
		t.Error("twice on a day differs, although nothing changed")
	}
	w.decide("f_noel", index.NoDoubt, october(20, 16))
	r := w.october()
	if !r.SoFar || r.Expired.Total != 0 || !r.AsOf.Equal(october(21, 0)) {
		t.Errorf("after a decision: so far %v, %d expired, as of %s", r.SoFar, r.Expired.Total, r.AsOf)
	}
	if list, err := w.c.Audits(w.ctx, nil); err != nil || len(list) != 0 {
		t.Errorf("kept %v, %v", list, err)
	}
}

// figuresOf are a report's bytes but for when it was begun.
func figuresOf(t testing.TB, r *Report) []byte {
	t.Helper()
	out := *r
	out.Made = time.Time{}
	return bytesOf(t, &out)
}

// TestAnAuditThatWasStoppedIsTheSame fails at every k-th call of SQL, then lets it be
// made again later: it is, byte for byte, the one that nothing stopped.
func TestAnAuditThatWasStoppedIsTheSame(t *testing.T) {
	driver := faultsql.Register()
	fresh := newWorld(t, driver.Name())
	fresh.fill()
	want := figuresOf(t, fresh.october())
	broken := errors.New("the disk is away")
	w := newWorld(t, driver.Name())
	w.fill()
	stopped := 0
	for k := 1; ; k++ {
		calls := 0
		driver.Set(func() error {
			if calls++; calls == k {
				return broken
			}
			return nil
		})
		r, err := w.maker().Report(w.ctx, "aide", "2026-10")
		driver.Set(nil)
		if err == nil {
			if !bytes.Equal(figuresOf(t, r), want) {
				t.Errorf("after %d failures it differs", stopped)
			}
			break
		}
		stopped++
		if !errors.Is(err, broken) {
			t.Fatalf("call %d: %v", k, err)
		}
		// Between two tries time passes; what happens then is not of October.
		w.at(w.clock().Add(time.Hour))
	}
	if stopped < 10 {
		t.Errorf("only %d calls were failed", stopped)
	}
	if got := figuresOf(t, w.october()); !bytes.Equal(got, want) {
		t.Error("what is kept differs")
	}
}

func TestAnAuditWhoseProcessWasKilledKeepsItsMoment(t *testing.T) {
	w := newWorld(t, "")
	w.fill()
	begun := w.clock()
	_, err := w.c.BeginAudit(w.ctx, "aide", "2026-10") // and the process is gone
	must(t, err)
	w.at(begun.Add(2 * day))
	r := w.october()
	if !r.Made.Equal(begun) || r.Late {
		t.Errorf("made %s, late %v; it was begun %s", r.Made, r.Late, begun)
	}
}

func TestWhatHappenedAfterTheMonthIsNotInIt(t *testing.T) {
	w := newWorld(t, "")
	w.fill()
	w.decide("f_prix", index.KeepOne, november.Add(2*time.Hour))
	w.finding(index.Finding{ID: "f_november", Kind: index.Stale, Severity: 1, Found: november.Add(time.Hour), Suggested: -1, Owners: []string{alice}})
	w.at(november.Add(7 * time.Hour))
	r := w.october()
	if r.Conflicts.Total != 1 || r.Conflicts.Lines[0].State != "open" || r.Summary.Open != 3 || r.Settled.Total != 2 {
		t.Errorf("conflicts %d, open %d, decided %d", r.Conflicts.Total, r.Summary.Open, r.Settled.Total)
	}
}

func TestMonthsBeginInTheirZone(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	must(t, err)
	w := newWorld(t, "")
	w.at(time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC))
	w.source("site", alice, 0)
	w.page("site", "a", "A")
	for id, at := range map[string]time.Time{
		"last of September": time.Date(2026, 9, 30, 21, 59, 59, 0, time.UTC), // 23:59:59 in Paris
		"first of October":  time.Date(2026, 9, 30, 22, 0, 0, 0, time.UTC),
		"last of October":   time.Date(2026, 10, 31, 22, 59, 59, 0, time.UTC), // winter time
		"first of November": time.Date(2026, 10, 31, 23, 0, 0, 0, time.UTC),
	} {
		w.finding(index.Finding{ID: id, Kind: index.Stale, Codes: []string{"expired_text"}, Severity: 0.5, Found: at, Suggested: -1})
		w.ask("q "+id, "question "+id, "none", at)
	}
	w.at(november.Add(day))
	m := w.maker(func(o *Options) { o.Zone = paris })
	r, err := m.Report(w.ctx, "aide", "2026-10")
	must(t, err)
	if r.Summary.Opened != 2 || r.Summary.Before != 1 || r.Summary.Open != 3 || r.Summary.Declined != 2 {
		t.Errorf("opened %d, before %d, open %d, declined %d", r.Summary.Opened, r.Summary.Before, r.Summary.Open, r.Summary.Declined)
	}
	if got := r.To.Sub(r.From); got != 31*day+time.Hour {
		t.Errorf("October has %s in Paris", got)
	}
	utc, err := w.maker().Report(w.ctx, "aide", "2026-09")
	must(t, err)
	if utc.Summary.Opened != 2 {
		t.Errorf("September in UTC has %d", utc.Summary.Opened)
	}
	l, err := newLanguage("fr", "Europe/Paris")
	must(t, err)
	if got := l.lastDay(r.AsOf); got != "31 octobre 2026" {
		t.Errorf("it ends on %s", got)
	}
}

func TestMonthsAroundNow(t *testing.T) {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	must(t, err)
	at := time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC) // 1 January in Tokyo
	if got := LastMonth(at, tokyo) + " " + ThisMonth(at, tokyo) + " " + LastMonth(at, time.UTC); got != "2026-12 2027-01 2026-11" {
		t.Errorf("got %s", got)
	}
	if got := LastMonth(time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC), time.UTC); got != "2026-02" {
		t.Errorf("before March there is %s", got)
	}
	for month, says := range map[string]string{"2027-02": "not begun", "2026-13": "not one such", "": "not one such", "1969-12": "not one such", "2026-1": "not one such", "20261": "not one such"} {
		if _, err := periodOf(month, time.UTC, at); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", month, err)
		}
	}
}

func TestAnEmptyBaseHasAReport(t *testing.T) {
	w := newWorld(t, "")
	w.at(november.Add(time.Hour))
	r := w.october()
	if r.Summary.Pages != 0 || !r.Summary.First || r.Summary.MedianDays != nil || len(r.Trend) != 1 {
		t.Errorf("got %+v", r.Summary)
	}
	for _, l := range Languages() {
		var b bytes.Buffer
		must(t, HTML(&b, r, RenderOptions{Language: l}))
		must(t, Markdown(&b, r, RenderOptions{Language: l}))
		must(t, CSV(&b, r, RenderOptions{Language: l}))
		if strings.Contains(b.String(), "%!") || strings.Contains(b.String(), "<nil>") {
			t.Errorf("%s: a figure is missing", l)
		}
	}
	if _, err := w.maker().Report(w.ctx, "none", "2026-10"); !errors.Is(err, catalog.ErrNotFound) {
		t.Errorf("of a base that is not there: %v", err)
	}
}

func TestTheTrendIsOfTheAuditsBefore(t *testing.T) {
	w := newWorld(t, "")
	w.fill()
	for _, month := range []string{"2026-08", "2026-09"} {
		_, err := w.maker().Report(w.ctx, "aide", month)
		must(t, err)
	}
	r := w.october()
	var months []string
	for _, p := range r.Trend {
		months = append(months, fmt.Sprintf("%s:%d", p.Month, p.Open))
	}
	if got := strings.Join(months, " "); got != "2026-08:0 2026-09:1 2026-10:3" {
		t.Errorf("trend %s", got)
	}
	i := slices.IndexFunc(r.Owners, func(p Person) bool { return p.Owner == bruno })
	if got := len(r.Owners[i].Trend); got < 2 {
		t.Errorf("Bruno has a trend of %d months", got)
	}
	if r.Summary.First {
		t.Error("October is not the first month")
	}
	var b bytes.Buffer
	must(t, HTML(&b, r, RenderOptions{Language: "en"}))
	if !strings.Contains(b.String(), `aria-label="August 2026: 0; September 2026: 1; October 2026: 3"`) || strings.Count(b.String(), "<rect class=\"bar") != 3 {
		t.Error("the trend is not drawn, or not told")
	}
}

func TestALateAuditSaysSo(t *testing.T) {
	w := newWorld(t, "")
	w.fill()
	w.at(november.Add(80 * time.Hour))
	r := w.october()
	var b bytes.Buffer
	must(t, Markdown(&b, r, RenderOptions{Language: "fr"}))
	if !r.Late || !strings.Contains(b.String(), "établi après coup, le 4 novembre 2026") {
		t.Errorf("late is %v: %.400s", r.Late, b.String())
	}
}

// hostile is what others can write into titles, sentences and questions.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</style><svg onload=alert(1)>`, `=HYPERLINK("http://evil","x")`, `@SUM(1+1)*cmd|' /C calc'!A0`, "+1", "-1+1", "\t=1+1",
	`[x](javascript:alert(1))`, "a|b|c", "line\nbreak\r\n# heading", "`code` ``", "{{.Secret}}", "\u202egnp.exe", "\x00\xff\xfe", strings.Repeat("é", 5000), "＝1+1", "www.evil.example <b>",
}

func TestWhatOthersWroteIsOnlyText(t *testing.T) {
	w := newWorld(t, "")
	w.at(time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC))
	w.source("site", hostile[1], day)
	addresses := []string{"javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "https://ok.example.org/\"onmouseover=\"x", "//evil.example", "vbscript:x", " javascript:alert(1)", "https://ok.example.org/a|b>c"}
	for i, text := range hostile {
		address := addresses[i%len(addresses)]
		w.page("site", "id "+text, text, func(d *catalog.Document) {
			d.Details.URI, d.Details.EditURI, d.Details.Modified, d.Details.Owner = address, address, time.Time{}, text
			d.Details.ReviewEvery = day
		})
		m := index.Member{Document: fmt.Sprint("d", i), ExternalID: text, Title: text, URL: address, EditURI: address, Sentence: text + " 5 € " + text, Value: "5 €", Start: len(text) + 1, End: len(text) + 1 + len("5 €"), Normal: text}
		other := m
		other.Normal, other.Document = "other", fmt.Sprint("e", i)
		w.finding(index.Finding{ID: fmt.Sprintf("f%d'; rm -rf /", i), Kind: index.Conflicting, Rule: text, Type: text, Severity: 0.9, Members: []index.Member{m, other}, Title: map[string]string{"en": text},
			Reasons: map[string][]string{"en": {text}}, Because: map[string]string{"fr": text}, Suggested: 0, Owners: []string{text}, Found: october(2, 0)})
		w.ask(fmt.Sprint("q", i), text, "none", october(3, 0))
		w.decideAs(text, i)
	}
	w.at(november.Add(time.Hour))
	r := w.october()
	for _, l := range Languages() {
		o := RenderOptions{Language: l, BaseURL: "javascript:alert(1)//"}
		var page, md, sheet bytes.Buffer
		must(t, HTML(&page, r, o))
		checkHTML(t, page.Bytes())
		must(t, Markdown(&md, r, o))
		for _, bad := range []string{"<script", "<img", "<svg", "](javascript", "](<javascript", "](data:", "](<data:", "](<//", "\n# heading", "](<https://ok.example.org/a|b"} {
			if strings.Contains(strings.ToLower(strings.ReplaceAll(md.String(), `\]`, "")), bad) {
				t.Errorf("%s: Markdown holds %q", l, bad)
			}
		}
		must(t, CSV(&sheet, r, o))
		checkCSV(t, sheet.Bytes())
	}
}

// decideAs has somebody with a strange name dismiss a finding.
func (w *world) decideAs(name string, i int) {
	id := fmt.Sprint("decided", i)
	w.finding(index.Finding{ID: id, Kind: index.Stale, Rule: "stale", Severity: 0.1, Title: map[string]string{"en": name}, Suggested: -1, Found: october(2, 0), Members: []index.Member{{Title: name}}})
	w.at(october(4, 0))
	_, err := w.c.DecideFinding(w.ctx, &catalog.Ruling{Finding: id, Verdict: index.NoDoubt, By: name, Comment: name})
	must(w, err)
}

// checkHTML goes through a page as a browser does: nothing runs, nothing is fetched,
// addresses are of the web, anchors lead somewhere.
func checkHTML(t *testing.T, page []byte) {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	must(t, err)
	ids, anchors := map[string]bool{}, []string{}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if slices.Contains([]string{"script", "img", "iframe", "object", "embed", "form", "link", "base", "audio", "video"}, n.Data) {
			t.Errorf("the page has a %s", n.Data)
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "id":
				if ids[a.Val] {
					t.Errorf("the id %s is there twice", a.Val)
				}
				ids[a.Val] = true
			case strings.HasPrefix(a.Key, "on"), a.Key == "src", a.Key == "style" && n.Data != "figure":
				t.Errorf("%s has %s=%q", n.Data, a.Key, a.Val)
			case a.Key == "href" && strings.HasPrefix(a.Val, "#"):
				anchors = append(anchors, a.Val[1:])
			case a.Key == "href" && safeURL(a.Val) == "":
				t.Errorf("a link leads to %q", a.Val)
			}
		}
	}
	for _, a := range anchors {
		if !ids[a] {
			t.Errorf("a link leads to #%s, which is not there", a)
		}
	}
}

// checkCSV reads a sheet: rows of equal width, no cell that is a formula.
func checkCSV(t *testing.T, sheet []byte) {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(sheet, []byte("\ufeff")))).ReadAll()
	must(t, err)
	if len(rows) < 2 {
		t.Fatal("the sheet is empty")
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r＝＋－＠|%", []rune(cell)[0]) || strings.ContainsAny(cell, "\x00\n\r") {
				t.Errorf("the cell %.60q can be a formula", cell)
			}
		}
	}
}

func TestCommandsAreReadByShellsAsTheyAreMeant(t *testing.T) {
	for word, want := range map[string]string{"f_1": "f_1", "a b": "'a b'", "x'; rm -rf / #": `'x'\''; rm -rf / #'`, "$(id)": "'$(id)'", "-rf": "'-rf'", "": "''"} {
		if got := shell(word); got != want {
			t.Errorf("%q is written %s, want %s", word, got, want)
		}
	}
	if got := documentName(&Page{ID: "--help", Document: "abc"}); got != "abc" {
		t.Errorf("a document called --help is named %s", got)
	}
}

func TestNumbersDatesAndPluralsOfBothLanguages(t *testing.T) {
	fr, err := newLanguage("fr", "Europe/Paris")
	must(t, err)
	en, err := newLanguage("en", "nowhere/at-all")
	must(t, err)
	if _, err := newLanguage("de", "UTC"); err == nil {
		t.Error("German is written")
	}
	at := time.Date(2026, 7, 31, 22, 30, 0, 0, time.UTC)
	for got, want := range map[string]string{
		fr.number(1234567): "1\u202f234\u202f567", en.number(1234567): "1,234,567", fr.number(-1234): "−1\u202f234", en.number(0): "0", en.number(-12): "−12", en.signed(3): "+3", fr.signed(0): "0",
		fr.some(0, "pages", "pages_n"): "0 page", en.some(0, "pages", "pages_n"): "0 pages", fr.some(1, "pages", "pages_n"): "1 page", en.some(1, "pages", "pages_n"): "1 page",
		fr.some(2, "pages", "pages_n"): "2 pages", fr.decimal(2.5): "2,5", en.decimal(2.5): "2.5", en.decimal(3): "3",
		fr.percent(0.996): "99\u202f%", en.percent(1): "100%", en.percent(0.001): "1%", en.percent(0): "0%",
		fr.date(at): "1er août 2026", en.date(at): "31 July 2026", fr.date(time.Time{}): "", fr.month("2026-02"): "février 2026", en.month("2026-02"): "February 2026", en.month("x"): "x",
		fr.text(map[string]string{"en": "x"}): "x", fr.quote("a"): "«\u00a0a\u00a0»",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for key, p := range phrases() {
		if p[0] == "" || p[1] == "" || strings.Count(p[0], "%s") != strings.Count(p[1], "%s") {
			t.Errorf("the phrase %s is not whole in both languages: %q, %q", key, p[0], p[1])
		}
	}
}

func TestReportsAreWrittenInTheOwnersLanguage(t *testing.T) {
	w := newWorld(t, "")
	must(t, w.c.PutBase(w.ctx, catalog.Base{ID: "german", Languages: []string{"de", "fr-CA"}}))
	must(t, w.c.PutBase(w.ctx, catalog.Base{ID: "none"}))
	m := w.maker(func(o *Options) { o.Languages = map[string]string{alice: "en", "": "xx"} })
	all := w.maker(func(o *Options) { o.Languages = map[string]string{alice: "en", "*": "fr"} })
	for _, tt := range []struct {
		m                 *Maker
		base, owner, want string
	}{{m, "aide", alice, "en"}, {m, "aide", bruno, "fr"}, {m, "aide", "", "fr"}, {m, "german", bruno, "fr"}, {m, "none", bruno, "en"}, {all, "none", bruno, "fr"}, {all, "none", alice, "en"}} {
		if got, err := tt.m.Language(w.ctx, tt.base, tt.owner); err != nil || got != tt.want {
			t.Errorf("%s of %s reads %s, %v", tt.owner, tt.base, got, err)
		}
	}
}

func TestQuestionsThatAskTheSameAreOne(t *testing.T) {
	l := &likeness{most: 100, by: map[string][]int{}, same: map[string]int{}}
	for i, text := range []string{"Comment annuler ma commande ?", "comment annuler une commande", "Annulation de commande", "je veux annuler ma commande svp", "Where is my parcel?", "where is the parcel", "?!", "de la le",
		"Quel est le prix de l’abonnement ?", "quels sont les prix des abonnements"} {
		l.add(&catalog.Query{Text: text, State: "none", At: october(i+1, 0)}, &served{})
	}
	var got []string
	for _, g := range l.groups {
		got = append(got, fmt.Sprintf("%s=%d", g.Text, g.Count))
	}
	want := []string{"Comment annuler ma commande ?=4", "Where is my parcel?=2", "de la le=1", "Quel est le prix de l’abonnement ?=2"}
	if !slices.Equal(got, want) || l.total != 9 {
		t.Errorf("%d questions: %q", l.total, got)
	}
}

func TestExcerptsAreCutBetweenCharacters(t *testing.T) {
	long := strings.Repeat("é", 400)
	for name, tt := range map[string]struct {
		sentence, value string
		start           int
	}{
		"short":               {"It costs 5 €.", "5 €", 9},
		"in a long sentence":  {long + "5 €" + long, "5 €", len(long)},
		"at the beginning":    {"5 €" + long, "5 €", 0},
		"at the end":          {long + "5 €", "5 €", len(long)},
		"no value":            {long, "", 0},
		"offsets out of it":   {"short", "", 99},
		"not between letters": {"é", "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			out, start, end := excerpt(tt.sentence, tt.start, tt.start+len(tt.value))
			if tt.value != "" && out[start:end] != tt.value || tt.value == "" && end != 0 {
				t.Errorf("%q: %d to %d", out, start, end)
			}
			if len(out) > 2*excerptAround+40 || strings.ContainsRune(out, '�') {
				t.Errorf("cut to %q", out)
			}
		})
	}
}

func FuzzRenderers(f *testing.F) {
	for _, h := range hostile {
		f.Add(h, h, 0, 3)
	}
	f.Fuzz(func(t *testing.T, title, address string, start, end int) {
		p := Page{Document: title, ID: title, Title: title, URL: address, EditURL: address, Excerpt: title, Start: start, End: end, Value: title}
		l := Line{Kind: title, Finding: title, Title: map[string]string{"fr": title}, Pages: []Page{p}, Reasons: map[string][]string{"en": {title}}, Suggested: start, Links: []Link{{URL: address}},
			Values: []Value{{Text: title}}, Actions: []Action{{Name: title, Command: "freshet " + shell(title)}}}
		r := &Report{Month: "2026-10", Base: title, Top: []Line{l}, Conflicts: Section{1, []Line{l}}, Unanswered: Questions{1, []Question{{Text: title, Nearest: &p}}},
			Settled: Settled{Total: 1, Lines: []Decided{{Title: l.Title, Page: p, Verdict: title, By: title, Comment: title}}}, Changes: Changes{1, []Change{{Old: title, New: title, Page: p, Elsewhere: []Page{p}}}}}
		for _, language := range Languages() {
			o := RenderOptions{Language: language, BaseURL: address}
			var page, md, sheet bytes.Buffer
			must(t, HTML(&page, r, o))
			checkHTML(t, page.Bytes())
			must(t, Markdown(&md, r, o))
			if strings.Contains(strings.ToLower(md.String()), "](<javascript") {
				t.Errorf("a link runs something: %s", md.String())
			}
			must(t, CSV(&sheet, r, o))
			checkCSV(t, sheet.Bytes())
		}
	})
}
