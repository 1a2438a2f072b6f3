package filter

import (
	"bytes"
	"compress/zlib"
	"errors"
	"testing"

	"freshet/pipeline/extract/pdf/syntax"
)

func deflated(b []byte) []byte {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	_, _ = w.Write(b) // a Buffer takes everything
	_ = w.Close()
	return out.Bytes()
}

func TestFilters(t *testing.T) {
	text := []byte("BT (Hello) Tj ET")
	png := []byte{0, 1, 2, 3, 2, 1, 1, 1, 1, 5, 1, 1, 4, 1, 0, 0}
	for name, test := range map[string]struct {
		raw    []byte
		filter syntax.Symbol
		params syntax.Dict
		want   string
	}{
		"deflate":                {deflated(text), "FlateDecode", nil, string(text)},
		"without its checksum":   {deflated(text)[:len(deflated(text))-4], "FlateDecode", nil, string(text)},
		"with a line end before": {append([]byte("\r\n"), deflated(text)...), "FlateDecode", nil, string(text)},
		"hexadecimal":            {[]byte("48 65 6C 6c 6F>rest"), "ASCIIHexDecode", nil, "Hello"},
		"base 85":                {[]byte("<~87cURD]i,\"Ebo80~>"), "ASCII85Decode", nil, "Hello World!"},
		"runs":                   {[]byte{2, 'a', 'b', 'c', 254, 'x', 128, 'y'}, "RunLengthDecode", nil, "abcxxx"},
		"LZW":                    {[]byte{0x80, 0x0B, 0x60, 0x50, 0x22, 0x0C, 0x0C, 0x85, 0x01}, "LZWDecode", nil, "-----A---B"},
		"rows of PNG": {deflated(png), "FlateDecode", syntax.Dict{"Predictor": int64(15), "Columns": int64(3)},
			"\x01\x02\x03\x02\x03\x04\x05\x06\x07\x06\x06\x07"},
		"differences of TIFF": {deflated([]byte{1, 1, 1, 5, 1, 1}), "FlateDecode", syntax.Dict{"Predictor": int64(2), "Columns": int64(3)}, "\x01\x02\x03\x05\x06\x07"},
	} {
		got, err := Decode(test.raw, []syntax.Symbol{test.filter}, []syntax.Dict{test.params}, &Budget{Left: 1 << 20})
		if err != nil || string(got) != test.want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, test.want)
		}
	}
}

func TestPicturesAreNotDecoded(t *testing.T) {
	if _, err := Decode([]byte("x"), []syntax.Symbol{"JBIG2Decode"}, nil, &Budget{Left: 9}); !errors.Is(err, ErrUnknown) {
		t.Errorf("got %v", err)
	}
}

func TestTheBudgetHolds(t *testing.T) {
	b := &Budget{Left: 1000}
	bomb := deflated(make([]byte, 900))
	if _, err := Decode(bomb, []syntax.Symbol{"FlateDecode"}, nil, b); err != nil || b.Left != 100 {
		t.Fatalf("%v, %d left", err, b.Left)
	}
	if _, err := Decode(bomb, []syntax.Symbol{"FlateDecode"}, nil, b); !errors.Is(err, ErrBudget) {
		t.Errorf("got %v; want the budget's end", err)
	}
	twice := deflated(deflated(make([]byte, 1<<20)))
	if _, err := Decode(twice, []syntax.Symbol{"FlateDecode", "FlateDecode"}, nil, &Budget{Left: 1 << 19}); !errors.Is(err, ErrBudget) {
		t.Errorf("got %v for a bomb within a bomb", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(deflated([]byte("text")), uint8(0), int64(12), int64(2))
	f.Add([]byte{0x80, 0x0B, 0x60, 0x50, 0x22, 0x0C, 0x0C, 0x85, 0x01}, uint8(1), int64(1), int64(1))
	f.Add([]byte("<~87cURD~>"), uint8(2), int64(2), int64(9))
	names := []syntax.Symbol{"FlateDecode", "LZWDecode", "ASCII85Decode", "ASCIIHexDecode", "RunLengthDecode"}
	f.Fuzz(func(t *testing.T, raw []byte, which uint8, predictor, columns int64) {
		p := syntax.Dict{"Predictor": predictor, "Columns": columns, "EarlyChange": columns % 2}
		b := &Budget{Left: 1 << 16}
		out, err := Decode(raw, []syntax.Symbol{names[int(which)%len(names)]}, []syntax.Dict{p}, b)
		if err == nil && len(out) > 1<<16 {
			t.Errorf("%d bytes came out", len(out))
		}
	})
}
