package word

import (
	"encoding/xml"
	"io"

	"freshet/connectors"
	"freshet/pipeline/extract/container"
)

// An element is the start of one.
type element xml.StartElement

func (e element) is(space, local string) bool { return e.Name.Local == local && e.Name.Space == space }

// attr returns an attribute of WordprocessingML.
func (e element) attr(local string) string {
	return container.Attr(xml.StartElement(e), "w", local)
}

// relation returns the id of a relationship.
func (e element) relation(local string) string {
	return container.Attr(xml.StartElement(e), "r", local)
}

// val is the attribute that most properties consist of.
func (e element) val() string { return e.attr("val") }

// on reads a property that is either there or not ([ECMA-376-1] 17.17.4).
func (e element) on() bool {
	switch e.val() {
	case "0", "false", "off", "none":
		return false
	}
	return true
}

// eachElement calls see with every element of a part.
func eachElement(d *container.Decoder, see func(element) error) error {
	return d.Elements(func(e xml.StartElement) error { return see(element(e)) })
}

// children calls see with each child of the element whose start was read last, up to
// its end. see reads each child to its end.
func children(d *container.Decoder, see func(element) error) error {
	for {
		token, err := d.Token()
		if err == io.EOF {
			return &connectors.Verdict{Reason: connectors.VerdictMalformed, Detail: "a part ends within an element"}
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if err := see(element(t)); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}
