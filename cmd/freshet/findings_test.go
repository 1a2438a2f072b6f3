package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"freshet/api"
	"freshet/index/catalog"
	"freshet/index/retrieve"
)

const doubtfulConfig = `knowledge_bases:
  - id: help
    languages: [en]
sources:
  - {id: kb, knowledge_base: help, type: records, review_every: 90d, settings: {location: kb.jsonl, id: id, title: title, body: body, url: url}}
doubts:
  due_after: 30d
  owners:
    - {path: "/returns/**", owner: ann, deputy: bob, away_until: 2126-01-31}
  fallback: web
`

const doubtfulPages = `{"id":"returns","title":"Returns","url":"https://example.org/returns","body":"You may return any article within 14 days after its delivery, without giving us a reason. Refunds are paid to the card that was used."}
{"id":"refunds","title":"Refund policy","url":"https://example.org/refunds","body":"You may return any article within 30 days after its delivery, without giving us a reason. Refunds are paid to the card that was used."}
{"id":"hours","title":"Opening hours","url":"https://example.org/hours","body":"The shop in the old town is open from nine to six, from Monday to Saturday."}
`

// doubting is a world whose pages contradict each other, and the ID of that finding.
func doubting(t *testing.T, config string) (*world, string) {
	t.Helper()
	w := newWorld(t)
	w.write(defaultConfig, config)
	w.write("kb.jsonl", doubtfulPages)
	w.ok("sync")
	var page api.FindingPage
	w.ask(&page, "findings", "list", "--kind", "conflict")
	if len(page.Findings) != 1 {
		t.Fatalf("%d findings: %s", len(page.Findings), w.ok("findings", "list", "--all"))
	}
	return w, page.Findings[0].ID
}

// returned are the pages that answer how long articles may be returned.
func (w *world) returned() string {
	w.t.Helper()
	var r retrieve.Response
	w.ask(&r, "search", "within how many days may I return an article", "-k", "3")
	var out []string
	for _, h := range r.Hits {
		if h.Document.ID != "hours" {
			out = append(out, h.Document.ID+strings.Repeat("!", len(h.Conflicts)))
		}
	}
	return strings.Join(out, " ")
}

// side is the name of the member of a document.
func side(f *api.FindingDetails, document string) string {
	for _, x := range f.Members {
		if x.ID == document {
			return x.Name
		}
	}
	return ""
}

func TestDoubtsAreSettledOnTheCommandLine(t *testing.T) {
	for _, serving := range []bool{false, true} {
		t.Run(map[bool]string{false: "alone", true: "beside a server"}[serving], func(t *testing.T) {
			w, id := doubting(t, doubtfulConfig)
			if serving {
				w.serve()
			}
			short := id[:8]
			var f api.FindingDetails
			w.ask(&f, "findings", "show", short)
			keep, drop := side(&f, "refunds"), side(&f, "returns")
			if f.ID != id || keep == "" || drop == "" {
				t.Fatalf("%+v", f)
			}
			for _, want := range []string{"[14 days]", "[30 days]", "https://example.org/returns", "→ bob", "put to bob, web", "freshet findings resolve " + id + " --keep " + keep} {
				if text := w.ok("findings", "show", short); !strings.Contains(text, want) {
					t.Errorf("without %q:\n%s", want, text)
				}
			}
			if text := w.ok("findings", "show", short, "--lang", "fr"); !strings.Contains(text, "Ce que vous pouvez faire") || !strings.Contains(text, "confié à bob, web") {
				t.Errorf("not French:\n%s", text)
			}
			if got := w.returned(); strings.Count(got, "!") != 2 {
				t.Errorf("before: %q", got)
			}
			w.says(exitDone, "settled (kept)", "findings", "resolve", short, "--keep", keep, "--by", "ann", "--comment", "as the law says")
			if got := w.returned(); got != "refunds" {
				t.Errorf("kept: %q", got)
			}
			w.says(exitDone, "as the law says", "findings", "show", id)
			w.says(exitDone, "no doubts", "findings", "list")
			w.says(exitDone, short, "findings", "list", "--state", "closed")
			w.says(exitFailed, "Reopen it first", "findings", "dismiss", id)
			w.says(exitDone, "open", "findings", "reopen", id)
			if got := w.returned(); strings.Count(got, "!") != 2 {
				t.Errorf("taken back: %q", got)
			}
			w.says(exitFailed, "for whom is each one", "findings", "resolve", id, "--keep", "both")
			w.says(exitDone, "both are right", "findings", "resolve", id, "--keep", "both", "--scope", keep+".plan=pro", "--scope", drop+".plan=free,basic")
			if got := w.returned(); strings.Contains(got, "!") || !strings.Contains(got, "refunds") {
				t.Errorf("both: %q", got)
			}
			var r retrieve.Response
			w.ask(&r, "search", "within how many days may I return an article", "--context", "plan=pro")
			if len(r.Hits) == 0 || r.Hits[0].Document.ID != "refunds" {
				t.Errorf("for plan pro: %+v", r.Hits)
			}
			w.ok("findings", "reopen", id)
			w.says(exitDone, "put off", "findings", "snooze", id, "--until", time.Now().AddDate(0, 1, 0).Format(time.DateOnly))
			w.says(exitDone, "being mended, due "+time.Now().UTC().AddDate(0, 0, 30).Format(time.DateOnly), "findings", "acknowledge", id)
			w.ok("findings", "due", id, "none")
			w.says(exitDone, "being mended", "findings", "comment", id, "who", "knows?", "--by", "cleo")
			w.says(exitDone, "who knows?", "findings", "show", id)
			w.says(exitDone, "asked about doubts", "document", "show", "returns")
			w.says(exitDone, id, "document", "show", "refunds")
			w.says(exitDone, "settled (taken out)", "findings", "resolve", id, "--exclude", drop)
			if got := w.returned(); got != "refunds" {
				t.Errorf("excluded: %q", got)
			}
			w.says(exitFailed, "There is no doubt with the ID", "findings", "show", "nothing")
			w.says(exitUsage, "write fr or en", "findings", "list", "--all", "--lang", "de")
		})
	}
}

