package content

import (
	"context"

	"github.com/ledongthuc/pdf"

	"freshet/pipeline/extract/pdf/font"
	"freshet/pipeline/extract/pdf/layout"
	"freshet/pipeline/extract/pdf/syntax"
)

// A state is what q keeps and Q brings back.
type state struct {
	ctm                        matrix
	font                       *font.Font
	size, charSpace, wordSpace float64
	stretch, leading, rise     float64
	render                     int
}

func initial(ctm matrix) state { return state{ctm: ctm, stretch: 1} }

// An interpreter runs the content streams of one page.
type interpreter struct {
	doc       *Document
	ctx       context.Context
	page      *layout.Page
	base      matrix // from the page's own space to that in which it is displayed
	state     state
	stack     []state
	text      matrix // the text matrix
	line      matrix // the text line matrix
	resources pdf.Value
	named     map[string]*font.Font // of these resources
	args      []operand
	strings   []byte // the bytes of the operands' strings
	path      path
	marks     []mark
	hidden    int      // how many of marks are of layers that are off
	forms     []string // the forms that are being drawn
	stop      bool
}

// An operand is a number, a string or name, or a bracket of an array.
type operand struct {
	kind       syntax.Kind
	num        float64
	start, end int // of the text in interpreter.strings
	dict       any // of a dictionary
}

const (
	maxArgs   = 100_000 // operands before an operator
	maxStates = 512     // states kept by q
	maxForms  = 16      // forms within forms
)

// run interprets data.
func (in *interpreter) run(data []byte) {
	lex := syntax.Lexer{Data: data}
	for steps := 0; !in.stop; steps++ {
		if steps%4096 == 0 && in.ctx.Err() != nil {
			in.stop = true
			return
		}
		t := lex.Next()
		switch t.Kind {
		case syntax.End:
			return
		case syntax.Keyword:
			switch string(t.Text) {
			case "BI":
				in.page.Images++
				skipImage(&lex)
			case "true", "false", "null":
				in.push(operand{kind: syntax.Keyword})
				continue
			default:
				in.operator(string(t.Text))
			}
			in.args, in.strings = in.args[:0], in.strings[:0]
		case syntax.DictOpen:
			lex.Pos -= len("<<")
			in.push(operand{kind: syntax.DictOpen, dict: lex.Object()})
		case syntax.Number:
			in.push(operand{kind: syntax.Number, num: t.Num})
		case syntax.String, syntax.Name:
			start := len(in.strings)
			in.strings = append(in.strings, t.Text...)
			in.push(operand{kind: t.Kind, start: start, end: len(in.strings)})
		case syntax.Open, syntax.Close:
			in.push(operand{kind: t.Kind})
		}
	}
}

func (in *interpreter) push(o operand) {
	if len(in.args) < maxArgs {
		in.args = append(in.args, o)
	}
}

// number returns the i-th operand from the end, counted from 1; 0 when it is none.
func (in *interpreter) number(fromEnd int) float64 {
	if i := len(in.args) - fromEnd; i >= 0 {
		return in.args[i].num
	}
	return 0
}

// bytes returns the text of the i-th operand from the end, counted from 1.
func (in *interpreter) bytes(fromEnd int) []byte {
	if i := len(in.args) - fromEnd; i >= 0 {
		return in.strings[in.args[i].start:in.args[i].end]
	}
	return nil
}

func (in *interpreter) operator(op string) {
	s := &in.state
	switch op {
	case "q":
		if len(in.stack) < maxStates {
			in.stack = append(in.stack, *s)
		}
	case "Q":
		if n := len(in.stack); n > 0 {
			*s, in.stack = in.stack[n-1], in.stack[:n-1]
		}
	case "cm":
		if m, ok := in.matrix(); ok && m.times(s.ctm).finite() {
			s.ctm = m.times(s.ctm)
		}
	case "gs":
		in.doc.safely(func() { in.parameters(in.resources.Key("ExtGState").Key(string(in.bytes(1)))) })
	case "Do":
		in.doc.safely(func() { in.draw(in.resources.Key("XObject").Key(string(in.bytes(1)))) })
	case "BMC", "BDC":
		in.begin(op == "BDC")
	case "EMC":
		in.end()
	default:
		if !in.textOperator(op) {
			in.pathOperator(op)
		}
	}
}

// matrix returns the operands as one; false: they are fewer, and what they are meant to
// be is not known.
func (in *interpreter) matrix() (matrix, bool) {
	return matrix{in.number(6), in.number(5), in.number(4), in.number(3), in.number(2), in.number(1)}, len(in.args) >= len(matrix{})
}

func (in *interpreter) parameters(gs pdf.Value) {
	if f := gs.Key("Font"); f.Len() == 2 {
		in.state.font, in.state.size = in.doc.font(f.Index(0)), f.Index(1).Float64()
	}
}

// draw draws an XObject.
func (in *interpreter) draw(x pdf.Value) {
	if oc := x.Key("OC"); oc.Kind() == pdf.Dict && in.off(oc) {
		return
	}
	switch x.Key("Subtype").Name() {
	case "Image":
		if in.hidden == 0 {
			in.page.Images++
		}
	case "Form":
		in.form(x)
	}
}

// form runs a form within the state as it is.
func (in *interpreter) form(x pdf.Value) {
	key := x.String()
	if len(in.forms) >= maxForms {
		return
	}
	for _, f := range in.forms {
		if f == key {
			return
		}
	}
	m := matrixOf(x.Key("Matrix")).times(in.state.ctm)
	if !m.finite() {
		return
	}
	inner := *in
	inner.state.ctm = m
	inner.stack, inner.args, inner.strings, inner.path, inner.marks = nil, nil, nil, path{}, nil
	inner.forms = append(in.forms[:len(in.forms):len(in.forms)], key)
	if r := x.Key("Resources"); r.Kind() == pdf.Dict {
		inner.resources, inner.named = r, nil
	}
	inner.run(in.doc.form(x, key))
	in.stop = inner.stop
}

// skipImage moves behind an inline image.
func skipImage(lex *syntax.Lexer) {
	for {
		t := lex.Next()
		if t.Kind == syntax.End {
			return
		}
		if t.Kind == syntax.Keyword && string(t.Text) == "ID" {
			break
		}
		if t.Kind == syntax.Keyword && string(t.Text) == "EI" {
			return
		}
	}
	data := lex.Data
	for i := lex.Pos + 1; i+1 < len(data); i++ {
		if data[i] == 'E' && data[i+1] == 'I' && syntax.White(data[i-1]) && plain(data[i+2:]) {
			lex.Pos = i + 2
			return
		}
	}
	lex.Pos = len(data)
}

// plain reports whether rest begins as content does, not as the data of a picture.
func plain(rest []byte) bool {
	if len(rest) > 0 && !syntax.White(rest[0]) {
		return false
	}
	for _, c := range rest[:min(len(rest), 12)] {
		if c > 0x7e || c < 0x20 && !syntax.White(c) {
			return false
		}
	}
	return true
}
