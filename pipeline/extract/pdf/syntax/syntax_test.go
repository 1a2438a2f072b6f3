package syntax

import (
	"fmt"
	"testing"
)

func TestTokens(t *testing.T) {
	for text, want := range map[string]string{
		"(a\\(b\\)\\101\\r\\\nc(d)) Tj": `s"a(b)A\rc(d)" k"Tj"`,
		"<48 65 6c6C6> 1":               `s"Hell` + "`" + `" n1`,
		"<zz48>x":                       `s"H" k"x"`,
		"/A#20B/C /":                    `N"A B" N"C" N""`,
		"-.5 +3 --4 1.2.3 5-6 .":        `n-0.5 n3 n-4 n1.2 n5 n0`,
		"0.5w[1]":                       `n0.5 k"w" [ n1 ]`,
		"% a comment\n1 ) > 2":          `n1 n2`,
		"(never closed":                 `s"never closed"`,
		"(a\r\nb)":                      `s"a\nb"`,
		"T* ' \" f*":                    `k"T*" k"'" k"\"" k"f*"`,
		"- a":                           `k"-" k"a"`,
		"1e5":                           `n1 k"e5"`,
	} {
		if got := tokens(text); got != want {
			t.Errorf("%q is\n%s; want\n%s", text, got, want)
		}
	}
}

func tokens(text string) string {
	l := Lexer{Data: []byte(text)}
	out := ""
	for {
		t := l.Next()
		if t.Kind == End {
			return out
		}
		if out != "" {
			out += " "
		}
		switch t.Kind {
		case Number:
			out += fmt.Sprintf("n%v", t.Num)
		case String:
			out += fmt.Sprintf("s%q", t.Text)
		case Name:
			out += fmt.Sprintf("N%q", t.Text)
		case Keyword:
			out += fmt.Sprintf("k%q", t.Text)
		case Open:
			out += "["
		case Close:
			out += "]"
		}
	}
}

func TestObjects(t *testing.T) {
	for text, want := range map[string]any{
		"<</A 1/B[2 0 R 3 4]/C null/D<</E(x)>>>>": Dict{"A": int64(1), "B": Array{Ref{2, 0}, int64(3), int64(4)}, "D": Dict{"E": Text("x")}},
		"<</A/B/C>>":          Dict{"A": Symbol("B")},
		"[1 2 endobj":         Array{int64(1), int64(2)},
		"<</A[1 2>>":          Dict{"A": Array{int64(1), int64(2)}},
		"[1 2 stream":         Array{int64(1), int64(2)},
		"<</A 1 stray/B 2>>":  Dict{"A": int64(1), "B": int64(2)},
		"12 0 R":              Ref{12, 0},
		"1.5":                 1.5,
		"true":                true,
		"-3":                  int64(-3),
		"<</A stream endobj":  Dict{},
		"<</Length 10 0 R >>": Dict{"Length": Ref{10, 0}},
	} {
		l := Lexer{Data: []byte(text)}
		if got := l.Object(); fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) {
			t.Errorf("%q is %#v; want %#v", text, got, want)
		}
	}
}

func FuzzObject(f *testing.F) {
	for _, s := range []string{"<</A[1 0 R(x\\)<4]>>/B#20 -1.>>", "[[[[<<<<", "[stream", "<</A endstream>>", "12345678901234567890 0 R"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		l := Lexer{Data: data}
		for before := -1; l.Pos < len(data) && l.Pos > before; {
			before = l.Pos
			l.Object()
			if l.Pos > len(data) {
				t.Fatalf("read beyond the end: %d of %d", l.Pos, len(data))
			}
		}
		l = Lexer{Data: data}
		for i := 0; l.Next().Kind != End; i++ {
			if i > len(data) {
				t.Fatal("more tokens than bytes")
			}
		}
	})
}
