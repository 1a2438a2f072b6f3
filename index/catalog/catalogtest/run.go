package catalogtest

import (
	"time"

	"freshet/index/catalog"
)

var runTests = []test{
	{"a run comes back as it ended", (*world).runKept},
	{"runs are listed newest first", (*world).runsListed},
}

func (w *world) runKept() {
	r := catalog.Report{Source: source, Pass: "full", Started: start}
	id, err := w.c.BeginRun(w.ctx, r)
	w.ok(err)
	r.Run, r.Result = id, catalog.RunRunning
	got, err := w.c.Run(w.ctx, id)
	w.ok(err)
	w.equal("running", got, r)
	r.Ended, r.Result, r.Whole = start.Add(time.Minute), catalog.RunDone, true
	r.Count(catalog.New)
	r.Count(catalog.Replaced)
	r.Because("noindex")
	r.Because("noindex")
	r.Errors = []string{"page 3: timeout"}
	r.LagMS.Searchable = 12
	w.ok(w.c.EndRun(w.ctx, r))
	got, err = w.c.Run(w.ctx, id)
	w.ok(err)
	w.equal("ended", got, r)
	w.equal("counts", []int{got.New, got.TextChanged, got.Reasons["noindex"]}, []int{1, 1, 2})
	r.Run = 99
	w.is(w.c.EndRun(w.ctx, r), catalog.ErrNotFound)
	_, err = w.c.Run(w.ctx, 99)
	w.is(err, catalog.ErrNotFound)
}

func (w *world) runsListed() {
	var want []int64
	for i := range 5 {
		id, err := w.c.BeginRun(w.ctx, catalog.Report{Source: []string{source, other}[i%2], Started: start})
		w.ok(err)
		want = append([]int64{id}, want...)
	}
	ids := func(source string, limit int) []int64 {
		w.Helper()
		list, err := w.c.Runs(w.ctx, source, limit)
		w.ok(err)
		var out []int64
		for _, r := range list {
			out = append(out, r.Run)
		}
		return out
	}
	w.equal("all", ids("", 10), want)
	w.equal("newest two", ids("", 2), want[:2])
	w.equal("of a source", ids(other, 10), []int64{want[1], want[3]})
}
