// Package sample is the built-in help centre of Ondavelle, a company that does not
// exist: an internet, mobile and television provider with pages in French and
// English. The demo serves it as a website and asks its questions; tests change it
// while it is being served.
//
// The pages hold mistakes on purpose, listed by [Plants]: contradictions,
// duplicates, expired offers, and things that only look like contradictions.
package sample

import (
	"bufio"
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

//go:embed pages/fr/*.md pages/en/*.md questions.jsonl planted.json
var files embed.FS

// A Page is one page of the help centre in one language.
type Page struct {
	Path     string // "/fr/forfaits-mobiles"
	Lang     string // "fr" or "en"
	Title    string
	Section  string    // heading of the menu it stands under, in its language
	Group    string    // the same for a page and its translation
	Updated  time.Time // the day that the page itself shows
	Markdown string    // the body, without front matter
}

// A Question is what a user of the help centre might ask.
type Question struct {
	Question string   `json:"question"`
	Expected []string `json:"expected"`         // paths of every page that answers it; empty: none does
	Answer   string   `json:"answer,omitempty"` // words that a passage answering it holds
}

// A Plant is a known flaw of the pages, or a lookalike of one. Quotes[i] stands on
// Pages[i].
type Plant struct {
	Kind   string   `json:"kind"` // contradiction, lookalike, duplicate, expired, outdated or drift
	Pages  []string `json:"pages"`
	Quotes []string `json:"quotes"`
	Note   string   `json:"note"`
}

// Pages returns all pages as they were written, in order of path.
func Pages() []Page {
	var pages []Page
	for _, lang := range []string{"en", "fr"} {
		entries, err := files.ReadDir("pages/" + lang)
		if err != nil {
			panic(err) // embedded: cannot be missing
		}
		for _, e := range entries {
			raw, err := files.ReadFile("pages/" + lang + "/" + e.Name())
			if err != nil {
				panic(err)
			}
			p, err := parsePage(lang, strings.TrimSuffix(e.Name(), ".md"), string(raw))
			if err != nil {
				panic(err) // held by the tests of this package
			}
			pages = append(pages, p)
		}
	}
	slices.SortFunc(pages, func(a, b Page) int { return strings.Compare(a.Path, b.Path) })
	return pages
}

// Questions returns the sample's questions in their order.
func Questions() []Question {
	raw, err := files.ReadFile("questions.jsonl")
	if err != nil {
		panic(err)
	}
	var questions []Question
	lines := bufio.NewScanner(bytes.NewReader(raw))
	for lines.Scan() {
		var q Question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			panic(fmt.Errorf("questions.jsonl: %w", err))
		}
		questions = append(questions, q)
	}
	return questions
}

// QuestionsJSONL returns the questions as the file that "freshet eval retrieval"
// reads.
func QuestionsJSONL() []byte {
	raw, err := files.ReadFile("questions.jsonl")
	if err != nil {
		panic(err)
	}
	return raw
}

// Plants returns what is known to be wrong, or only seems so, on the pages.
func Plants() []Plant {
	raw, err := files.ReadFile("planted.json")
	if err != nil {
		panic(err)
	}
	var plants []Plant
	if err := json.Unmarshal(raw, &plants); err != nil {
		panic(fmt.Errorf("planted.json: %w", err))
	}
	return plants
}

func parsePage(lang, slug, raw string) (Page, error) {
	p := Page{Path: "/" + lang + "/" + slug, Lang: lang}
	head, body, ok := strings.Cut(strings.TrimPrefix(raw, "---\n"), "\n---\n")
	if !ok {
		return p, fmt.Errorf("%s: no front matter", p.Path)
	}
	p.Markdown = strings.TrimSpace(body) + "\n"
	for line := range strings.SplitSeq(head, "\n") {
		key, value, _ := strings.Cut(line, ": ")
		switch key {
		case "title":
			p.Title = value
		case "section":
			p.Section = value
		case "group":
			p.Group = value
		case "updated":
			day, err := time.Parse(time.DateOnly, value)
			if err != nil {
				return p, fmt.Errorf("%s: updated: %w", p.Path, err)
			}
			p.Updated = day
		default:
			return p, fmt.Errorf("%s: unknown front matter %q", p.Path, key)
		}
	}
	if p.Title == "" || p.Section == "" || p.Group == "" || p.Updated.IsZero() {
		return p, fmt.Errorf("%s: title, section, group and updated are needed", p.Path)
	}
	return p, nil
}
