package extract

import "strings"

// AttachLeads moves a sentence that announces a list or table into its Lead:
// the last line of the paragraph before it, when it ends with a colon.
func AttachLeads(blocks []Block) []Block {
	out := blocks[:0]
	for _, b := range blocks {
		if n := len(out); n > 0 && (b.Kind == List || b.Kind == Table) && b.Lead == "" && b.Close == 0 {
			if p := &out[n-1]; p.Kind == Paragraph && strings.HasSuffix(p.Text, ":") && p.Language == b.Language {
				cut := leadStart(p.Text)
				b.Lead = p.Text[cut:]
				p.Text = strings.TrimRight(p.Text[:cut], "\n ")
				if p.Text == "" {
					b.Close = p.Close
					out = out[:n-1]
				}
			}
		}
		out = append(out, b)
	}
	return out
}

// longLead is the length, in bytes, from which on only the last sentence of a
// line is taken as the lead-in.
const longLead = 300

// leadStart is where the lead-in at the end of a paragraph begins.
func leadStart(text string) int {
	cut := strings.LastIndexByte(text, '\n') + 1
	if len(text)-cut <= longLead {
		return cut
	}
	for i := len(text) - 3; i > cut; i-- {
		if text[i+1] == ' ' && strings.IndexByte(".?!;", text[i]) >= 0 {
			return i + 2
		}
	}
	return cut
}
