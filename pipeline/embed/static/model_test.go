package static

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"freshet/pipeline/embed"
)

// array is a tensor to be written.
type array struct {
	name  string
	kind  dtype
	shape []int
	raw   []byte
}

func f32(name string, shape []int, values ...float32) array {
	a := array{name: name, kind: "F32", shape: shape}
	for _, v := range values {
		a.raw = binary.LittleEndian.AppendUint32(a.raw, math.Float32bits(v))
	}
	return a
}

// safetensors writes a file as the format has it.
func safetensors(arrays ...array) []byte {
	header, at := map[string]any{"__metadata__": map[string]string{"format": "pt"}}, 0
	var data []byte
	for _, a := range arrays {
		header[a.name] = map[string]any{"dtype": a.kind, "shape": a.shape, "data_offsets": []int{at, at + len(a.raw)}}
		data, at = append(data, a.raw...), at+len(a.raw)
	}
	raw, err := json.Marshal(header)
	if err != nil {
		panic(err)
	}
	out := binary.LittleEndian.AppendUint64(nil, uint64(len(raw)))
	return append(append(out, raw...), data...)
}

const words3 = `{"added_tokens":[],"normalizer":{"type":"Lowercase"},"pre_tokenizer":{"type":"Whitespace"},
"model":{"type":"WordLevel","vocab":{"[UNK]":0,"red":1,"blue":2,"sea":3},"unk_token":"[UNK]"}}`

