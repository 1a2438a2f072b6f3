package container

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

// tell writes the tokens in one line: "<w:p> text </w:p>".
func tell(d *Decoder) (string, error) {
	var b strings.Builder
	for {
		token, err := d.Token()
		if err == io.EOF {
			return b.String(), nil
		}
		if err != nil {
			return b.String(), err
		}
		switch t := token.(type) {
		case xml.StartElement:
			b.WriteString("<" + t.Name.Space + ":" + t.Name.Local)
			for _, a := range t.Attr {
				if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
					b.WriteString(" " + a.Name.Space + ":" + a.Name.Local + "=" + a.Value)
				}
			}
			b.WriteString(">")
		case xml.EndElement:
			b.WriteString("</" + t.Name.Local + ">")
		case xml.CharData:
			b.Write(t)
		}
	}
}

func decode(t *testing.T, s string) *Decoder {
	return NewDecoder(t.Context(), strings.NewReader(s), "test.xml", extract.Limits{})
}

func TestNamespacesAreShort(t *testing.T) {
	for _, ns := range []string{"http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main"} {
		got, err := tell(decode(t, `<?xml version="1.0"?><!-- c --><q:p xmlns:q="`+ns+`" q:val="1" plain="2"><x xmlns="urn:y"/>a&amp;b</q:p>`))
		if want := `<w:p w:val=1 :plain=2><urn:y:x></x>a&b</p>`; got != want || err != nil {
			t.Errorf("got %s, %v; want %s", got, err, want)
		}
	}
}

func TestOfAlternativesTheFirstIsSeen(t *testing.T) {
	const mc = ` xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"`
	for in, want := range map[string]string{
		`<a` + mc + `><mc:AlternateContent><mc:Choice><b/></mc:Choice><mc:Choice><c/></mc:Choice><mc:Fallback><d>x</d></mc:Fallback></mc:AlternateContent><e/></a>`:                                                                                                                         "<:a><:b></b><:e></e></a>",
		`<a` + mc + `><mc:AlternateContent><mc:Fallback><d>x</d></mc:Fallback></mc:AlternateContent></a>`:                                                                                                                                                                                   "<:a><:d>x</d></a>",
		`<a` + mc + `><mc:AlternateContent><mc:Choice><mc:AlternateContent><mc:Choice>1</mc:Choice><mc:Fallback>2</mc:Fallback></mc:AlternateContent></mc:Choice><mc:Fallback><mc:AlternateContent><mc:Choice>3</mc:Choice></mc:AlternateContent></mc:Fallback></mc:AlternateContent>4</a>`: "<:a>14</a>",
		`<a` + mc + `><mc:Choice>1</mc:Choice></a>`: "<:a><mc:Choice>1</Choice></a>",
	} {
		if got, err := tell(decode(t, in)); got != want || err != nil {
			t.Errorf("%s\ngot %s, %v\nwant %s", in, got, err, want)
		}
	}
}

func TestSkipAndTextEndWithTheirElement(t *testing.T) {
	d := decode(t, `<a><b>x<c>y</c>z</b><d><e/><f>no</f></d>tail</a>`)
	var got []string
	for {
		token, err := d.Token()
		if err != nil {
			break
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "b" {
			s, err := d.Text()
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, s)
		} else if ok && e.Name.Local == "d" {
			if err := d.Skip(); err != nil {
				t.Fatal(err)
			}
		} else if c, ok := token.(xml.CharData); ok {
			got = append(got, string(c))
		}
	}
	if s := strings.Join(got, "|"); s != "xyz|tail" {
		t.Errorf("got %s", s)
	}
}

func TestHostileXMLIsRefused(t *testing.T) {
	bomb := `<!DOCTYPE a [<!ENTITY x "aaaaaaaaaa"><!ENTITY y "&x;&x;&x;&x;">]>`
	outside := `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>`
	for _, c := range []struct{ in, reason, word string }{
		{bomb + `<a>&y;</a>`, connectors.VerdictMalformed, "entity"},
		{outside + `<a>&x;</a>`, connectors.VerdictMalformed, "entity"},
		{`<a>&nbsp;</a>`, connectors.VerdictMalformed, "entity"},
		{`<a><b></a>`, connectors.VerdictMalformed, "test.xml"},
		{`<a>`, connectors.VerdictMalformed, "EOF"},
		{"<a>\x00</a>", connectors.VerdictMalformed, "test.xml"},
		{strings.Repeat("<a>", 1001), connectors.VerdictTooLarge, "xml depth"},
		{"<a>" + strings.Repeat("x", 17<<20) + "</a>", connectors.VerdictTooLarge, "one piece"},
		{`<a b="` + strings.Repeat("x", 17<<20) + `"/>`, connectors.VerdictTooLarge, "one piece"},
		{`<?xml version="1.0" encoding="klingon"?><a/>`, connectors.VerdictMalformed, "klingon"},
	} {
		_, err := tell(decode(t, c.in))
		wantVerdict(t, err, c.reason, c.word)
	}
	if got, err := tell(decode(t, bomb+`<a>b</a>`)); got != "<:a>b</a>" || err != nil {
		t.Errorf("a document type alone does no harm: %s, %v", got, err)
	}
}

func TestOtherCharsetsAreDecoded(t *testing.T) {
	wide := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(`<?xml version="1.0" encoding="UTF-16"?><a>é€</a>`)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	for _, in := range []string{string(wide), "\xef\xbb\xbf<a>é€</a>", "<?xml version='1.0' encoding='windows-1252'?><a>\xe9\x80</a>"} {
		for _, r := range []io.Reader{strings.NewReader(in), iotest.OneByteReader(strings.NewReader(in)), iotest.DataErrReader(strings.NewReader(in))} {
			got, err := tell(NewDecoder(t.Context(), r, "x", extract.Limits{}))
			if got != "<:a>é€</a>" || err != nil {
				t.Errorf("%.20q: got %q, %v", in, got, err)
			}
		}
	}
}

func TestTheContextEndsReading(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	mine := errors.New("enough")
	cancel(mine)
	_, err := tell(NewDecoder(ctx, strings.NewReader("<a>"+strings.Repeat("<b/>", 1000)+"</a>"), "x", extract.Limits{}))
	if !errors.Is(err, mine) || connectors.AsVerdict(err) != nil {
		t.Errorf("got %v", err)
	}
}

func FuzzDecoder(f *testing.F) {
	for _, s := range []string{
		`<?xml version="1.0" encoding="windows-1252"?><!DOCTYPE a><a xmlns:w="urn:w" w:b="c">&lt;<![CDATA[x]]></a>`,
		`<a xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:AlternateContent><mc:Choice><b/></mc:Choice><mc:Fallback/></mc:AlternateContent></a>`,
		"\xff\xfe<\x00a\x00/\x00>\x00",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := NewDecoder(t.Context(), strings.NewReader(s), "x", extract.Limits{XMLDepth: 50})
		for open := 0; ; {
			token, err := d.Token()
			if err != nil {
				if err != io.EOF && connectors.AsVerdict(err) == nil {
					t.Fatalf("neither the end nor a verdict: %v", err)
				}
				if err == io.EOF && open != 0 {
					t.Fatalf("%d elements are open at the end", open)
				}
				return
			}
			switch token.(type) {
			case xml.StartElement:
				open++
			case xml.EndElement:
				open--
			}
			if open < 0 || open > 50 {
				t.Fatalf("%d elements are open", open)
			}
		}
	})
}
