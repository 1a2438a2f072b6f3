package evaluate

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"

	"freshet/connectors/connectortest"
	"freshet/index"
	"freshet/index/lexical"
	"freshet/index/retrieve"
)

// A page of an evaluation set.
type page struct {
	id, title, url, text string
	locale               string // "": the set's language
	questions            []string
}

// A set is a base with its questions.
type set struct {
	name, language string
	pages          []page
	questions      []Question
}

// records reads a JSONL file of a set.
func records[T any](t testing.TB, set, file string) []T {
	t.Helper()
	var list []T
	connectortest.EachLine(t, set+"/"+file, func(x T) { list = append(list, x) })
	return list
}

type setAnswer struct{ Text string }

func servicepublic(t testing.TB) set {
	s := set{name: "faq-fr-servicepublic", language: "fr"}
	for _, r := range records[struct{ ID, URL, Text string }](t, s.name, "kb.jsonl") {
		s.pages = append(s.pages, page{id: r.ID, url: r.URL, text: r.Text})
	}
	for _, r := range records[struct {
		Question string
		Expected string `json:"expected_doc"`
		Answers  []setAnswer
	}](t, s.name, "queries.jsonl") {
		q := Question{Question: r.Question, Expected: []string{r.Expected}}
		if len(r.Answers) > 0 {
			q.Answer = r.Answers[0].Text
		}
		s.questions = append(s.questions, q)
	}
	return s
}

// extras are the three further files of faq-fr-servicepublic, each a base.
func extras(t testing.TB) []set {
	var list []set
	for _, name := range []string{"best_fiche", "manual_dataset_aide", "manual_dataset_demarches"} {
		b := connectortest.Data(t, "faq-fr-servicepublic/extra_squad_format/"+name+".json")
		var file struct {
			Data []struct {
				ID         any
				Title      string
				Paragraphs []struct {
					Context string
					QAs     []struct {
						Question   string
						Answers    []setAnswer
						Impossible bool `json:"is_impossible"`
					}
				}
			}
		}
		if err := json.Unmarshal(b, &file); err != nil {
			t.Fatal(err)
		}
		s := set{name: name, language: "fr"}
		at := make(map[string]int) // pages and questions can occur several times
		for _, d := range file.Data {
			id := fmt.Sprint(d.ID)
			for _, p := range d.Paragraphs {
				if _, ok := at["page "+id]; !ok {
					at["page "+id] = len(s.pages)
					s.pages = append(s.pages, page{id: id, title: d.Title})
				}
				if pg := &s.pages[at["page "+id]]; !strings.Contains(pg.text, p.Context) {
					pg.text += "\n" + p.Context
				}
				for _, qa := range p.QAs {
					if strings.TrimSpace(qa.Question) == "" {
						continue
					}
					i, ok := at["question "+qa.Question]
					if !ok {
						i = len(s.questions)
						at["question "+qa.Question] = i
						s.questions = append(s.questions, Question{Question: qa.Question})
						if len(qa.Answers) > 0 && !qa.Impossible {
							s.questions[i].Answer = qa.Answers[0].Text
						}
					}
					if !slices.Contains(s.questions[i].Expected, id) {
						s.questions[i].Expected = append(s.questions[i].Expected, id)
					}
				}
			}
		}
		list = append(list, s)
	}
	return list
}

func covid(t testing.TB) set {
	s := set{name: "faq-en-covid", language: "en"}
	for _, r := range records[struct {
		ID, Text  string
		Questions []string `json:"faq_questions"`
	}](t, s.name, "kb.jsonl") {
		p := page{id: r.ID, text: r.Text, questions: r.Questions}
		if len(r.Questions) > 0 {
			p.title = strings.TrimSpace(r.Questions[0])
		}
		s.pages = append(s.pages, p)
	}
	at := make(map[string]int)
	for _, r := range records[struct {
		Question string
		Expected string `json:"expected_doc"`
	}](t, s.name, "queries.jsonl") {
		key := strings.ToLower(strings.TrimSpace(r.Question))
		i, ok := at[key]
		if !ok {
			i = len(s.questions)
			at[key] = i
			s.questions = append(s.questions, Question{Question: r.Question})
		}
		if !slices.Contains(s.questions[i].Expected, r.Expected) {
			s.questions[i].Expected = append(s.questions[i].Expected, r.Expected)
		}
	}
	return s
}

