package container

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
)

// relationsMost bounds the relationships of one part.
const relationsMost = 100_000

// A Relationship leads from one part of an Office Open XML file to another part, or
// out of the file.
type Relationship struct {
	ID string
	// Type is the last step of its type's address: "officeDocument", "hyperlink",
	// "image", "footnotes", "slide".
	Type string
	// Target is the name of a part, from the root of the container; or, if External,
	// the address as it is written. It is never fetched.
	Target   string
	External bool
}

// Relationships returns those of a part, "" for those of the whole container, in
// their order in the file. A part without any has none; that is not an error.
func (f *Files) Relationships(ctx context.Context, part string) ([]Relationship, error) {
	folder, name := path.Split(part)
	d, err := f.XML(ctx, folder+"_rels/"+name+".rels")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []Relationship
	for {
		token, err := d.Token()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		e, ok := token.(xml.StartElement)
		if !ok || e.Name.Local != "Relationship" {
			continue
		}
		if len(all) >= relationsMost {
			return nil, tooLarge("the part %q has more than %d relationships", part, relationsMost)
		}
		all = append(all, relationship(e, folder))
	}
}

func relationship(e xml.StartElement, folder string) Relationship {
	r := Relationship{
		ID:       Attr(e, "", "Id"),
		Type:     path.Base(Attr(e, "", "Type")),
		Target:   strings.TrimSpace(Attr(e, "", "Target")),
		External: strings.EqualFold(Attr(e, "", "TargetMode"), "External"),
	}
	if !r.External && !strings.HasPrefix(r.Target, "#") {
		target := strings.ReplaceAll(r.Target, `\`, "/")
		if !strings.HasPrefix(target, "/") {
			target = "/" + folder + target
		}
		r.Target = strings.TrimPrefix(path.Clean(target), "/")
	}
	return r
}
