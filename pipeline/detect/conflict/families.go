package conflict

// Families are the template families of a base: sentences that are equal but for one
// word and the values, as of plans or of shops. The zero value and nil hold none.
type Families struct{}

// Learn finds the template families of some passages: three sentences or more that
// are equal after one word and the values are masked and whose values differ pairwise.
// The masked words are a contrast set: they tell one of a family from another, also in
// other sentences.
func (c *Comparer) Learn(sides []*Side) *Families { return &Families{} }

// apart says whether two sentences speak of two members of one family.
func (f *Families) apart(a, b *sentence) bool { return false }
