package container

import (
	"context"
	"encoding/xml"
	"strings"
)

// smallPart bounds the parts that say what a container is, in bytes.
const smallPart = 4 << 20

// decide finds the form and the main part.
func (f *Files) decide() error {
	if f.form = f.declaredForm(); f.form != "" {
		if f.form != "epub" && f.hasEncryptedParts() {
			return encrypted("the document is protected with a password; open it in LibreOffice, save it without one and add that file")
		}
		return nil
	}
	if !f.Has("[Content_Types].xml") {
		return nil
	}
	f.main = f.mainPart()
	f.form = officeForm(f.contentType(f.main))
	if f.form == "" {
		f.form, f.main = f.formByParts()
	}
	return nil
}

// declaredForm reads the part "mimetype", in which OpenDocument and EPUB name
// themselves.
func (f *Files) declaredForm() string {
	p, ok := f.find("mimetype")
	if !ok || p.UncompressedSize64 > 200 {
		return ""
	}
	b, err := f.Read("mimetype")
	if err != nil {
		return ""
	}
	name := strings.TrimSpace(string(b))
	if name == "application/epub+zip" {
		return "epub"
	}
	name, ok = strings.CutPrefix(name, "application/vnd.oasis.opendocument.")
	if !ok {
		return ""
	}
	name = strings.TrimSuffix(name, "-template")
	switch name {
	case "text", "text-master", "text-web":
		return "odt"
	case "spreadsheet":
		return "ods"
	case "presentation":
		return "odp"
	case "graphics":
		return "odg"
	}
	return ""
}

// hasEncryptedParts reports what the manifest of an OpenDocument file says.
func (f *Files) hasEncryptedParts() bool {
	found := false
	f.elements("META-INF/manifest.xml", func(e xml.StartElement) bool {
		found = e.Name.Local == "encryption-data"
		return !found
	})
	return found
}

// mainPart is the target of the container's relationship "officeDocument".
func (f *Files) mainPart() string {
	if p, ok := f.find("_rels/.rels"); !ok || p.UncompressedSize64 > smallPart {
		return ""
	}
	rels, err := f.Relationships(context.Background(), "")
	if err != nil {
		return ""
	}
	for _, r := range rels {
		if r.Type == "officeDocument" && !r.External {
			return r.Target
		}
	}
	return ""
}

// contentType is what [Content_Types].xml says of a part.
func (f *Files) contentType(part string) string {
	var byName, byExtension string
	f.elements("[Content_Types].xml", func(e xml.StartElement) bool {
		switch e.Name.Local {
		case "Override":
			if key(strings.TrimPrefix(Attr(e, "", "PartName"), "/")) == key(part) {
				byName = Attr(e, "", "ContentType")
			}
		case "Default":
			if strings.HasSuffix(key(part), "."+key(Attr(e, "", "Extension"))) {
				byExtension = Attr(e, "", "ContentType")
			}
		}
		return byName == ""
	})
	if byName != "" {
		return byName
	}
	return byExtension
}

// officeForm names the form of a main part by its content type. Documents, their
// templates and both with macros differ in nothing that is read.
func officeForm(contentType string) string {
	t := strings.ToLower(contentType)
	switch {
	case strings.Contains(t, "wordprocessingml") || strings.Contains(t, "ms-word."):
		return "docx"
	case strings.Contains(t, "presentationml") || strings.Contains(t, "ms-powerpoint."):
		return "pptx"
	case strings.Contains(t, "ms-excel.sheet.binary"):
		return "xlsb"
	case strings.Contains(t, "spreadsheetml") || strings.Contains(t, "ms-excel."):
		return "xlsx"
	}
	return ""
}

// formByParts decides for files whose relationships or types are wrong, by the parts
// that every program gives the same names.
func (f *Files) formByParts() (form, main string) {
	for _, known := range [][2]string{
		{"docx", "word/document.xml"}, {"pptx", "ppt/presentation.xml"},
		{"xlsx", "xl/workbook.xml"}, {"xlsb", "xl/workbook.bin"},
	} {
		if f.Has(known[1]) {
			return known[0], known[1]
		}
	}
	return "", ""
}

// elements calls see with each element of a small part until it returns false. A part
// that is missing, large or damaged simply has no more elements.
func (f *Files) elements(name string, see func(xml.StartElement) bool) {
	if p, ok := f.find(name); !ok || p.UncompressedSize64 > smallPart {
		return
	}
	d, err := f.XML(context.Background(), name)
	if err != nil {
		return
	}
	for {
		token, err := d.Token()
		if err != nil {
			return
		}
		if e, ok := token.(xml.StartElement); ok && !see(e) {
			return
		}
	}
}
