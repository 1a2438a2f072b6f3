// Package static embeds with tables instead of a network: the vector of a text is
// the mean of the vectors of its tokens. It reads directories as model2vec and
// sentence-transformers write them (model.safetensors, tokenizer.json,
// config.json), needs no network and no key, and embeds hundreds of passages a
// second on one core. Such vectors rank worse than BM25 alone (RETRIEVAL 2.3): they
// are of use only beside it.
//
// The tokenizers are read by this package itself (WordPiece, Unigram and
// WordLevel). The libraries that there are bring a downloader of models along and
// do not know the normaliser of the XLM-R family, whose models are the ones for
// languages other than English.
package static

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"unicode/utf8"

	"freshet/pipeline/embed"
)

const (
	// batchTexts is how many texts are embedded between two looks at the context.
	batchTexts = 64
	// usualLength is the most tokens of a text where config.json does not say
	// (model2vec, DEFAULT_MAX_LENGTH).
	usualLength = 512
	// largestJSON bounds tokenizer.json and config.json; the largest known, of half a
	// million tokens, has 19 MB.
	largestJSON = 256 << 20
)

// Model is a table in memory. It is made by Open, is an embed.Provider, and is safe
// for concurrent use.
type Model struct {
	tokens    *tokenizer
	table     tensor
	dimension int
	weights   []float64 // by token; nil: 1
	mapping   []int     // from token to row; nil: equal
	longest   int       // tokens of a text; 0: all
	identity  embed.Identity
}

var _ embed.Provider = (*Model)(nil)

// Open reads a directory. The error says which file is missing or what in it
// cannot be used.
func Open(directory string) (*Model, error) {
	root, err := os.OpenRoot(directory)
	if err != nil {
		return nil, fmt.Errorf("embedding.directory: %w", err)
	}
	defer root.Close() // nothing is written
	m, err := open(root.FS())
	if err != nil {
		return nil, fmt.Errorf("embedding.directory %s: %w", directory, err)
	}
	m.identity.Model = filepath.Base(filepath.Clean(directory))
	return m, nil
}

// layout is where the files of a kind of directory are.
type layout struct{ config, tensors, tokenizer, table string }

// layouts are those of model2vec and of sentence-transformers' StaticEmbedding.
func layouts() []layout {
	return []layout{
		{"config.json", "model.safetensors", "tokenizer.json", "embeddings"},
		{"config_sentence_transformers.json", "0_StaticEmbedding/model.safetensors", "0_StaticEmbedding/tokenizer.json", "embedding.weight"},
		{"config_sentence_transformers.json", "model.safetensors", "tokenizer.json", "embedding.weight"},
	}
}

func open(dir fs.FS) (*Model, error) {
	for _, l := range layouts() {
		if exists(dir, l.config) && exists(dir, l.tensors) && exists(dir, l.tokenizer) {
			m, err := l.open(dir)
			if errors.Is(err, errNoTable) {
				continue
			}
			return m, err
		}
	}
	return nil, errors.New(`there is no table of vectors: model.safetensors (with "embeddings"), tokenizer.json and config.json are needed, as model2vec writes them`)
}

func exists(dir fs.FS, name string) bool {
	_, err := fs.Stat(dir, name)
	return err == nil
}

var errNoTable = errors.New("no table")

func (l layout) open(dir fs.FS) (*Model, error) {
	m := &Model{}
	sum := sha256.New()
	raw, err := readFile(dir, l.tokenizer)
	if err != nil {
		return nil, err
	}
	sum.Write(raw)
	if m.tokens, err = readTokenizer(raw); err != nil {
		return nil, fmt.Errorf("%s: %w", l.tokenizer, err)
	}
	if raw, err = readFile(dir, l.config); err != nil {
		return nil, err
	}
	if m.longest, err = longestText(raw, l.table == "embeddings"); err != nil {
		return nil, fmt.Errorf("%s: %w", l.config, err)
	}
	if err := m.readTensors(dir, l, sum); err != nil {
		return nil, fmt.Errorf("%s: %w", l.tensors, err)
	}
	m.identity = embed.Identity{Provider: "static", Dimension: m.dimension, Revision: hex.EncodeToString(sum.Sum(nil)[:8])}
	return m, m.prove(dir)
}

func readFile(dir fs.FS, name string) ([]byte, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() // only read
	raw, err := io.ReadAll(io.LimitReader(f, largestJSON+1))
	if err == nil && len(raw) > largestJSON {
		err = fmt.Errorf("%s has more than %d bytes", name, largestJSON)
	}
	return raw, err
}

