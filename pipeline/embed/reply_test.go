package embed

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"testing"
)

func TestBothEncodingsOfAVectorAreRead(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][]float32{
		`[0.5, -1e-3 ,2]`:       {0.5, -0.001, 2},
		"[ 1,\n2 ]":             {1, 2},
		`[]`:                    {},
		`"AACAPwAAAMA="`:        {1, -2},
		`"AACAPwAAAMA\u003d"`:   {1, -2},
		`[1e39]`:                {float32(math.Inf(1))},
		`[3.4028235e38]`:        {math.MaxFloat32},
		`[0.10000000149011612]`: {0.1},
	} {
		var v vector
		if err := json.Unmarshal([]byte(body), &v); err != nil || len(v) != len(want) {
			t.Errorf("%s: %v %v", body, v, err)
			continue
		}
		for i := range want {
			if v[i] != want[i] {
				t.Errorf("%s: %v, want %v", body, v, want)
			}
		}
	}
	for _, body := range []string{`"AAAA!"`, `"AAAAAAA="`, `{"a":1}`, `[true]`, `["1"]`, `7`, `[[1]]`} {
		var v vector
		if err := json.Unmarshal([]byte(body), &v); err == nil {
			t.Errorf("%s: %v", body, v)
		}
	}
}

// FuzzReply: whatever the body, decoding ends in an *Error with a known reason or in
// as many vectors as there were texts.
func FuzzReply(f *testing.F) {
	for _, body := range []string{
		`{"data":[{"index":1,"embedding":[0.1,-2e-3]},{"index":0,"embedding":"AACAPwAAAMA="}],"usage":{"prompt_tokens":3,"total_tokens":4}}`,
		`{"data":[{"embedding":[null,1]},{"embedding":[1,2]}]}`,
		`{"data":[{"index":0,"embedding":[NaN,Infinity]}]}`,
		`{"data":[{"index":0,"embedding":[1,2`,
		`{"error":{"message":"no"}}`, `<html>`, `[]`, `null`, ``, `{"data":[{"index":-1,"embedding":[]},{"index":99999999999,"embedding":[]}]}`,
	} {
		f.Add([]byte(body), 2)
	}
	f.Fuzz(func(t *testing.T, body []byte, n int) {
		n = min(max(n, 0), 100)
		vectors, tokens, err := decode(body, n)
		if err != nil {
			if ReasonOf(err) == "" || Mend(ReasonOf(err)) == Mend("") {
				t.Fatalf("an error without a reason: %v", err)
			}
			if len(err.Error()) > 2000 {
				t.Fatalf("an error of %d bytes", len(err.Error()))
			}
			return
		}
		if len(vectors) != n || tokens < 0 {
			t.Fatalf("%d vectors for %d texts, %d tokens", len(vectors), n, tokens)
		}
		for _, v := range vectors {
			if v == nil || len(v) > longestVector {
				t.Fatalf("a vector of %d", len(v))
			}
			if why := normalise(v); why == "" && math.Abs(norm(v)-1) > 1e-3 {
				t.Fatalf("a vector of length %v", norm(v))
			}
		}
	})
}

func norm(v []float32) float64 {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return math.Sqrt(sum)
}

// BenchmarkDecode reads a reply of 64 vectors of 1,024 numbers.
func BenchmarkDecode(b *testing.B) {
	type out struct {
		Index     int `json:"index"`
		Embedding any `json:"embedding"`
	}
	list := make([]float32, 1024)
	var packed []byte
	for i := range list {
		list[i] = float32(math.Sin(float64(i)))
		packed = binary.LittleEndian.AppendUint32(packed, math.Float32bits(list[i]))
	}
	for name, v := range map[string]any{"floats": list, "base64": packed} {
		var data []out
		for i := range 64 {
			data = append(data, out{i, v})
		}
		body, err := json.Marshal(map[string]any{"data": data})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if _, _, err := decode(body, 64); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
