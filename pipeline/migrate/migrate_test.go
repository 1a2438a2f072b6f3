package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"freshet/index"
	"freshet/index/catalog"
)

func texts(from, to int) []string {
	var out []string
	for i := from; i < to; i++ {
		out = append(out, page(i))
	}
	return out
}

func TestAnotherModelIsTakenWhileQuestionsAreAnswered(t *testing.T) {
	w := newWorld(t)
	a, b := w.use(newFakeModel("a", 8)), w.use(newFakeModel("b", 12))
	w.start(a.space())
	w.fill(300)
	w.same(300)
	w.halt()
	w.start(b.space())
	w.caughtUp()
	questions := w.asking(texts(0, 40))
	m, err := w.machine.Begin(context.Background(), BeginOptions{})
	must(t, err)
	w.put(map[string]string{"d00100": "An edit made during the migration, number100b.", "new1": "A page made during the migration, numbernew1.", "d00101": ""})
	w.untilPhase(catalog.PhaseSoak)
	if got := w.machine.Active().Target; got.ID != m.To || got.Space != b.space() {
		t.Errorf("active is %+v", got)
	}
	w.same(300)
	w.settle()
	questions.end(t)
	if n, again := b.asked(); n < 300 || n > 302 || again > 0 {
		t.Errorf("%d texts were embedded, %d of them more than once", n, again)
	}
	w.mu.Lock()
	told := slices.Clone(w.told)
	w.mu.Unlock()
	if !slices.Equal(told, []int64{1, 1, 2}) {
		t.Errorf("others were told of %v", told)
	}
	w.until("removal", func(*catalog.Migration) bool {
		list, err := w.catalog.Targets(context.Background())
		return err == nil && list[0].State == catalog.TargetDropped
	})
	for _, name := range []string{"store:1", "embedding:" + a.space().DenseFingerprint()} {
		if mark, err := w.catalog.ConsumerMark(context.Background(), name); err != nil || mark != 0 {
			t.Errorf("%s still holds history back at %d (%v)", name, mark, err)
		}
	}
}

func TestTenThousandDocumentsAreEmbeddedOnceAndGoingBackEmbedsNothing(t *testing.T) {
	if raced {
		t.Skip("counts what is embedded, which the race detector only makes slow")
	}
	const n = 10_000
	w := newWorld(t)
	a, b := w.use(newFakeModel("a", 8)), w.use(newFakeModel("b", 12))
	w.options = func(o *Options) { o.Page = 512 }
	w.embedded = true
	w.start(a.space())
	w.fill(n)
	// Equal texts on several pages are one text for the embedder.
	same := map[string]string{}
	for i := range 100 {
		same[fmt.Sprintf("same%d", i)] = "The same words stand here."
	}
	w.put(same)
	w.same(n + 100)
	distinctA, again := a.asked()
	if again > 0 {
		t.Errorf("%d texts were embedded twice at the beginning", again)
	}
	m := w.migrate(b.space())
	w.same(n + 100)
	distinct, again := b.asked()
	if distinct != distinctA || again != 0 || m.Progress.Texts != distinct {
		t.Errorf("the change embedded %d distinct texts, %d of them more than once; the migration counted %d, there are %d", distinct, again, m.Progress.Texts, distinctA)
	}
	w.settle()
	w.halt()
	w.start(a.space())
	estimate, err := w.machine.Estimate(context.Background())
	if err != nil || estimate.Texts != 0 || estimate.Kept != n+100 {
		t.Errorf("going back is estimated at %+v, %v", estimate, err)
	}
	m = w.migrate(a.space())
	w.same(n + 100)
	if back, again := a.asked(); back != distinctA || again != 0 || m.Progress.Texts != 0 || m.Progress.Kept != n+100 {
		t.Errorf("going back embedded %d texts again; the migration counted %d, kept %d", again, m.Progress.Texts, m.Progress.Kept)
	}
	t.Logf("%d documents, %d distinct texts: embedded %d for the change, %d for the way back", n+100, distinctA, distinct, m.Progress.Texts)
}

