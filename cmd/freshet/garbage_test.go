package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"
)

func TestHowFarAHeapMayGrow(t *testing.T) {
	for _, c := range []struct {
		live     uint64
		from, to float64 // bytes of growth
	}{
		{0, 60 << 20, 69 << 20},
		{20 << 20, 60 << 20, 69 << 20},
		{63 << 20, 60 << 20, 69 << 20},
		{100 << 20, 100 << 20, 100 << 20},
		{400 << 20, 400 << 20, 400 << 20},
		{4 << 30, 4 << 30, 4 << 30},
	} {
		grows := float64(percentFor(c.live)) / 100 * float64(max(c.live, 4<<20))
		if grows < c.from || grows > c.to {
			t.Errorf("a heap of %d MB may grow by %.0f MB", c.live>>20, grows/(1<<20))
		}
	}
}

func TestCollectionsFollowTheHeap(t *testing.T) {
	nothing := func(string) string { return "" }
	before := debug.SetGCPercent(77)
	defer debug.SetGCPercent(before)
	end := paceCollections(nothing)
	held := make([]byte, 400<<20)
	deadline := time.Now().Add(10 * time.Second)
	for gogc() != 100 && time.Now().Before(deadline) {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	if p := gogc(); p != 100 {
		t.Errorf("with 400 MB in use the percentage is %d", p)
	}
	runtime.KeepAlive(held)
	end()
	if p := gogc(); p != 77 {
		t.Errorf("afterwards the percentage is %d", p)
	}
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		paceCollections(func(asked string) string {
			if asked == name {
				return "50"
			}
			return ""
		})()
		if p := gogc(); p != 77 {
			t.Errorf("%s is set, and the percentage is %d", name, p)
		}
	}
}

// gogc is the percentage in force.
func gogc() int {
	s := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(s)
	return int(s[0].Value.Uint64())
}
