package lexical

import "strings"

// TitleStats say how a base's titles are used.
type TitleStats struct {
	Chunks    int
	Titled    int // chunks that have a title or a FAQ question
	Distinct  int // different titles among them
	Questions int // chunks whose title asks something
}

// Weights returns the weights of the namespaces that fit the base's titles. A
// title that asks what its page answers predicts users' questions better than
// the text does; one that only names a topic, or stands over many chunks, says
// little. Between the two the weight goes up evenly, from DefaultWeights to twice
// its weights for titles.
func (s TitleStats) Weights() Weights {
	w := DefaultWeights()
	if s.Titled == 0 {
		return w
	}
	asks := share(float32(s.Questions)/float32(s.Titled), 0.2, 0.6)
	unique := share(float32(s.Distinct)/float32(s.Titled), 0.05, 0.15)
	factor := 1 + asks*unique
	w.TitleWords *= factor
	w.TitleGrams *= factor
	return w
}

// share is 0 up to low, 1 from high, and rises evenly between them.
func share(x, low, high float32) float32 { return min(max((x-low)/(high-low), 0), 1) }

// asking are the first words of titles that put a question or name a task.
var asking = words(`comment pourquoi quand combien quel quelle quels quelles qui que quoi ou est-ce qu'est-ce peut-on puis-je
	dois-je doit-on faut-il ai-je suis-je how what when where why who which whose can could do does did is are am should
	may must will would`)

// asks reports whether a title is worded as a question.
func asks(title string) bool {
	title = strings.TrimSpace(title)
	if strings.HasSuffix(title, "?") {
		return true
	}
	first, _, more := strings.Cut(fold(strings.ToLower(title)), " ")
	first = strings.ReplaceAll(first, "’", "'")
	return more && asking[first]
}
