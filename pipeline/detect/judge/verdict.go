package judge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An Answer is what two sentences are to each other.
type Answer string

// The Answers.
const (
	Conflict         Answer = "conflict"          // they say different things of one thing
	Compatible       Answer = "compatible"        // both can be true
	DifferentSubject Answer = "different_subject" // they speak of two things
	DifferentScope   Answer = "different_scope"   // for other plans, countries, times, conditions
	Superseded       Answer = "superseded"        // one was true before, and says so
	Unsure           Answer = "unsure"
)

// A Why names why a Verdict is Unsure though the model did not say so.
type Why string

// The Whys. Those of failed requests are also the Reason of the *Error.
const (
	WhyEmpty     Why = "empty"
	WhyTooLong   Why = "too_long"
	WhyImitates  Why = "imitates_marks"  // a text looks like the marks around it, or like a verdict
	WhyInvalid   Why = "invalid_verdict" // no JSON of the shape that was asked for, after a repair
	WhyQuote     Why = "quote_not_there" // a quote does not stand in its sentence, after a repair
	WhyDisagrees Why = "orders_disagree" // asked the other way round it answers otherwise
	WhyNeutral   Why = "not_decided"     // NLI finds neither a contradiction nor agreement
	WhyBudget    Why = "budget_spent"
)

// A Verdict is a judge's answer. Quotes and values stand in their sentences exactly; one
// that is not there is empty.
type Verdict struct {
	Answer     Answer  `json:"verdict"`
	Attribute  string  `json:"attribute,omitempty"`
	ValueA     string  `json:"value_a,omitempty"`
	QuoteA     string  `json:"quote_a,omitempty"`
	ValueB     string  `json:"value_b,omitempty"`
	QuoteB     string  `json:"quote_b,omitempty"`
	Confidence float64 `json:"confidence"`
	// Reasons in words, for owners: plain text of at most 200 characters, without
	// addresses. They are a model's; "" where it gave none.
	ReasonFR string `json:"reason_fr,omitempty"`
	ReasonEN string `json:"reason_en,omitempty"`
	Why      Why    `json:"why,omitempty"`
}

func (v Verdict) swap() Verdict {
	v.ValueA, v.ValueB = v.ValueB, v.ValueA
	v.QuoteA, v.QuoteB = v.QuoteB, v.QuoteA
	return v
}

func unsure(why Why) Verdict { return Verdict{Answer: Unsure, Why: why} }

const (
	mostReason = 200 // characters
	mostValue  = 200 // bytes
)

// A flaw is what is wrong with a model's reply, told to the model once.
type flaw struct {
	why  Why
	text string
}

func (f *flaw) Error() string { return f.text }

// read makes a Verdict of a model's words. The error is a *flaw.
func read(content string, q *Question) (Verdict, error) {
	var v Verdict
	content = object(content)
	if err := json.Unmarshal([]byte(content), &v); err != nil {
		return v, &flaw{WhyInvalid, "it is not one JSON object: " + err.Error()}
	}
	v.Why = ""
	if err := v.check(q); err != nil {
		return v, err
	}
	v.Attribute, v.ReasonFR, v.ReasonEN = plain(v.Attribute), plain(v.ReasonFR), plain(v.ReasonEN)
	return v, nil
}

// check looks whether a verdict shows what it says.
func (v *Verdict) check(q *Question) error {
	switch v.Answer {
	case Conflict, Compatible, DifferentSubject, DifferentScope, Superseded, Unsure:
	default:
		return &flaw{WhyInvalid, fmt.Sprintf("the verdict %.40q is none of those that were named", v.Answer)}
	}
	if !(v.Confidence >= 0 && v.Confidence <= 1) {
		return &flaw{WhyInvalid, "confidence has to be a number from 0 to 1"}
	}
	for _, side := range []struct {
		name         string
		quote, value *string
		of           *Side
	}{{"a", &v.QuoteA, &v.ValueA, &q.A}, {"b", &v.QuoteB, &v.ValueB, &q.B}} {
		*side.value = oneLine(*side.value)
		needed := v.Answer == Conflict || v.Answer == Superseded
		found := false
		*side.quote, found = locate(side.of.Sentence, *side.quote)
		switch {
		case !found:
			return &flaw{WhyQuote, "quote_" + side.name + " does not stand in the sentence of text " + side.name + " letter by letter"}
		case needed && *side.quote == "":
			return &flaw{WhyQuote, "quote_" + side.name + " is empty"}
		case needed && side.of.Value != "" && !overlap(side.of.Sentence, *side.quote, side.of.Value):
			return &flaw{WhyQuote, "quote_" + side.name + " leaves out the value in doubt"}
		}
		if len(*side.value) > mostValue || !strings.Contains(side.of.Sentence, *side.value) {
			*side.value = ""
		}
	}
	return nil
}

