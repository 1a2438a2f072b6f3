package migrate

import (
	"context"
	"fmt"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/index/qdrant"
	"freshet/index/qdrant/qdranttest"
)

// qdrant has targets of one model be collections of a server in this process, whose
// calls fail where f says so: before they are done and, every second time, after.
func (w *world) qdrant(f *fault, model *fakeModel) {
	server := qdranttest.Start(w.t, qdranttest.Options{})
	server.Inject(func(qdranttest.Call) qdranttest.Fault {
		if f.step() == nil {
			return qdranttest.Fault{}
		}
		return qdranttest.Fault{Code: codes.Unavailable, Lost: f.hits.Load()%2 == 0}
	})
	w.openAs = func(ctx context.Context, t catalog.Target) (index.Store, error) {
		if t.Space.Model != model.name {
			return nil, nil
		}
		return qdrant.Open(ctx, qdrant.Options{Address: server.Address(), Collection: "freshet", Name: fmt.Sprintf("freshet_%d", t.ID), Space: t.Space, Epoch: w.catalog.Epoch()})
	}
}

func TestTheEmbeddedIndexIsLeftForQdrantAndGoneBackTo(t *testing.T) {
	w := newWorld(t)
	a, b := w.use(newFakeModel("a", 8)), w.use(newFakeModel("b", 12))
	w.embedded = true
	w.qdrant(&fault{fails: func(int64) bool { return false }}, b)
	w.start(a.space())
	w.fill(120)
	w.same(120)
	w.halt()
	w.start(b.space())
	w.caughtUp()
	questions := w.asking(texts(0, 20))
	_, err := w.machine.Begin(context.Background(), BeginOptions{})
	must(t, err)
	w.untilPhase(catalog.PhaseSoak)
	w.put(map[string]string{"d00030": "Edited while both follow, number30b."})
	w.same(120)
	if _, is := w.machine.Active().Store.(*lateStore); !is || w.machine.Active().Target.Space != b.space() {
		t.Errorf("active is %+v", w.machine.Active().Target)
	}
	time.Sleep(50 * time.Millisecond)
	must(t, w.machine.RollBack(context.Background(), "back"))
	w.same(120)
	questions.end(t)
	if found, err := w.ask("Edited while both follow, number30b."); !found {
		t.Errorf("an edit is lost: %v", err)
	}
}
