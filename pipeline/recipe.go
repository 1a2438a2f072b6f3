package pipeline

import (
	"slices"
	"strings"

	"freshet/index/catalog"
	"freshet/index/lexical"
	"freshet/pipeline/chunk"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/formats"
)

// recipes are those of one source. A recipe names all versions and options that
// shape the chunks of a document, as "html/1+options|chunk/1|lexical/1": before the
// first bar stands what its text depends on, behind it what is made from that text.
//
// A document that no form could read has a refusal there instead, which names what
// was tried: it is tried again when a form is new, or raised, or allowed more.
type recipes struct {
	options string          // of the source, "+..." or ""
	cut     string          // "|chunk/1|lexical/1"
	refusal string          // of a document that cannot be read as it stands
	texts   map[string]bool // what stands before the bar of texts that need not be read again
	whole   map[string]bool // recipes of documents about which nothing is to be done
}

// refusalMark begins the recipe of a document that no form could read.
const refusalMark = "!"

func recipesOf(x *formats.Extractor, s *catalog.Source) *recipes {
	r := &recipes{cut: "|" + chunk.Version + "|" + lexical.Version, texts: make(map[string]bool), whole: make(map[string]bool)}
	if options := readingSettings(s); len(options) > 0 {
		r.options = "+" + digest(options)
	}
	versions := x.Versions()
	for _, v := range versions {
		r.texts[v+r.options] = true
		r.whole[v+r.options+r.cut] = true
	}
	r.refusal = refusalMark + digest(struct {
		Versions, Programs []string
		Options            string
		Limits             extract.Limits
	}{versions, x.Programs(), r.options, x.Limits()})
	return r
}

// of is the recipe of what is made of a text that was just read.
func (r *recipes) of(t *extract.Text) string { return t.Version + r.options + r.cut }

// recut is the recipe of what is made of a text that is kept, of a document with
// this recipe.
func (r *recipes) recut(recipe string, t *extract.Text) string {
	text := textRecipe(recipe)
	if text == "" || strings.HasPrefix(text, refusalMark) { // it says nothing of the text that is kept
		text = t.Version + r.options
	}
	return text + r.cut
}

// current reports whether nothing need be made again of a document.
func (r *recipes) current(recipe string) bool { return r.whole[recipe] }

// reads reports whether the text of a document need not be read again.
func (r *recipes) reads(recipe string) bool { return r.texts[textRecipe(recipe)] }

// cutNow reports whether what is made of the text need not be made again.
func (r *recipes) cutNow(recipe string) bool { return strings.HasSuffix(recipe, r.cut) }

// settled lists the recipes of documents about which nothing is to be done.
func (r *recipes) settled() []string {
	out := []string{r.refusal}
	for recipe := range r.whole {
		out = append(out, recipe)
	}
	slices.Sort(out)
	return out
}

// textRecipe is the part of a recipe that needs the content again when it changes.
func textRecipe(recipe string) string {
	text, _, _ := strings.Cut(recipe, "|")
	return text
}
