package lexical

// BM25 constants. averages are the mean numbers of tokens of a namespace in
// chunks of help-centre text; they are fixed so that a vector depends on its
// chunk alone, and part of Version.
const (
	k1          = 1.2
	lengthShare = 0.75
)

var averages = [namespaces]float32{Words: 90, Grams: 540, TitleWords: 6, TitleGrams: 40}

// memo is how many frequencies have their weight computed once for a chunk.
const memo = 4

// A weigher computes BM25 weights for a namespace of one chunk.
type weigher struct {
	norm float32
	few  [memo]float32
}

func newWeigher(n Namespace, length int) weigher {
	w := weigher{norm: k1 * (1 - lengthShare + lengthShare*float32(length)/averages[n])}
	for f := range w.few {
		w.few[f] = w.compute(f)
	}
	return w
}

func (w *weigher) weight(f int) float32 {
	if f < memo {
		return w.few[f]
	}
	return w.compute(f)
}

func (w *weigher) compute(f int) float32 {
	return float32(f) * (k1 + 1) / (float32(f) + w.norm)
}
