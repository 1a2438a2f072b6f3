package extract

import (
	"strconv"
	"strings"
)

// Role says what a Line of the plain text is.
type Role uint8

// The roles of lines.
const (
	RoleHeading Role = iota + 1
	RoleText         // a paragraph or quote
	RoleLead         // lead-in of a list, caption of a table
	RoleItem
	RoleHeaderRow
	RoleRow
	RoleCode
)

// A Line is one element of the plain text: text[Start:End] is a heading, a
// paragraph, an item with its marker, a row. It may hold line breaks. Lines are in
// order and do not overlap; only white space lies between them.
type Line struct {
	Block      int // index into Blocks
	Role       Role
	Depth      int // nesting of an item, from 0
	Start, End int // byte offsets into the plain text
}

// Plain returns the plain text: blocks separated by an empty line, items on lines
// of their own behind "- " or their number, cells separated by " | ".
func (t *Text) Plain() string {
	plain, _ := t.Layout()
	return plain
}

// Layout returns the plain text with its lines.
func (t *Text) Layout() (string, []Line) {
	l := layout{lines: make([]Line, 0, len(t.Blocks)+8)}
	l.b.Grow(t.size())
	for i := range t.Blocks {
		l.block = i
		l.add(&t.Blocks[i])
	}
	return l.b.String(), l.lines
}

type layout struct {
	b     strings.Builder
	lines []Line
	block int
}

func (l *layout) add(b *Block) {
	l.separate("\n\n")
	switch b.Kind {
	case Heading:
		l.line(RoleHeading, 0, b.Text)
	case Code:
		l.line(RoleCode, 0, b.Text)
	case List:
		l.line(RoleLead, 0, b.Lead)
		l.items(b.Items, b.Ordered, max(b.Start, 1), 0)
	case Table:
		l.line(RoleLead, 0, b.Lead)
		for i, row := range b.Rows {
			role := RoleRow
			if i < b.HeaderRows {
				role = RoleHeaderRow
			}
			l.row(role, row)
		}
	default:
		l.line(RoleText, 0, b.Text)
	}
}

// separate puts sep before the next line, unless the text is empty so far.
func (l *layout) separate(sep string) {
	if l.b.Len() > 0 {
		l.b.WriteString(sep)
	}
}

func (l *layout) line(role Role, depth int, parts ...string) {
	empty := true
	for _, p := range parts {
		empty = empty && p == ""
	}
	if empty {
		return
	}
	if n := len(l.lines); n > 0 && l.lines[n-1].Block == l.block {
		l.b.WriteByte('\n')
	}
	start := l.b.Len()
	for _, p := range parts {
		l.b.WriteString(p)
	}
	l.lines = append(l.lines, Line{Block: l.block, Role: role, Depth: depth, Start: start, End: l.b.Len()})
}

func (l *layout) items(items []Item, ordered bool, first, depth int) {
	for i := range items {
		marker := "- "
		if ordered {
			marker = strconv.Itoa(first+i) + ". "
		}
		l.line(RoleItem, depth, strings.Repeat("  ", depth), marker, items[i].Text)
		l.items(items[i].Items, items[i].Ordered, 1, depth+1)
	}
}

func (l *layout) row(role Role, cells []string) {
	parts := make([]string, 0, 2*len(cells))
	for i, c := range cells {
		if i > 0 {
			parts = append(parts, " | ")
		}
		parts = append(parts, c)
	}
	l.line(role, 0, parts...)
}

// size estimates the length of the plain text.
func (t *Text) size() int {
	n := 0
	for i := range t.Blocks {
		b := &t.Blocks[i]
		n += len(b.Text) + len(b.Lead) + 2 + sizeOfItems(b.Items, 0)
		for _, r := range b.Rows {
			for _, c := range r {
				n += len(c) + 3
			}
		}
	}
	return n
}

func sizeOfItems(items []Item, depth int) int {
	n := 0
	for i := range items {
		n += len(items[i].Text) + 4 + 2*depth + sizeOfItems(items[i].Items, depth+1)
	}
	return n
}