// directory writes files to a new directory.
func directory(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// table3 gives the four tokens of words3 the rows (9,9), (1,0), (0,1), (1,1).
func table3(name string) array { return f32(name, []int{4, 2}, 9, 9, 1, 0, 0, 1, 1, 1) }

func TestAVectorIsTheMeanOfItsTokens(t *testing.T) {
	t.Parallel()
	halves := array{name: "embeddings", kind: "F16", shape: []int{4, 2}}
	for _, h := range []uint16{0x4880, 0x4880, 0x3c00, 0, 0, 0x3c00, 0x3c00, 0x3c00} { // 9 9 1 0 0 1 1 1
		halves.raw = binary.LittleEndian.AppendUint16(halves.raw, h)
	}
	brains := array{name: "embeddings", kind: "BF16", shape: []int{4, 2}}
	for _, h := range []uint16{0x4110, 0x4110, 0x3f80, 0, 0, 0x3f80, 0x3f80, 0x3f80} {
		brains.raw = binary.LittleEndian.AppendUint16(brains.raw, h)
	}
	doubles := array{name: "embeddings", kind: "F64", shape: []int{4, 2}}
	for _, v := range []float64{9, 9, 1, 0, 0, 1, 1, 1} {
		doubles.raw = binary.LittleEndian.AppendUint64(doubles.raw, math.Float64bits(v))
	}
	mapping := array{name: "mapping", kind: "I64", shape: []int{4}}
	for _, row := range []uint64{0, 1, 1, 2} { // red and blue share a row
		mapping.raw = binary.LittleEndian.AppendUint64(mapping.raw, row)
	}
	plain := map[string][]float32{"red": {1, 0}, "Red sea": {1, 0.5}, "red blue green": {0.5, 0.5}, "green": {0, 0}, "": {0, 0}}
	for name, c := range map[string]struct {
		arrays []array
		want   map[string][]float32
	}{
		"F32":  {[]array{table3("embeddings")}, plain},
		"F16":  {[]array{halves}, plain},
		"BF16": {[]array{brains}, plain},
		"F64":  {[]array{doubles}, plain},
		"I8": {[]array{{"embeddings", "I8", []int{4, 2}, []byte{9, 9, 127, 0, 0, 0x81, 1, 1}}},
			map[string][]float32{"red": {127, 0}, "blue": {0, -127}, "red blue": {63.5, -63.5}}},
		"weights": {[]array{table3("embeddings"), f32("weights", []int{4}, 1, 2, 1, 0.5)},
			map[string][]float32{"red": {2, 0}, "red sea": {1.25, 0.25}}},
		"a mapping": {[]array{f32("embeddings", []int{3, 2}, 9, 9, 1, 0, 0, 4), mapping},
			map[string][]float32{"blue": {1, 0}, "red sea": {0.5, 2}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, err := Open(directory(t, map[string]string{"model.safetensors": string(safetensors(c.arrays...)), "tokenizer.json": words3, "config.json": "{}"}))
			if err != nil {
				t.Fatal(err)
			}
			for text, want := range c.want {
				got, _, err := m.Embed(t.Context(), embed.Passage, []string{text})
				if err != nil || got[0][0] != want[0] || got[0][1] != want[1] {
					t.Errorf("%q: %v, want %v, %v", text, got[0], want, err)
				}
			}
		})
	}
}

func TestDirectoriesOfSentenceTransformersAreRead(t *testing.T) {
	t.Parallel()
	table := string(safetensors(table3("embedding.weight")))
	for name, files := range map[string]map[string]string{
		"flat":                {"model.safetensors": table, "tokenizer.json": words3, "config_sentence_transformers.json": "{}"},
		"nested":              {"0_StaticEmbedding/model.safetensors": table, "0_StaticEmbedding/tokenizer.json": words3, "config_sentence_transformers.json": "{}"},
		"both configurations": {"model.safetensors": table, "tokenizer.json": words3, "config.json": "{}", "config_sentence_transformers.json": "{}"},
	} {
		m, err := Open(directory(t, files))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if id := m.Identity(); id.Dimension != 2 || id.Provider != "static" || len(id.Revision) != 16 || m.longest != 0 && name != "both configurations" {
			t.Errorf("%s: %+v", name, id)
		}
	}
}

func TestATextIsCutAtTheModelsLength(t *testing.T) {
	t.Parallel()
	for config, want := range map[string]int{`{}`: 512, `{"max_length": 3}`: 3, `{"max_length": null}`: 0} {
		m, err := Open(directory(t, map[string]string{"model.safetensors": string(safetensors(table3("embeddings"))), "tokenizer.json": words3, "config.json": config}))
		if err != nil || m.longest != want {
			t.Fatalf("%s: %v", config, err)
		}
		if want != 3 {
			continue
		}
		got, _, err := m.Embed(t.Context(), embed.Passage, []string{"green red red blue"})
		if err != nil || got[0][1] != 0 {
			t.Errorf("the fourth token counts, or the unknown first does not: %v %v", got, err)
		}
	}
}

func TestRevisionsAreTheFilesOwn(t *testing.T) {
	t.Parallel()
	revision := func(table array, tokens string) string {
		m, err := Open(directory(t, map[string]string{"model.safetensors": string(safetensors(table)), "tokenizer.json": tokens, "config.json": "{}"}))
		if err != nil {
			t.Fatal(err)
		}
		return m.Identity().Revision
	}
	a := revision(table3("embeddings"), words3)
	if a != revision(table3("embeddings"), words3) {
		t.Error("equal files, other revisions")
	}
	if a == revision(f32("embeddings", []int{4, 2}, 9, 9, 1, 0, 0, 1, 1, 2), words3) || a == revision(table3("embeddings"), words3+" ") {
		t.Error("other files, one revision")
	}
}

func TestWhatIsWrongWithADirectoryIsSaid(t *testing.T) {
	t.Parallel()
	good := func() map[string]string {
		return map[string]string{"model.safetensors": string(safetensors(table3("embeddings"))), "tokenizer.json": words3, "config.json": "{}"}
	}
	for name, c := range map[string]struct {
		change func(map[string]string)
		want   string
	}{
		"no table":       {func(f map[string]string) { delete(f, "model.safetensors") }, "model.safetensors"},
		"no tokenizer":   {func(f map[string]string) { delete(f, "tokenizer.json") }, "tokenizer.json"},
		"another tensor": {func(f map[string]string) { f["model.safetensors"] = string(safetensors(table3("encoder"))) }, "there is no table"},
		"a pointer of LFS": {func(f map[string]string) {
			f["model.safetensors"] = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
		}, "no safetensors file"},
		"cut off": {func(f map[string]string) {
			f["model.safetensors"] = f["model.safetensors"][:len(f["model.safetensors"])-3]
		}, "does not fit"},
		"too few rows": {func(f map[string]string) {
			f["model.safetensors"] = string(safetensors(f32("embeddings", []int{2, 2}, 1, 2, 3, 4)))
		}, "another model"},
		"NaN in the table": {func(f map[string]string) {
			f["model.safetensors"] = string(safetensors(f32("embeddings", []int{4, 2}, 1, 2, 3, 4, 5, 6, 7, float32(math.NaN()))))
		}, "NaN"},
		"an infinity in half precision": {func(f map[string]string) {
			f["model.safetensors"] = string(safetensors(array{"embeddings", "F16", []int{4, 1}, []byte{0, 0x3c, 0, 0x3c, 0, 0xfc, 0, 0x3c}}))
		}, "infinities"},
		"one column": {func(f map[string]string) {
			f["model.safetensors"] = string(safetensors(f32("embeddings", []int{2}, 1, 2)))
		}, "rows and columns"},
		"BPE":             {func(f map[string]string) { f["tokenizer.json"] = `{"model":{"type":"BPE","vocab":{}}}` }, "WordPiece, WordLevel and Unigram"},
		"an unknown part": {func(f map[string]string) { f["tokenizer.json"] = strings.Replace(words3, "Whitespace", "ByteLevel", 1) }, "ByteLevel"},
		"a wild mapping": {func(f map[string]string) {
			f["model.safetensors"] = string(safetensors(table3("embeddings"), f32("mapping", []int{4}, 0, 1, 2, 99)))
		}, "row 99 of 4"},
		"a mapping of NaN": {func(f map[string]string) {
			f["model.safetensors"] = string(safetensors(table3("embeddings"), f32("mapping", []int{4}, 0, 1, 2, float32(math.NaN()))))
		}, "NaN"},
		"short weights": {func(f map[string]string) {
			f["model.safetensors"] = string(safetensors(table3("embeddings"), f32("weights", []int{1}, 1)))
		}, "1 weights for 4 tokens"},
		"a wrong reference": {func(f map[string]string) { f["reference.json"] = `{"texts":["red sea"],"vectors":[[0.5,1]]}` }, "read wrongly"},
		"no configuration":  {func(f map[string]string) { f["config.json"] = `{"max_length":"long"}` }, "max_length"},
	} {
		files := good()
		c.change(files)
		_, err := Open(directory(t, files))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "embedding.directory") {
			t.Errorf("%s: %v", name, err)
		}
	}
	files := good()
	files["reference.json"] = `{"texts":["red sea"],"vectors":[[1,0.5]]}`
	if _, err := Open(directory(t, files)); err != nil {
		t.Errorf("a right reference: %v", err)
	}
	if _, err := Open(filepath.Join(t.TempDir(), "nowhere")); err == nil {
		t.Error("a directory that is not there")
	}
}

