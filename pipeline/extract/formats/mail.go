package formats

import (
	"context"
	"strings"
	"time"

	"freshet/connectors/mail"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/markup"
)

// mailVersion names the rules by which mails are read.
const mailVersion = "eml/1"

// readMail reads what a mail says itself, and names its attachments: their contents
// are documents of their own.
func readMail(ctx context.Context, b []byte, o extract.Options) (*extract.Text, error) {
	m, err := mail.Parse(b, mail.Limits{})
	if err != nil {
		return nil, err
	}
	t := &extract.Text{Way: "eml", Title: extract.Fold(m.Subject), Properties: mailProperties(m)}
	for _, part := range m.Body {
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
		if err := addBody(ctx, t, part, o); err != nil {
			return nil, err
		}
	}
	if len(m.Attachments) > 0 {
		t.Blocks = append(t.Blocks, attachmentList(m.Attachments, extract.DetectLanguage(t.Plain())))
	}
	return t, nil
}

func mailProperties(m *mail.Message) map[string]string {
	out := map[string]string{}
	for key, value := range map[string]string{"subject": m.Subject, "from": m.From, "author": m.From, "to": m.To, "cc": m.Cc} {
		if value = extract.Fold(value); value != "" {
			out[key] = value
		}
	}
	if !m.Date.IsZero() {
		out["created"] = m.Date.Format(time.RFC3339)
	}
	return out
}

func addBody(ctx context.Context, t *extract.Text, part *mail.Part, o extract.Options) error {
	content, _ := Decode(part.Content(), part.ContentType)
	var text *extract.Text
	var err error
	if part.MediaType == "text/html" {
		if o.Select == "" {
			o.Select = "body" // a mail has no navigation to leave out
		}
		text, err = markup.ReadHTML(ctx, content, o)
	} else {
		text, err = readMailText(ctx, content, flowed(part.ContentType), o)
	}
	if err != nil {
		return err
	}
	t.Blocks = append(t.Blocks, text.Blocks...)
	t.Links = append(t.Links, text.Links...)
	if t.Language == "" {
		t.Language = text.Language
	}
	return nil
}

// flowed reports whether a space at the end of a line says that the paragraph goes
// on in the next (RFC 3676).
func flowed(contentType string) bool {
	return strings.Contains(strings.ToLower(strings.ReplaceAll(contentType, " ", "")), "format=flowed")
}

// longestSignature is how many lines may stand behind the line that announces a
// signature; RFC 3676 asks for four, companies write more.
const longestSignature = 12

// readMailText reads plain text as mail programs write it: what is quoted from other
// mails is a quote, and a signature behind its own line "-- " is left out.
func readMailText(ctx context.Context, s string, flowed bool, o extract.Options) (*extract.Text, error) {
	lines := strings.Split(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"), "\n")
	lines = withoutSignature(lines)
	t := &extract.Text{Way: extract.WayText}
	for from := 0; from < len(lines); {
		quoted := strings.HasPrefix(lines[from], ">")
		to := from + 1
		for to < len(lines) && strings.HasPrefix(lines[to], ">") == quoted {
			to++
		}
		blocks, err := mailBlocks(ctx, lines[from:to], quoted, flowed, o)
		if err != nil {
			return nil, err
		}
		t.Blocks = append(t.Blocks, blocks...)
		from = to
	}
	return t, nil
}

func mailBlocks(ctx context.Context, lines []string, quoted, flowed bool, o extract.Options) ([]extract.Block, error) {
	var b strings.Builder
	for _, line := range lines {
		if quoted {
			line = strings.TrimLeft(line, "> ")
		}
		b.WriteString(line)
		if !flowed || !strings.HasSuffix(line, " ") || strings.TrimSpace(line) == "" {
			b.WriteByte('\n')
		}
	}
	text, err := readText(ctx, b.String(), o)
	if err != nil || !quoted {
		return text.Blocks, err
	}
	if plain := text.Plain(); plain != "" {
		return []extract.Block{{Kind: extract.Quote, Text: plain}}, nil
	}
	return nil, nil
}

func withoutSignature(lines []string) []string {
	for i := len(lines) - 1; i > 0 && len(lines)-i <= longestSignature+1; i-- {
		if lines[i] == "-- " {
			return lines[:i]
		}
	}
	return lines
}

// attachmentList names the attachments, so that the mail is found by them.
func attachmentList(parts []*mail.Part, language string) extract.Block {
	lead := "Attachments:"
	if strings.HasPrefix(language, "fr") {
		lead = "Pièces jointes :"
	}
	block := extract.Block{Kind: extract.List, Lead: lead}
	for _, p := range parts {
		name := extract.Fold(p.Name)
		if name == "" {
			name = p.MediaType
		}
		if p.TNEF() {
			name += " (packed by Outlook; what is in it is not read)"
		}
		block.Items = append(block.Items, extract.Item{Text: name})
	}
	return block
}