// locate finds a quote in its sentence and returns it as it stands there: models write
// straight marks for curly ones, and nothing else is forgiven.
func locate(sentence, quote string) (string, bool) {
	quote = oneLine(quote)
	if quote == "" || strings.Contains(sentence, quote) {
		return quote, true
	}
	straight := func(s string) string {
		return strings.Map(func(c rune) rune {
			switch c {
			case '’', '‘':
				return '\''
			case '“', '”':
				return '"'
			}
			return c
		}, s)
	}
	before, _, found := strings.Cut(straight(sentence), straight(quote))
	if !found {
		return "", false
	}
	from := utf8.RuneCountInString(before)
	return string([]rune(sentence)[from : from+utf8.RuneCountInString(quote)]), true
}

// overlap reports whether a quote has a value of its sentence, or a part of it that is a
// word: a judge may quote "30 days" where the value is "within 30 days".
func overlap(sentence, quote, value string) bool {
	if strings.Contains(quote, value) || strings.Contains(value, quote) || !strings.Contains(sentence, value) {
		return true
	}
	from, at := strings.Index(sentence, quote), strings.Index(sentence, value)
	return from < at+len(value) && at < from+len(quote)
}

// object takes away what models put around JSON: thoughts, and the fence of Markdown.
func object(s string) string {
	s = strings.TrimSpace(s)
	if i := strings.LastIndex(s, "</think>"); i >= 0 {
		s = strings.TrimSpace(s[i+len("</think>"):])
	}
	if rest, ok := strings.CutPrefix(s, "```"); ok {
		rest = strings.TrimPrefix(rest, "json")
		s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "```"))
	}
	return s
}

// plain makes a model's words safe to show: one line of text, short, without addresses
// that a text could have made it write.
func plain(s string) string {
	s = oneLine(s)
	lower := strings.ToLower(s)
	if strings.Contains(lower, "://") || strings.Contains(lower, "www.") || strings.ContainsAny(s, "<>") {
		return ""
	}
	if utf8.RuneCountInString(s) > mostReason {
		s = strings.TrimRightFunc(string([]rune(s)[:mostReason-1]), unicode.IsSpace) + "…"
	}
	return s
}

// kept reads a verdict from the cache, and looks at it as if it came from the model.
func (j *Judge) kept(ctx context.Context, key [32]byte, q *Question) (Verdict, bool, error) {
	if j.o.Cache == nil {
		return Verdict{}, false, nil
	}
	b, found, err := j.o.Cache.JudgeVerdict(ctx, key)
	if err != nil || !found {
		return Verdict{}, false, err
	}
	var v Verdict
	if err := json.Unmarshal(b, &v); err != nil {
		return Verdict{}, false, fmt.Errorf("read a verdict that was kept: %w", err)
	}
	if err := v.check(q); err != nil {
		return Verdict{}, false, nil // asked for another value: it has to be asked again
	}
	return v, true, nil
}

func (j *Judge) keep(ctx context.Context, key [32]byte, v *Verdict) {
	if j.o.Cache == nil {
		return
	}
	b, err := json.Marshal(v)
	if err == nil {
		err = j.o.Cache.KeepJudgeVerdict(ctx, key, j.Model(), b, j.o.Now())
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		j.o.Log.Warn("a verdict of the judge cannot be kept; it is asked for again", slog.Any("error", err))
	}
}
