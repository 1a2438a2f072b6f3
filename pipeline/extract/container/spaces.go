package container

import "encoding/xml"

// short returns the name by which a Decoder calls a namespace: "w", "a", "p", "r",
// "m", "wp", "wps", "v", "mc", "w14", "pkg" of Office Open XML, its transitional and
// its strict edition alike; "office", "text", "table", "draw", "style", "fo", "svg",
// "presentation", "xlink", "meta", "number", "form", "manifest" of OpenDocument; "dc",
// "dcterms", "cp", "opf", "xhtml". Any other namespace keeps its address. "xml" is xml.
func short(space string) string {
	switch space {
	case "":
		return ""
	case "http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main":
		return "w"
	case "http://schemas.openxmlformats.org/drawingml/2006/main", "http://purl.oclc.org/ooxml/drawingml/main":
		return "a"
	case "http://schemas.openxmlformats.org/presentationml/2006/main", "http://purl.oclc.org/ooxml/presentationml/main":
		return "p"
	case "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main":
		return "x"
	case "http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships":
		return "r"
	case "http://schemas.openxmlformats.org/officeDocument/2006/math", "http://purl.oclc.org/ooxml/officeDocument/math":
		return "m"
	case "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing", "http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing":
		return "wp"
	case "http://schemas.openxmlformats.org/drawingml/2006/chart", "http://purl.oclc.org/ooxml/drawingml/chart":
		return "c"
	case "http://schemas.openxmlformats.org/drawingml/2006/diagram", "http://purl.oclc.org/ooxml/drawingml/diagram":
		return "dgm"
	case "http://schemas.openxmlformats.org/drawingml/2006/picture", "http://purl.oclc.org/ooxml/drawingml/picture":
		return "pic"
	case "http://schemas.microsoft.com/office/word/2010/wordprocessingShape":
		return "wps"
	case "http://schemas.microsoft.com/office/word/2010/wordml":
		return "w14"
	case "urn:schemas-microsoft-com:vml":
		return "v"
	case "http://schemas.openxmlformats.org/markup-compatibility/2006":
		return "mc"
	case "http://schemas.openxmlformats.org/package/2006/metadata/core-properties":
		return "cp"
	case "http://purl.org/dc/elements/1.1/":
		return "dc"
	case "http://purl.org/dc/terms/":
		return "dcterms"
	case "urn:oasis:names:tc:opendocument:xmlns:office:1.0":
		return "office"
	case "urn:oasis:names:tc:opendocument:xmlns:text:1.0":
		return "text"
	case "urn:oasis:names:tc:opendocument:xmlns:table:1.0":
		return "table"
	case "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0":
		return "draw"
	case "urn:oasis:names:tc:opendocument:xmlns:style:1.0":
		return "style"
	case "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0":
		return "fo"
	case "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0":
		return "svg"
	case "urn:oasis:names:tc:opendocument:xmlns:presentation:1.0":
		return "presentation"
	case "urn:oasis:names:tc:opendocument:xmlns:meta:1.0":
		return "meta"
	case "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0":
		return "number"
	case "urn:oasis:names:tc:opendocument:xmlns:form:1.0":
		return "form"
	case "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0":
		return "manifest"
	case "http://www.w3.org/1999/xlink":
		return "xlink"
	case "http://www.w3.org/XML/1998/namespace":
		return "xml"
	case "http://www.w3.org/1999/xhtml":
		return "xhtml"
	case "http://www.w3.org/1998/Math/MathML":
		return "math"
	case "http://www.idpf.org/2007/opf":
		return "opf"
	}
	return space
}

// Attr returns the value of an attribute, "" where it is not set; space is short, ""
// for attributes without a prefix.
func Attr(e xml.StartElement, space, local string) string {
	for i := range e.Attr {
		if n := &e.Attr[i].Name; n.Local == local && n.Space == space {
			return e.Attr[i].Value
		}
	}
	return ""
}
