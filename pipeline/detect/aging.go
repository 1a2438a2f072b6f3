package detect

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline/detect/stale"
)

// Documents grow old by themselves: each is judged when it changes, when what others
// say of it does, and once a day.

// Age judges all documents of a base: time has passed.
func (e *Engine) Age(ctx context.Context, base string) error {
	e.running.Lock()
	defer e.running.Unlock()
	return e.ageAll(ctx, base)
}

func (e *Engine) ageAll(ctx context.Context, base string) error {
	e.facts.Forget()
	a := &aging{Engine: e}
	for f, err := range e.facts.All(ctx, base) {
		if err != nil {
			return err
		}
		if err := a.judge(ctx, f); err != nil {
			return err
		}
		if len(a.batch) >= agingPage {
			if err := a.writeAll(ctx); err != nil {
				return err
			}
		}
	}
	return a.writeAll(ctx)
}

// writeAll writes what was found so far; where somebody decided meanwhile, it is found
// again.
func (a *aging) writeAll(ctx context.Context) error {
	keys := sorted(a.judged)
	a.judged = nil
	err := a.write(ctx, 0)
	if errors.Is(err, catalog.ErrDecided) {
		return a.age(ctx, keys, 0)
	}
	return err
}

// agingPage is how many findings are written at once.
const agingPage = 100

// age judges some documents, and moves the mark.
func (e *Engine) age(ctx context.Context, keys []string, mark int64) error {
	a := &aging{Engine: e}
	for n := 1; ; n++ {
		a.batch = nil
		for f, err := range e.facts.Of(ctx, keys) {
			if err != nil {
				return err
			}
			if err := a.judge(ctx, f); err != nil {
				return err
			}
		}
		if err := a.forgotten(ctx, keys); err != nil {
			return err
		}
		err := a.write(ctx, mark)
		if !errors.Is(err, catalog.ErrDecided) || n == tries {
			return err
		}
	}
}

type aging struct {
	*Engine
	batch  []catalog.Detected
	judged map[string]bool
}

func (a *aging) write(ctx context.Context, mark int64) error {
	if len(a.batch) == 0 && mark == 0 {
		return nil
	}
	err := a.Catalog.Detect(ctx, &catalog.Detection{Findings: a.batch, Mark: mark, Consumer: Consumer})
	a.batch = nil
	return err
}

// staleID is the finding of a document.
func staleID(key string) string { return "s" + index.HashTexts("finding/stale", key).String()[:15] }

// forgotten ends what was found of documents that nobody judges any more.
func (a *aging) forgotten(ctx context.Context, keys []string) error {
	for _, key := range keys {
		if a.judged[key] {
			continue
		}
		if err := a.end(ctx, key, false); err != nil {
			return err
		}
	}
	return nil
}

// judge brings a document's finding to what the signals say.
func (a *aging) judge(ctx context.Context, f *stale.Facts) error {
	if a.judged == nil {
		a.judged = make(map[string]bool)
	}
	a.judged[f.Key] = true
	d, err := a.read.document(ctx, f.Key)
	if err != nil {
		return err
	}
	if d == nil {
		return a.end(ctx, f.Key, false)
	}
	v := a.Stale.Judge(f, a.Now())
	if v.Score < stale.WatchScore {
		return a.end(ctx, f.Key, true)
	}
	return a.tell(ctx, d, &v)
}

