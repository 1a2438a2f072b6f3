package pipeline

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/connectors/connectortest"
	"freshet/index"
	"freshet/index/catalog"
	"freshet/index/embedded"
	"freshet/index/lexical"
	"freshet/schedules"
)

// A reader searches all the while and checks what it is given.
type reader struct {
	w        *world
	searches atomic.Int64
	// allowed says what a document may hold: every text that was ever put under
	// its ID, so that nothing is served that was not committed whole.
	mu      sync.Mutex
	allowed map[string]map[string]bool
	// taken are documents whose removal was committed before the search began.
	taken map[string]bool
}

func (r *reader) allow(id, marker string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.allowed[id] == nil {
		r.allowed[id] = map[string]bool{}
	}
	r.allowed[id][marker] = true
}

func (r *reader) setTaken(id string, taken bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.taken[id] = taken
}

func (r *reader) takenNow() map[string]bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := map[string]bool{}
	for id, t := range r.taken {
		if t {
			out[id] = true
		}
	}
	return out
}

// look searches once and returns what is wrong with what it finds, or "".
func (r *reader) look(ctx context.Context, always []string) string {
	taken := r.takenNow()
	q := lexical.NewAnalyser(r.w.terms).Query("common parcel service", lexical.Options{Base: "help", Languages: []string{"en"}})
	res, err := r.w.store.Search(ctx, []index.Query{{Base: "help", Lexical: q.Index(), Limit: 1000}})
	if err != nil {
		return err.Error()
	}
	var ids []index.ChunkID
	for _, h := range res[0].Hits {
		ids = append(ids, h.ID)
	}
	passages, err := r.w.catalog.Vouch(ctx, index.VouchRequest{Base: "help", Mark: res[0].Mark, IDs: ids})
	if err != nil {
		return err.Error()
	}
	r.searches.Add(1)
	halves := map[string]map[string]int{}
	for _, p := range passages {
		id := p.Document.ExternalID
		if taken[id] && r.takenNow()[id] { // not put back meanwhile
			return fmt.Sprintf("%s is served although its removal was committed before the search", id)
		}
		marker := markerOf(p.Chunk.Text)
		r.mu.Lock()
		ok := r.allowed[id][marker]
		r.mu.Unlock()
		if !ok {
			return fmt.Sprintf("%s serves %q, which it never held", id, marker)
		}
		if halves[id] == nil {
			halves[id] = map[string]int{}
		}
		halves[id][marker]++
	}
	for id, m := range halves {
		if len(m) > 1 {
			return fmt.Sprintf("%s is served half in one version, half in another: %v", id, m)
		}
		for marker, n := range m {
			if n != 2 {
				return fmt.Sprintf("%s is served with %d of 2 passages of %q at mark %d", id, n, marker, res[0].Mark)
			}
		}
	}
	for _, id := range always {
		if halves[id] == nil {
			return fmt.Sprintf("%s is not served although it is there all the time (mark %d)", id, res[0].Mark)
		}
	}
	return ""
}

func markerOf(text string) string {
	_, rest, _ := strings.Cut(text, "version")
	marker, _, _ := strings.Cut(rest, " ")
	return marker
}

// twoParts is a document of two passages that both name their version.
func twoParts(version int) string {
	part := strings.Repeat("This common parcel service text explains the delivery of parcels in detail and at length. ", 12)
	return fmt.Sprintf("<h1>First</h1><p>Of version%d the first part. %s</p><h1>Second</h1><p>Of version%d the second part. %s</p>", version, part, version, part)
}

