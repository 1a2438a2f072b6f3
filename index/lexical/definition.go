package lexical

import "strings"

// definitionFrames are how people ask what something is, folded, with the term
// where the bar stands.
var definitionFrames = []string{
	"c'est quoi|", "|c'est quoi", "qu'est-ce que c'est|", "qu'est-ce que|", "qu'est-ce qu'|", "qu'est ce que|", "qu'est ce qu'|",
	"quest ce que|", "que signifie|", "que veut dire|", "|ca veut dire quoi", "|qu'est-ce que c'est", "definition de|",
	"definition d'|", "definition|", "what is|", "what's|", "what are|", "what does|mean", "definition of|", "define|",
}

// maxDefinition is how many content words the term of such a question has at most.
const maxDefinition = 4

// definition returns the content words of the term when the question asks what a
// thing is, and nil otherwise.
func definition(question string, words []spoken) []string {
	if len(words) == 0 || len(words) > maxDefinition {
		return nil
	}
	q := strings.ReplaceAll(fold(strings.ToLower(question)), "’", "'")
	q = strings.Trim(q, " \u00a0?!.,;:")
	for _, frame := range definitionFrames {
		before, after, _ := strings.Cut(frame, "|")
		if len(q) > len(before)+len(after) && strings.HasPrefix(q, before) && strings.HasSuffix(q, after) {
			return strings.Fields(plain(words))
		}
	}
	return nil
}
