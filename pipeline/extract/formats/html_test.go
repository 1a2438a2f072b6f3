package formats

import (
	"fmt"
	"strings"
	"testing"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

// outline writes blocks in short: kind, level and text.
func outline(t *extract.Text) string {
	var b strings.Builder
	for i := range t.Blocks {
		block := &t.Blocks[i]
		if block.Close > 0 {
			fmt.Fprintf(&b, "close%d ", block.Close)
		}
		if block.Language != "" {
			b.WriteString(block.Language + " ")
		}
		one := extract.Text{Blocks: []extract.Block{*block}}
		switch {
		case block.Kind == extract.Heading && block.Question:
			fmt.Fprintf(&b, "?%d[%s]", block.Level, block.Text)
		case block.Kind == extract.Heading:
			fmt.Fprintf(&b, "h%d[%s]", block.Level, block.Text)
		case block.Kind == extract.Table:
			fmt.Fprintf(&b, "table%d[%s]", block.HeaderRows, one.Plain())
		default:
			fmt.Fprintf(&b, "%s[%s]", block.Kind, one.Plain())
		}
		b.WriteString(" ")
	}
	return strings.ReplaceAll(strings.TrimSpace(b.String()), "\n", "⏎")
}

func TestFragmentsKeepTheirStructure(t *testing.T) {
	for name, c := range map[string]struct{ html, want string }{
		"spaces fold, breaks stay":                      {"<p> a\n  <b>b</b>c<br> d </p>", "paragraph[a bc⏎d]"},
		"two breaks end a paragraph":                    {"a<br><br>b", "paragraph[a] paragraph[b]"},
		"a line in bold is a heading when text follows": {"<p>x</p><p><strong>Que faire ?</strong></p><p>y</p>", "paragraph[x] h3[Que faire ?] paragraph[y]"},
		"a line in bold at the end is a line":           {"<p>x</p><p><b>Merci à tous</b></p>", "paragraph[x] paragraph[Merci à tous]"},
		"a sentence in bold is a sentence":              {"<p><b>Payez avant mardi.</b></p><p>y</p>", "paragraph[Payez avant mardi.] paragraph[y]"},
		"a lead-in belongs to its list":                 {"<p>Voici les pièces à fournir :</p><ul><li>a<li>b</ul>", "list[Voici les pièces à fournir :⏎- a⏎- b]"},
		"a lead-in within an item":                      {"<ul><li>a :<ul><li>b</ul><li>c</ul>", "list[- a :⏎  - b⏎- c]"},
		"a list that stands in a list":                  {"<ul><li>a</li><ol><li>b</li></ol></ul>", "list[- a⏎  1. b]"},
		"text behind a nested list":                     {"<ul><li>a<ul><li>b</ul>then</ul>", "list[- a⏎  - b⏎  - then]"},
		"numbers go on where the page says":             {"<ol start=3><li>a<li>b</ol>", "list[3. a⏎4. b]"},
		"a list of cards is sections":                   {"<ul><li><h3>A</h3><p>a</p></li><li><h3>B</h3><p>b</p></li></ul>", "h3[A] paragraph[a] h3[B] paragraph[b]"},
		"an accordion closes behind its end":            {"<h2>Q</h2><details><summary>a?</summary><p>b</p></details><p>c</p>", "h2[Q] h3[a?] paragraph[b] close3 paragraph[c]"},
		"accordions within accordions":                  {"<details><summary>a</summary>b<details><summary>c</summary>d</details>e</details>f", "h1[a] paragraph[b] h2[c] paragraph[d] close2 paragraph[e] close1 paragraph[f]"},
		"a summary that holds a heading":                {"<h2>x</h2><details><summary><h4>a?</h4></summary>b</details>", "h2[x] h4[a?] paragraph[b]"},
		"a hidden panel that a button opens":            {"<h3><button aria-controls=p>Q</button></h3><div id=p hidden>A</div><p>z</p>", "h3[Q] paragraph[A] close1 paragraph[z]"},
		"a button alone that opens a panel":             {"<h2>F</h2><button aria-controls=p>Q</button><div id=p aria-hidden=true>A</div>z", "h2[F] h3[Q] paragraph[A] close3 paragraph[z]"},
		"tabs become sections":                          {"<ul role=tablist><li><a role=tab aria-controls=t href='#t'>L</a></ul><div id=t role=tabpanel><p>A</p></div>z", "h1[L] paragraph[A] close1 paragraph[z]"},
		"FAQ markup":                                    {"<div itemtype='https://schema.org/Question'><b itemprop=name>Q</b><div itemprop=acceptedAnswer style='display:none'>A</div></div>z", "?1[Q] paragraph[A] close1 paragraph[z]"},
		"terms and definitions":                         {"<dl><dt>a</dt><dd>b</dd><dt>c</dt><dd>d</dd><dd>e</dd></dl>", "list[- a: b⏎- c⏎  - d⏎  - e]"},
		"terms that ask":                                {"<dl><div><dt>a ?</dt><dd>b</dd></div><div><dt>c ?</dt><dd><ul><li>d</ul></dd></div></dl>", "h1[a ?] paragraph[b] h1[c ?] list[- d]"},
		"the first row is the header without th":        {"<table><tr><td>a<td>b<tr><td>c<td>d</table>", "table1[a | b⏎c | d]"},
		"headers in the first column only":              {"<table><tr><th>a<td>b<tr><th>c<td>d</table>", "table0[a | b⏎c | d]"},
		"an empty corner":                               {"<table><tr><td><th>x<th>y<tr><th>c<td>1<td>2</table>", "table1[ | x | y⏎c | 1 | 2]"},
		"merged cells are repeated":                     {"<table><tr><th colspan=2>a<th>b<tr><td rowspan=2>c<td>d<td>e<tr><td>f<td>g</table>", "table1[a | a | b⏎c | d | e⏎c | f | g]"},
		"a foot that stands before the body":            {"<table><tfoot><tr><td>s<td>3</tfoot><tbody><tr><th>a<th>b<tr><td>1<td>2</tbody></table>", "table1[a | b⏎1 | 2⏎s | 3]"},
		"a list in a cell":                              {"<table><tr><th>a<th>b<tr><td>x<td><ul><li>1 ;<li>2</ul></table>", "table1[a | b⏎x | 1; 2]"},
		"a table for layout":                            {"<table><tr><td><h2>a</h2><td><p>b</p></table>", "h2[a] paragraph[b]"},
		"a table of one column":                         {"<table><tr><td>a<tr><td>b</table>", "paragraph[a] paragraph[b]"},
		"a table with a caption":                        {"<ol><li>x</li></ol><table><caption>Prix</caption><tr><th>a<th>b<tr><td>c<td>d</table>", "list[1. x] table1[Prix⏎a | b⏎c | d]"},
		"code keeps its lines":                          {"<pre><code class=language-go>if x {\n\ty()\n}\n</code></pre>", "code[if x {⏎    y()⏎}]"},
		"a table in an item keeps its rows":             {"<ol><li>x<table><tr><th>a<th>b<tr><td>c<td>d</table></li></ol>", "paragraph[x] table1[a | b⏎c | d]"},
		"a quotation":                                   {"<blockquote><p>a</p><p>b</p></blockquote>", "quote[a⏎b]"},
		"another language":                              {"<p>a</p><div lang=de><p>b</p><p>c</p></div><p>d <i lang=la>e</i></p>", "paragraph[a] de paragraph[b] de paragraph[c] paragraph[d e]"},
		"what is hidden is not there":                   {"a<p hidden>b</p><p style='Display : none'>c</p><p aria-hidden=true>d</p><span class='x sr-only'>e</span><script>f</script><style>g</style><!-- h --><template>i</template>", "paragraph[a]"},
		"invisible characters":                          {"<p>a\u200bb\u00adc\ufeffd\x01e\u202ef\u2066g&#x2060;&zwnj;h</p>", "paragraph[abcdefgh]"},
		"joiners that spell words stay":                 {"<p>می\u200cخواهم</p>", "paragraph[می\u200cخواهم]"},
		"composed form":                                 {"<p>e\u0301te\u0301</p>", "paragraph[été]"},
		"elements are not glued together":               {"<div>a<div>b</div>c</div><h2>d<small>e</small></h2>f", "paragraph[a] paragraph[b] paragraph[c] h2[de] paragraph[f]"},
		"tags that were never closed":                   {"<p>a<p>b<ul><li>c<li><i>d</ul><table><tr><td>e<td>f<tr><td>g<td>h", "paragraph[a] paragraph[b] list[- c⏎- d] table1[e | f⏎g | h]"},
		"headers and forms are content in a fragment":   {"<header>a</header><form>b</form><footer>c</footer>", "paragraph[a] paragraph[b] paragraph[c]"},
	} {
		t.Run(name, func(t *testing.T) {
			text := extractString(t, c.html, extract.Options{MediaType: "text/html"})
			if got := outline(text); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if text.Way != extract.WayFragment {
				t.Errorf("way %s", text.Way)
			}
		})
	}
}

const page = `<!doctype html><html lang=fr><head><title>Contact | Alba</title></head><body><nav>Menu</nav><div class=cookie>Cookies !</div>
<main><h1>Contact</h1><p>Écrivez-nous par courrier à notre adresse, nous répondons sous dix jours ouvrés.</p><p class=promo-box>Offre du mois</p>
<section id=s><p>Rue du Port, 75000 Paris</p><p class=x>Fermé le lundi</p></section></main><footer>Mentions</footer></body></html>`

func TestSettingsChooseElements(t *testing.T) {
	for name, c := range map[string]struct {
		o    extract.Options
		want string
	}{
		"selected elements are taken whole": {extract.Options{Select: "#s, #s p"}, "paragraph[Rue du Port, 75000 Paris] paragraph[Fermé le lundi]"},
		"even navigation, when selected":    {extract.Options{Select: "nav"}, "paragraph[Menu]"},
		"dropped elements are left out":     {extract.Options{Select: "#s", Drop: []string{".y", ".x"}}, "paragraph[Rue du Port, 75000 Paris]"},
		"a selector that matches nothing":   {extract.Options{Select: ".none", Drop: []string{"#s", "main > p:first-of-type"}}, "h1[Contact] paragraph[Offre du mois]"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := outline(extractString(t, page, c.o)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
	_, err := New(Config{}).Extract(t.Context(), strings.NewReader(page), extract.Options{Drop: []string{"p["}})
	if err == nil || connectors.AsVerdict(err) != nil || !strings.Contains(err.Error(), `extract.drop: "p[" is not a CSS selector`) {
		t.Errorf("a broken selector: %v", err)
	}
}

func TestTitleLanguageAndForm(t *testing.T) {
	french := "Vous pouvez résilier votre contrat dans les trente jours. Le remboursement est fait sur votre compte."
	for name, c := range map[string]struct {
		content                    string
		o                          extract.Options
		title, language, way, link string
	}{
		"the heading that the title repeats":    {page, extract.Options{}, "Contact", "fr", extract.WayMain, ""},
		"the source's title and locale rule":    {page, extract.Options{Title: " Nous  joindre ", Locale: "fr_CA"}, "Nous joindre", "fr-CA", extract.WayMain, ""},
		"French by its small words":             {french, extract.Options{}, "", "fr", extract.WayText, ""},
		"English by its small words":            {"<p>You can cancel your contract within the first thirty days and we will pay you back.</p>", extract.Options{}, "", "en", extract.WayFragment, ""},
		"German by its letters":                 {strings.Repeat("Der schnelle braune Fuchs springt über den faulen Hund und läuft weiter durch den Wald. ", 4), extract.Options{}, "", "de", extract.WayText, ""},
		"too little to tell":                    {"42 ABC", extract.Options{}, "", "", extract.WayText, ""},
		"Markdown by its name":                  {"# A\n\ntext", extract.Options{URI: "https://x.example/a.md?x=1"}, "A", "", extract.WayMarkdown, ""},
		"Markdown that begins with HTML":        {"<p align=center>A</p>\n\n*b*", extract.Options{MediaType: "text/markdown; charset=utf-8"}, "", "", extract.WayMarkdown, ""},
		"XHTML":                                 {"<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN' 'x'><html xmlns='http://www.w3.org/1999/xhtml' xml:lang='en'><body><p>&eacute;</p></body></html>", extract.Options{MediaType: "application/xhtml+xml"}, "", "en", extract.WayBody, ""},
		"a part of a page that nobody declared": {"<em>some</em> words", extract.Options{}, "", "", extract.WayFragment, ""},
		"text that shows HTML":                  {"<b>bold</b> is written so", extract.Options{MediaType: "text/plain"}, "", "", extract.WayText, ""},
		"a page under the name of text":         {"<!DOCTYPE html><html><body><p>Words here</p></body></html>", extract.Options{MediaType: "text/plain"}, "", "", extract.WayBody, ""},
		"a relative link":                       {"<base href=/b/><p>See <a href=c?d#e>this</a> <a href='#f'>g</a> <a href='javascript:h'>i</a></p>", extract.Options{MediaType: "text/html", URI: "https://x.example/a/"}, "", "", extract.WayFragment, "https://x.example/b/c?d#e"},
	} {
		t.Run(name, func(t *testing.T) {
			text := extractString(t, c.content, c.o)
			if text.Title != c.title || text.Language != c.language || text.Way != c.way && !(c.way == extract.WayBody && text.Way == extract.WayMain) {
				t.Errorf("title %q, language %q, way %q (%s)", text.Title, text.Language, text.Way, text.Why)
			}
			if c.link != "" && (len(text.Links) != 1 || text.Links[0].URI != c.link) {
				t.Errorf("links %v", text.Links)
			}
			if text.Version == "" {
				t.Errorf("version %q", text.Version)
			}
		})
	}
}

func TestOneExtractorServesManyGoroutines(t *testing.T) {
	x := New(Config{})
	done := make(chan string)
	for range 8 {
		go func() {
			text, err := x.Extract(t.Context(), strings.NewReader(page), extract.Options{})
			if err != nil {
				done <- err.Error()
				return
			}
			done <- text.Plain()
		}()
	}
	first := <-done
	for range 7 {
		if other := <-done; other != first {
			t.Errorf("got %q and %q", first, other)
		}
	}
}

func BenchmarkExtractHelpPage(b *testing.B) {
	x := New(Config{})
	body := strings.Repeat("<h2>Titre</h2><p>Un paragraphe de quelques mots pour la mesure, avec un <a href=/x>lien</a>.</p><ul><li>un</li><li>deux</li></ul>", 20)
	whole := "<!doctype html><html lang=fr><head><title>x</title></head><body><main>" + body + "</main></body></html>"
	for name, content := range map[string]string{"page": whole, "fragment": body} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(content)))
			for b.Loop() {
				if _, err := x.Extract(b.Context(), strings.NewReader(content), extract.Options{MediaType: "text/html"}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestLinksOfWhatWasLeftOutAreLeftOut(t *testing.T) {
	body := strings.Repeat("<p>Un paragraphe assez long pour être reconnu comme le contenu de la page, avec des mots.</p>", 5)
	text := extractString(t, "<html><body><nav><a href=/n>N</a></nav><main><h1>T</h1>"+body+"<ul><li>Lire <a href=/l>la liste des pièces</a> avant de venir à l'agence</li></ul>"+
		body+"<p><a href=/p>Partir</a> en vacances sans souci avec notre guide.</p></main><footer><a href=/f>F</a></footer></body></html>", extract.Options{URI: "https://x.example/"})
	var got []string
	for _, l := range text.Links {
		got = append(got, l.URI)
	}
	if want := "https://x.example/l https://x.example/p"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %s; %s", got, want, outline(text))
	}
}
