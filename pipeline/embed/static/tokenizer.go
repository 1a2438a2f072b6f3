package static

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// mostTokens bounds a vocabulary; the largest known has half a million.
const mostTokens = 4 << 20

// tokenizer is a tokenizer.json: text -> added tokens taken out -> normalised ->
// split into words -> tokens of each word. Offsets, special tokens around the text
// and truncation are not needed here and not done.
type tokenizer struct {
	raw       []added // looked for before the text is normalised
	after     []added // and after
	normalise []normaliser
	split     []splitter
	words     words
	count     int   // largest id + 1
	unknown   int32 // -1: none
}

// words turns one word into tokens.
type words interface {
	// append adds the ids of a word's tokens.
	append(ids []int32, word string) []int32
	// vocabulary calls f for each token.
	vocabulary(f func(token string, id int32))
}

// added is a token that is found in the text as it stands.
type added struct {
	Content    string `json:"content"`
	ID         int32  `json:"id"`
	SingleWord bool   `json:"single_word"`
	Left       bool   `json:"lstrip"`
	Right      bool   `json:"rstrip"`
	Normalized bool   `json:"normalized"`
}

// file is the shape of tokenizer.json.
type file struct {
	Added         []added         `json:"added_tokens"`
	Normalizer    json.RawMessage `json:"normalizer"`
	PreTokenizer  json.RawMessage `json:"pre_tokenizer"`
	Model         json.RawMessage `json:"model"`
	PostProcessor json.RawMessage `json:"post_processor"` // surrounds a text by special tokens: not wanted
}

// readTokenizer reads a tokenizer.json. What it does not know is an error that
// names it: a tokenizer that is read half gives wrong vectors, not worse ones.
func readTokenizer(raw []byte) (*tokenizer, error) {
	var f file
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, err
	}
	t := &tokenizer{unknown: -1}
	var err error
	if t.normalise, err = readNormaliser(f.Normalizer, 0); err != nil {
		return nil, fmt.Errorf("normalizer: %w", err)
	}
	if t.split, err = readSplitter(f.PreTokenizer, 0); err != nil {
		return nil, fmt.Errorf("pre_tokenizer: %w", err)
	}
	if t.words, t.unknown, err = readModel(f.Model); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	t.words.vocabulary(func(_ string, id int32) { t.count = max(t.count, int(id)+1) })
	for _, a := range f.Added {
		if a.Content == "" || a.ID < 0 || a.ID >= mostTokens {
			return nil, fmt.Errorf("the added token %.40q with the id %d", a.Content, a.ID)
		}
		t.count = max(t.count, int(a.ID)+1)
		if a.Normalized {
			t.after = append(t.after, a)
		} else {
			t.raw = append(t.raw, a)
		}
	}
	return t, nil
}

// readModel reads what turns words into tokens, and the id for what is unknown.
func readModel(raw json.RawMessage) (words, int32, error) {
	var kind struct {
		Type string `json:"type"`
	}
	if len(raw) == 0 {
		return nil, 0, errors.New("there is none")
	}
	if err := json.Unmarshal(raw, &kind); err != nil {
		return nil, 0, err
	}
	switch kind.Type {
	case "WordPiece", "": // files of old leave it out
		return readWordPiece(raw)
	case "WordLevel":
		return readWordLevel(raw)
	case "Unigram":
		return readUnigram(raw)
	}
	return nil, 0, fmt.Errorf("it is of the type %.40q; WordPiece, WordLevel and Unigram can be read", kind.Type)
}

// size is the number of ids, with those that no token has.
func (t *tokenizer) size() int { return t.count }

// encode appends the ids of a text.
func (t *tokenizer) encode(ids []int32, text string) []int32 {
	first := true
	return around(ids, text, t.raw, func(ids []int32, part string) []int32 {
		for _, n := range t.normalise {
			part = n(part)
		}
		return around(ids, part, t.after, func(ids []int32, part string) []int32 {
			ids = t.encodePart(ids, part, first)
			first = false
			return ids
		})
	})
}

// encodePart appends the ids of a text without added tokens.
func (t *tokenizer) encodePart(ids []int32, text string, first bool) []int32 {
	if len(t.split) == 1 { // no list of words is made in the common case
		t.split[0](text, first, func(word string, _ bool) { ids = t.words.append(ids, word) })
		return ids
	}
	pieces := []piece{{text, first}}
	for _, s := range t.split {
		var next []piece
		for _, p := range pieces {
			s(p.text, p.first, func(word string, first bool) { next = append(next, piece{word, first}) })
		}
		pieces = next
	}
	for _, p := range pieces {
		if p.text != "" {
			ids = t.words.append(ids, p.text)
		}
	}
	return ids
}

// piece is a part of a text, and whether the text begins with it.
type piece struct {
	text  string
	first bool
}

// around appends added tokens where they are, and encodes what is between them.
func around(ids []int32, text string, tokens []added, encode func([]int32, string) []int32) []int32 {
	from := 0
	for len(tokens) > 0 && from < len(text) {
		at, which := nextAdded(text, from, tokens)
		if which < 0 {
			break
		}
		a := tokens[which]
		begin, end := at, at+len(a.Content)
		if a.Left {
			begin = from + len(strings.TrimRight(text[from:begin], " \t\r\n"))
		}
		if a.Right {
			end = len(text) - len(strings.TrimLeft(text[end:], " \t\r\n"))
		}
		if begin > from {
			ids = encode(ids, text[from:begin])
		}
		ids = append(ids, a.ID)
		from = end
	}
	if from < len(text) {
		ids = encode(ids, text[from:])
	}
	return ids
}

// nextAdded finds the leftmost added token, of several there the longest.
func nextAdded(text string, from int, tokens []added) (at, which int) {
	at, which = len(text), -1
	for i, a := range tokens {
		k := findAdded(text, from, a)
		if k >= 0 && (k < at || k == at && which >= 0 && len(a.Content) > len(tokens[which].Content)) {
			at, which = k, i
		}
	}
	return at, which
}

func findAdded(text string, from int, a added) int {
	for {
		k := strings.Index(text[from:], a.Content)
		if k < 0 {
			return -1
		}
		k += from
		if !a.SingleWord || !wordBefore(text[:k]) && !wordAfter(text[k+len(a.Content):]) {
			return k
		}
		from = k + len(a.Content)
	}
}
