package index

import "strings"

// embedHeadings is how many headings, innermost last, are embedded with a passage:
// as many as are encoded lexically.
const embedHeadings = 2

// EmbedText is what is sent to an embedder for the chunk, without the model's
// prefix: title, the last two headings, question and text, a line each. What
// repeats the line before is left out.
func (c *Chunk) EmbedText() string {
	var b strings.Builder
	b.Grow(len(c.Title) + len(c.Question) + len(c.Text) + 128)
	last := ""
	line := func(s string) {
		if s = strings.TrimSpace(s); s == "" || s == last {
			return
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(s)
		last = s
	}
	line(c.Title)
	for _, h := range c.Heading[max(0, len(c.Heading)-embedHeadings):] {
		line(h)
	}
	line(c.Question)
	line(c.Text)
	return b.String()
}

// EmbedHash identifies what EmbedText returns: dense vectors are kept by it.
func (c *Chunk) EmbedHash() Hash { return HashTexts("embed/1", c.EmbedText()) }
