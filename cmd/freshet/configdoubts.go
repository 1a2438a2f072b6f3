package main

import (
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"freshet/connectors"
)

// doubtsConfig says who is asked about doubts, and what is right about what.
type doubtsConfig struct {
	Owners      []ownerConfig     `yaml:"owners"`
	Fallback    string            `yaml:"fallback"` // who is asked where nobody else is found
	Authorities []authorityConfig `yaml:"authorities"`
	DueAfter    string            `yaml:"due_after"` // how long owners have for a fix that was asked for
	Audit       auditConfig       `yaml:"audit"`
	Webhooks    []webhookConfig   `yaml:"webhooks"`
	Judge       judgeConfig       `yaml:"judge"`

	Review       []reviewConfig `yaml:"review"`        // how often pages are to be looked at; the first that fits decides
	RetiredTerms []string       `yaml:"retired_terms"` // products and names that are no longer
	Links        linksConfig    `yaml:"links"`

	dueAfter time.Duration
}

// An ownerConfig names who is asked about one document, about those below a path, of a
// source or of a team; or, with person, who stands in for somebody.
type ownerConfig struct {
	Base      string `yaml:"knowledge_base"` // empty: all
	Document  string `yaml:"document"`       // key, ID in its source, or address
	Path      string `yaml:"path"`           // of the address, with * and **
	Source    string `yaml:"source"`
	Team      string `yaml:"team"`
	Person    string `yaml:"person"`
	Owner     string `yaml:"owner"`
	Deputy    string `yaml:"deputy"`
	AwayUntil string `yaml:"away_until"` // a date: the deputy is asked before it

	awayUntil time.Time
}

// An authorityConfig says that a source, the pages below a path or one document is
// right about a topic.
type authorityConfig struct {
	Base     string `yaml:"knowledge_base"`
	Topic    string `yaml:"topic"` // a type of values such as money, a class such as pricing, or *
	Source   string `yaml:"source"`
	Path     string `yaml:"path"`
	Document string `yaml:"document"`
	Effect   string `yaml:"effect"` // suggests (default), settles
}

// defaultDueAfter is how long owners have to mend a page at its source.
const defaultDueAfter = 14 * 24 * time.Hour

// doubts checks the keys of the block.
func (w *walker) doubts(n ast.Node) {
	w.block(n, "doubts", keysOf(doubtsConfig{}))
	values, _ := mapping(n)
	for _, v := range values {
		switch v.Key.String() {
		case "owners":
			w.entries(v.Value, "doubts.owners", ownerConfig{})
		case "authorities":
			w.entries(v.Value, "doubts.authorities", authorityConfig{})
		case "audit":
			w.block(v.Value, "doubts.audit", keysOf(auditConfig{}))
		case "judge":
			w.block(v.Value, "doubts.judge", keysOf(judgeConfig{}))
		case "webhooks":
			w.entries(v.Value, "doubts.webhooks", webhookConfig{})
		case "review":
			w.entries(v.Value, "doubts.review", reviewConfig{})
		case "links":
			w.block(v.Value, "doubts.links", keysOf(linksConfig{}))
		}
	}
}

// entries checks the keys of each entry of a list.
func (w *walker) entries(n ast.Node, name string, entry any) {
	w.each(n, name, func(item []*ast.MappingValueNode) { w.keys(item, "an entry of "+name, keysOf(entry)) })
}

// check expands references and looks whether what is written can be meant.
func (d *doubtsConfig) check(w *walker, e expander, bases map[string]bool) {
	expand(w, e, map[string]*string{"doubts.fallback": &d.Fallback, "doubts.due_after": &d.DueAfter})
	d.dueAfter = defaultDueAfter
	if d.DueAfter != "" {
		var err error
		if d.dueAfter, err = connectors.ParseDuration(d.DueAfter); err != nil || d.dueAfter < 24*time.Hour {
			w.say(0, "doubts.due_after: %q is not a duration of a day or more, such as 14d", d.DueAfter)
		}
	}
	d.Audit.check(w, e)
	d.Judge.check(w, e)
	checkWebhooks(w, e, d.Webhooks, bases)
	d.checkStale(w, e, bases)
	for i := range d.Owners {
		d.Owners[i].check(w, e, fmt.Sprintf("doubts.owners[%d]", i), bases)
	}
	for i := range d.Authorities {
		d.Authorities[i].check(w, e, fmt.Sprintf("doubts.authorities[%d]", i), bases)
	}
}

func (o *ownerConfig) check(w *walker, e expander, at string, bases map[string]bool) {
	expand(w, e, map[string]*string{at + ".knowledge_base": &o.Base, at + ".document": &o.Document, at + ".path": &o.Path, at + ".source": &o.Source, at + ".team": &o.Team,
		at + ".person": &o.Person, at + ".owner": &o.Owner, at + ".deputy": &o.Deputy, at + ".away_until": &o.AwayUntil})
	checkBase(w, at, o.Base, bases)
	checkPath(w, at, o.Path)
	if n := given(o.Document, o.Path, o.Source, o.Team, o.Person); n != 1 {
		w.say(0, "%s: write one of document, path, source, team and person", at)
	}
	switch {
	case o.Person != "" && (o.Owner != "" || o.Deputy == ""):
		w.say(0, "%s: with person write who stands in, as deputy, and no owner", at)
	case o.Person == "" && o.Owner == "":
		w.say(0, "%s: owner is missing: who is asked", at)
	case o.AwayUntil != "" && o.Deputy == "":
		w.say(0, "%s: away_until needs a deputy, who is asked meanwhile", at)
	}
	if o.AwayUntil == "" {
		return
	}
	day, err := time.Parse(time.DateOnly, o.AwayUntil)
	if err != nil {
		w.say(0, "%s.away_until: %q is not a date such as 2027-01-31", at, o.AwayUntil)
		return
	}
	o.awayUntil = day
}

func (a *authorityConfig) check(w *walker, e expander, at string, bases map[string]bool) {
	expand(w, e, map[string]*string{at + ".knowledge_base": &a.Base, at + ".topic": &a.Topic, at + ".document": &a.Document, at + ".path": &a.Path, at + ".source": &a.Source, at + ".effect": &a.Effect})
	checkBase(w, at, a.Base, bases)
	checkPath(w, at, a.Path)
	if a.Topic == "" {
		w.say(0, "%s: topic is missing: a type of values such as money, a class such as pricing, or *", at)
	}
	if n := given(a.Document, a.Path, a.Source); n != 1 {
		w.say(0, "%s: write one of source, path and document: what is right", at)
	}
	oneOf(w, at+".effect", &a.Effect, "suggests", "settles")
}

func checkBase(w *walker, at, base string, bases map[string]bool) {
	if base != "" && len(bases) > 0 && !bases[base] {
		w.say(0, "%s: the knowledge base %q is not among knowledge_bases", at, base)
	}
}

func checkPath(w *walker, at, pattern string) {
	if _, err := path.Match(strings.ReplaceAll(pattern, "**", "*"), ""); err != nil {
		w.say(0, "%s.path: %q is not a path such as /tarifs/**", at, pattern)
	}
}

// given counts what is written.
func given(texts ...string) int {
	n := 0
	for _, text := range texts {
		if text != "" {
			n++
		}
	}
	return n
}
