package catalogtest

import "time"

var judgeTests = []test{
	{"a verdict is kept under its key until it is old", (*world).judgeKept},
}

func (w *world) judgeKept() {
	verdict := func(key byte) string {
		w.Helper()
		b, found, err := w.c.JudgeVerdict(w.ctx, [32]byte{key})
		w.ok(err)
		if !found {
			return "none"
		}
		return string(b)
	}
	w.equal("before", verdict(1), "none")
	w.ok(w.c.KeepJudgeVerdict(w.ctx, [32]byte{1}, "m", []byte(`{"verdict":"conflict"}`), start))
	w.ok(w.c.KeepJudgeVerdict(w.ctx, [32]byte{2}, "m", []byte(`{"verdict":"unsure"}`), start.Add(time.Hour)))
	w.equal("kept", verdict(1), `{"verdict":"conflict"}`)
	w.ok(w.c.KeepJudgeVerdict(w.ctx, [32]byte{1}, "m", []byte(`{"verdict":"compatible"}`), start))
	w.equal("replaced", verdict(1), `{"verdict":"compatible"}`)
	n, err := w.c.ForgetJudgeVerdicts(w.ctx, start.Add(time.Minute))
	w.ok(err)
	w.equal("forgotten", n, 1)
	w.equal("old", verdict(1), "none")
	w.equal("young", verdict(2), `{"verdict":"unsure"}`)
}
