package static

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A splitter cuts a text into words, and says of each whether the whole text begins
// with it.
type splitter func(text string, first bool, word func(text string, first bool))

// deepest bounds sequences within sequences.
const deepest = 8

func readSplitter(raw json.RawMessage, depth int) ([]splitter, error) {
	var f struct {
		Type        string            `json:"type"`
		Parts       []json.RawMessage `json:"pretokenizers"`
		Replacement string            `json:"replacement"`
		Scheme      string            `json:"prepend_scheme"`
		PrefixSpace *bool             `json:"add_prefix_space"`
		Split       *bool             `json:"split"`
		Behavior    string            `json:"behavior"`
		Pattern     pattern           `json:"pattern"`
		Invert      bool              `json:"invert"`
		Digits      bool              `json:"individual_digits"`
	}
	if len(raw) == 0 || string(raw) == "null" {
		if depth > 0 {
			return nil, errors.New("a part of the sequence is missing")
		}
		return []splitter{func(text string, first bool, word func(string, bool)) { word(text, first) }}, nil
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, err
	}
	if depth > deepest {
		return nil, errors.New("sequences within sequences, too deep")
	}
	switch f.Type {
	case "Sequence":
		var out []splitter
		for _, part := range f.Parts {
			s, err := readSplitter(part, depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, s...)
		}
		if len(out) == 0 {
			return readSplitter(nil, 0)
		}
		return out, nil
	case "BertPreTokenizer":
		return []splitter{splitBert}, nil
	case "WhitespaceSplit":
		return []splitter{cutting(runs(unicode.IsSpace), removed, false)}, nil
	case "Whitespace":
		return []splitter{splitWords}, nil
	case "Punctuation":
		b, err := readBehaviour(f.Behavior, isolated)
		return []splitter{cutting(letters(punctuation), b, false)}, err
	case "Digits":
		if f.Digits {
			return []splitter{cutting(letters(unicode.IsNumber), isolated, false)}, nil
		}
		return []splitter{cutting(letters(unicode.IsNumber), contiguous, false)}, nil
	case "Metaspace":
		return readMetaspace(f.Replacement, f.Scheme, f.PrefixSpace, f.Split)
	case "Split":
		b, err := readBehaviour(f.Behavior, isolated)
		if err != nil {
			return nil, err
		}
		find, err := f.Pattern.find()
		if err != nil {
			return nil, err
		}
		return []splitter{cutting(find, b, f.Invert)}, nil
	}
	return nil, fmt.Errorf("the type %.40q is not known to this reader", f.Type)
}

// readMetaspace marks spaces, and splits before each.
func readMetaspace(mark, scheme string, prefix, split *bool) ([]splitter, error) {
	if mark == "" {
		mark = "▁"
	}
	switch {
	case scheme == "" && prefix != nil && !*prefix:
		scheme = "never"
	case scheme == "":
		scheme = "always"
	case scheme != "always" && scheme != "first" && scheme != "never":
		return nil, fmt.Errorf("prepend_scheme is %.40q", scheme)
	}
	whole := split != nil && !*split
	before := cutting(func(text string, f func(int, int)) {
		for at := 0; ; {
			k := strings.Index(text[at:], mark)
			if k < 0 {
				return
			}
			f(at+k, at+k+len(mark))
			at += k + len(mark)
		}
	}, withNext, false)
	return []splitter{func(text string, first bool, word func(string, bool)) {
		text = strings.ReplaceAll(text, " ", mark)
		if (scheme == "always" || scheme == "first" && first) && !strings.HasPrefix(text, mark) {
			text = mark + text
		}
		if whole {
			word(text, first)
			return
		}
		before(text, first, word)
	}}, nil
}

// behaviour is what becomes of what a text is split at.
type behaviour int

const (
	removed behaviour = iota + 1
	isolated
	withPrevious
	withNext
	contiguous
)

func readBehaviour(name string, usual behaviour) (behaviour, error) {
	switch name {
	case "":
		return usual, nil
	case "Removed":
		return removed, nil
	case "Isolated":
		return isolated, nil
	case "MergedWithPrevious":
		return withPrevious, nil
	case "MergedWithNext":
		return withNext, nil
	case "Contiguous":
		return contiguous, nil
	}
	return 0, fmt.Errorf("the behavior %.40q is not known", name)
}

