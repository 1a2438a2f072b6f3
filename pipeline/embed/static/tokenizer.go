package static

import (
	"encoding/json"
	"errors"
	"fmt"
)

// mostTokens bounds a vocabulary; the largest known has half a million.
const mostTokens = 4 << 20

// tokenizer is a tokenizer.json: text -> added tokens taken out -> normalised ->
// split into words -> tokens of each word. Offsets, special tokens around the text
// and truncation are not needed here and not done.
type tokenizer struct {
	raw       finds // looked for before the text is normalised
	after     finds // and after
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
			t.after.add(a)
		} else {
			t.raw.add(a)
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
	return t.raw.around(ids, text, func(ids []int32, part string) []int32 {
		for _, n := range t.normalise {
			part = n(part)
		}
		return t.after.around(ids, part, func(ids []int32, part string) []int32 {
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
