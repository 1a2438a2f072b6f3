package sheets

import (
	"encoding/xml"
	"strconv"

	"freshet/pipeline/extract/container"
	"freshet/pipeline/extract/numbers"
)

// A style is what is needed of the look of cells.
type style struct {
	format numbers.Format
	bold   bool
}

// stylesMost bounds the styles, fonts and formats of a workbook; Excel itself allows
// 65,490 cell styles.
const stylesMost = 200_000

func (w *workbook) readStyles(part string) error {
	codes := map[int]string{}
	var bold []bool
	inFont, inCells := false, false
	return w.elements(part, func(_ *container.Decoder, e xml.StartElement) error {
		if len(codes)+len(bold)+len(w.styles) > stylesMost {
			return tooLarge("it has more than %d styles", stylesMost)
		}
		switch e.Name.Local {
		case "numFmt":
			if id, err := strconv.Atoi(container.Attr(e, "", "numFmtId")); err == nil {
				codes[id] = container.Attr(e, "", "formatCode")
			}
		case "fonts":
			inFont = true
		case "fills":
			inFont = false
		case "cellXfs":
			inCells = true
		case "cellStyles", "dxfs":
			inFont, inCells = false, false
		case "font":
			if inFont {
				bold = append(bold, false)
			}
		case "b":
			if v := container.Attr(e, "", "val"); inFont && len(bold) > 0 {
				bold[len(bold)-1] = v == "" || isTrue(v)
			}
		case "xf":
			if inCells {
				w.styles = append(w.styles, styleOf(e, codes, bold))
			}
		}
		return nil
	})
}

func styleOf(e xml.StartElement, codes map[int]string, bold []bool) style {
	var s style
	if id, err := strconv.Atoi(container.Attr(e, "", "numFmtId")); err == nil && id >= 0 {
		s.format = numbers.Format{ID: id, Code: codes[id]}
	}
	if font, err := strconv.Atoi(container.Attr(e, "", "fontId")); err == nil && font >= 0 && font < len(bold) {
		s.bold = bold[font]
	}
	return s
}
