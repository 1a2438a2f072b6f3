package duplicate

import (
	"cmp"
	"time"
)

// A Standing is what speaks for keeping one of two duplicates.
type Standing struct {
	// Canonical: the other one, or a third page, names its address as the canonical one.
	Canonical bool
	Owner     string
	Modified  time.Time // as the source says; zero when it does not
	Used      int       // how often answers used it, in the same time as the other
	Contains  bool      // the other stands within it, and it says more
	Address   string
}

// A SurvivorReason is why one of two duplicates is proposed to be kept.
type SurvivorReason string

// The SurvivorReasons, the strongest first.
const (
	ByCanonical SurvivorReason = "canonical"
	ByOwner     SurvivorReason = "owner"
	ByDate      SurvivorReason = "newer"
	ByUsage     SurvivorReason = "used"
	ByContent   SurvivorReason = "contains"
	// Undecided: nothing speaks for either; the one with the shorter address is named, so
	// that the proposal is always the same.
	Undecided SurvivorReason = "undecided"
)

// sameDay is how far apart dates of change have to be to tell which is newer: copies of
// one text are often saved within a day.
const sameDay = 24 * time.Hour

// Survivor proposes which of two duplicates to keep, and why. Swapping the arguments
// swaps the side and nothing else.
func Survivor(a, b Standing) (Side, SurvivorReason) {
	side := func(isA bool) Side {
		if isA {
			return A
		}
		return B
	}
	switch {
	case a.Canonical != b.Canonical:
		return side(a.Canonical), ByCanonical
	case (a.Owner != "") != (b.Owner != ""):
		return side(a.Owner != ""), ByOwner
	case !a.Modified.IsZero() && !b.Modified.IsZero() && a.Modified.Sub(b.Modified).Abs() >= sameDay:
		return side(a.Modified.After(b.Modified)), ByDate
	case a.Used != b.Used:
		return side(a.Used > b.Used), ByUsage
	case a.Contains != b.Contains:
		return side(a.Contains), ByContent
	}
	return side(cmp.Or(len(a.Address)-len(b.Address), cmp.Compare(a.Address, b.Address)) <= 0), Undecided
}

// Words says the reason in French and English.
func (r SurvivorReason) Words() (fr, en string) {
	switch r {
	case ByCanonical:
		return "l'autre page la désigne comme adresse canonique", "the other page names it as its canonical address"
	case ByOwner:
		return "elle a un responsable, l'autre n'en a pas", "it has an owner, the other has none"
	case ByDate:
		return "elle a été modifiée plus récemment", "it was changed more recently"
	case ByUsage:
		return "les réponses s'en servent davantage", "answers use it more"
	case ByContent:
		return "elle contient l'autre et en dit davantage", "it contains the other and says more"
	}
	return "rien ne distingue les deux ; à vous de choisir", "nothing tells them apart; the choice is yours"
}
