package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/renameio/v2"

	"freshet/api"
	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline/detect/bench"
	"freshet/pipeline/detect/stale"
	"freshet/pipeline/detect/stale/facts"
)

// benchFlags are the flags of `eval conflicts` that run the bench.
type benchFlags struct {
	half string
	seed uint64
	out  string
	// together puts the pages of all organisations into one knowledge base.
	together bool
}

// benchBase is what the knowledge bases of the bench, and their sources, are called:
// alone where all pages are together, else with the site's name behind it.
const benchBase = "bench"

func (m *Main) evalBench(ctx context.Context, f benchFlags) error {
	set, err := bench.Generate(f.half, f.seed)
	if err != nil {
		return usageError{err}
	}
	found, took, err := m.runBench(ctx, &set, f.together)
	if err != nil {
		return err
	}
	report := bench.Score(set, found)
	if f.out != "" {
		if err := writeBenchLists(f.out, &report); err != nil {
			return err
		}
	}
	if f.half == bench.Held {
		report.Misses, report.Flags = nil, nil
	}
	if m.flags.json {
		return m.printJSON(&report)
	}
	return m.printBench(&set, &report, took)
}

// runBench takes the pages through the whole program, in a directory of its own, on the
// day that they were written for.
//
// Each organisation has its own knowledge base, as in life: that the library and the
// town hall open at other hours is no contradiction, and what would tell them apart in
// one base is nothing that help pages say.
func (m *Main) runBench(ctx context.Context, set *bench.Set, together bool) (found []bench.Found, took time.Duration, err error) {
	dir, err := os.MkdirTemp("", "freshet-bench-")
	if err != nil {
		return nil, 0, fmt.Errorf("the bench needs a temporary directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	then := *m
	began := m.Now()
	then.Now = func() time.Time { return set.Now.Add(9*time.Hour + m.Now().Sub(began)) }
	h, err := then.open(ctx, serviceOptions{dir: filepath.Join(dir, "data")})
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	b := &benchRun{Main: &then, client: within(h.local()), catalog: h.service.catalog, file: filepath.Join(dir, "pages.jsonl")}
	b.expired = map[string][]string{}
	sites, names := benchSites(set, together)
	for _, name := range names {
		if err := errors.Join(b.sync(ctx, name, sites[name]), b.readExpired(ctx, name)); err != nil {
			return nil, 0, err
		}
	}
	found, err = b.findings(ctx)
	return found, m.Now().Sub(began), err
}

// A benchRun is one run of the bench through the program.
type benchRun struct {
	*Main
	*client
	catalog *catalog.Catalog
	file    string
	// expired are the sentences with a date that is over, by the key of their document:
	// the finding of a document that is out of date names none.
	expired map[string][]string
}

// benchSites are the pages by knowledge base, and these in order.
func benchSites(set *bench.Set, together bool) (map[string][]bench.Page, []string) {
	sites := map[string][]bench.Page{}
	for _, p := range set.Pages {
		name := benchBase
		if site, _, _ := strings.Cut(p.ID, "/"); !together {
			name += "-" + site
		}
		sites[name] = append(sites[name], p)
	}
	return sites, slices.Sorted(maps.Keys(sites))
}

// readExpired reads which sentences make a document's text one that has expired.
func (b *benchRun) readExpired(ctx context.Context, base string) error {
	var rules stale.Rules
	for f, err := range facts.New(facts.Options{Catalog: b.catalog, Now: b.Now}).All(ctx, base) {
		if err != nil {
			return fmt.Errorf("read what has expired: %w", err)
		}
		v := rules.Judge(f, b.Now())
		if s := v.Signal(stale.ExpiredText); s != nil {
			for _, e := range s.Evidence {
				b.expired[f.Key] = append(b.expired[f.Key], e.Sentence)
			}
		}
	}
	return nil
}

// sync brings the pages into the base: first one alone and then all, because what a base
// holds from the first is history, of which only the gravest is shown as likely.
func (b *benchRun) sync(ctx context.Context, name string, all []bench.Page) error {
	spec := api.SourceSpec{Base: name, Kind: "records", Owner: "bench@freshet.example", Publish: true, Settings: map[string]any{
		"location": b.file, "id": "id", "title": "title", "body": "body", "body_format": "markdown", "url": "url", "locale": "locale",
		"translation_group": "translation", "class": "class", "modified": "modified", "path": "path", "public": true,
		"facets": map[string]any{"plan": "facets.plan", "product": "facets.product", "region": "facets.region"},
	}}
	for n, pages := range [][]bench.Page{all[:1], all} {
		if err := os.WriteFile(b.file, benchRecords(pages), 0o600); err != nil {
			return fmt.Errorf("write the pages of the bench: %w", err)
		}
		if n == 0 {
			if err := b.do(ctx, http.MethodPut, "/v1/sources/"+name, spec, nil); err != nil {
				return fmt.Errorf("connect the bench: %w", err)
			}
		}
		report, err := b.syncOne(ctx, b.client, name, api.SyncOptions{})
		if err != nil {
			return fmt.Errorf("sync the bench: %w", err)
		}
		if report.Result != catalog.RunDone {
			return fmt.Errorf("sync the bench: %s", whyFailed(&report))
		}
	}
	return nil
}

func benchRecords(pages []bench.Page) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	for _, p := range pages {
		_ = e.Encode(map[string]any{ // strings do not fail
			"id": p.ID, "title": p.Title, "body": p.Body, "url": p.URL, "locale": p.Locale, "translation": p.Translation,
			"class": p.Class, "modified": p.Modified.Format(time.DateOnly), "path": p.Path, "facets": p.Facets,
		})
	}
	return out.Bytes()
}

// findings are what the program found, as the bench counts it.
func (b *benchRun) findings(ctx context.Context) ([]bench.Found, error) {
	var out []bench.Found
	q := catalog.FindingFilter{Limit: 500}
	for {
		list, err := b.catalog.Findings(ctx, q)
		if err != nil {
			return nil, err
		}
		for i := range list {
			f, ok, err := b.found(ctx, &list[i])
			if err != nil {
				return nil, err
			}
			if ok {
				out = append(out, f)
			}
		}
		if len(list) < q.Limit {
			return out, nil
		}
		last := &list[len(list)-1]
		q.AfterSeverity, q.AfterID = last.Severity, last.ID
	}
}

// found is one finding: its members are the sides of its pairs, and it claims these
// pairs. Of a document that is out of date only the sentences with a date that is over
// count.
func (b *benchRun) found(ctx context.Context, f *index.Finding) (bench.Found, bool, error) {
	out := bench.Found{Tier: string(f.Tier), Type: f.Type, Rule: f.Rule, Score: f.P}
	switch {
	case f.Kind == index.Stale:
		out.Kind = bench.Expired
		for i := range f.Members {
			for _, sentence := range b.expired[f.Members[i].Document] {
				out.Members = append(out.Members, bench.FoundMember{Page: f.Members[i].ExternalID, Text: sentence})
			}
		}
		return out, len(out.Members) > 0, nil
	case f.Kind == index.Duplicate:
		out.Kind = bench.Duplicate
	case f.Rule == "polarity":
		out.Kind = bench.YesNo
	case f.Rule == "drift":
		out.Kind = bench.Drift
	case f.Kind == index.Conflicting:
		out.Kind = bench.Conflict
	default:
		return out, false, nil
	}
	pairs, err := b.catalog.PairsOf(ctx, f.ID)
	if err != nil {
		return out, false, err
	}
	pages := map[string]string{}
	for i := range f.Members {
		pages[f.Members[i].Document] = f.Members[i].ExternalID
	}
	for i := range pairs {
		n := len(out.Members)
		pairs[i].A.ExternalID, pairs[i].B.ExternalID = pages[pairs[i].A.Document], pages[pairs[i].B.Document]
		out.Members = append(out.Members, benchMember(&pairs[i].A), benchMember(&pairs[i].B))
		out.Pairs = append(out.Pairs, [2]int{n, n + 1})
	}
	return out, len(pairs) > 0, nil
}

func benchMember(m *index.Member) bench.FoundMember {
	return bench.FoundMember{Page: m.ExternalID, Text: m.Sentence, Value: m.Normal}
}

// benchLine is a line of --out: a plant that was not found, or what was found falsely.
type benchLine struct {
	Miss *bench.Miss `json:"miss,omitempty"`
	Flag *bench.Flag `json:"false,omitempty"`
}

func writeBenchLists(path string, r *bench.Report) error {
	var lines []benchLine
	for i := range r.Misses {
		lines = append(lines, benchLine{Miss: &r.Misses[i]})
	}
	for i := range r.Flags {
		lines = append(lines, benchLine{Flag: &r.Flags[i]})
	}
	return writeJSONLines(path, lines)
}

// writeJSONLines writes one JSON object a line.
func writeJSONLines[T any](path string, lines []T) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	for i := range lines {
		if err := e.Encode(&lines[i]); err != nil {
			return err
		}
	}
	if err := renameio.WriteFile(path, text.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write the lists: %w; look at --out", err)
	}
	return nil
}

