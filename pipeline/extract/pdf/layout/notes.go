package layout

import (
	"strconv"
	"strings"

	"freshet/pipeline/extract"
)

// Footnotes: small text at the foot of a page that begins with the sign by which
// the text above calls it.

func noteKey(page int, sign string) string { return strconv.Itoa(page) + " " + sign }

// noteOf is the key of the footnote that a sign in b calls, "" if there is none:
// on the page where b begins or on that where it ends.
func (a *assembly) noteOf(b *block, sign string) string {
	for _, page := range [...]int{b.page, b.last} {
		if key := noteKey(page, sign); a.called[key] {
			return key
		}
	}
	return ""
}

// texts are all texts of a block.
func (b *block) texts(visit func(s string)) {
	visit(b.text)
	for _, row := range b.rows {
		for _, s := range row {
			visit(s)
		}
	}
}

// findNotes marks the footnotes that are called on their page.
func (a *assembly) findNotes() {
	calls := map[string]bool{}
	for i := range a.blocks {
		b := &a.blocks[i]
		b.texts(func(s string) {
			eachCall(s, func(at int, sign string) {
				if at > 0 || b.kind == extract.Table {
					calls[noteKey(b.page, sign)] = true
					calls[noteKey(b.last, sign)] = true
				}
			})
		})
	}
	a.splitNotes(calls)
	a.called = map[string]bool{}
	for i := range a.blocks {
		b := &a.blocks[i]
		if !b.isText() || b.size > 0.97*a.body {
			continue
		}
		sign, rest := noteSign(b.text)
		key := noteKey(b.page, sign)
		if sign == "" || rest == "" || !calls[key] || a.called[key] {
			continue
		}
		a.called[key] = true
		b.note = sign
		b.text = "[" + sign + "] " + rest
		b.listed = false
	}
}

// splitNotes takes small paragraphs apart at the lines that begin with the sign of
// the next footnote.
func (a *assembly) splitNotes(calls map[string]bool) {
	out := make([]block, 0, len(a.blocks))
	for _, b := range a.blocks {
		sign, _ := noteSign(b.text)
		if !b.isText() || len(b.lines) < 2 || b.size > 0.97*a.body || !calls[noteKey(b.page, sign)] {
			out = append(out, b)
			continue
		}
		begin := 0
		for i := 1; i <= len(b.lines); i++ {
			if i < len(b.lines) {
				next, _ := noteSign(b.lines[i].text())
				if next == "" || next == sign || !calls[noteKey(b.page, next)] {
					continue
				}
				sign = next
			}
			part := b
			part.lines = b.lines[begin:i]
			j := joiner{vocabulary: a.vocabulary}
			part.text = j.text(part.lines)
			out = append(out, part)
			begin = i
		}
	}
	a.blocks = out
}

// eachCall visits the raised signs of s, with their place.
func eachCall(s string, visit func(at int, sign string)) {
	from := 0
	for {
		i := strings.IndexByte(s[from:], callOpen)
		if i < 0 {
			return
		}
		i += from
		n := strings.IndexByte(s[i:], callClose)
		if n < 0 {
			return
		}
		visit(i, s[i+1:i+n])
		from = i + n
	}
}

// noteSign takes the sign of a footnote off its text: raised, or as an ordinary
// number.
func noteSign(s string) (sign, rest string) {
	if s != "" && s[0] == callOpen {
		sign, rest, _ = strings.Cut(s[1:], string(callClose))
		return sign, strings.TrimSpace(rest)
	}
	head, rest, _ := strings.Cut(s, " ")
	head = strings.TrimRight(head, ".)")
	if isDigits(head) && len(head) <= 3 || head == "*" || head == "†" || head == "‡" {
		return head, strings.TrimSpace(rest)
	}
	return "", s
}

// placeNotes moves each footnote behind the block that calls it first.
func (a *assembly) placeNotes() {
	notes := map[string]block{}
	var kept []block
	for _, b := range a.blocks {
		if b.note == "" {
			kept = append(kept, b)
		} else {
			notes[noteKey(b.page, b.note)] = b
		}
	}
	if len(notes) == 0 {
		return
	}
	out := make([]block, 0, len(a.blocks))
	for _, b := range kept {
		out = append(out, b)
		b.texts(func(s string) {
			eachCall(s, func(_ int, sign string) {
				key := a.noteOf(&b, sign)
				if n, ok := notes[key]; ok {
					out = append(out, n)
					delete(notes, key)
				}
			})
		})
	}
	// A note may call the next, and nothing else.
	for _, b := range a.blocks {
		if n, ok := notes[noteKey(b.page, b.note)]; ok && b.note != "" {
			out = append(out, n)
		}
	}
	a.blocks = out
}
