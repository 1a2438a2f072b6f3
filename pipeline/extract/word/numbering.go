package word

import (
	"context"
	"strconv"
	"strings"

	"freshet/pipeline/extract/container"
)

const (
	levels = 9 // of a list ([ECMA-376-1] 17.9.6)
	// listsMost bounds the lists that are kept; paragraphs of others have no number.
	listsMost = 20_000
	// longestLabel bounds the pattern of a number, in bytes.
	longestLabel = 60
)

// A numRef is a paragraph's or style's reference to a list.
type numRef struct {
	said  bool
	id    string // "0": no list
	level int    // none: not said
	style string // the style that refers to it
}

// read reads numPr.
func (n *numRef) read(d *container.Decoder) error {
	n.level = none
	return children(d, func(e element) error {
		switch {
		case e.is("w", "numId"):
			n.id, n.said = e.val(), true
		case e.is("w", "ilvl"):
			if l, err := strconv.Atoi(e.val()); err == nil {
				n.level = max(0, min(l, levels-1))
			}
		}
		return d.Skip()
	})
}

// A level says how its numbers look.
type level struct {
	set     bool
	start   int
	format  string
	text    string // "%1.%2"
	restart int    // the level, from 1, whose numbers restart this one; 0: none do
	legal   bool   // all numbers as digits
	glued   bool   // nothing between number and text
	style   string // paragraph style of this level
}

// An abstractNum is the pattern of a list, which several lists can share; they count
// on from each other.
type abstractNum struct {
	levels    [levels]level
	styleLink string // its pattern is that of this style's list
	count     [levels]int
	used      [levels]bool
}

// A num is a list.
type num struct {
	abstract string
	starts   map[int]int
	override map[int]level
	begun    bool
}

type numbering struct {
	abstract map[string]*abstractNum
	nums     map[string]*num
	styles   *styles
}

// A label is the number of a paragraph.
type label struct {
	level   int
	ordered bool // a plain number and a mark, as lists write themselves
	number  int
	text    string // as it is seen; "" for bullets
	glued   bool
}

func readNumbering(ctx context.Context, files *container.Files, part string, s *styles) (*numbering, error) {
	n := &numbering{abstract: map[string]*abstractNum{}, nums: map[string]*num{}, styles: s}
	d, err := optional(files.XML(ctx, part))
	if d == nil {
		return n, err
	}
	return n, eachElement(d, func(e element) error {
		switch {
		case e.is("w", "abstractNum"):
			return n.readAbstract(d, e.attr("abstractNumId"))
		case e.is("w", "num"):
			return n.readNum(d, e.attr("numId"))
		}
		return nil
	})
}

func (n *numbering) readAbstract(d *container.Decoder, id string) error {
	if len(n.abstract) >= listsMost {
		return d.Skip()
	}
	a := &abstractNum{}
	n.abstract[id] = a
	return children(d, func(e element) error {
		switch {
		case e.is("w", "numStyleLink"):
			a.styleLink = e.val()
		case e.is("w", "lvl"):
			i, l, err := readLevel(d, e)
			if err == nil && i >= 0 && i < levels {
				a.levels[i] = l
			}
			return err
		}
		return d.Skip()
	})
}

func readLevel(d *container.Decoder, e element) (int, level, error) {
	i, err := strconv.Atoi(e.attr("ilvl"))
	if err != nil {
		i = none
	}
	l := level{set: true, format: "decimal", restart: i}
	err = children(d, func(e element) error {
		switch {
		case e.is("w", "start"):
			l.start = number(e.val(), 0)
		case e.is("w", "numFmt"):
			l.format = e.val()
		case e.is("w", "lvlText"):
			if l.text = e.val(); len(l.text) > longestLabel {
				l.text = strings.ToValidUTF8(l.text[:longestLabel], "")
			}
		case e.is("w", "lvlRestart"):
			l.restart = number(e.val(), i)
		case e.is("w", "isLgl"):
			l.legal = e.on()
		case e.is("w", "suff"):
			l.glued = e.val() == "nothing"
		case e.is("w", "pStyle"):
			l.style = e.val()
		}
		return d.Skip()
	})
	return i, l, err
}

// number reads a number that lists can begin with, other for anything else.
func number(s string, other int) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 1_000_000_000 {
		return other
	}
	return n
}