func TestAPageIsConfirmedUntilItsNextReview(t *testing.T) {
	w, _ := doubting(t, doubtfulConfig)
	until := time.Now().UTC().AddDate(0, 0, 90).Format(time.DateOnly)
	w.says(exitDone, "is confirmed until "+until+" by ann", "document", "confirm", "hours", "--by", "ann")
	w.says(exitDone, until, "document", "show", "hours")
	w.says(exitDone, "is confirmed until 2126-01-31", "document", "confirm", "hours", "--until", "2126-01-31")
	w.says(exitDone, "is not confirmed", "document", "confirm", "hours", "--withdraw")
	w.write(defaultConfig, doubtfulConfig+"  review:\n    - {path: \"/hours\", every: 10d}\n")
	w.says(exitDone, "is confirmed until "+time.Now().UTC().AddDate(0, 0, 10).Format(time.DateOnly), "document", "confirm", "hours")
	w.says(exitFailed, "a date to come", "document", "confirm", "hours", "--until", "2001-01-31")
}

func TestAnAuthorityOfTheConfigurationSettlesWhatASyncFinds(t *testing.T) {
	w := newWorld(t)
	w.write(defaultConfig, doubtfulConfig+"  authorities:\n    - {topic: duration, document: refunds, effect: settles}\n")
	w.write("kb.jsonl", doubtfulPages)
	w.ok("sync")
	if got := w.returned(); got != "refunds" {
		t.Errorf("answered from %q", got)
	}
	w.says(exitDone, "settled by an authority", "findings", "list", "--state", "closed")
}

func TestRulesOnDoubtsFollowTheConfiguration(t *testing.T) {
	w, id := doubting(t, doubtfulConfig)
	w.write(defaultConfig, strings.Replace(doubtfulConfig, "fallback: web", "fallback: cleo", 1))
	w.says(exitDone, "put to bob, cleo", "findings", "show", id)
	c, err := catalog.Open(t.Context(), catalog.Options{Path: filepath.Join(w.data, catalogFile)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	list, err := c.Ownerships(t.Context(), "")
	if err != nil || len(list) != 2 || list[0].Owner != "cleo" || list[1].Deputy != "bob" || list[0].Origin != catalog.OriginFile {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestWhatPagesSayCannotDriveATerminal(t *testing.T) {
	if got := harmless("a\x1b[31mb\u202ec\u009bd"); strings.ContainsAny(got, "\x1b\u202e\u009b") || got != "a [31mb c d" {
		t.Errorf("%q", got)
	}
}