func stackexchange(t testing.TB) set {
	s := set{name: "faq-en-stackexchange", language: "en"}
	threads := make(map[int][]string)
	for _, r := range records[struct {
		ID, Title, Text string
		Thread          int
	}](t, s.name, "kb.jsonl") {
		s.pages = append(s.pages, page{id: r.ID, title: r.Title, text: r.Text})
		threads[r.Thread] = append(threads[r.Thread], r.ID)
	}
	for _, r := range records[struct {
		Question string
		Thread   int
	}](t, s.name, "queries.jsonl") {
		s.questions = append(s.questions, Question{Question: r.Question, Expected: threads[r.Thread]})
	}
	return s
}

var (
	blockTags = regexp.MustCompile(`(?i)</?(p|div|li|ul|ol|br|h[1-6]|tr|table)\b[^>]*>`)
	tags      = regexp.MustCompile(`<[^>]*>`)
)

func cnil(t testing.TB) set {
	s := set{name: "faq-fr-cnil", language: "fr"}
	seen := make(map[string]bool)
	for _, r := range records[struct{ ID, Title, URL, HTML string }](t, s.name, "kb_html.jsonl") {
		if seen[r.ID] {
			continue
		}
		seen[r.ID] = true
		text := html.UnescapeString(tags.ReplaceAllString(blockTags.ReplaceAllString(r.HTML, "\n"), ""))
		s.pages = append(s.pages, page{id: r.ID, title: r.Title, url: r.URL, text: text})
	}
	for _, r := range records[struct {
		Question string
		Expected any `json:"expected_doc"`
	}](t, s.name, "queries.jsonl") {
		s.questions = append(s.questions, Question{Question: r.Question, Expected: []string{fmt.Sprint(r.Expected)}})
	}
	return s
}

// chunkWords is the size of the test's own chunks: paragraphs are gathered until
// there are so many words.
const chunkWords = 200

// cut splits a text at line ends into pieces of about chunkWords, and paragraphs
// that are longer at sentence ends.
func cut(text string) []string {
	var list []string
	var now []string
	words := 0
	flush := func() {
		if words > 0 {
			list = append(list, strings.Join(now, "\n"))
			now, words = nil, 0
		}
	}
	for _, paragraph := range strings.Split(text, "\n") {
		for _, sentences := range long(paragraph) {
			n := len(strings.Fields(sentences))
			if words > 0 && words+n > chunkWords*3/2 {
				flush()
			}
			now = append(now, sentences)
			words += n
			if words >= chunkWords {
				flush()
			}
		}
	}
	flush()
	return list
}

// long cuts a paragraph of more than chunkWords words at its sentences.
func long(paragraph string) []string {
	if len(strings.Fields(paragraph)) <= chunkWords {
		return []string{paragraph}
	}
	var list []string
	start := 0
	for i := 0; i+1 < len(paragraph); i++ {
		if strings.IndexByte(".!?", paragraph[i]) >= 0 && paragraph[i+1] == ' ' && len(strings.Fields(paragraph[start:i])) > chunkWords/2 {
			list = append(list, paragraph[start:i+1])
			start = i + 2
		}
	}
	return append(list, paragraph[start:])
}

// bench is a set that was indexed.
type bench struct {
	set
	store     *memory
	retriever *retrieve.Retriever
	base      retrieve.Base
	embed     retrieve.Embed // nil: none
}

func indexed(s set) *bench {
	b := &bench{set: s, store: newMemory(), base: retrieve.Base{Languages: []string{s.language}}}
	e := lexical.NewEncoder()
	for _, p := range s.pages {
		locale := cmp.Or(p.locale, s.language)
		for ord, text := range cut(p.text) {
			b.store.add(index.Passage{
				Chunk: index.Chunk{
					ID: index.NewChunkID(p.id, nil, text, ord), Document: p.id, Ord: ord, Title: p.title, Text: text,
					Locale: locale, Words: len(strings.Fields(text)), UntilSeq: index.Open,
				},
				Document: index.DocumentInfo{Key: p.id, ExternalID: p.id, Base: "b", Title: p.title, URL: p.url, Locale: locale},
			}, e)
		}
	}
	b.retriever = retrieve.New(retrieve.Options{
		Active: func() retrieve.Active { return retrieve.Active{Store: b.store, Embed: b.embed} }, Catalog: b.store, Terms: b.store.terms,
		Base:   func(string) (retrieve.Base, bool) { return b.base, true },
		Limits: retrieve.Limits{Limit: 100},
	})
	return b
}

func (b *bench) run(t testing.TB, request retrieve.Request) []Line {
	t.Helper()
	return b.ask(t, b.questions, request)
}

func (b *bench) ask(t testing.TB, questions []Question, request retrieve.Request) []Line {
	t.Helper()
	request.Base = "b"
	lines, err := Run(t.Context(), questions, Options{Search: b.retriever.Search, Request: request, Depth: 100})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}