// longestText reads how many tokens of a text are read.
func longestText(config []byte, model2vec bool) (int, error) {
	var c struct {
		Longest *json.RawMessage `json:"max_length"`
	}
	if err := json.Unmarshal(config, &c); err != nil {
		return 0, err
	}
	if c.Longest == nil { // absent or null
		if model2vec && !bytes.Contains(config, []byte(`"max_length"`)) {
			return usualLength, nil
		}
		return 0, nil
	}
	var n int
	if err := json.Unmarshal(*c.Longest, &n); err != nil || n < 0 {
		return 0, fmt.Errorf("max_length is %.40s", *c.Longest)
	}
	return n, nil
}

func (m *Model) readTensors(dir fs.FS, l layout, sum io.Writer) error {
	f, err := dir.Open(l.tensors)
	if err != nil {
		return err
	}
	defer f.Close() // only read
	at, ok := f.(io.ReaderAt)
	if !ok {
		return errors.New("it cannot be read at any place")
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	t, err := openTensors(at, info.Size())
	if err != nil {
		return err
	}
	table, ok, err := t.read(l.table)
	if err != nil {
		return err
	}
	if !ok {
		return errNoTable
	}
	if len(table.shape) != 2 || table.shape[0] == 0 || table.shape[1] == 0 {
		return fmt.Errorf("the tensor %q has the shape %v, where rows and columns are due", l.table, table.shape)
	}
	if !table.allFinite() {
		return fmt.Errorf("the tensor %q holds infinities or NaN: the file is damaged, or was quantised wrongly", l.table)
	}
	m.table, m.dimension = table, table.shape[1]
	if err := m.readMapping(t); err != nil {
		return err
	}
	if _, err := io.Copy(sum, io.NewSectionReader(at, 0, info.Size())); err != nil {
		return err
	}
	return nil
}

// readMapping reads weights and mapping, which are there for tables of which rows
// were merged, and holds them to the tokens.
func (m *Model) readMapping(t *tensors) error {
	tokens, rows := m.tokens.size(), m.table.shape[0]
	mapping, ok, err := t.read("mapping")
	if err != nil {
		return err
	}
	if ok {
		for _, row := range mapping.floats() {
			if !(row >= 0 && row < float64(rows)) {
				return fmt.Errorf("the mapping leads to row %v of %d", row, rows)
			}
			m.mapping = append(m.mapping, int(row))
		}
	}
	weights, ok, err := t.read("weights")
	if err != nil {
		return err
	}
	if ok {
		m.weights = weights.floats()
	}
	switch {
	case m.mapping == nil && tokens > rows:
		return fmt.Errorf("%d rows for %d tokens: tokenizer.json is of another model", rows, tokens)
	case m.mapping != nil && len(m.mapping) < tokens:
		return fmt.Errorf("a mapping of %d for %d tokens: tokenizer.json is of another model", len(m.mapping), tokens)
	case m.weights != nil && len(m.weights) < tokens:
		return fmt.Errorf("%d weights for %d tokens: tokenizer.json is of another model", len(m.weights), tokens)
	}
	return nil
}

// Identity holds a hash of the table and the tokenizer as its revision.
func (m *Model) Identity() embed.Identity { return m.identity }

// Limits say that nothing needs to be paced.
func (m *Model) Limits() embed.Limits {
	return embed.Limits{Texts: batchTexts, TextTokens: m.longest, Local: true}
}

// Embed makes the mean of the vectors of each text's tokens, those without their
// own token left out. A text of which no token is known has a vector of zeros.
func (m *Model) Embed(ctx context.Context, _ embed.Kind, texts []string) ([][]float32, embed.Usage, error) {
	out := make([][]float32, len(texts))
	all := make([]float32, len(texts)*m.dimension)
	var ids []int32
	usage := embed.Usage{}
	for i, text := range texts {
		if err := ctx.Err(); err != nil {
			return nil, embed.Usage{}, err
		}
		out[i] = all[i*m.dimension : (i+1)*m.dimension : (i+1)*m.dimension]
		ids = m.ids(ids[:0], text)
		usage.Tokens += len(ids)
		m.mean(out[i], ids)
	}
	return out, usage, nil
}

// ids appends the tokens of a text that have a vector.
func (m *Model) ids(ids []int32, text string) []int32 {
	if !utf8.ValidString(text) {
		text = string([]rune(text))
	}
	ids = m.tokens.encode(ids, text)
	if m.longest > 0 && len(ids) > m.longest {
		ids = ids[:m.longest]
	}
	n := 0
	for _, id := range ids {
		if id != m.tokens.unknown {
			ids[n] = id
			n++
		}
	}
	return ids[:n]
}

func (m *Model) mean(sum []float32, ids []int32) {
	if len(ids) == 0 {
		return
	}
	share := 1 / float32(len(ids))
	for _, id := range ids {
		row, weight := int(id), share
		if m.weights != nil {
			weight *= float32(m.weights[id])
		}
		if m.mapping != nil {
			row = m.mapping[id]
		}
		m.table.addRow(sum, row, weight)
	}
}
