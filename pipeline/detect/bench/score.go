package bench

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
)

// A FoundMember is one side of what a detector found.
type FoundMember struct {
	Page string `json:"page,omitempty"`
	// Text is the sentence that the detector points at: for the cell of a table the cell or
	// its row, for a duplicate the passage; "" for a page as a whole.
	Text string `json:"text,omitempty"`
	// Value in the detector's normal form: members of equal Value do not contradict each
	// other.
	Value string `json:"value,omitempty"`
}

// The tiers of what is found.
const (
	Likely   = "likely"
	Possible = "possible"
)

// A Found is one finding of a detector. Kind is Conflict, YesNo, Drift, Expired or
// Duplicate; other kinds are ignored. Pairs are the pairs of Members (by index) that the
// finding claims; nil claims every two members of different pages, of contradictions
// those with different Values.
type Found struct {
	Kind    Kind          `json:"kind"`
	Tier    string        `json:"tier"`           // Likely or Possible
	Type    string        `json:"type,omitempty"` // of the value; "bool" makes a Conflict a YesNo
	Rule    string        `json:"rule,omitempty"`
	Members []FoundMember `json:"members"`
	Pairs   [][2]int      `json:"pairs,omitempty"`
	Score   float64       `json:"score"`
}

// A Want is what the project asks of a row; zero asks nothing.
type Want struct {
	Precision Rate `json:"precision"`
	Recall    Rate `json:"recall"`
}

// A Rate is a share from 0 to 1; NaN where there is nothing to take a share of, which is
// null in JSON.
type Rate float64

// MarshalJSON writes a number, or null.
func (r Rate) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(r)) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(r))
}

// A Row is how well one kind of plants is found. The intervals are bootstrap intervals
// of 95 %.
type Row struct {
	Name            string  `json:"name"`
	Planted         int     `json:"planted"`
	Found           int     `json:"found"`
	False           int     `json:"false"`
	Precision       Rate    `json:"precision"`
	Recall          Rate    `json:"recall"`
	PrecisionWithin [2]Rate `json:"precision_within"`
	RecallWithin    [2]Rate `json:"recall_within"`
	Want            Want    `json:"want"`
}

// Held says whether the row is as good as is asked.
func (r Row) Held() bool {
	return (r.Want.Recall == 0 || r.Recall >= r.Want.Recall) && (r.Want.Precision == 0 || r.Precision >= r.Want.Precision)
}

// A Miss is a plant that was not found.
type Miss struct {
	Plant Plant `json:"plant"`
	// Possible says that it was found with the tier possible, with what Score.
	Possible bool    `json:"possible"`
	Score    float64 `json:"score"`
	// Closeness of the two sentences, from 0 to 1: the closer, the worse the miss.
	Closeness float64 `json:"closeness"`
}

// A Flag is a false finding: what was found where nothing was planted.
type Flag struct {
	Found Found       `json:"found"`
	A     FoundMember `json:"a"`
	B     FoundMember `json:"b,omitzero"` // B is zero where there is one side
	Rows  []string    `json:"rows"`       // that it counts against
	// Lookalike is the one that was taken for a doubt; nil where none was planted there.
	Lookalike *Plant `json:"lookalike,omitempty"`
}

// A Report says how well the doubts of a Set were found.
//
// A contradiction (Conflict, YesNo, Drift) is found when a finding of tier likely claims
// a pair whose sides are its two sentences, whichever of the three kinds the finding
// names. An expired date is found when a finding points at its sentence, a duplicate
// when a finding joins its two pages and, where the finding names passages, these.
//
// Every other pair that a finding claims is false, once however many findings claim it,
// and counts against the row that the finding belongs to: translation drift, yes/no,
// expired or duplicates as its Kind and Type say; any other contradiction against
// copies if the two sentences without their figures share at least half of their words,
// else against reworded, and against both where a sentence is missing. So no false
// finding is without a row, and lookalikes are not the only ones that count: whatever
// was not planted is false.
type Report struct {
	Rows       []Row  `json:"rows"` // what is asked
	Wide       []Row  `json:"wide"` // the same with the tier possible counted as found
	Types      []Row  `json:"types"`
	Levels     []Row  `json:"levels"`
	Cells      []Row  `json:"cells"` // of conflicts, by type and level; without what is false
	Languages  []Row  `json:"languages"`
	Traps      []Row  `json:"traps"` // lookalikes: Planted, and False of them flagged
	Misses     []Miss `json:"misses,omitempty"`
	Flags      []Flag `json:"flags,omitempty"`
	Lookalikes int    `json:"lookalikes"`
	// Groups are the findings of tier likely as owners see them: one is false if any two
	// of its members that differ do so falsely, whatever pairs it claims.
	Groups Row `json:"groups"`
}

