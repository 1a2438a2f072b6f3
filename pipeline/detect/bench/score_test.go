package bench

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
)

// perfect is what a detector finds that knows the truth.
func perfect(set Set) []Found {
	var out []Found
	for _, p := range set.Plants {
		if p.row() == "" {
			continue
		}
		f := Found{Kind: p.Kind, Tier: Likely, Type: p.Type, Members: []FoundMember{{Page: p.A.Page, Text: p.A.Quote, Value: p.A.Value}}, Score: 1}
		if p.B.Page != "" {
			f.Members = append(f.Members, FoundMember{Page: p.B.Page, Text: p.B.Quote, Value: p.B.Value})
		}
		out = append(out, f)
	}
	return out
}

func row(t *testing.T, r Report, name string) Row {
	t.Helper()
	i := slices.IndexFunc(r.Rows, func(r Row) bool { return r.Name == name })
	if i < 0 {
		t.Fatalf("there is no row %s", name)
	}
	return r.Rows[i]
}

func TestPerfectFindingsScoreOne(t *testing.T) {
	both(t, func(t *testing.T, set Set) {
		r := Score(set, perfect(set))
		for _, rows := range [][]Row{r.Rows, r.Wide, r.Types, r.Levels, r.Languages} {
			for _, row := range rows {
				if row.Planted == 0 || row.Recall != 1 || row.Precision != 1 || !row.Held() {
					t.Errorf("%+v", row)
				}
			}
		}
		if r.Groups.Precision != 1 || r.Groups.Found == 0 {
			t.Errorf("groups: %+v", r.Groups)
		}
		if len(r.Misses)+len(r.Flags) > 0 {
			t.Errorf("%d misses, flags %+v", len(r.Misses), r.Flags)
		}
		if r.Lookalikes < 300 {
			t.Errorf("%d lookalikes", r.Lookalikes)
		}
	})
}

func TestNothingFoundIsNothing(t *testing.T) {
	set := generated(t, Dev, 1)
	r := Score(set, nil)
	for _, row := range r.Rows {
		if row.Recall != 0 || !math.IsNaN(float64(row.Precision)) || row.Held() {
			t.Errorf("%+v", row)
		}
	}
	if len(r.Misses) != worstMisses || r.Misses[0].Closeness < r.Misses[49].Closeness {
		t.Errorf("%d misses from %v", len(r.Misses), r.Misses[0].Closeness)
	}
	if _, err := json.Marshal(r); err != nil {
		t.Errorf("a report without precision is no JSON: %v", err)
	}
}

func TestWhatIsPossibleIsNotFound(t *testing.T) {
	set := generated(t, Dev, 1)
	findings := perfect(set)
	for i := range findings {
		findings[i].Tier = Possible
	}
	r := Score(set, findings)
	if got := row(t, r, rowCopies); got.Found != 0 || r.Wide[0].Recall != 1 || !r.Misses[0].Possible {
		t.Errorf("%+v, wide %+v", got, r.Wide[0])
	}
}

// A small set by hand, of which every number is known.
func small() Set {
	page := func(id string) Page { return Page{ID: id, Locale: "en"} }
	plant := func(id string, k Kind, l Level, a, b, qa, qb string) Plant {
		return Plant{ID: id, Kind: k, Level: l, Type: "money", A: Mention{a, qa, ""}, B: Mention{b, qb, ""}, Language: "en"}
	}
	trap := plant("like", Lookalike, "", "a", "b", "The red card costs £8 at the desk.", "The blue card costs £9 at the desk.")
	trap.Trap, trap.Against = "plan", Conflict
	return Set{Pages: []Page{page("a"), page("b"), page("c")}, Plants: []Plant{
		plant("copy", Conflict, Copy, "a", "b", "A lost card costs £5 to replace.", "A lost card costs £7 to replace."),
		plant("reworded", Conflict, Reworded, "a", "c", "Lockers close an hour before dusk.", "You must empty your locker half an hour before the sun sets."),
		trap,
	}}
}

func conflictOf(members ...FoundMember) Found {
	return Found{Kind: Conflict, Tier: Likely, Type: "money", Members: members}
}

