package pipeline

import "fmt"

// budget is how many faults a run may meet. Verdicts never count.
//
// The thresholds are ARCHITECTURE's: more than 10 in a row, more than 15 % of the
// last 100, or over the whole run more than 3 and more than 10 %.
type budget struct {
	inRow  int
	window [100]bool
	n      int // documents so far
	recent int // faults in the window
	faults int
}

const (
	faultsInRow     = 10
	faultsInWindow  = 15
	faultsAtLeast   = 3
	faultsShareOver = 0.10
)

// errBudget ends a run that meets too many faults.
type errBudget struct{ why string }

func (e *errBudget) Error() string {
	return "too many documents could not be read (" + e.why + "); nothing was taken away, the next run tries again"
}

// add counts one document and says when the run must stop.
func (b *budget) add(fault bool) error {
	slot := &b.window[b.n%len(b.window)]
	if *slot {
		b.recent--
	}
	*slot = fault
	b.n++
	if !fault {
		b.inRow = 0
		return nil
	}
	b.recent++
	b.inRow++
	b.faults++
	if b.inRow > faultsInRow {
		return &errBudget{fmt.Sprintf("%d in a row", b.inRow)}
	}
	if b.n >= len(b.window) && b.recent > faultsInWindow {
		return &errBudget{fmt.Sprintf("%d of the last %d", b.recent, len(b.window))}
	}
	return nil
}

// whole judges the finished listing.
func (b *budget) whole() error {
	if b.faults > faultsAtLeast && float64(b.faults) > faultsShareOver*float64(b.n) {
		return &errBudget{fmt.Sprintf("%d of %d", b.faults, b.n)}
	}
	return nil
}
