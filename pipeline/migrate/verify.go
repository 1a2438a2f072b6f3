package migrate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline"
)

// Bounds of verifying. The shares are those of the design: 200 texts, of which 99 %
// find themselves, and golden questions that lose at most 0.01 of MRR@10.
const (
	selfShare    = 0.99
	goldenLoss   = 0.01
	lostShare    = 0.01 // of golden questions that were answered before
	refusedShare = 0.05 // of passages without a vector
)

// A Verdict of a check.
type Verdict string

const (
	// Good: it is as it should be.
	Good Verdict = "good"
	// Doubtful: a person may switch all the same.
	Doubtful Verdict = "doubtful"
	// Wrong: switching would harm.
	Wrong Verdict = "wrong"
)

// A Check is one thing that verifying looked at.
type Check struct {
	Name    string  `json:"name"`
	Verdict Verdict `json:"verdict"`
	Text    string  `json:"text"`
}

// A Verification is what was found of a target before the switch.
type Verification struct {
	At       time.Time `json:"at"`
	Checks   []Check   `json:"checks"`
	Chunks   int       `json:"chunks"`   // open in the catalog
	Points   int       `json:"points"`   // in the target's Store
	Vectors  int       `json:"vectors"`  // points with a dense vector
	Repaired int       `json:"repaired"` // points that had to be mended
	Lexical  *Itself   `json:"lexical,omitempty"`
	Dense    *Itself   `json:"dense,omitempty"`
	Golden   *Compared `json:"golden,omitempty"`
}

// Worst is the gravest verdict.
func (v *Verification) Worst() Verdict {
	worst := Good
	for _, c := range v.Checks {
		if c.Verdict == Wrong || c.Verdict == Doubtful && worst == Good {
			worst = c.Verdict
		}
	}
	return worst
}

// words are the checks that are not good.
func (v *Verification) words() string {
	var list []string
	for _, c := range v.Checks {
		if c.Verdict != Good {
			list = append(list, c.Text)
		}
	}
	return strings.Join(list, "; ")
}

func (v *Verification) say(name string, verdict Verdict, format string, args ...any) {
	v.Checks = append(v.Checks, Check{Name: name, Verdict: verdict, Text: fmt.Sprintf(format, args...)})
}

// verify compares the target with the catalog and with the active one, and lets the
// switch happen or has it wait for a person.
func (m *Machine) verify(ctx context.Context, now catalog.Migration) error {
	t, err := m.target(now.To)
	if err != nil {
		return err
	}
	v, err := m.examine(ctx, t, now.ID)
	if err != nil {
		return err
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode what verifying found: %w", err)
	}
	return m.update(ctx, now, func(c *catalog.Migration) {
		c.Report, c.Progress.Faults = string(text), 0
		switch worst := v.Worst(); {
		case worst == Wrong:
			c.State, c.Reason = catalog.MigrationWaiting, "the new index is not as it should be: "+v.words()+"; look again with `freshet index switch`, or go back with `freshet index rollback`"
		case worst == Doubtful && !c.Force:
			c.State, c.Reason = catalog.MigrationWaiting, "it is doubtful whether the new index is better: "+v.words()+
				"; `freshet index switch --force` takes it all the same, `freshet index rollback` drops it"
		case c.Hold:
			c.State, c.Reason = catalog.MigrationWaiting, "the new index is ready; `freshet index switch` takes it"
		default:
			c.Phase, c.Reason = catalog.PhaseSwitch, ""
		}
	})
}

// examine looks at everything. An error says that something could not be looked at
// now, not that it is wrong.
func (m *Machine) examine(ctx context.Context, t *target, seed int64) (*Verification, error) {
	v := &Verification{At: m.Now()}
	if err := m.awaitVectors(ctx, t); err != nil {
		return nil, err
	}
	if err := m.compare(ctx, t, v); err != nil {
		return nil, err
	}
	if err := m.findThemselves(ctx, t, seed, v); err != nil {
		return nil, err
	}
	return v, m.askGolden(ctx, t, v)
}

// awaitVectorsFor bounds how long verifying waits for texts that came meanwhile.
const awaitVectorsFor = time.Minute

// awaitVectors waits for the vectors of what came while backfill ran.
func (m *Machine) awaitVectors(ctx context.Context, t *target) error {
	if t.embedding == nil {
		return nil
	}
	head, err := m.Catalog.Head(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, awaitVectorsFor)
	defer cancel()
	if err := t.embedding.embeddings.Wait(ctx, head); err != nil {
		return fmt.Errorf("wait for the vectors of passages that came meanwhile: %w", err)
	}
	return nil
}

// compare compares the Store with the catalog, after what differs was mended once.
func (m *Machine) compare(ctx context.Context, t *target, v *Verification) error {
	c, err := t.applier.Reconcile(ctx, false)
	if err == nil && !c.Equal() {
		v.Repaired = c.Missing + c.Foreign + c.Differ
		if _, err = t.applier.Reconcile(ctx, true); err == nil {
			c, err = t.applier.Reconcile(ctx, false)
		}
	}
	if err != nil {
		return fmt.Errorf("compare the new index with the catalog: %w", err)
	}
	v.Chunks, v.Points = c.Chunks, c.Points
	if c.Equal() {
		v.say("stamps", Good, "it holds just the %d passages of the catalog", c.Chunks)
	} else {
		v.say("stamps", Wrong, "of %d passages of the catalog %d are missing in it and %d differ, and %d are foreign", c.Chunks, c.Missing, c.Differ, c.Foreign)
	}
	return m.countVectors(ctx, t, v)
}

