package files

import (
	"fmt"
	"regexp"
	"strings"
)

// glob is a pattern over slash paths: ** stands for any number of folders, * and ?
// stay within one, [a-z] is a set, {a,b} are alternatives. A pattern without a
// slash looks at names at any depth; one that ends in a slash means all that is
// below.
type glob struct {
	text string
	re   *regexp.Regexp
}

const maxGlob = 1000 // bytes of one pattern

func compileGlob(pattern string) (glob, error) {
	text := strings.TrimPrefix(strings.TrimSpace(pattern), "./")
	if text == "" || len(text) > maxGlob {
		return glob{}, fmt.Errorf("the pattern %.40q must have 1 to %d characters", pattern, maxGlob)
	}
	if strings.HasSuffix(text, "/") {
		text += "**"
	}
	if !strings.Contains(text, "/") {
		text = "**/" + text
	}
	expr, err := globExpr(strings.TrimPrefix(text, "/"))
	if err != nil {
		return glob{}, fmt.Errorf("the pattern %q: %w", pattern, err)
	}
	re, err := regexp.Compile(`(?s)\A` + expr + `\z`)
	if err != nil {
		return glob{}, fmt.Errorf("the pattern %q is not understood; write something like **/*.md", pattern)
	}
	return glob{text: pattern, re: re}, nil
}

// globExpr turns a pattern into a regular expression, which RE2 matches in time
// linear in the path whatever the pattern.
func globExpr(p string) (string, error) {
	var b strings.Builder
	depth := 0
	for i := 0; i < len(p); {
		switch c := p[i]; {
		case strings.HasPrefix(p[i:], "**/") && (i == 0 || p[i-1] == '/'):
			b.WriteString(`(?:.*/)?`)
			i += 3
			continue
		case strings.HasPrefix(p[i:], "**"):
			b.WriteString(`.*`)
			i += 2
			continue
		case c == '*':
			b.WriteString(`[^/]*`)
		case c == '?':
			b.WriteString(`[^/]`)
		case c == '[':
			end := strings.IndexByte(p[i+1:], ']')
			if end < 1 {
				return "", fmt.Errorf("a [ is not closed")
			}
			b.WriteString(set(p[i+1 : i+1+end]))
			i += end + 2
			continue
		case c == '{':
			depth++
			b.WriteString(`(?:`)
		case c == '}' && depth > 0:
			depth--
			b.WriteString(`)`)
		case c == ',' && depth > 0:
			b.WriteString(`|`)
		default:
			n := 1
			for i+n < len(p) && p[i+n] >= 0x80 {
				n++
			}
			b.WriteString(regexp.QuoteMeta(p[i : i+n]))
			i += n
			continue
		}
		i++
	}
	if depth > 0 {
		return "", fmt.Errorf("a { is not closed")
	}
	return b.String(), nil
}

// set writes the inside of a bracket expression; only ! or ^ in front and the
// minus between characters keep a meaning.
func set(inside string) string {
	negated := inside[0] == '!' || inside[0] == '^'
	if negated {
		inside = inside[1:]
	}
	var b strings.Builder
	b.WriteByte('[')
	if negated {
		b.WriteString("^/")
	}
	for _, r := range inside {
		if r != '-' {
			b.WriteString(regexp.QuoteMeta(string(r)))
			continue
		}
		b.WriteRune(r)
	}
	b.WriteByte(']')
	return b.String()
}

// matches reports whether the path is one that the pattern means.
func (g glob) matches(path string) bool { return g.re.MatchString(path) }

func compileGlobs(patterns []string) ([]glob, error) {
	out := make([]glob, 0, len(patterns))
	for _, p := range patterns {
		g, err := compileGlob(p)
		if err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	return out, nil
}

func validGlobs(v any) error {
	_, err := compileGlobs(v.([]string))
	return err
}

// scope decides by the path alone which files belong to the source.
type scope struct{ include, exclude []glob }

// leavesOut returns why a file with this ID is not read, or "".
func (s scope) leavesOut(id string) string {
	for dir := id; ; {
		if why := s.excludes(dir); why != "" {
			return why
		}
		i := strings.LastIndexByte(dir, '/')
		if i < 0 {
			break
		}
		dir = dir[:i]
	}
	if len(s.include) == 0 {
		return ""
	}
	for _, g := range s.include {
		if g.matches(id) {
			return ""
		}
	}
	return "no pattern of include matches"
}

// excludes returns why the file or folder at this path itself is left out, or "".
func (s scope) excludes(path string) string {
	if hidden(path[strings.LastIndexByte(path, '/')+1:]) {
		return "its name begins with a dot"
	}
	for _, g := range s.exclude {
		if g.matches(path) || g.matches(path+"/") {
			return fmt.Sprintf("the pattern %q of exclude matches", g.text)
		}
	}
	return ""
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") }
