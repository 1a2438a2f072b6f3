// Package duplicate finds texts that say the same: passages and whole documents that
// are equal, nearly equal, or one of which stands within the other.
//
// It works in two steps. Keys of a text (Signature.Keys) are few, can be kept, and two
// texts that are alike share one; so whoever keeps them finds the few texts worth a
// comparison. Compare then computes the likeness of two texts exactly, and Pages judges
// two documents: translations, siblings made from one template, and texts alike but for
// a value are no duplicates.
//
// Everything here is a function of its arguments alone, and safe for concurrent use.
package duplicate

// Version names the rules by which keys are made. Keys of different Versions are not
// compared.
const Version = "duplicate/1"

// Thresholds of what counts as alike (DOUBTS.md 1.4).
const (
	// NearJaccard is the least Jaccard index of near duplicates of at least MinShingles
	// shingles each, ShortJaccard that of shorter ones.
	NearJaccard  = 0.85
	ShortJaccard = 0.95
	// ContainedShare is the least share of a text's shingles that stand in another for it
	// to be contained there; it needs MinShingles of its own.
	ContainedShare = 0.90
	MinShingles    = 20
	// LongWords is the number of words above which shingles are of five words, else of
	// three. Of two texts the shorter one decides for both.
	LongWords = 200
)

// A Side is one of two texts that are compared.
type Side int

// The Sides.
const (
	A Side = iota
	B
)

// A Likeness is how far two texts agree.
type Likeness struct {
	// Exact: they are equal but for case, punctuation marks' shapes and white space.
	Exact bool
	// Jaccard is the number of shingles that both have over the number that either has.
	Jaccard float64
	// Contained is the share of the Smaller one's shingles that the other has.
	Contained float64
	Smaller   Side
	Shingles  int // of the Smaller
}

// Near reports whether the texts are near duplicates, or exact ones.
func (l Likeness) Near() bool {
	if l.Exact {
		return true
	}
	if l.Shingles < MinShingles {
		return l.Jaccard >= ShortJaccard
	}
	return l.Jaccard >= NearJaccard
}

// Within reports whether the Smaller text stands in the other.
func (l Likeness) Within() bool {
	return l.Shingles >= MinShingles && l.Contained >= ContainedShare
}

// Compare computes the likeness of two texts exactly. A text without words is like no
// other.
func Compare(a, b *Signature) Likeness {
	var l Likeness
	if a.Words == 0 || b.Words == 0 {
		return l
	}
	x, y := a.shingles(b), b.shingles(a)
	common := shared(x, y)
	smaller := len(x)
	if len(y) < len(x) {
		l.Smaller, smaller = B, len(y)
	}
	l.Exact = a.Exact == b.Exact
	l.Shingles = smaller
	l.Jaccard = float64(common) / float64(len(x)+len(y)-common)
	l.Contained = float64(common) / float64(smaller)
	return l
}

// shared counts what two ascending lists without repeats have in common.
func shared(x, y []uint64) int {
	n := 0
	for len(x) > 0 && len(y) > 0 {
		switch {
		case x[0] < y[0]:
			x = x[1:]
		case x[0] > y[0]:
			y = y[1:]
		default:
			n, x, y = n+1, x[1:], y[1:]
		}
	}
	return n
}