// standing returns a document's finding with its pair as they are kept; nil without one.
func (a *aging) standing(ctx context.Context, key string) (*catalog.Detected, *catalog.Pair, error) {
	f, err := a.Catalog.Finding(ctx, staleID(key))
	if errors.Is(err, catalog.ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	pairs, err := a.Catalog.PairsOf(ctx, f.ID)
	if err != nil {
		return nil, nil, err
	}
	d := &catalog.Detected{Finding: f, Was: f.State, WasOutcome: f.Outcome, Pairs: pairs}
	if len(pairs) == 0 {
		return d, nil, nil
	}
	return d, &pairs[0], nil
}

// end closes the finding of a document that can be trusted, or is gone.
func (a *aging) end(ctx context.Context, key string, served bool) error {
	d, pair, err := a.standing(ctx, key)
	if err != nil || d == nil || pair == nil {
		return err
	}
	f := &d.Finding
	d.Pairs = nil
	if !d.Was.Live() {
		// What was decided is over as soon as the text is another one.
		if doc, err := a.read.document(ctx, key); err != nil || doc != nil && doc.TextHash == pair.A.Hash {
			return err
		}
		d.Lapse = true
		a.batch = append(a.batch, *d)
		return nil
	}
	f.State, f.Outcome, f.Closed, f.Updated = index.Resolved, index.Edited, a.Now(), a.Now()
	text := "nothing speaks against it any more"
	if !served {
		f.Outcome, text = index.Vanished, "the page is gone"
	}
	d.Events = append(d.Events, catalog.FindingEvent{Finding: f.ID, At: a.Now(), Kind: string(f.Outcome), Text: text})
	a.batch = append(a.batch, *d)
	return nil
}

// tell writes the finding of a document that can no longer be trusted.
func (a *aging) tell(ctx context.Context, doc *document, v *stale.Verdict) error {
	d, pair, err := a.standing(ctx, doc.Key)
	if err != nil {
		return err
	}
	p := a.pair(doc, v)
	never := catalog.PageRuleKey(doc.Key, staleRule)
	if said, err := a.Catalog.DecisionsOn(ctx, []index.Hash{never}); err != nil || said[never].Verdict == index.NoDoubt {
		return err
	}
	if d == nil {
		said, err := a.Catalog.DecisionsOn(ctx, []index.Hash{p.Content})
		if err != nil {
			return err
		}
		if s, there := said[p.Content]; there && (s.Until.IsZero() || s.Until.After(a.Now())) {
			return nil
		}
		d = &catalog.Detected{Finding: index.Finding{ID: staleID(doc.Key), Found: a.Now()}}
		d.Events = append(d.Events, catalog.FindingEvent{Finding: d.Finding.ID, At: a.Now(), Kind: "found"})
	}
	f := &d.Finding
	switch {
	case d.Was == "" || d.Was.Live():
	case pair != nil && pair.Content == p.Content && !a.over(ctx, f):
		return nil // decided, and the text is the same
	default:
		d.Lapse = true
		d.Events = append(d.Events, catalog.FindingEvent{Finding: f.ID, At: a.Now(), Kind: "reopened", Text: "what was decided on has changed"})
		f.Closed, f.Until, f.Due = timeZero, timeZero, timeZero
	}
	if pair != nil {
		p.Found = pair.Found
		if d.Was.Live() && pair.Content == p.Content && same(f, v) {
			return nil
		}
	}
	if d.Was == "" || !d.Was.Live() {
		f.State, f.Outcome = index.Undecided, ""
	}
	if err := a.compose(ctx, f, doc, v); err != nil {
		return err
	}
	p.Tier, p.Finding = f.Tier, f.ID
	p.A, p.B = f.Members[0], f.Members[0]
	d.Pairs, d.Notes = []catalog.Pair{p}, nil
	if f.Tier == index.Likely {
		d.Notes = []catalog.DocumentNote{{Document: doc.Key, Note: index.Note{Kind: index.NoteStale, Finding: f.ID, Text: doc.TextHash, Rule: f.Rule, Reasons: f.Codes, Score: v.Score}}}
	}
	a.batch = append(a.batch, *d)
	return nil
}

// over reports whether what was decided held for a time that has passed.
func (a *aging) over(ctx context.Context, f *index.Finding) bool {
	if f.Outcome == index.Edited || f.Outcome == index.Vanished {
		return true
	}
	said, err := a.Catalog.DecisionsOf(ctx, f.ID)
	if err != nil || len(said) == 0 {
		return false
	}
	last := said[len(said)-1]
	return last.Verdict == index.Verified && !last.Until.IsZero() && last.Until.Before(a.Now())
}

func (a *aging) pair(doc *document, v *stale.Verdict) catalog.Pair {
	m := index.Member{Document: doc.Key, Source: doc.Source, Hash: doc.TextHash}
	return catalog.Pair{ID: index.HashTexts("pair", doc.Base, string(index.Stale), doc.Key), Base: doc.Base, Kind: index.Stale, Rule: staleRule, P: v.Score,
		Content: catalog.ContentKey(staleRule, doc.TextHash, doc.TextHash), A: m, B: m, Found: a.Now().UnixMilli()}
}

// staleRule is the Rule of findings of kind stale.
const staleRule = "stale"

// scoreStep is by how much a score has to move to be told.
const scoreStep = 0.05

// same reports whether a finding says what a verdict does: days that are counted do
// not matter.
func same(f *index.Finding, v *stale.Verdict) bool {
	name := func(code string) string { n, _, _ := strings.Cut(code, ":"); return n }
	return math.Abs(f.P-v.Score) < scoreStep && (f.Tier == index.Likely) == (v.State == stale.Stale) &&
		slices.EqualFunc(f.Codes, v.Codes(), func(a, b string) bool { return name(a) == name(b) })
}

// expiredMembers are the sentences of a page with a date that is over, or the page as a
// whole where it has none.
func expiredMembers(page index.Member, v *stale.Verdict) []index.Member {
	s := v.Signal(stale.ExpiredText)
	if s == nil || s.Severity == stale.Low {
		return []index.Member{page}
	}
	var out []index.Member
	for i := range s.Evidence {
		e := &s.Evidence[i]
		if slices.ContainsFunc(out, func(m index.Member) bool { return m.Sentence == e.Sentence }) {
			continue
		}
		m := page
		m.Chunk, m.Sentence, m.Value, m.Start, m.End = e.Chunk, e.Sentence, e.Value, e.Start-e.From, e.End-e.From
		out = append(out, m)
	}
	return out
}

// compose says a finding in words.
func (a *aging) compose(ctx context.Context, f *index.Finding, doc *document, v *stale.Verdict) error {
	f.Base, f.Kind, f.Rule, f.Type, f.Tier, f.P = doc.Base, index.Stale, staleRule, "", index.Possible, v.Score
	if v.State == stale.Stale {
		f.Tier = index.Likely
	}
	f.Codes, f.Suggested, f.Because, f.Updated = v.Codes(), -1, nil, a.Now()
	m := index.Member{Document: doc.Key, Hash: doc.TextHash}
	who, err := a.describe(ctx, &m)
	if err != nil {
		return err
	}
	f.Members, f.Owners = expiredMembers(m, v), who
	f.Reasons = map[string][]string{}
	for i := range v.Signals {
		if s := &v.Signals[i]; s.Weight > 0 {
			for lang, words := range s.Words {
				f.Reasons[lang] = append(f.Reasons[lang], words)
			}
		}
	}
	f.Title = map[string]string{"en": fmt.Sprintf("Out of date? %s", nameOf(&m)), "fr": fmt.Sprintf("Plus à jour ? %s", nameOf(&m))}
	asked, err := a.asked(ctx, f)
	f.Severity = v.Severity().Value() * f.P * asked
	return err
}
