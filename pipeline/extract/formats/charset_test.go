package formats

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"

	"freshet/connectors/connectortest"
)

func TestCharsetsOfMiniflux(t *testing.T) {
	dir := connectortest.DataPath(t, "charsets-miniflux")
	f, err := os.Open(filepath.Join(dir, "expected.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cases := 0
	for scan := bufio.NewScanner(f); scan.Scan(); cases++ {
		var c struct {
			File        string
			ContentType string `json:"content_type"`
			Contains    []string
		}
		if err := json.Unmarshal(scan.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(dir, c.File))
		if err != nil {
			t.Fatal(err)
		}
		text, label := Decode(b, c.ContentType)
		for _, want := range c.Contains {
			if !strings.Contains(text, want) || !utf8.ValidString(text) {
				t.Errorf("%s as %q, read as %s: %q is not there", c.File, c.ContentType, label, want)
			}
		}
	}
	if cases != 14 {
		t.Fatalf("%d cases, want 14", cases)
	}
}

func TestCharsets(t *testing.T) {
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("<p>Café</p>")
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String("<p>Café</p>")
	if err != nil {
		t.Fatal(err)
	}
	jis, err := japanese.ISO2022JP.NewEncoder().String("<p>日本語</p>")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ bytes, contentType, want string }{
		"a byte order mark rules":                         {utf16, "text/html; charset=utf-8", "<p>Café</p>"},
		"declared UTF-16 without a mark":                  {wide, "text/html; charset=utf-16be", "<p>Café</p>"},
		"a declared seven-bit encoding":                   {jis, "text/html; charset=iso-2022-jp", "<p>日本語</p>"},
		"UTF-8 that is declared as Latin 1":               {"<p>Café</p>", "text/html; charset=iso-8859-1", "<p>Café</p>"},
		"Latin 1 that is declared as UTF-8":               {"<p>Caf\xe9</p>", "text/html; charset=utf-8", "<p>Café</p>"},
		"a meta element":                                  {"<meta charset=iso-8859-2><p>\xb3</p>", "text/html", "<meta charset=iso-8859-2><p>ł</p>"},
		"nothing said: windows-1252":                      {"<p>5 \x80</p>", "", "<p>5 €</p>"},
		"an encoding that nobody knows":                   {"<p>Caf\xe9</p>", "text/html; charset=none-such", "<p>Café</p>"},
		"one stray byte in UTF-8":                         {strings.Repeat("é", 20) + "\xff", "", strings.Repeat("é", 20)},
		"a media type that is no media type":              {"abc", "; ;;", "abc"},
		"the replacement encoding is not a way to hide":   {"abc\xe9", "text/html; charset=hz-gb-2312", "abcé"},
		"a UTF-8 byte order mark is not part of the text": {"\xef\xbb\xbfabc", "", "abc"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, label := Decode([]byte(c.bytes), c.contentType); got != c.want {
				t.Errorf("%q, read as %s, want %q", got, label, c.want)
			}
		})
	}
}