func TestAnEmptyCatalogTakesWhatIsWantedAtOnce(t *testing.T) {
	w := newWorld(t)
	a, b := w.use(newFakeModel("a", 8)), w.use(newFakeModel("b", 12))
	w.start(a.space())
	if got := w.machine.Active().Target; got.Space != a.space() {
		t.Errorf("active is %+v", got)
	}
	w.halt()
	w.start(b.space())
	if got := w.machine.Active().Target; got.Space != b.space() {
		t.Errorf("active is %+v", got)
	}
	w.fill(5)
	w.same(5)
}

func TestACatalogThatKnowsOfNoTargetsKeepsItsIndex(t *testing.T) {
	w := newWorld(t)
	a := w.use(newFakeModel("a", 8))
	w.fill(5)
	w.start(a.space())
	got := w.machine.Active().Target
	if got.Store != "embedded" || got.Consumer != "embedded" || got.Space != wordsOnly {
		t.Errorf("active is %+v", got)
	}
	w.same(0)
	s, err := w.machine.Status(context.Background())
	if err != nil || len(s.Differs) != 2 || s.Wanted.Space != a.space() {
		t.Errorf("status %+v, %v", s, err)
	}
	w.migrate(a.space())
	w.same(5)
}

func TestAnotherLexicalEncoderFillsTheIndexAnewFromKeptVectors(t *testing.T) {
	w := newWorld(t)
	a := w.use(newFakeModel("a", 8))
	w.start(a.space())
	w.fill(20)
	w.same(20)
	w.halt()
	must(t, w.catalog.SetSpace(context.Background(), 1, index.Space{Lexical: "lex/0", Provider: "fake", Model: "a", Dimension: 8, Normalised: true}, ""))
	w.start(a.space())
	if got := w.machine.Active().Target; got.ID != 2 || got.Space != a.space() {
		t.Errorf("active is %+v", got)
	}
	w.same(20)
	if n, again := a.asked(); n != 20 || again != 0 {
		t.Errorf("%d texts were embedded, %d again", n, again)
	}
}

func TestRollingBackTakesNoTimeAndLosesNothing(t *testing.T) {
	w := newWorld(t)
	a, b := w.use(newFakeModel("a", 8)), w.use(newFakeModel("b", 12))
	w.start(a.space())
	w.fill(50)
	w.same(50)
	w.migrate(b.space())
	w.put(map[string]string{"d00007": "Edited while both follow, number7b."})
	w.same(50)
	questions := w.asking(texts(10, 20))
	must(t, w.machine.RollBack(context.Background(), "worse"))
	if got := w.machine.Active().Target; got.Space != a.space() {
		t.Errorf("active is %+v", got)
	}
	w.same(50)
	questions.end(t)
	if found, err := w.ask("Edited while both follow, number7b."); !found {
		t.Errorf("what was edited in between is not found: %v", err)
	}
	err := w.machine.RollBack(context.Background(), "again")
	if !errors.Is(err, ErrRefused) {
		t.Errorf("rolling back twice: %v", err)
	}
	m := w.untilState(catalog.MigrationRolledBack)
	if m.Reason != "worse" {
		t.Errorf("%+v", m)
	}
	w.until("removal", func(*catalog.Migration) bool {
		list, err := w.catalog.Targets(context.Background())
		return err == nil && list[1].State == catalog.TargetDropped
	})
}

func TestAMigrationIsRolledBackInTheMidstOfBackfill(t *testing.T) {
	w := newWorld(t)
	a, b := w.use(newFakeModel("a", 8)), w.use(newFakeModel("b", 12))
	b.pause = 20 * time.Millisecond
	w.start(a.space())
	w.fill(1000)
	w.same(1000)
	w.halt()
	w.start(b.space())
	_, err := w.machine.Begin(context.Background(), BeginOptions{})
	must(t, err)
	_, err = w.machine.Begin(context.Background(), BeginOptions{})
	if !errors.Is(err, ErrRefused) {
		t.Errorf("two migrations at once: %v", err)
	}
	w.until("some pages", func(m *catalog.Migration) bool { return m.Progress.Chunks >= 128 })
	s, err := w.machine.Status(context.Background())
	if err != nil || s.Migration == nil || s.Migration.Rate <= 0 || s.Migration.Left <= 0 || s.Migration.Progress.Total != 1000 || s.Migration.Progress.Tokens == 0 {
		t.Errorf("status %+v, %v", s.Migration, err)
	}
	must(t, w.machine.RollBack(context.Background(), "no"))
	w.same(1000)
	n, _ := b.asked()
	// What was made is kept: a second try makes the rest alone.
	_, err = w.machine.Begin(context.Background(), BeginOptions{})
	must(t, err)
	w.untilPhase(catalog.PhaseSoak)
	if all, again := b.asked(); all != 1000 || again != 0 || n >= 1000 {
		t.Errorf("%d texts before, %d after, %d twice", n, all, again)
	}
}

