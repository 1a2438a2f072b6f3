package pdf

import (
	"context"
	"regexp"
	"strings"
	"time"

	"freshet/pipeline/extract"
	"freshet/pipeline/extract/pdf/content"
	"freshet/pipeline/extract/pdf/layout"
)

// Version names the rules by which PDF files are read; see extract.Text.Version.
const Version = "pdf/2"

// Way is the extract.Text.Way of PDF files.
const Way = "pdf"

// read reads b in this process.
func read(ctx context.Context, b []byte, passwords []string, l extract.Limits) (*extract.Text, error) {
	doc, err := open(ctx, b, passwords, l)
	if err != nil {
		return nil, err
	}
	t := &extract.Text{Version: Version, Way: Way, Properties: properties(doc), Language: extract.NormalLanguage(doc.Language())}
	t.Title = t.Properties["title"]
	order := layout.Document{Marks: doc.Marks()}
	links := addresses{most: l.Links, seen: map[string]bool{}}
	var seen sight
	err = pages(ctx, doc, l, func(p *layout.Page) {
		seen.add(p)
		links.add(p.Links)
		order.Add(p)
	})
	if err != nil {
		return nil, err
	}
	t.Links = links.list
	t.Blocks = order.Blocks()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if t.Title == "" {
		t.Title = shownTitle(t.Blocks)
	}
	return judge(t, seen.quality())
}

// shownTitle is the first heading of the highest level on the first page, "" when
// there is none: most files do not name their title.
func shownTitle(blocks []extract.Block) string {
	const longest = 200
	for i := range blocks {
		if b := &blocks[i]; b.Page > 1 {
			break
		} else if b.Kind == extract.Heading && b.Level == 1 && len(b.Text) <= longest {
			return extract.Fold(b.Text)
		}
	}
	return ""
}

// addresses collects the links of the pages, each once.
type addresses struct {
	most int
	seen map[string]bool
	list []extract.Link
}

func (a *addresses) add(links []layout.Link) {
	for _, l := range links {
		if len(a.list) < a.most && !a.seen[l.URI] && strings.Contains(l.URI, ":") {
			a.seen[l.URI] = true
			a.list = append(a.list, extract.Link{URI: extract.Fold(strings.ToValidUTF8(l.URI, ""))})
		}
	}
}

// properties reads the document's information.
func properties(d *content.Document) map[string]string {
	out := map[string]string{}
	for key, name := range map[string]string{"Title": "title", "Author": "author", "Subject": "subject", "Keywords": "keywords"} {
		s := extract.Fold(strings.ToValidUTF8(d.Info(key), ""))
		if key == "Title" && noTitle(s) {
			continue
		}
		if s != "" {
			out[name] = s
		}
	}
	for key, name := range map[string]string{"CreationDate": "created", "ModDate": "modified"} {
		if t, ok := date(d.Info(key)); ok {
			out[name] = t.Format(time.RFC3339)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// noTitle reports whether a title is what a program put there by itself: the name of
// a file or of the program, or nothing that a person would call a document.
func noTitle(s string) bool {
	lower := strings.ToLower(s)
	for _, prefix := range []string{"microsoft word - ", "microsoft powerpoint - ", "microsoft excel - ", "untitled", "sans titre", "unbenannt", "document1", "file:", "about:blank", "/"} {
		if strings.HasPrefix(lower, prefix) {
			return true
		}
	}
	for _, suffix := range []string{".doc", ".docx", ".odt", ".ods", ".odp", ".odg", ".rtf", ".pdf", ".ppt", ".pptx", ".xls", ".xlsx", ".indd", ".qxd", ".tex", ".dvi", ".ps", ".eps", ".ai", ".pub", ".fm", ".html", ".htm", ".p65", ".pmd", ".cdr"} {
		if strings.HasSuffix(lower, suffix) {
			return true
		}
	}
	return len([]rune(s)) < 3
}

// dates is the form of a date: D:YYYYMMDDHHmmSSOHH'mm'.
var dates = regexp.MustCompile(`^(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(Z|[+-]\d\d'?(?:\d\d)?)?`)

// date reads a date of PDF.
func date(s string) (time.Time, bool) {
	m := dates.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return time.Time{}, false
	}
	text := m[1]
	for i, otherwise := range []string{"01", "01", "00", "00", "00"} {
		part := m[i+2]
		if part == "" {
			part = otherwise
		}
		text += part
	}
	zone := strings.ReplaceAll(m[7], "'", "")
	switch {
	case zone == "" || zone == "Z":
		zone = "+0000"
	case len(zone) == 3:
		zone += "00"
	}
	t, err := time.Parse("20060102150405-0700", text+zone)
	return t, err == nil && t.Year() > 1970
}
