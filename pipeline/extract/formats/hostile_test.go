package formats

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/andybalholm/cascadia"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

// endless yields the same character for ever.
type endless struct{ read int64 }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	e.read += int64(len(p))
	return len(p), nil
}

func TestAnEndlessLineIsRefusedWithoutBeingRead(t *testing.T) {
	r := &endless{}
	_, err := New(Config{Limits: extract.Limits{Bytes: 1 << 20}}).Extract(t.Context(), r, extract.Options{})
	if v := connectors.AsVerdict(err); v == nil || v.Reason != connectors.VerdictTooLarge {
		t.Fatalf("got %v", err)
	}
	if r.read > 4<<20 {
		t.Errorf("%d bytes were read", r.read)
	}
}

func TestHostileContentIsReadInTime(t *testing.T) {
	const n = 100_000
	budget := 5*time.Second + 40*ordinary(t)
	for name, c := range map[string]struct{ content, mediaType string }{
		"100,000 nested divisions":           {strings.Repeat("<div>", n) + "deep" + strings.Repeat("</div>", n), "text/html"},
		"a page of 100,000 nested elements":  {"<!doctype html><html><body><p>deep</p>" + strings.Repeat("<section>", n) + "deeper", "text/html"},
		"100,000 nested lists":               {strings.Repeat("<ul><li>deep", n), "text/html"},
		"100,000 nested tables":              {strings.Repeat("<table><tr><td>deep", n), "text/html"},
		"100,000 open bold elements":         {strings.Repeat("<b>deep", n), "text/html"},
		"bold elements of many kinds":        {strings.Repeat("<b id=1><i id=2><p>deep", n/10), "text/html"},
		"100,000 links within each other":    {strings.Repeat("<a href=x>deep", n), "text/html"},
		"fonts that paragraphs reopen":       {strings.Repeat("<font size=1><p>deep", n/10), "text/html"},
		"unclosed tags and quotes":           {strings.Repeat("<div class=\"deep <p 'x", n), "text/html"},
		"entities that name entities":        {"<!DOCTYPE html [<!ENTITY a \"deep\"><!ENTITY b \"&a;&a;&a;\">]><html><body><p>deep " + strings.Repeat("&b;", n) + "</p></body></html>", "text/html"},
		"a cell that spans everything":       {"<table>" + strings.Repeat("<tr><td colspan=99999 rowspan=99999>deep<td>x", 50) + "</table>", "text/html"},
		"a long row above 90,000 short ones": {"<table><tr>" + strings.Repeat("<td>deep", 90_000) + strings.Repeat("<tr><td>deep", 90_000) + "</table>", "text/html"},
		"nested quotes in Markdown":          {strings.Repeat(">", n) + " deep", "text/markdown"},
		"spaced nested quotes in Markdown":   {strings.Repeat("> ", n) + "deep", "text/markdown"},
		"nested lists in Markdown":           {strings.Repeat("- ", n) + "deep", "text/markdown"},
		"nested numbers in Markdown":         {strings.Repeat("1. ", n) + "deep", "text/markdown"},
		"indented lists in Markdown":         {indented(2_000), "text/markdown"},
		"open brackets in Markdown":          {strings.Repeat("[", n) + "deep", "text/markdown"},
		"open links in Markdown":             {strings.Repeat("[a](", n/2) + "deep", "text/markdown"},
		"images in images in Markdown":       {strings.Repeat("![", n/2) + "deep" + strings.Repeat("](x)", n/2), "text/markdown"},
		"stars in Markdown":                  {strings.Repeat("*a_ ", n) + "deep", "text/markdown"},
		"stars without end in Markdown":      {strings.Repeat("*", n) + "deep", "text/markdown"},
		"back quotes in Markdown":            {backQuotes(1_000) + "deep", "text/markdown"},
		"HTML in Markdown":                   {"deep\n\n" + strings.Repeat("<div>\n\n", n/10), "text/markdown"},
		"a wide table in Markdown":           {"deep\n\n" + strings.Repeat("|a", 5_000) + "|\n" + strings.Repeat("|-", 5_000) + "|\n" + strings.Repeat("|b|\n", 30), "text/markdown"},
		"an open front matter":               {"---\n" + strings.Repeat("a: &x [*x]\n", n) + "deep", "text/markdown"},
		"a text of combining marks":          {"deep e" + strings.Repeat("\u0301", n), "text/plain"},
		"a text of numbers":                  {"deep\n" + strings.Repeat("1. \n", n), "text/plain"},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			text, err := New(Config{Limits: extract.Limits{Time: time.Hour}}).Extract(t.Context(), strings.NewReader(c.content), extract.Options{MediaType: c.mediaType})
			if spent := time.Since(began); spent > budget {
				t.Errorf("it took %s of %s", spent, budget)
			} else if testing.Verbose() {
				t.Log(spent)
			}
			if err != nil {
				if connectors.AsVerdict(err) == nil {
					t.Fatalf("got %v", err)
				}
				t.Log(err)
				return
			}
			if !strings.Contains(text.Plain(), "deep") {
				t.Errorf("the text is lost: %.100q", text.Plain())
			}
		})
	}
}

// ordinary is how long a harmless page of 2 MB takes here and now, so that a
// busy machine or the race detector does not look like an attack.
func ordinary(t *testing.T) time.Duration {
	page := "<!doctype html><html><body>" + strings.Repeat("<p>An ordinary paragraph of a page that means no harm to anybody.</p>", 30_000) + "</body></html>"
	began := time.Now()
	extractString(t, page, extract.Options{})
	return time.Since(began)
}

