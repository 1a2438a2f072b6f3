package duplicate

import (
	"testing"
	"time"
)

func TestSurvivor(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 3, n, 12, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		name string
		a, b Standing // a is to be kept
		why  SurvivorReason
	}{
		{"canonical before all", Standing{Canonical: true}, Standing{Owner: "x", Modified: day(9), Used: 9, Contains: true}, ByCanonical},
		{"owner before date", Standing{Owner: "x", Modified: day(1)}, Standing{Modified: day(9), Used: 9}, ByOwner},
		{"newer before usage", Standing{Owner: "x", Modified: day(9)}, Standing{Owner: "y", Modified: day(1), Used: 9}, ByDate},
		{"a date that is not known decides nothing", Standing{Used: 2}, Standing{Modified: day(1), Used: 1}, ByUsage},
		{"hours decide nothing", Standing{Modified: day(1), Used: 2}, Standing{Modified: day(1).Add(time.Hour), Used: 1}, ByUsage},
		{"content", Standing{Contains: true, Address: "/long"}, Standing{Address: "/"}, ByContent},
		{"address", Standing{Address: "/a"}, Standing{Address: "/a-copie"}, Undecided},
		{"address of equal length", Standing{Address: "/a"}, Standing{Address: "/b"}, Undecided},
	} {
		t.Run(c.name, func(t *testing.T) {
			if side, why := Survivor(c.a, c.b); side != A || why != c.why {
				t.Errorf("%v by %s, want A by %s", side, why, c.why)
			}
			if side, why := Survivor(c.b, c.a); side != B || why != c.why {
				t.Errorf("swapped: %v by %s, want B by %s", side, why, c.why)
			}
			if fr, en := c.why.Words(); fr == "" || en == "" || fr == en {
				t.Error("the reason has no words")
			}
		})
	}
}