func TestAMigrationThatHoldsWaitsForAPerson(t *testing.T) {
	w := newWorld(t)
	a, b := w.use(newFakeModel("a", 8)), w.use(newFakeModel("b", 12))
	w.start(a.space())
	w.fill(20)
	w.halt()
	w.start(b.space())
	_, err := w.machine.Begin(context.Background(), BeginOptions{Hold: true})
	must(t, err)
	m := w.untilState(catalog.MigrationWaiting)
	if m.Phase != catalog.PhaseVerify || !strings.Contains(m.Reason, "freshet index switch") || w.machine.Active().Target.Space != a.space() {
		t.Errorf("%+v", m)
	}
	w.put(map[string]string{"late": "It came while the new index waited."})
	must(t, w.machine.Switch(context.Background(), false))
	w.untilPhase(catalog.PhaseSoak)
	w.same(21)
	if err := w.machine.Switch(context.Background(), false); !errors.Is(err, ErrRefused) {
		t.Errorf("switching twice: %v", err)
	}
}

func TestWhatIsDoubtfulWaitsAndIsForced(t *testing.T) {
	w := newWorld(t)
	a, b := w.use(newFakeModel("a", 8)), w.use(newFakeModel("b", 12))
	w.options = func(o *Options) {
		o.Golden = func(_ context.Context, s *Serving) (Answers, error) {
			if s.Target.Space == b.space() {
				return Answers{List: []Answer{{Question: "How?", Rank: 0.5, None: true, Top: []string{"x", "y"}}, {Rank: 1, Top: []string{"z"}}}}, nil
			}
			return Answers{List: []Answer{{Question: "How?", Rank: 1, Top: []string{"x", "q"}}, {Rank: 1, Top: []string{"z"}}}}, nil
		}
	}
	w.start(a.space())
	w.fill(20)
	w.halt()
	w.start(b.space())
	_, err := w.machine.Begin(context.Background(), BeginOptions{})
	must(t, err)
	m := w.untilState(catalog.MigrationWaiting)
	for _, word := range []string{"MRR@10 1.000 before, 0.750 with it", "75 %", `"How?"`, "--force", "rollback"} {
		if !strings.Contains(m.Reason, word) {
			t.Errorf("%q does not say %q", m.Reason, word)
		}
	}
	if w.machine.Active().Target.Space != a.space() {
		t.Error("it was switched all the same")
	}
	w.clock.pass(time.Minute)
	must(t, w.machine.Switch(context.Background(), false))
	w.until("another look", func(n *catalog.Migration) bool {
		return n.State == catalog.MigrationWaiting && n.Report != m.Report || n.Phase == catalog.PhaseSoak
	})
	must(t, w.machine.Switch(context.Background(), true))
	w.untilPhase(catalog.PhaseSoak)
	s, err := w.machine.Status(context.Background())
	if err != nil || s.Migration.Verification == nil || s.Migration.Verification.Golden.LostAll != 1 || s.Migration.Verification.Dense.First != s.Migration.Verification.Dense.Asked {
		t.Errorf("status %+v, %v", s.Migration, err)
	}
}

func TestAnIndexWithTheVectorsOfAnotherModelIsNotTaken(t *testing.T) {
	w := newWorld(t)
	a, b := w.use(newFakeModel("a", 8)), w.use(newFakeModel("b", 8))
	w.wrap = func(target catalog.Target, s index.Store) index.Store {
		if target.Space.Model == "b" {
			return wrongVectors{s, newFakeModel("other", 8)}
		}
		return s
	}
	w.start(a.space())
	w.fill(100)
	w.halt()
	w.start(b.space())
	_, err := w.machine.Begin(context.Background(), BeginOptions{})
	must(t, err)
	m := w.untilState(catalog.MigrationWaiting)
	if !strings.Contains(m.Reason, "by its meaning") || w.machine.Active().Target.Space != a.space() {
		t.Errorf("%+v", m)
	}
}