func (n *numbering) readNum(d *container.Decoder, id string) error {
	if len(n.nums) >= listsMost {
		return d.Skip()
	}
	nu := &num{}
	n.nums[id] = nu
	return children(d, func(e element) error {
		switch {
		case e.is("w", "abstractNumId"):
			nu.abstract = e.val()
		case e.is("w", "lvlOverride"):
			return nu.readOverride(d, number(e.attr("ilvl"), none))
		}
		return d.Skip()
	})
}

func (nu *num) readOverride(d *container.Decoder, at int) error {
	return children(d, func(e element) error {
		switch {
		case at < 0 || at >= levels:
		case e.is("w", "startOverride"):
			if nu.starts == nil {
				nu.starts = map[int]int{}
			}
			nu.starts[at] = number(e.val(), 0)
		case e.is("w", "lvl"):
			_, l, err := readLevel(d, e)
			if nu.override == nil {
				nu.override = map[int]level{}
			}
			nu.override[at] = l
			return err
		}
		return d.Skip()
	})
}

// find returns the list and the pattern that a reference leads to.
func (n *numbering) find(id string) (*num, *abstractNum) {
	nu := n.nums[id]
	for range levels {
		if nu == nil {
			return nil, nil
		}
		a := n.abstract[nu.abstract]
		if a == nil || a.styleLink == "" {
			return nu, a
		}
		linked := n.styles.byID[a.styleLink]
		if linked == nil || !linked.num.said || linked.num.id == id {
			return nu, a
		}
		id = linked.num.id
		nu = n.nums[id]
	}
	return nil, nil
}

// next counts a paragraph that refers to a list, and returns its label; ok is false
// if it belongs to none.
func (n *numbering) next(ref numRef) (lb label, ok bool) {
	if !ref.said || ref.id == "" || ref.id == "0" {
		return label{}, false
	}
	nu, a := n.find(ref.id)
	if a == nil {
		return label{}, false
	}
	at := ref.level
	if at < 0 {
		at = a.levelOf(ref.style)
	}
	nu.begin(a)
	a.advance(at, nu)
	return a.label(at, nu), true
}

// levelOf is the level that belongs to a style.
func (a *abstractNum) levelOf(style string) int {
	for i := range a.levels {
		if style != "" && a.levels[i].style == style {
			return i
		}
	}
	return 0
}

func (nu *num) level(a *abstractNum, i int) level {
	if l, ok := nu.override[i]; ok {
		return l
	}
	return a.levels[i]
}

func (nu *num) start(a *abstractNum, i int) int {
	if s, ok := nu.starts[i]; ok {
		return s
	}
	return nu.level(a, i).start
}

// begin restarts the levels for which a list says so, when its first paragraph comes.
func (nu *num) begin(a *abstractNum) {
	if nu.begun {
		return
	}
	nu.begun = true
	for i := range nu.starts {
		a.used[i] = false
	}
}

// advance counts one paragraph at a level. A level above it that was left out counts
// as begun; levels below it begin anew.
func (a *abstractNum) advance(at int, nu *num) {
	for i := range at {
		if !a.used[i] {
			a.count[i], a.used[i] = nu.start(a, i), true
		}
	}
	if a.used[at] {
		a.count[at]++
	} else {
		a.count[at], a.used[at] = nu.start(a, at), true
	}
	for i := at + 1; i < levels; i++ {
		if at < nu.level(a, i).restart {
			a.used[i] = false
		}
	}
}

func (a *abstractNum) label(at int, nu *num) label {
	l := nu.level(a, at)
	lb := label{level: at, number: a.count[at], glued: l.glued}
	if l.format == "bullet" && strings.ContainsAny(l.text, "☐☑☒") {
		lb.text = l.text // a list of tasks
	}
	if l.format == "bullet" || l.format == "none" && !strings.Contains(l.text, "%") || !l.set {
		return lb
	}
	var b strings.Builder
	for i := 0; i < len(l.text); i++ {
		if l.text[i] != '%' || i+1 == len(l.text) || l.text[i+1] < '1' || l.text[i+1] > '9' {
			b.WriteByte(l.text[i])
			continue
		}
		i++
		of := int(l.text[i] - '1')
		format := nu.level(a, of).format
		if l.legal {
			format = "decimal"
		}
		b.WriteString(numeral(a.count[of], format))
	}
	lb.text = strings.TrimSpace(b.String())
	lb.ordered = l.format == "decimal" && plainPattern(l.text)
	return lb
}

// plainPattern reports whether a pattern is one number and a mark: "%2.", "(%1)".
func plainPattern(text string) bool {
	text = strings.Trim(text, " ().")
	return len(text) == 2 && text[0] == '%'
}
