package retrieve

// DefaultModel returns the model for bases that have none of their own.
func DefaultModel() *Model {
	return &Model{
		Bias:  -6.7,
		Found: 0.7, Uncertain: 0.4,
		Weights: Features{
			fWords: 3.6, fGrams: 5.2, fCover: 3.6, fRarest: 0.1, fWordsMargin: 1.9, fGramsMargin: 4.4, fAgree: 0.4, fFew: -3.2,
		},
	}
}
