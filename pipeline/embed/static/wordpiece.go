package static

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// vocabulary is a map from token to id, as tokenizer.json holds it.
type vocabulary map[string]int32

func (v vocabulary) check() error {
	if len(v) == 0 || len(v) > mostTokens {
		return fmt.Errorf("a vocabulary of %d tokens", len(v))
	}
	for token, id := range v {
		if id < 0 || id >= mostTokens {
			return fmt.Errorf("the token %.40q has the id %d", token, id)
		}
	}
	return nil
}

// unknown is the id of the token for what is unknown; -1 if there is none.
func (v vocabulary) unknown(token string) int32 {
	if id, ok := v[token]; ok {
		return id
	}
	return -1
}

// wordPiece takes the longest token that a word begins with, then the longest that
// goes on, and so on; a word that does not come out even is unknown as a whole.
type wordPiece struct {
	whole   vocabulary
	begin   vocabulary // tokens at a word's beginning
	inner   vocabulary // tokens within a word, without their prefix
	longest int        // letters of a word
	most    int        // bytes of a token
	unknown int32
}

func readWordPiece(raw json.RawMessage) (words, int32, error) {
	f := struct {
		Vocab   vocabulary `json:"vocab"`
		Unknown string     `json:"unk_token"`
		Prefix  *string    `json:"continuing_subword_prefix"`
		Longest int        `json:"max_input_chars_per_word"`
	}{Unknown: "[UNK]", Longest: 100}
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, 0, err
	}
	if err := f.Vocab.check(); err != nil {
		return nil, 0, err
	}
	prefix := "##"
	if f.Prefix != nil {
		prefix = *f.Prefix
	}
	w := &wordPiece{whole: f.Vocab, begin: vocabulary{}, inner: vocabulary{}, longest: f.Longest, unknown: f.Vocab.unknown(f.Unknown)}
	for token, id := range f.Vocab {
		w.begin[token] = id
		w.most = max(w.most, len(token))
		if len(token) >= len(prefix) && token[:len(prefix)] == prefix {
			w.inner[token[len(prefix):]] = id
		}
	}
	return w, w.unknown, nil
}

func (w *wordPiece) vocabulary(f func(string, int32)) {
	for token, id := range w.whole {
		f(token, id)
	}
}

func (w *wordPiece) append(ids []int32, word string) []int32 {
	if len(word) > w.longest && utf8.RuneCountInString(word) > w.longest {
		return w.appendUnknown(ids)
	}
	before := len(ids)
	tokens := w.begin
	for from := 0; from < len(word); {
		end := min(len(word), from+w.most)
		for end < len(word) && !utf8.RuneStart(word[end]) {
			end--
		}
		id, ok := int32(0), false
		for ; end > from; end-- {
			if end < len(word) && !utf8.RuneStart(word[end]) {
				continue
			}
			if id, ok = tokens[word[from:end]]; ok {
				break
			}
		}
		if !ok {
			return w.appendUnknown(ids[:before])
		}
		ids, from, tokens = append(ids, id), end, w.inner
	}
	return ids
}

func (w *wordPiece) appendUnknown(ids []int32) []int32 {
	if w.unknown < 0 {
		return ids
	}
	return append(ids, w.unknown)
}

// wordLevel knows whole words only.
type wordLevel struct {
	vocab   vocabulary
	unknown int32
}

func readWordLevel(raw json.RawMessage) (words, int32, error) {
	f := struct {
		Vocab   vocabulary `json:"vocab"`
		Unknown string     `json:"unk_token"`
	}{Unknown: "<unk>"}
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, 0, err
	}
	if err := f.Vocab.check(); err != nil {
		return nil, 0, err
	}
	w := &wordLevel{f.Vocab, f.Vocab.unknown(f.Unknown)}
	return w, w.unknown, nil
}

func (w *wordLevel) vocabulary(f func(string, int32)) {
	for token, id := range w.vocab {
		f(token, id)
	}
}

func (w *wordLevel) append(ids []int32, word string) []int32 {
	if id, ok := w.vocab[word]; ok {
		return append(ids, id)
	}
	if w.unknown >= 0 {
		return append(ids, w.unknown)
	}
	return ids
}