// wrongVectors is a Store that mixes up the vectors that it is given.
type wrongVectors struct {
	index.Store
	other *fakeModel
}

func (s wrongVectors) Upsert(ctx context.Context, points []index.Point) error {
	points = slices.Clone(points)
	for i := range points {
		if points[i].Dense != nil {
			points[i].Dense = s.other.vector(points[i].ID.String())
		}
	}
	return s.Store.Upsert(ctx, points)
}

func TestAStoreThatForgetsIsNotTaken(t *testing.T) {
	w := newWorld(t)
	a, b := w.use(newFakeModel("a", 8)), w.use(newFakeModel("b", 12))
	var loses index.ChunkID
	w.wrap = func(target catalog.Target, s index.Store) index.Store {
		if target.Space.Model == "b" {
			return forgetful{s, loses}
		}
		return s
	}
	w.start(a.space())
	w.fill(30)
	open, err := w.catalog.OpenChunksAfter(context.Background(), index.ChunkID{}, 10)
	must(t, err)
	loses = open[9].Chunk.ID
	w.halt()
	w.start(b.space())
	_, err = w.machine.Begin(context.Background(), BeginOptions{Force: true})
	must(t, err)
	m := w.untilState(catalog.MigrationWaiting)
	if !strings.Contains(m.Reason, "1 are missing") {
		t.Errorf("%+v", m)
	}
	must(t, w.machine.Switch(context.Background(), true))
	time.Sleep(50 * time.Millisecond)
	if m := w.untilState(catalog.MigrationWaiting); m.Phase != catalog.PhaseVerify || w.machine.Active().Target.Space != a.space() {
		t.Errorf("an index that lacks passages was forced in: %+v", m)
	}
}

// forgetful is a Store that loses one passage.
type forgetful struct {
	index.Store
	loses index.ChunkID
}

func (s forgetful) Upsert(ctx context.Context, points []index.Point) error {
	return s.Store.Upsert(ctx, slices.DeleteFunc(slices.Clone(points), func(p index.Point) bool { return p.ID == s.loses }))
}

func TestRefusedTextsDoNotKeepAMigrationBack(t *testing.T) {
	w := newWorld(t)
	a, b := w.use(newFakeModel("a", 8)), w.use(newFakeModel("b", 12))
	b.refuses = func(text string) bool { return strings.Contains(text, "number7 ") }
	w.start(a.space())
	w.fill(100)
	m := w.migrate(b.space())
	w.same(99)
	if m.Progress.Refused != 1 {
		t.Errorf("%+v", m.Progress)
	}
}

func TestNothingToChangeToIsSaid(t *testing.T) {
	w := newWorld(t)
	a := w.use(newFakeModel("a", 8))
	w.start(a.space())
	w.fill(3)
	if _, err := w.machine.Begin(context.Background(), BeginOptions{}); !errors.Is(err, ErrRefused) {
		t.Errorf("%v", err)
	}
	if _, err := w.machine.Begin(context.Background(), BeginOptions{Afresh: true}); err != nil {
		t.Errorf("%v", err)
	}
	w.untilPhase(catalog.PhaseSoak)
	w.same(3)
	if n, again := a.asked(); n != 3 || again != 0 {
		t.Errorf("%d embedded, %d again", n, again)
	}
}

func TestAnIndexThatIsAwayDoesNotStopTheService(t *testing.T) {
	w := newWorld(t)
	a, b := w.use(newFakeModel("a", 8)), w.use(newFakeModel("b", 12))
	w.start(a.space())
	w.fill(30)
	w.same(30)
	w.halt()
	away := true
	w.openErr = func(target catalog.Target) error {
		if away && target.Space.Model == "a" {
			return fmt.Errorf("connection refused: %w", index.ErrUnavailable)
		}
		return nil
	}
	w.start(b.space())
	if _, err := w.ask(page(3)); !errors.Is(err, index.ErrUnavailable) {
		t.Errorf("asked: %v", err)
	}
	s, err := w.machine.Status(context.Background())
	if err != nil || !strings.Contains(s.Active.Fault, "connection refused") {
		t.Errorf("status %+v, %v", s.Active, err)
	}
	// An index that is away is one to get away from.
	_, err = w.machine.Begin(context.Background(), BeginOptions{})
	must(t, err)
	w.untilPhase(catalog.PhaseSoak)
	w.same(30)
}