func (m *Main) printBench(set *bench.Set, r *bench.Report, lasted time.Duration) error {
	if err := m.say("%s, seed %d: %s, %s planted, %s; %s\n", set.Half, set.Seed, plural(len(set.Pages), "page", "pages"), plural(len(set.Plants)-r.Lookalikes, "doubt", "doubts"),
		plural(r.Lookalikes, "lookalike", "lookalikes"), took(lasted)); err != nil {
		return err
	}
	for _, part := range []struct {
		title string
		rows  []bench.Row
	}{{"likely", r.Rows}, {"likely and possible", r.Wide}, {"by type", r.Types}, {"by level", r.Levels}, {"by type and level", r.Cells}, {"by language", r.Languages}} {
		t := &table{}
		t.row(part.title, "planted", "found", "false", "precision", "", "recall", "", "")
		for _, row := range part.rows {
			asked := ""
			if part.title == "likely" {
				asked = fmt.Sprintf("asked: %.2f and %.2f", float64(row.Want.Precision), float64(row.Want.Recall))
				if !row.Held() {
					asked += ", not reached"
				}
			}
			t.row("  "+row.Name, thousands(row.Planted), thousands(row.Found), thousands(row.False), rateText(row.Precision), withinText(row.PrecisionWithin), rateText(row.Recall), withinText(row.RecallWithin), asked)
		}
		if err := m.say("%s", t.String()); err != nil {
			return err
		}
	}
	if err := m.say("%d findings are right in all that they put side by side, %d are not: precision %s, %s\n", r.Groups.Found, r.Groups.False, rateText(r.Groups.Precision), withinText(r.Groups.PrecisionWithin)); err != nil {
		return err
	}
	t := &table{}
	t.row("lookalikes", "planted", "flagged")
	for _, row := range r.Traps {
		t.row("  "+row.Name, thousands(row.Planted), thousands(row.False))
	}
	if err := m.say("%s", strings.TrimRight(t.String(), "\n")); err != nil {
		return err
	}
	return m.printBenchLists(r)
}

