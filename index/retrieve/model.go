package retrieve

// DefaultModel returns the model for bases that have none of their own. It was
// fitted, near the weights measured on encyclopaedic questions, to
// faq-fr-servicepublic and faq-en-covid: each question as it is and with its
// pages left out. Its confidence supposes that half of the questions have an
// answer in the base.
func DefaultModel() *Model {
	return &Model{
		Bias:  -3.5,
		Found: 0.6, Uncertain: 0.2,
		Weights: Features{
			fWords: 0.9, fGrams: 3.2, fCover: 0.2, fWordsMargin: 1.55, fGramsMargin: 2.4, fAgree: 0.4, fFew: -3.2,
			fTitle: 0.4, fTitleShare: 0.9, fTitleMargin: 0.1, fTitled: -0.6,
		},
	}
}
