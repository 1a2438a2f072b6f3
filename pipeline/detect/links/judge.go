package links

import (
	"time"

	"freshet/index/catalog"
)

// judge applies an answer to what is known of a link.
//
// "Not found" breaks a link when it comes twice, GoneAfter apart, with no answer in
// between that all is well. Silence breaks it when it lasts SilentAfter. A link that was
// not found and is then silent keeps what is known: both are no answer that all is well.
func judge(l *catalog.Link, a answer, now time.Time) {
	if a.verdict == later {
		l.NextCheck = now.Add(a.again)
		return
	}
	wasGone := l.Failures > 0 && isGone(l.Reason)
	l.LastChecked = now
	switch a.verdict {
	case fine, barred:
		l.Failures, l.FirstFailed = 0, time.Time{}
		l.Status, l.Reason, l.State = a.status, a.reason, catalog.LinkOK
		again := okAgain
		if a.verdict == barred {
			l.State, again = catalog.LinkSkipped, skippedAgain
		}
		if a.again > 0 {
			again = a.again
		}
		l.NextCheck = now.Add(spread(again, l.URL))
		return
	case gone:
		if !wasGone { // silence so far proves nothing of it
			l.Failures, l.FirstFailed = 0, time.Time{}
		}
		l.Status, l.Reason = a.status, a.reason
	default:
		if !wasGone {
			l.Status, l.Reason = a.status, a.reason
		}
	}
	if l.FirstFailed.IsZero() {
		l.FirstFailed = now
	}
	if a.verdict == gone || !wasGone {
		l.Failures++
	}
	broken := l.State == catalog.LinkBroken || a.verdict == gone && l.Failures >= 2 && now.Sub(l.FirstFailed) >= GoneAfter ||
		a.verdict == silent && (l.Failures >= leastSilent || wasGone) && now.Sub(l.FirstFailed) >= SilentAfter
	l.State, l.NextCheck = catalog.LinkFailing, now.Add(failingAgain)
	if broken {
		l.State, l.NextCheck = catalog.LinkBroken, now.Add(spread(brokenAgain, l.URL))
	}
}

func isGone(reason string) bool { return reason == reasonNotFound || reason == reasonGone }