// TestAModelThroughTheEmbedder: no canary, no waiting, unknown texts refused.
func TestAModelThroughTheEmbedder(t *testing.T) {
	t.Parallel()
	m, err := Open(directory(t, map[string]string{"model.safetensors": string(safetensors(table3("embeddings"))), "tokenizer.json": words3, "config.json": "{}"}))
	if err != nil {
		t.Fatal(err)
	}
	e, err := embed.New(embed.Options{Provider: m})
	if err != nil {
		t.Fatal(err)
	}
	space, err := e.Space(t.Context())
	if err != nil || space.Dimension != 2 || space.Provider != "static" || space.Revision == "" {
		t.Fatalf("%+v %v", space, err)
	}
	var texts []string
	for i := range 500 {
		texts = append(texts, strings.Repeat("red ", i%5+1)+strings.Repeat("sea ", i%7))
	}
	got, err := e.Passages(t.Context(), append(texts, "sea"))
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range got {
		if len(o.Vector) != 2 || math.Abs(math.Hypot(float64(o.Vector[0]), float64(o.Vector[1]))-1) > 1e-5 {
			t.Fatalf("text %d: %+v", i, o)
		}
	}
	if v, err := e.Query(t.Context(), "blue"); err != nil || v[1] != 1 {
		t.Errorf("%v %v", v, err)
	}
	if got := e.Check(t.Context()); len(got) != 1 {
		t.Errorf("%+v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Passages(ctx, []string{"red"}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestHalfPrecision(t *testing.T) {
	t.Parallel()
	for h, want := range map[uint16]float32{0: 0, 0x3c00: 1, 0xc000: -2, 0x7bff: 65504, 0x0001: 1.0 / (1 << 24), 0x03ff: 1023.0 / (1 << 24), 0x0400: 1.0 / (1 << 14), 0x3555: 0.33325195} {
		if got := half(h); got != want {
			t.Errorf("%#x: %v, want %v", h, got, want)
		}
	}
	for h := range uint16(0x7c00) {
		raw := binary.LittleEndian.AppendUint16(nil, h|0x8000)
		sum := []float32{0}
		if (tensor{kind: "F16", raw: raw}).addRow(sum, 0, 1); sum[0] != -half(h) {
			t.Fatalf("%#x: %v, want %v", h, sum[0], -half(h))
		}
	}
	if !math.IsInf(float64(half(0x7c00)), 1) || !math.IsNaN(float64(half(0x7e00))) || math.Signbit(float64(half(0x8000))) == false {
		t.Error("infinity, NaN or minus zero")
	}
}

// FuzzTensors: whatever the bytes, reading ends in an error or in a tensor that
// lies within the file.
func FuzzTensors(f *testing.F) {
	f.Add(safetensors(table3("embeddings")))
	f.Add(safetensors(table3("embeddings"), f32("weights", []int{4}, 1, 1, 1, 1)))
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x00\x00{}"))
	f.Add([]byte("\xff\xff\xff\xff\xff\xff\xff\x7f{}"))
	header := `{"embeddings":{"dtype":"F32","shape":[9223372036854775807,2],"data_offsets":[0,8]}}`
	f.Add(append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header+"12345678"...))
	f.Fuzz(func(t *testing.T, raw []byte) {
		ts, err := openTensors(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			return
		}
		for name := range ts.header {
			a, ok, err := ts.read(name)
			if err != nil {
				continue
			}
			n := 1
			for _, d := range a.shape {
				n *= d
			}
			if !ok || len(a.raw) != n*a.kind.size() || len(a.raw) > len(raw) || len(a.floats()) != n {
				t.Fatalf("%q: shape %v, %d bytes", name, a.shape, len(a.raw))
			}
			if len(a.shape) == 2 && a.shape[0] > 0 && a.shape[1] > 0 {
				a.addRow(make([]float32, a.shape[1]), a.shape[0]-1, 1)
			}
		}
	})
}

// FuzzTokenizer: whatever the file, reading ends in an error or in a tokenizer
// whose ids are its own.
func FuzzTokenizer(f *testing.F) {
	f.Add([]byte(words3), "The red sea, 12,50 €")
	for _, name := range []string{"wordpiece", "unigram", "wordlevel"} {
		raw, err := os.ReadFile(filepath.Join("testdata", name+".json"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw, "l'été <b> 中文 👨‍👩‍👧 espace client x")
	}
	for _, part := range []string{`{"type":"Metaspace","prepend_scheme":"first","split":false}`, `{"type":"Split","pattern":{"Regex":"\\s+|\\d"},"behavior":"MergedWithNext","invert":true}`,
		`{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},{"type":"Punctuation","behavior":"Contiguous"}]}`} {
		f.Add([]byte(fmt.Sprintf(`{"added_tokens":[{"id":2,"content":"<s>","lstrip":true}],"normalizer":{"type":"Sequence","normalizers":[{"type":"Nmt"},{"type":"NFKC"},{"type":"Prepend","prepend":"▁"},{"type":"Precompiled","precompiled_charsmap":"CAAAAAEAAAACAAAAYQA="}]},"pre_tokenizer":%s,
"model":{"type":"Unigram","unk_id":0,"byte_fallback":true,"vocab":[["<unk>",0],["a",-1],["ab",-1.5],["▁a",-2]]}}`, part)), "abab <s> a\u00a0b")
	}
	f.Fuzz(func(t *testing.T, raw []byte, text string) {
		if len(raw) > 1<<16 || len(text) > 1<<12 {
			return
		}
		tok, err := readTokenizer(raw)
		if err != nil {
			return
		}
		text = strings.ToValidUTF8(text, "?")
		for _, id := range tok.encode(nil, text) {
			if id < 0 || int(id) >= tok.size() {
				t.Fatalf("id %d of %d for %q", id, tok.size(), text)
			}
		}
	})
}