func indented(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("  ", i) + "- deep\n")
	}
	return b.String()
}

func backQuotes(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("`", i+1) + " ")
	}
	return b.String()
}

// sound checks what is true of every Text.
func sound(t *testing.T, text *extract.Text, err error) {
	t.Helper()
	if err != nil {
		if connectors.AsVerdict(err) == nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("neither a text nor a verdict: %v", err)
		}
		return
	}
	plain, lines := text.Layout()
	if !utf8.ValidString(plain) {
		t.Fatalf("not valid UTF-8: %q", plain)
	}
	at := 0
	for _, l := range lines {
		if l.Start < at || l.End <= l.Start || l.End > len(plain) {
			t.Fatalf("line %+v after %d of %d", l, at, len(plain))
		}
		if strings.TrimSpace(plain[at:l.Start]) != "" {
			t.Fatalf("text between lines: %q", plain[at:l.Start])
		}
		at = l.End
	}
	if strings.TrimSpace(plain[at:]) != "" {
		t.Fatalf("text behind the lines: %q", plain[at:])
	}
	for _, r := range plain {
		if r != '\n' && r < ' ' || r == utf8.RuneError || r == 0x200b || r == 0xfeff {
			t.Fatalf("%U in %q", r, plain)
		}
	}
	for _, b := range text.Blocks {
		for _, row := range b.Rows {
			if len(row) != len(b.Rows[0]) {
				t.Fatalf("rows of different length: %q", b.Rows)
			}
		}
		if b.Kind == extract.Table && b.HeaderRows >= len(b.Rows) || b.Close < 0 || b.Kind == extract.Heading && b.Level < 1 {
			t.Fatalf("block %+v", b)
		}
	}
	_ = text.Markdown()
}

func FuzzExtractHTML(f *testing.F) {
	for _, s := range []string{
		"<html lang=fr><body><nav>x</nav><main><h1>A</h1><p>b:<ul><li>c<ol start=3><li>d</ol></ul><table><tr><th>e<td rowspan=2>f<tr><td colspan=2>g</table>",
		"<details><summary>Q?</summary>A<details><summary>R?</summary>B</details></details><p>C",
		"<h3><button aria-controls=p>Q</button></h3><div id=p hidden>A</div><dl><dt>T?<dd>D<div><dt>U<dd>E</div></dl>",
		"<div itemscope itemtype='https://schema.org/Question'><b itemprop=name>Q</b><p itemprop=text>A</div>",
		"<a role=tab href='#t' data-toggle=tab>L</a><div id=t role=tabpanel><b>Bold</b><br>x<br><br>y<pre>\tz\n</pre><blockquote><p>q<ul><li>r</blockquote></div>",
		`<html><script type=application/ld+json>{"@graph":[{"@type":"Product","name":"K","offers":[{"price":1,"priceCurrency":"EUR"}]},{"@type":"Question","name":"Q?","acceptedAnswer":{"text":"<h2>A</h2><p>b"}},{"@type":"HowTo","step":[{"text":"s"}]}]}</script><body><noscript><p>n</noscript><dialog open>d</dialog>`,
		"<?xml version='1.0'?><!DOCTYPE html><html xmlns='http://www.w3.org/1999/xhtml'><body>&eacute;&#8203;&shy;&nbsp;\x00\xff</body></html>",
	} {
		f.Add(s, "")
		f.Add(s, "p, .x > li")
	}
	x := New(Config{Limits: extract.Limits{Bytes: 1 << 20}})
	f.Fuzz(func(t *testing.T, page, drop string) {
		o := extract.Options{MediaType: "text/html", URI: "https://example.org/a"}
		if _, err := cascadia.ParseGroup(drop); err == nil && drop != "" {
			o.Drop = []string{drop}
		}
		text, err := x.Extract(t.Context(), strings.NewReader(page), o)
		sound(t, text, err)
	})
}

func FuzzExtractMarkdown(f *testing.F) {
	for _, s := range []string{
		"---\ntitle: x\n---\n# A\n\ntext:\n- a\n  1. b\n\n| a | b |\n|---|---|\n| c | d |\n\n```go\nx\n```\n> q\n\nTerm\n: def\n",
		"+++\na = \"b\"\n+++\n<details><summary>Q</summary>\n\nA\n\n</details>\n\n- [x] done\nhttps://example.org ~~gone~~",
	} {
		f.Add(s)
	}
	x := New(Config{Limits: extract.Limits{Bytes: 1 << 20}})
	f.Fuzz(func(t *testing.T, s string) {
		text, err := x.Extract(t.Context(), strings.NewReader(s), extract.Options{MediaType: "text/markdown"})
		sound(t, text, err)
	})
}

func FuzzExtractText(f *testing.F) {
	f.Add([]byte("Voici :\n- a\n- b\n\n1. x\n2. y\r\n\fz"), "text/plain")
	f.Add([]byte("\xff\xfea\x00"), "text/plain; charset=utf-16le")
	x := New(Config{Limits: extract.Limits{Bytes: 1 << 20}})
	f.Fuzz(func(t *testing.T, b []byte, mediaType string) {
		text, err := x.Extract(t.Context(), strings.NewReader(string(b)), extract.Options{MediaType: mediaType})
		sound(t, text, err)
	})
}
