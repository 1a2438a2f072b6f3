package audit

import (
	"cmp"
	"slices"
	"time"

	"freshet/index"
	"freshet/index/catalog"
)

// isVerdict reports whether a line of a finding's history is a decision.
func isVerdict(kind string) bool {
	switch index.Verdict(kind) {
	case index.KeepOne, index.KeepBoth, index.SameTwice, index.Verified, index.FixRequested, index.Snooze, index.NoDoubt, index.ExcludedPage, index.Edited, index.Settled, index.Vanished:
		return true
	}
	return false
}

// A judgement is what was said last of a finding that a rule found.
type judgement struct {
	rule    detectorKey
	verdict index.Verdict
	at      time.Time
}

type detectorKey struct{ kind, rule, kindOfValue string }

func (g *gathering) readActs() error {
	said := map[string]judgement{}
	people := map[string]int{}
	for a, err := range g.v.FindingActs(g.ctx, g.base, time.UnixMilli(0), g.p.asOf) {
		if err != nil {
			return err
		}
		if a.Kind == "reopened" && a.By != "" {
			delete(said, a.Finding) // what was said was taken back
		}
		if !isVerdict(a.Kind) {
			continue
		}
		if a.By != "" {
			said[a.Finding] = judgement{detectorKey{string(a.Of.Kind), a.Of.Rule, a.Of.Type}, index.Verdict(a.Kind), a.At}
		}
		if !a.At.Before(g.p.from) && a.Of.Tier != index.Possible {
			people[a.By]++
			g.decide(&a)
		}
	}
	g.report.Settled.People = people
	g.report.Precision.Detectors = g.detectors(said)
	return g.readMutes()
}

func (g *gathering) decide(a *catalog.FindingAct) {
	owners := g.known(a.Of.Owners)
	g.each(owners, func(f *figures) { f.verdicts[a.Kind]++ })
	d := &Decided{Finding: a.Finding, Kind: string(a.Of.Kind), Title: a.Of.Title, Owners: owners, Verdict: a.Kind, By: a.By, At: a.At, Comment: a.Text}
	if len(a.Of.Members) > 0 {
		d.Page = pageOf(&a.Of.Members[0], "")
	}
	g.decided.add(d, owners)
}

// detectors counts what was said of each rule. The verdicts that confirm a doubt and
// those that refuse it are the ones by which rules mute themselves.
func (g *gathering) detectors(said map[string]judgement) []Detector {
	by := map[detectorKey]*Detector{}
	for _, j := range said {
		d := by[j.rule]
		if d == nil {
			d = &Detector{Kind: j.rule.kind, Rule: j.rule.rule, Type: j.rule.kindOfValue}
			by[j.rule] = d
		}
		d.Ever.add(j.verdict)
		if !j.at.Before(g.p.from) {
			d.Month.add(j.verdict)
		}
	}
	out := []Detector{}
	for _, d := range by {
		if d.Ever != (Judged{}) {
			out = append(out, *d)
		}
	}
	slices.SortFunc(out, func(a, b Detector) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Type, b.Type))
	})
	return out
}

func (j *Judged) add(v index.Verdict) {
	switch v {
	case index.KeepOne, index.SameTwice, index.FixRequested, index.ExcludedPage:
		j.Right++
	case index.KeepBoth:
		j.Scoped++
	case index.NoDoubt:
		j.Wrong++
	}
}

func (g *gathering) readMutes() error {
	for m, err := range g.v.Mutes(g.ctx, g.base, g.p.asOf) {
		if err != nil {
			return err
		}
		g.report.Precision.Muted = append(g.report.Precision.Muted, Muted{Rule: m.Rule, Sources: [2]string{m.SourceA, m.SourceB}, Right: m.Confirmed, Wrong: m.Refused, Since: m.Since})
	}
	return nil
}
