package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"freshet/connectors"
	"freshet/pipeline/detect/links"
	"freshet/pipeline/detect/stale"
)

// A reviewConfig says how often the documents below a path, or of a class, are to be
// looked at.
type reviewConfig struct {
	Base  string `yaml:"knowledge_base"` // empty: all
	Path  string `yaml:"path"`           // of the address, with * and **
	Class string `yaml:"class"`          // pricing, policy, legal, howto, faq, ...
	Every string `yaml:"every"`          // 90d; never

	every time.Duration
}

// linksConfig says how links are checked.
type linksConfig struct {
	Check   *bool `yaml:"check"` // nil: yes, while serve runs
	PerRun  int   `yaml:"per_run"`
	PerHost int   `yaml:"per_host"`
}

// never is the interval of what needs no review.
const never = "never"

var reviewClasses = []string{string(stale.Pricing), string(stale.Policy), string(stale.Legal), string(stale.HowTo), string(stale.FAQ), string(stale.News), string(stale.Changelog), string(stale.Archive)}

func (r *reviewConfig) check(w *walker, e expander, at string, bases map[string]bool) {
	expand(w, e, map[string]*string{at + ".knowledge_base": &r.Base, at + ".path": &r.Path, at + ".class": &r.Class, at + ".every": &r.Every})
	checkBase(w, at, r.Base, bases)
	checkPath(w, at, r.Path)
	if given(r.Path, r.Class) != 1 {
		w.say(0, "%s: write one of path and class: what is to be looked at", at)
	}
	if r.Class != "" {
		r.Class = strings.ReplaceAll(strings.ToLower(r.Class), "-", "")
		if r.Base != "" {
			w.say(0, "%s: an interval of a class holds for all knowledge bases; write a path such as /** for one of them", at)
		}
		if !slices.Contains(reviewClasses, r.Class) {
			w.say(0, "%s.class: %q is none; there are %s", at, r.Class, strings.Join(reviewClasses, ", "))
		}
	}
	if r.Every == never {
		return
	}
	var err error
	if r.every, err = connectors.ParseDuration(r.Every); err != nil || r.every < stale.Day {
		w.say(0, "%s.every: %q is not a duration of a day or more, such as 90d; %s for what needs no review", at, r.Every, never)
	}
}

func (l *linksConfig) check(w *walker) {
	const most = 1_000_000
	for _, limit := range []struct {
		key string
		n   int
	}{{"per_run", l.PerRun}, {"per_host", l.PerHost}} {
		if limit.n < 0 || limit.n > most {
			w.say(0, "doubts.links.%s: %d is not a number of links from 1 to %d", limit.key, limit.n, most)
		}
	}
}

// checked reports whether links are checked at all.
func (l *linksConfig) checked() bool { return l.Check == nil || *l.Check }

func (l *linksConfig) limits() links.Limits { return links.Limits{Run: l.PerRun, Host: l.PerHost} }

// checkStale looks at what says when documents are out of date.
func (d *doubtsConfig) checkStale(w *walker, e expander, bases map[string]bool) {
	for i := range d.Review {
		d.Review[i].check(w, e, fmt.Sprintf("doubts.review[%d]", i), bases)
	}
	for i := range d.RetiredTerms {
		expand(w, e, map[string]*string{fmt.Sprintf("doubts.retired_terms[%d]", i): &d.RetiredTerms[i]})
	}
	if n := len(d.RetiredTerms); n > stale.MostTerms {
		w.say(0, "doubts.retired_terms: %d terms are more than are looked for; write at most %d", n, stale.MostTerms)
	}
	d.Links.check(w)
}

// staleRules are the rules by which documents are out of date; c may be nil.
func staleRules(c *config) stale.Rules {
	var r stale.Rules
	if c == nil {
		return r
	}
	for _, rule := range c.Doubts.Review {
		if rule.Path != "" {
			r.Review.Paths = append(r.Review.Paths, stale.PathRule{Base: rule.Base, Path: rule.Path, Every: rule.every})
			continue
		}
		if r.Review.Classes == nil {
			r.Review.Classes = make(map[stale.Class]time.Duration)
		}
		r.Review.Classes[stale.Class(rule.Class)] = rule.every
	}
	r.Terms = stale.NewTerms(c.Doubts.RetiredTerms)
	return r
}