// finder calls f for the places at which a text is split, in order.
type finder func(text string, f func(from, to int))

// span is a part of a text, found or between what is found.
type span struct {
	from, to int
	found    bool
}

// spans cuts a whole text into what is found and what is between; inverted, they
// change places.
func spans(text string, find finder, invert bool) []span {
	var out []span
	at := 0
	find(text, func(from, to int) {
		if from > at {
			out = append(out, span{at, from, invert})
		}
		out = append(out, span{from, to, !invert})
		at = to
	})
	if at < len(text) {
		out = append(out, span{at, len(text), invert})
	}
	return out
}

// cutting splits at what is found.
func cutting(find finder, b behaviour, invert bool) splitter {
	return func(text string, first bool, word func(string, bool)) {
		for _, s := range b.join(spans(text, find, invert)) {
			word(text[s.from:s.to], first && s.from == 0)
		}
	}
}

// join puts spans together, or leaves some out, in place.
func (b behaviour) join(all []span) []span {
	out := all[:0]
	for i := 0; i < len(all); i++ {
		s := all[i]
		switch {
		case b == removed && s.found:
			continue
		case b == contiguous && len(out) > 0 && out[len(out)-1].found == s.found:
			out[len(out)-1].to = s.to
			continue
		case b == withPrevious && s.found && len(out) > 0 && !out[len(out)-1].found:
			out[len(out)-1].to = s.to
			out[len(out)-1].found = true
			continue
		case b == withNext && s.found && i+1 < len(all) && !all[i+1].found:
			s.to = all[i+1].to
			i++
		}
		out = append(out, s)
	}
	return out
}

// letters finds each letter of a kind.
func letters(is func(rune) bool) finder {
	return func(text string, f func(int, int)) {
		for i, r := range text {
			if is(r) {
				f(i, i+utf8.RuneLen(r))
			}
		}
	}
}

// runs finds letters of a kind in a row.
func runs(is func(rune) bool) finder {
	return func(text string, f func(int, int)) {
		begin := -1
		for i, r := range text {
			if is(r) && begin < 0 {
				begin = i
			} else if !is(r) && begin >= 0 {
				f(begin, i)
				begin = -1
			}
		}
		if begin >= 0 {
			f(begin, len(text))
		}
	}
}

// splitBert splits at white space and around each punctuation mark.
func splitBert(text string, first bool, word func(string, bool)) {
	begin := -1
	say := func(end int) {
		if begin >= 0 {
			word(text[begin:end], first && begin == 0)
			begin = -1
		}
	}
	for i, r := range text {
		switch {
		case unicode.IsSpace(r):
			say(i)
		case punctuation(r):
			say(i)
			word(text[i:i+utf8.RuneLen(r)], first && i == 0)
		case begin < 0:
			begin = i
		}
	}
	say(len(text))
}

// splitWords finds runs of letters and runs of marks: \w+|[^\w\s]+
func splitWords(text string, first bool, word func(string, bool)) {
	const none, letter, mark = 0, 1, 2
	begin, kind := 0, none
	for i, r := range text {
		k := mark
		switch {
		case inWord(r):
			k = letter
		case unicode.IsSpace(r):
			k = none
		}
		if k == kind {
			continue
		}
		if kind != none {
			word(text[begin:i], first && begin == 0)
		}
		begin, kind = i, k
	}
	if kind != none {
		word(text[begin:], first && begin == 0)
	}
}

// punctuation is what BERT takes for it: all of Unicode's, and ASCII's symbols.
func punctuation(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= '!' && r <= '/' || r >= ':' && r <= '@' || r >= '[' && r <= '`' || r >= '{' && r <= '~'
	}
	return unicode.IsPunct(r)
}

// inWord is \w as Unicode's annex C of UTS 18 has it.
func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Nl, unicode.Pc, unicode.Other_Alphabetic, unicode.Join_Control)
}