// The rows.
const (
	rowCopies     = "copies"
	rowReworded   = "reworded"
	rowYesNo      = "yes/no"
	rowDrift      = "drift"
	rowExpired    = "expired"
	rowDuplicates = "duplicates"
)

func wanted() []Row {
	return []Row{
		{Name: rowCopies, Want: Want{0.97, 0.93}}, {Name: rowReworded, Want: Want{0.92, 0.60}}, {Name: rowYesNo, Want: Want{0.85, 0.50}},
		{Name: rowDrift, Want: Want{0.95, 0.85}}, {Name: rowExpired, Want: Want{0.95, 0.85}}, {Name: rowDuplicates, Want: Want{0.98, 0.98}},
	}
}

// row is the row a plant counts in; "" of lookalikes.
func (p *Plant) row() string {
	switch {
	case p.Kind == YesNo:
		return rowYesNo
	case p.Kind == Drift:
		return rowDrift
	case p.Kind == Expired:
		return rowExpired
	case p.Kind == Duplicate:
		return rowDuplicates
	case p.Kind == Conflict && p.Level == Copy:
		return rowCopies
	case p.Kind == Conflict:
		return rowReworded
	}
	return ""
}

// worstMisses is how many misses a Report lists.
const worstMisses = 50

// Score compares what was found with what was planted.
func Score(set Set, findings []Found) Report {
	narrow, wide := newTally(&set, findings, false), newTally(&set, findings, true)
	r := Report{Flags: narrow.flags}
	r.Rows, r.Wide = narrow.rows(wanted()), wide.rows(wanted())
	r.Types = narrow.by(func(p *Plant) string {
		if p.Kind == Conflict || p.Kind == Drift {
			return p.Type
		}
		return ""
	}, func(f *Flag) string {
		if slices.ContainsFunc(f.Rows, func(r string) bool { return r == rowCopies || r == rowReworded || r == rowDrift }) {
			return f.Found.Type
		}
		return ""
	})
	r.Levels = narrow.by(func(p *Plant) string {
		if p.Level == "" {
			return ""
		}
		return p.row() + ", " + string(p.Level)
	}, nil)
	r.Cells = narrow.by(func(p *Plant) string {
		if p.Kind != Conflict {
			return ""
		}
		return p.Type + ", " + string(p.Level)
	}, nil)
	r.Languages = narrow.by(func(p *Plant) string { return p.row() + ", " + p.Language }, func(f *Flag) string {
		page, ok := set.Page(f.A.Page)
		if !ok {
			return ""
		}
		return f.Rows[0] + ", " + page.Locale
	})
	r.Traps, r.Lookalikes = narrow.traps()
	r.Misses = narrow.misses(wide)
	r.Groups = narrow.groups(findings)
	return r
}

// misses are the worst first: the closest in words, which any reader would have seen.
func (t *tally) misses(wide *tally) []Miss {
	var out []Miss
	for i := range t.set.Plants {
		p := &t.set.Plants[i]
		if p.row() == "" || t.found[i] {
			continue
		}
		m := Miss{Plant: *p, Possible: wide.found[i], Score: wide.score[i], Closeness: 1}
		if p.B.Page != "" {
			m.Closeness = closeness(p.A.Quote, p.B.Quote)
		}
		out = append(out, m)
	}
	slices.SortStableFunc(out, func(a, b Miss) int { return cmp.Compare(b.Closeness, a.Closeness) })
	return out[:min(len(out), worstMisses)]
}