func (m *Machine) countVectors(ctx context.Context, t *target, v *Verification) error {
	if t.embedding == nil {
		return nil
	}
	for p, err := range t.store.Stamps(ctx, index.ChunkID{}, pipeline.LastID()) {
		if err != nil {
			return fmt.Errorf("read stamps: %w", err)
		}
		if p.Stamp.Dense {
			v.Vectors++
		}
	}
	verdict := Good
	if float64(v.Points-v.Vectors) > refusedShare*float64(v.Points) {
		verdict = Doubtful
	}
	v.say("vectors", verdict, "%d of %d passages have a dense vector", v.Vectors, v.Points)
	return nil
}

// Golden asks the golden questions of a Serving.
type Golden func(ctx context.Context, s *Serving) (Answers, error)

// Answers to the golden questions, always the same ones in the same order.
type Answers struct {
	List []Answer
	// Degraded says what did not take part, such as "embedder"; "" when all did.
	Degraded string
}

// An Answer to a golden question.
type Answer struct {
	Question string
	Rank     float64  // one over the rank of the first right page among ten; 0: none is
	None     bool     // the service said that it does not know
	Top      []string // the first ten pages
}

// Compared are the golden questions asked of both targets.
type Compared struct {
	Questions int      `json:"questions"`
	Before    float64  `json:"before"`  // MRR@10
	After     float64  `json:"after"`   // MRR@10
	Overlap   float64  `json:"overlap"` // mean share of the first ten pages that are the same
	Lost      []string `json:"lost"`    // answered before and not after; the first few
	LostAll   int      `json:"lost_all"`
}

// mostLost bounds Compared.Lost.
const mostLost = 10

// askGolden asks both targets the golden questions.
func (m *Machine) askGolden(ctx context.Context, t *target, v *Verification) error {
	if m.Golden == nil {
		v.say("questions", Good, "there are no golden questions to ask")
		return nil
	}
	serving := &Serving{Target: t.row, Store: t.store}
	if t.embedding != nil {
		serving.Model = t.embedding.model
	}
	after, err := m.Golden(ctx, serving)
	if err == nil && after.Degraded != "" {
		err = fmt.Errorf("the %s did not take part", after.Degraded)
	}
	if err != nil {
		return fmt.Errorf("ask the new index the golden questions: %w", err)
	}
	before, err := m.Golden(ctx, m.Active())
	if errors.Is(err, index.ErrUnavailable) {
		v.say("questions", Good, "the active index cannot be asked the golden questions, so there is nothing to compare with")
		return nil
	}
	if err != nil {
		return fmt.Errorf("ask the active index the golden questions: %w", err)
	}
	if len(before.List) != len(after.List) {
		return fmt.Errorf("%d golden questions were asked of one index and %d of the other", len(before.List), len(after.List))
	}
	v.Golden = compared(before.List, after.List)
	v.judgeGolden()
	return nil
}

func (v *Verification) judgeGolden() {
	g := v.Golden
	if g.Questions == 0 {
		v.say("questions", Good, "there are no golden questions to ask")
		return
	}
	verdict := Good
	if g.After < g.Before-goldenLoss {
		verdict = Doubtful
	}
	v.say("questions", verdict, "%d golden questions: MRR@10 %.3f before, %.3f with it; %.0f %% of the first ten pages are the same", g.Questions, g.Before, g.After, 100*g.Overlap)
	if float64(g.LostAll) > lostShare*float64(g.Questions) {
		v.say("answers", Doubtful, "%d golden questions that were answered would not be, such as %q", g.LostAll, g.Lost[0])
	}
}

func compared(before, after []Answer) *Compared {
	g := &Compared{Questions: len(after), Lost: []string{}}
	if g.Questions == 0 {
		return g
	}
	for i := range after {
		b, a := &before[i], &after[i]
		g.Before += b.Rank
		g.After += a.Rank
		g.Overlap += overlap(b.Top, a.Top)
		if !b.None && a.None {
			if g.LostAll++; len(g.Lost) < mostLost {
				g.Lost = append(g.Lost, a.Question)
			}
		}
	}
	n := float64(g.Questions)
	g.Before, g.After, g.Overlap = g.Before/n, g.After/n, g.Overlap/n
	return g
}

// overlap is the share of pages that both lists hold; 1 when both are empty.
func overlap(a, b []string) float64 {
	most := max(len(a), len(b))
	if most == 0 {
		return 1
	}
	have := make(map[string]bool, len(a))
	for _, page := range a {
		have[page] = true
	}
	same := 0
	for _, page := range b {
		if have[page] {
			same++
		}
	}
	return float64(same) / float64(most)
}