func (m *Main) printBenchLists(r *bench.Report) error {
	for i := range r.Misses {
		x := &r.Misses[i]
		if i == 0 {
			if err := m.say("\nmissed, the worst first"); err != nil {
				return err
			}
		}
		possible := ""
		if x.Possible {
			possible = fmt.Sprintf(", possible with %.2f", x.Score)
		}
		if err := m.say("  %s %s %s %s%s\n    %s: %s\n    %s: %s", x.Plant.ID, x.Plant.Kind, x.Plant.Type, x.Plant.Level, possible, x.Plant.A.Page, x.Plant.A.Quote, x.Plant.B.Page, x.Plant.B.Quote); err != nil {
			return err
		}
	}
	for i := range r.Flags {
		x := &r.Flags[i]
		if i == 0 {
			if err := m.say("\nfalse"); err != nil {
				return err
			}
		}
		like := ""
		if x.Lookalike != nil {
			like = ", a lookalike: " + x.Lookalike.Trap
		}
		if err := m.say("  %s %s, %s, %.2f%s\n    %s: %s\n    %s: %s", strings.Join(x.Rows, " and "), x.Found.Type, x.Found.Rule, x.Found.Score, like, x.A.Page, x.A.Text, x.B.Page, x.B.Text); err != nil {
			return err
		}
	}
	return nil
}

func rateText(r bench.Rate) string {
	if math.IsNaN(float64(r)) {
		return "-"
	}
	return fmt.Sprintf("%.3f", float64(r))
}

func withinText(r [2]bench.Rate) string {
	if math.IsNaN(float64(r[0])) {
		return ""
	}
	return fmt.Sprintf("%.2f to %.2f", float64(r[0]), float64(r[1]))
}
