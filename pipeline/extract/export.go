package extract

import (
	"strconv"
	"strings"
)

// Markdown returns the text as Markdown, for people to read and edit. It is not
// meant to be read back without loss.
func (t *Text) Markdown() string {
	var b strings.Builder
	for i := range t.Blocks {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		markdownBlock(&b, &t.Blocks[i])
	}
	return b.String()
}

func markdownBlock(b *strings.Builder, block *Block) {
	switch block.Kind {
	case Heading:
		b.WriteString(strings.Repeat("#", min(max(block.Level, 1), 6)) + " " + strings.ReplaceAll(block.Text, "\n", " ") + "\n")
	case List:
		markdownLead(b, block.Lead)
		markdownItems(b, block.Items, block.Ordered, max(block.Start, 1), "")
	case Table:
		markdownLead(b, block.Lead)
		markdownTable(b, block)
	case Code:
		fence := "```"
		for strings.Contains(block.Text, fence) {
			fence += "`"
		}
		b.WriteString(fence + block.Syntax + "\n" + block.Text + "\n" + fence + "\n")
	case Quote:
		b.WriteString("> " + strings.ReplaceAll(block.Text, "\n", "\n>\n> ") + "\n")
	default:
		b.WriteString(strings.ReplaceAll(block.Text, "\n", "  \n") + "\n")
	}
}

func markdownLead(b *strings.Builder, lead string) {
	if lead != "" {
		b.WriteString(lead + "\n\n")
	}
}

func markdownItems(b *strings.Builder, items []Item, ordered bool, first int, indent string) {
	for i := range items {
		marker := "- "
		if ordered {
			marker = strconv.Itoa(first+i) + ". "
		}
		below := indent + strings.Repeat(" ", len(marker))
		b.WriteString(indent + marker + strings.ReplaceAll(items[i].Text, "\n", "  \n"+below) + "\n")
		markdownItems(b, items[i].Items, items[i].Ordered, 1, below)
	}
}

// markdownTable writes a pipe table; the header has one row there, so further
// header rows become rows.
func markdownTable(b *strings.Builder, block *Block) {
	row := func(cells []string) {
		b.WriteByte('|')
		for _, c := range cells {
			b.WriteString(" " + strings.ReplaceAll(c, "|", "\\|") + " |")
		}
		b.WriteByte('\n')
	}
	if len(block.Rows) == 0 {
		return
	}
	rows := block.Rows
	if block.HeaderRows > 0 {
		row(rows[0])
		rows = rows[1:]
	} else {
		row(make([]string, len(rows[0])))
	}
	b.WriteString("|" + strings.Repeat(" --- |", len(block.Rows[0])) + "\n")
	for _, r := range rows {
		row(r)
	}
}
