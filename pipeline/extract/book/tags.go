package book

import "strings"

// openTags writes the empty elements of XHTML as HTML needs them: "<title/>" is a tag
// that nothing closes to a parser of HTML, which would take all that follows for the
// title.
func openTags(page string) string {
	var b strings.Builder
	b.Grow(len(page) + 256)
	for {
		at := strings.IndexByte(page, '<')
		if at < 0 {
			b.WriteString(page)
			return b.String()
		}
		b.WriteString(page[:at])
		page = page[at:]
		n := tagEnd(page)
		tag := page[:n]
		page = page[n:]
		name := tagName(tag)
		if name == "" || !strings.HasSuffix(tag, "/>") || void(name) {
			b.WriteString(tag)
			continue
		}
		b.WriteString(tag[:len(tag)-2] + "></" + name + ">")
	}
}

// tagEnd is the length of the tag that s begins with; comments end as such. It is 1 if
// no end is found.
func tagEnd(s string) int {
	for _, mark := range [...][2]string{{"<!--", "-->"}, {"<![CDATA[", "]]>"}} {
		if strings.HasPrefix(s, mark[0]) {
			if end := strings.Index(s, mark[1]); end >= 0 {
				return end + len(mark[1])
			}
			return 1
		}
	}
	quote := byte(0)
	for i := 1; i < len(s) && i < longestTag; i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1
		case c == '<':
			return 1
		}
	}
	return 1
}

// longestTag bounds a tag, in bytes; a longer one is left as it is.
const longestTag = 64 << 10

func tagName(tag string) string {
	n := 1
	for n < len(tag) && (tag[n]|0x20 >= 'a' && tag[n]|0x20 <= 'z' || n > 1 && (tag[n] >= '0' && tag[n] <= '9' || tag[n] == ':' || tag[n] == '-')) {
		n++
	}
	if n < 2 {
		return ""
	}
	return tag[1:n]
}

// void are the elements of HTML that have no end, and the foreign ones whose parser
// knows empty tags.
func void(name string) bool {
	switch strings.ToLower(name) {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr":
		return true
	}
	return false
}