func TestWrongFindingsCostPrecision(t *testing.T) {
	copies := conflictOf(FoundMember{"b", "A lost card costs £7 to replace.", "7"}, FoundMember{"a", "a lost card costs £5 to replace", "5"})
	red, blue := FoundMember{"a", "The red card costs £8 at the desk.", "8"}, FoundMember{"b", "The blue card costs £9 at the desk.", "9"}
	for _, c := range []struct {
		name                    string
		findings                []Found
		copiesFound, copiesBad  int
		rewordFound, rewordBad  int
		yesNo, expired, doubles int
	}{
		{"in the other order", []Found{copies}, 1, 0, 0, 0, 0, 0, 0},
		{"found twice is found once", []Found{copies, copies}, 1, 0, 0, 0, 0, 0, 0},
		{"a lookalike in the same words", []Found{copies, conflictOf(red, blue)}, 1, 1, 0, 0, 0, 0, 0},
		{"the same false pair twice", []Found{conflictOf(red, blue), conflictOf(blue, red)}, 0, 1, 0, 0, 0, 0, 0},
		{"other words", []Found{conflictOf(red, FoundMember{"c", "Tea is served for £3 all afternoon.", "3"})}, 0, 0, 0, 1, 0, 0, 0},
		{"without its sentence", []Found{conflictOf(red, FoundMember{"c", "", "3"})}, 0, 1, 0, 1, 0, 0, 0},
		{"the right pages, a wrong sentence", []Found{conflictOf(FoundMember{"a", "A lost card costs £5 to replace.", "5"}, blue)}, 0, 0, 0, 1, 0, 0, 0},
		{"yes or no", []Found{{Kind: Conflict, Type: "bool", Tier: Likely, Members: []FoundMember{red, blue}}}, 0, 0, 0, 0, 1, 0, 0},
		{"an expired date where there is none", []Found{{Kind: Expired, Tier: Likely, Members: []FoundMember{red}}}, 0, 0, 0, 0, 0, 1, 0},
		{"a duplicate where there is a conflict", []Found{{Kind: Duplicate, Tier: Likely, Members: []FoundMember{{Page: "a"}, {Page: "b"}}}}, 0, 0, 0, 0, 0, 0, 1},
		{"other kinds are not looked at", []Found{{Kind: "overlap", Tier: Likely, Members: []FoundMember{red, blue}}}, 0, 0, 0, 0, 0, 0, 0},
		{"a group satisfies several plants", []Found{conflictOf(
			FoundMember{"a", "Lockers close an hour before dusk.", "60"}, FoundMember{"c", "You must empty your locker half an hour before the sun sets.", "30"},
			FoundMember{"b", "Please leave the lockers at dusk", "30"})}, 0, 0, 1, 1, 0, 0, 0},
		{"pairs that are named count alone", []Found{{Kind: Conflict, Tier: Likely, Members: []FoundMember{red, blue, {"c", "x y z", "1"}}, Pairs: [][2]int{{0, 1}}}}, 0, 1, 0, 0, 0, 0, 0},
	} {
		r := Score(small(), c.findings)
		got := [7]int{row(t, r, rowCopies).Found, row(t, r, rowCopies).False, row(t, r, rowReworded).Found, row(t, r, rowReworded).False, row(t, r, rowYesNo).False, row(t, r, rowExpired).False, row(t, r, rowDuplicates).False}
		if want := [7]int{c.copiesFound, c.copiesBad, c.rewordFound, c.rewordBad, c.yesNo, c.expired, c.doubles}; got != want {
			t.Errorf("%s: got %v, want %v", c.name, got, want)
		}
	}
	chain := []Found{{Kind: Conflict, Tier: Likely, Members: []FoundMember{copies.Members[0], copies.Members[1], blue}, Pairs: [][2]int{{0, 1}}}}
	if r := Score(small(), chain); r.Groups.False != 1 || len(r.Flags) != 0 {
		t.Errorf("a member that does not belong: %+v", r.Groups)
	}
	r := Score(small(), []Found{conflictOf(red, blue)})
	if r.Flags[0].Lookalike == nil || r.Flags[0].Lookalike.ID != "like" || r.Traps[0].False != 1 {
		t.Errorf("the lookalike is not named: %+v", r.Flags[0])
	}
}

func TestAMemberIsMatchedByItsWords(t *testing.T) {
	p := Plant{Kind: Conflict}
	m := Mention{Page: "a", Quote: "| Lost card | £5 | by post |", Value: "£5"}
	for text, want := range map[string]bool{
		"£5": true, "Lost card £5": true, "Lost card | £5 | by post": true, "by post": false, "£6": false, "": false,
		"Fees: Lost card | £5 | by post, and the rest": true, strings.Repeat("Lost card £5 by post and more of all sorts ", 9): false,
	} {
		if got := m.is(FoundMember{Page: "a", Text: text}, &p); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	if m.is(FoundMember{Page: "b", Text: m.Quote}, &p) {
		t.Error("another page is taken for it")
	}
}

func TestIntervalsHoldTheirShare(t *testing.T) {
	for _, c := range [][2]int{{0, 10}, {10, 10}, {93, 100}, {30, 50}} {
		got, share := within95(c[0], c[1]), rate(c[0], c[1])
		if got[0] > share || got[1] < share || got[0] < 0 || got[1] > 1 || got != within95(c[0], c[1]) {
			t.Errorf("%v: %v", c, got)
		}
	}
	if wide, narrow := within95(9, 10), within95(900, 1000); wide[1]-wide[0] <= narrow[1]-narrow[0] {
		t.Error("more plants make the interval no narrower")
	}
}