// Invariants 1 (served passages are committed), 2 (open chunks have their point at
// the mark), 3 (nothing removed is served) and 5 (nothing vanishes without
// evidence), with searches running all the while.
func TestInvariantsHoldWhileSearchesRun(t *testing.T) {
	w := newWorld(t)
	store, err := embedded.Open(embedded.Options{Dir: filepath.Join(t.TempDir(), "index")})
	must(t, err)
	t.Cleanup(func() { must(t, store.Close()) })
	w.join(store)
	r := &reader{w: w, allowed: map[string]map[string]bool{}, taken: map[string]bool{}}
	const docs = 24
	version := 0
	put := func(i int) {
		version++
		id := fmt.Sprintf("d%02d", i)
		r.allow(id, fmt.Sprint(version))
		w.src.Put(id, twoParts(version))
	}
	for i := range docs {
		put(i)
	}
	w.sync()

	var always []string
	for i := range docs / 2 {
		always = append(always, fmt.Sprintf("d%02d", i)) // changed, never removed
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wrong := make(chan string, 2)
	for range 2 {
		wg.Go(func() {
			for ctx.Err() == nil {
				if what := r.look(ctx, always); what != "" && ctx.Err() == nil {
					wrong <- what
					return
				}
			}
		})
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for round := 0; round < 20 && len(wrong) == 0; round++ {
		for range 4 {
			put(rng.IntN(docs / 2))
		}
		n := docs/2 + rng.IntN(docs/2)
		id := fmt.Sprintf("d%02d", n)
		present := w.document(id).State == catalog.Present
		if present {
			w.src.Remove(id)
		} else {
			r.setTaken(id, false)
			put(n)
		}
		w.sync()
		if present && w.document(id).State != catalog.Present {
			r.setTaken(id, true)
		}
		w.clock.pass(25 * time.Hour)
	}
	cancel()
	wg.Wait()
	select {
	case what := <-wrong:
		t.Fatal(what)
	default:
	}
	if r.searches.Load() < 20 {
		t.Errorf("only %d searches ran", r.searches.Load())
	}
	w.wantConsistent()
}

// Invariant 4: the cursor never precedes its evidence. Whatever call of the
// catalog fails, a kept cursor has all of its documents before it.
func TestTheCursorNeverPrecedesItsEvidence(t *testing.T) {
	base := scenarioBase(t)
	faults := catalogFaults()
	for k := int64(1); ; k += 3 {
		dir := cloneDir(t, base)
		r := &rig{dir: dir, src: changedWorld(), driver: faults.Name()}
		must(t, r.open(t.Context()))
		tripped := false
		faults.Set((&trip{at: k, act: func() error { tripped = true; return errInjected }}).step)
		_, _ = r.syncer.Run(t.Context(), "s", RunOptions{})
		faults.Set(nil)
		p, err := r.catalog.PositionOf(t.Context(), "s", connectors.Full)
		must(t, err)
		if p.Open && p.Cursor != "" {
			for _, id := range listedBefore(t, p.Cursor) {
				d, err := r.catalog.DocumentByID(t.Context(), "s", id)
				if err != nil || d.SeenPass != p.PassID {
					t.Fatalf("after a fault at call %d the cursor %q is kept, but %s is of pass %d (%v)", k, p.Cursor, id, d.SeenPass, err)
				}
			}
		}
		must(t, r.close())
		must(t, os.RemoveAll(dir))
		if !tripped {
			return
		}
	}
}

// listedBefore pulls the changed world to the checkpoint with this cursor.
func listedBefore(t *testing.T, cursor string) []string {
	t.Helper()
	var ids []string
	for c, err := range changedWorld().Pull(t.Context(), connectortest.NewPosition(connectors.Full)) {
		must(t, err)
		switch c := c.(type) {
		case connectors.Upsert:
			ids = append(ids, c.Document.ID)
		case connectors.Skip:
			ids = append(ids, c.ID)
		case connectors.Checkpoint:
			if c.Cursor == cursor {
				return ids
			}
		}
	}
	t.Fatalf("no checkpoint has the cursor %q", cursor)
	return nil
}

const envPaused = "FRESHET_TEST_PAUSED"

// pausedChild claims the job, syncs, and stops itself in the middle of it. Woken,
// it has lost its lease and must write nothing more.
func pausedChild() int {
	ctx := context.Background()
	r := &rig{dir: os.Getenv(envPaused), src: changedWorld()}
	commits := 0
	r.reached = func(p Phase) { // between two transactions: a stopped one would lock the catalog
		if p == PhaseCommitted {
			if commits++; commits == 2 {
				_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
				time.Sleep(time.Second) // another thread takes the signal, when it gets a processor
			}
		}
	}
	if err := r.open(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	key := schedules.Key{Kind: "sync", Subject: "s"}
	lease, err := r.catalog.Jobs().ClaimNow(ctx, "child", key, time.Minute)
	if err != nil || lease == nil {
		fmt.Fprintln(os.Stderr, "claim:", lease, err)
		return 1
	}
	_, err = r.syncer.Run(ctx, "s", RunOptions{Fence: &catalog.Fence{Key: key, Token: lease.Token}})
	if errors.Is(err, schedules.ErrLeaseLost) {
		return statusDisturbed
	}
	fmt.Fprintln(os.Stderr, "the woken worker ended with", err)
	return 1
}

func TestAWorkerPausedPastItsLeaseWritesNothingMore(t *testing.T) {
	want := &expectations{base: scenarioBase(t)}
	dir := cloneDir(t, want.base)
	r := &rig{dir: dir, src: changedWorld()}
	must(t, r.open(t.Context()))
	key := schedules.Key{Kind: "sync", Subject: "s"}
	must(t, r.catalog.Jobs().Put(t.Context(), schedules.Job{Key: key}))
	must(t, r.close())

	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), envPaused+"="+dir)
	var said strings.Builder
	cmd.Stderr = &said
	must(t, cmd.Start())
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(cmd.Process.Pid, &status, syscall.WUNTRACED, nil); err != nil || !status.Stopped() {
		t.Fatalf("the child did not stop: %v %v %s", status, err, said.String())
	}

	// Its lease runs out, another worker does the job to its end. The clock of the
	// leases is an hour on; what is written keeps the time of the scenario.
	late := newClock()
	late.pass(time.Hour)
	c, err := catalog.Open(t.Context(), catalog.Options{Path: filepath.Join(dir, "catalog.db"), Now: late.now})
	must(t, err)
	lease, err := c.Jobs().ClaimNow(t.Context(), "parent", key, time.Hour)
	must(t, err)
	must(t, c.Close())
	if lease == nil {
		t.Fatal("the lease did not run out")
	}
	again := &rig{dir: dir, src: changedWorld()}
	must(t, again.open(t.Context()))
	_, err = again.syncer.Run(t.Context(), "s", RunOptions{Fence: &catalog.Fence{Key: key, Token: lease.Token}})
	must(t, err)
	must(t, again.close())

	must(t, cmd.Process.Signal(syscall.SIGCONT))
	_ = cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != statusDisturbed {
		t.Fatalf("the woken worker ended with status %d: %s", got, said.String())
	}
	want.recovered(t, dir, false, "a worker was paused past its lease")
}
