package lexical

import (
	"strings"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/french"
)

// stopWords are dropped before stemming, folded. Negations and the like (sans,
// non, pas, plus, no, not) are missing on purpose: they carry meaning in help
// content. So are "ete" and "sommes", which are also summer and sums.
var stopWords = map[string]map[string]bool{
	"fr": words(`a ai aie aient aies ait as au aura aurai auraient aurais aurait auras aurez auriez aurions aurons auront
		aux avaient avais avait avec avez aviez avions avons ayant ayez ayons c ce ceci cela celle celles celui ces cet
		cette ceux comme d dans de des donc du elle elles en es est et etaient etais etait etant etes
		etiez etions etre eu eue eues eurent eus eusse eut eux fumes furent fus fut ici il ils j je l la
		le les leur leurs lors lui m ma mais me meme memes mes moi mon n ne nos notre nous on ont ou par pour qu
		que quelquun quelquune s sa se sera serai seraient serais serait seras serez
		seriez serions serons seront ses si soi soient sois soit son sont soyez soyons suis sur t ta te tes toi ton
		tu un une vos votre vous y quoi dont afin alors ainsi aussi car chez ci entre etc lorsque puis puisque tandis
		tel telle telles tels tres ca cest estce jai`),
	"en": words(`i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers
		herself it its itself they them their theirs themselves this that these those am is are
		was were be been being had having doing ought a an the and but if
		or because as until while of at by for with about against between into through during before after above
		below to from up down in on off over under again further then once here there all any
		both each few more most other some such only own same so than too very will just s t don cannot let`),
}

// questionWords count in titles alone, folded: there they tell "how" from "why",
// in running text they say nothing.
var questionWords = map[string]map[string]bool{
	"fr": words(`comment quand quel quelle quels quelles qui`),
	"en": words(`how when where why who whom what which can could should would does do did have has`),
}

func words(list string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

// stem reduces a word in lower case, accents kept, to its folded stem.
func stem(env *snowballstem.Env, word, language string) string {
	switch language {
	case "fr":
		env.SetCurrent(word)
		french.Stem(env)
		word = env.Current()
	case "en":
		env.SetCurrent(word)
		english.Stem(env)
		word = env.Current()
	}
	return fold(word)
}
