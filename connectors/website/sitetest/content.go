package sitetest

import (
	"bytes"
	"fmt"
	"html"
	"net/http"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// charsetForm is how a page is encoded and where it says so: "header", "meta",
// "mark" (a byte order mark) or "nowhere". The zero value is UTF-8 in the header.
type charsetForm struct{ name, in string }

func (c charsetForm) meta() string {
	switch {
	case c.name == "":
		return "<meta charset=\"utf-8\">\n"
	case c.in == "meta":
		return fmt.Sprintf("<meta http-equiv=\"Content-Type\" content=\"text/html; charset=%s\">\n", c.name)
	}
	return ""
}

func (c charsetForm) contentType() string {
	switch {
	case c.name == "":
		return "text/html; charset=utf-8"
	case c.in == "header":
		return "text/html; charset=" + c.name
	}
	return "text/html"
}

// encode writes UTF-8 in the page's charset. What it cannot write is a mistake of
// the generator and becomes a character reference.
func (c charsetForm) encode(text string) []byte {
	var e encoding.Encoding
	switch {
	case c.name == "":
		return []byte(text)
	case c.in == "mark" && c.name == "utf-16le":
		e = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case c.in == "mark" && c.name == "utf-16be":
		e = unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	default:
		var err error
		if e, err = htmlindex.Get(c.name); err != nil {
			return []byte(text)
		}
	}
	out, err := encoding.HTMLEscapeUnsupported(e.NewEncoder()).Bytes([]byte(text))
	if err != nil {
		return []byte(text)
	}
	return out
}

func (s *Site) addCharsets(n int) {
	var links []string
	japanese := []string{"契約の更新は毎月二十日までに窓口で行ってください。", "本体の電源を入れてから二分お待ちください。", "料金は口座から自動で引き落とされます。", "駅の裏にある支店は日曜日に休みます。"}
	russian := []string{"Договор продлевается каждый год без письма.", "Подождите две минуты после включения прибора.", "Касса закрыта по воскресеньям.", "Счёт оплачивается в течение двух недель."}
	for i := range max(1, n/2) {
		for k, c := range []charsetForm{{"windows-1252", "header"}, {"windows-1252", "meta"}, {"windows-1252", "nowhere"}, {"iso-8859-15", "header"}, {"iso-8859-15", "meta"},
			{"utf-16le", "mark"}, {"utf-16be", "mark"}, {"utf-16le", "header"}, {"shift_jis", "header"}, {"shift_jis", "meta"}, {"iso-2022-jp", "header"},
			{"iso-2022-jp", "meta"}, {"euc-jp", "meta"}, {"koi8-r", "header"}, {"windows-1251", "meta"}, {"gb18030", "header"}, {"macintosh", "header"}} {
			p := page{family: "charsets", path: fmt.Sprintf("/fr/encodages/%s-%s-%d", c.name, c.in, i), lang: "fr", charset: c, trust: strongTag, gzip: k%2 == 0}
			sentences, lang := japanese, "ja"
			switch c.name {
			case "koi8-r", "windows-1251":
				sentences, lang = russian, "ru"
			case "windows-1252", "iso-8859-15", "utf-16le", "utf-16be", "macintosh":
				p = s.article(p)
				p.text = append(p.text, block{"p", "Voilà l'été : « ça coûte 30 € » d'après la mairie, où naît l'œuvre — déjà."})
				links = append(links, s.add(p).path)
				continue
			}
			p.lang, p.title = lang, sentences[(i+k)%4]
			for j := range 4 {
				p.text = append(p.text, block{"p", sentences[(i+j)%4] + fmt.Sprintf(" (%d-%d-%d)", k, i, j)})
			}
			links = append(links, s.add(p).path)
		}
	}
	s.hub("charsets", links)
}

// addLanguages: pages that say their language in every way, or in none.
func (s *Site) addLanguages(n int) {
	var links []string
	for i := range n {
		for _, f := range []page{
			{path: "entete", lang: "", header: "fr-BE", want: Expect{Locale: "fr-BE"}},
			{path: "region", lang: "fr-CA"},
			{path: "souligne", lang: "fr_CH", want: Expect{Locale: "fr-CH"}},
			{path: "sans", lang: "", want: Expect{Locale: "*"}},
			{path: "faux", lang: "français !", want: Expect{Locale: "*"}},
		} {
			f.family, f.path = "languages", fmt.Sprintf("/fr/langues/%s-%d", f.path, i)
			said := f.lang
			f.lang = "fr"
			p := s.article(f)
			p.lang = said
			links = append(links, s.add(p).path)
		}
	}
	s.hub("languages", links)
}

// addBrokenHTML: pages that no validator accepts and every browser shows.
func (s *Site) addBrokenHTML(n int) {
	var links []string
	for i := range n {
		for k := range 7 {
			p := s.article(page{family: "broken html", path: fmt.Sprintf("/fr/casse/%d-%d", k, i), lang: "fr", media: "text/html; charset=utf-8", trust: strongTag})
			var text strings.Builder
			for _, b := range p.text {
				if k == 6 {
					fmt.Fprintf(&text, "<p>%s", strings.ReplaceAll(b.text, "&", "&amp")) // neither closed nor escaped
				} else {
					fmt.Fprintf(&text, "<p>%s</p>", html.EscapeString(b.text))
				}
			}
			head, t := "<title>"+html.EscapeString(p.title)+"</title>", text.String()
			p.raw = []byte([]string{
				"<html lang=fr>" + head + "<body><div><div><span><b>" + t,
				head + "<html lang=fr><h1>Titre" + t + "</html></html><p>fin",
				"<!DOCTYPE html><html lang=\"fr\"><head>" + head + "</head><body><main>" + t + "</main><!-- never closed",
				"<html lang=fr><head>" + head + "</head><body><main>" + strings.Repeat("<div>", 400) + t + strings.Repeat("</div>", 200),
				"<html lang=fr><body><table><tr><td>" + head + "<main>" + t + "</td></main></table></body><a href=/fr/><a href='x",
				"\ufeff<html lang=fr><head>" + head + "<body onload=\"a<b\"><main>" + t + "</p></p></main></body></body>",
				"<HTML LANG=fr><HEAD>" + head + "<BODY BGCOLOR=white><CENTER><FONT SIZE=2><MAIN>" + t,
			}[k])
			links = append(links, s.add(p).path)
		}
	}
	s.hub("broken html", links)
}

func (s *Site) addEmpty(n int) {
	var links []string
	empty := Expect{Is: Refused, Reasons: []string{"empty"}}
	for i := range n {
		for k, raw := range []string{"", " \r\n\t ", "<html><head></head><body></body></html>"} {
			p := page{family: "empty pages", path: fmt.Sprintf("/fr/vide/%d-%d", k, i), raw: []byte(raw), media: "text/html; charset=utf-8", want: empty}
			links = append(links, s.add(p).path)
		}
	}
	s.hub("empty pages", links)
}

// addApplications: pages whose text is made in the browser.
func (s *Site) addApplications(n int) {
	var links []string
	for i := range n {
		for k, body := range []string{
			`<div id="root"></div><noscript>Vous devez activer JavaScript pour utiliser cette application.</noscript><script src="/app/main.4f2c.js"></script>`,
			`<div id="__next"></div><script id="__NEXT_DATA__" type="application/json">{"page":"/compte","props":{}}</script><script src="/_next/static/chunks/main.js" defer></script>`,
			`<app-root></app-root><script src="/runtime.js" type="module"></script><script src="/polyfills.js" type="module"></script><script src="/main.js" type="module"></script>`,
		} {
			raw := fmt.Sprintf("<!DOCTYPE html><html lang=\"fr\"><head><meta charset=\"utf-8\"><title>Mon espace</title></head><body>%s</body></html>", body)
			p := page{family: "needs a browser", path: fmt.Sprintf("/fr/application/%d-%d", k, i), raw: []byte(raw), media: "text/html; charset=utf-8",
				trust: strongTag, want: Expect{Is: Refused, Reasons: []string{"needs_browser"}}}
			links = append(links, s.add(p).path)
		}
	}
	s.hub("needs a browser", links)
}

// addFiles: files that pages link to are parts of these pages.
func (s *Site) addFiles(n int) {
	var links []string
	for i := range n {
		holder := s.article(page{family: "files", path: fmt.Sprintf("/fr/dossiers/dossier-%d", i), lang: "fr", trust: strongTag})
		pdf := s.write(page{family: "files", path: fmt.Sprintf("/fichiers/notice-%d.pdf", i), lang: "en", media: "application/pdf", trust: strongTag}, 60)
		pdf.raw = pdfOf(pdf.title, pdf.text)
		text := s.write(page{family: "files", path: fmt.Sprintf("/fichiers/conditions-%d.txt", i), lang: "fr", media: "text/plain; charset=utf-8", trust: onlyModified}, 60)
		for _, b := range text.text {
			text.raw = append(text.raw, b.text+"\n\n"...)
		}
		download := s.write(page{family: "files", path: fmt.Sprintf("/telecharger?id=%d", i), lang: "en", media: "application/pdf",
			more: http.Header{"Content-Disposition": {`attachment; filename="tarifs.pdf"`}}}, 60)
		download.raw = pdfOf(download.title, download.text)
		for _, f := range []page{pdf, text, download} {
			f.want = Expect{PartOf: holder.path, Locale: "*"}
			holder.links = append(holder.links, s.add(f).path)
		}
		holder.links = append(holder.links, "/fichiers/photo.png", "/fichiers/film.mp4", "/fichiers/paquet.zip")
		links = append(links, s.add(holder).path)
	}
	for _, asset := range []string{"/fichiers/photo.png", "/fichiers/film.mp4", "/fichiers/paquet.zip", "/theme/style.css"} {
		s.never[asset] = "its name says that it holds no text"
	}
	s.hub("files", links)
}

// pdfOf makes a PDF with one page of text.
func pdfOf(title string, text []block) []byte {
	var stream strings.Builder
	stream.WriteString("BT /F1 10 Tf 40 800 Td 14 TL\n")
	escape := strings.NewReplacer("(", `\(`, ")", `\)`, `\`, `\\`)
	for _, b := range append([]block{{"h1", title}}, text...) {
		for line := range strings.SplitSeq(b.text, ". ") {
			fmt.Fprintf(&stream, "(%s) Tj T*\n", escape.Replace(line))
		}
	}
	stream.WriteString("ET")
	var out bytes.Buffer
	out.WriteString("%PDF-1.4\n")
	objects := []string{"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", stream.Len(), stream.String())}
	var at []int
	for i, o := range objects {
		at = append(at, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, n := range at {
		fmt.Fprintf(&out, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return out.Bytes()
}

// addDuplicates: the same page at two addresses, and neither names the other.
func (s *Site) addDuplicates(n int) {
	var links []string
	for i := range 2 * n {
		p := s.article(page{family: "duplicates", path: fmt.Sprintf("/fr/doubles/page-%d", i), lang: "fr", trust: strongTag})
		copied := p
		copied.path = fmt.Sprintf("/fr/imprimer/page-%d", i)
		for _, q := range []page{p, copied} {
			q.want = Expect{Is: Either, OneOf: fmt.Sprintf("double-%d", i)}
			links = append(links, s.add(q).path)
		}
	}
	s.hub("duplicates", links)
}

// addLiars: validators that say "changed" of what is the same.
func (s *Site) addLiars(n int) {
	var links []string
	for i := range n {
		links = append(links, s.add(s.article(page{family: "validators that lie", path: fmt.Sprintf("/fr/menteurs/etag-%d", i), lang: "fr", trust: lyingTag})).path,
			s.add(s.article(page{family: "validators that lie", path: fmt.Sprintf("/fr/menteurs/date-%d", i), lang: "fr", trust: lyingModified})).path)
	}
	s.hub("validators that lie", links)
}

// addForeign: links that are not to be followed at all.
func (s *Site) addForeign(int) {
	p := s.hub("foreign links", []string{"https://" + other + "/", "//" + other + "/protocole", "http://user:pass@" + Host + "/coffre-fort", "mailto:a@b.test",
		"javascript:alert('x')", "data:text/html,<h1>x</h1>", "ftp://" + Host + "/f", "tel:+331", "http://127.0.0.1:1/", "http://[::1]/", "http://2130706433/",
		"about:blank", "blob:" + s.URL + "/1", "https://", "http://" + strings.Repeat("a", 300) + ".test/", "/" + strings.Repeat("long/", 600), "http://%zz/", "#", "?", ""})
	p.links = append(p.links, strings.Replace(s.URL, "://", "://user:pass@", 1)+"/coffre-fort")
	s.never["/coffre-fort"] = "it is linked with a password in the address"
}
