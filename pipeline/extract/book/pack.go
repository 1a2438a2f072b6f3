package book

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"strings"

	"freshet/connectors"
	"freshet/pipeline/extract/container"
)

// itemsMost bounds the parts that a package may list.
const itemsMost = 100_000

// A pack is what the package document of a book says.
type pack struct {
	properties map[string]string
	language   string
	chapters   []string // parts, in reading order
}

// readPackage finds and reads the package document.
func readPackage(ctx context.Context, files *container.Files) (*pack, error) {
	root := ""
	err := elements(ctx, files, "META-INF/container.xml", func(_ *container.Decoder, e xml.StartElement) error {
		if e.Name.Local == "rootfile" && root == "" {
			root = container.Attr(e, "", "full-path")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	p := &pack{properties: map[string]string{}}
	if err := p.read(ctx, files, root); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *pack) read(ctx context.Context, files *container.Files, root string) error {
	parts := map[string]string{} // by id
	folder := path.Dir(root)
	return elements(ctx, files, root, func(d *container.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "metadata":
			return p.metadata(d)
		case "item":
			if len(parts) >= itemsMost {
				return tooLarge("its package lists more than %d parts", itemsMost)
			}
			if isPage(e) {
				parts[container.Attr(e, "", "id")] = inFolder(folder, container.Attr(e, "", "href"))
			}
		case "itemref":
			if part := parts[container.Attr(e, "", "idref")]; part != "" && len(p.chapters) < itemsMost {
				p.chapters = append(p.chapters, part)
				// A chapter that is listed again is not told again.
				delete(parts, container.Attr(e, "", "idref"))
			}
		}
		return nil
	})
}

// isPage reports whether an item of the manifest is a page to read; the table of
// contents repeats the headings.
func isPage(e xml.StartElement) bool {
	switch container.Attr(e, "", "media-type") {
	case "application/xhtml+xml", "text/html", "application/xml", "text/x-oeb1-document":
	default:
		return false
	}
	for property := range strings.FieldsSeq(container.Attr(e, "", "properties")) {
		if property == "nav" {
			return false
		}
	}
	return true
}

func inFolder(folder, href string) string {
	href, _, _ = strings.Cut(href, "#")
	if plain, err := url.PathUnescape(href); err == nil {
		href = plain
	}
	return strings.TrimPrefix(path.Join("/", folder, href), "/")
}

// metadata reads what the book says of itself.
func (p *pack) metadata(d *container.Decoder) error {
	return d.Inside(func(e xml.StartElement) error {
		name := propertyName(e)
		if name == "" {
			return nil
		}
		value, err := d.Text()
		if err != nil {
			return err
		}
		switch {
		case name == "language":
			if p.language == "" {
				p.language = strings.TrimSpace(value)
			}
		case p.properties[name] == "":
			container.SetProperty(p.properties, name, value)
		}
		return nil
	})
}

func propertyName(e xml.StartElement) string {
	switch e.Name.Space + ":" + e.Name.Local {
	case "dc:title":
		return "title"
	case "dc:creator":
		return "author"
	case "dc:language":
		return "language"
	case "dc:description":
		return "description"
	case "dc:subject":
		return "subject"
	case "dc:date":
		return "created"
	}
	if e.Name.Local == "meta" && container.Attr(e, "", "property") == "dcterms:modified" {
		return "modified"
	}
	return ""
}

// lockedParts are the names, in lower case, of the parts that are encrypted. Fonts of
// books that can be read are often among them.
func lockedParts(ctx context.Context, files *container.Files) (map[string]bool, error) {
	if !files.Has("META-INF/encryption.xml") {
		return nil, nil
	}
	locked := map[string]bool{}
	err := elements(ctx, files, "META-INF/encryption.xml", func(_ *container.Decoder, e xml.StartElement) error {
		if e.Name.Local == "CipherReference" && len(locked) < itemsMost {
			locked[strings.ToLower(inFolder("", container.Attr(e, "", "URI")))] = true
		}
		return nil
	})
	return locked, err
}

// elements calls see with every element of a part, which has to be there.
func elements(ctx context.Context, files *container.Files, part string, see func(*container.Decoder, xml.StartElement) error) error {
	err := files.Elements(ctx, part, see)
	if errors.Is(err, fs.ErrNotExist) {
		return &connectors.Verdict{Reason: connectors.VerdictMalformed, Detail: fmt.Sprintf("the book has no part %q, which lists its chapters; get the file again", part)}
	}
	return err
}

func tooLarge(format string, args ...any) error {
	return &connectors.Verdict{Reason: connectors.VerdictTooLarge, Detail: fmt.Sprintf(format, args...)}
}
