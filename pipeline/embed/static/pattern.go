package static

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// pattern is a text or a regular expression.
type pattern struct {
	String *string
	Regex  *string
}

func (p pattern) compile() (*regexp.Regexp, error) {
	switch {
	case p.String != nil && *p.String != "":
		return regexp.Compile(regexp.QuoteMeta(*p.String))
	case p.Regex != nil:
		text, err := inUnicode(*p.Regex)
		if err != nil {
			return nil, err
		}
		re, err := regexp.Compile(text)
		if err != nil {
			return nil, fmt.Errorf("a pattern that this reader cannot follow: %w", err)
		}
		return re, nil
	}
	return nil, errors.New("a pattern is missing")
}

func (p pattern) find() (finder, error) {
	re, err := p.compile()
	if err != nil {
		return nil, err
	}
	return func(text string, f func(int, int)) {
		for _, m := range re.FindAllStringIndex(text, -1) {
			if m[1] > m[0] {
				f(m[0], m[1])
			}
		}
	}, nil
}

// inUnicode writes \s, \d and \w out, which mean ASCII in Go's expressions and
// Unicode's letters in those of tokenizers.
func inUnicode(expression string) (string, error) {
	var b strings.Builder
	class := 0
	for i := 0; i < len(expression); i++ {
		c := expression[i]
		if c != '\\' || i+1 == len(expression) {
			switch {
			case c == '[':
				class++
			case c == ']' && class > 0:
				class--
			}
			b.WriteByte(c)
			continue
		}
		i++
		set, known := unicodeClass(expression[i])
		switch e := expression[i]; {
		case e == 'b' || e == 'B':
			return "", errors.New(`a pattern with \b, which this reader cannot follow`)
		case !known:
			b.WriteByte('\\')
			b.WriteByte(e)
		case e >= 'a' && class > 0:
			b.WriteString(set)
		case e >= 'a':
			b.WriteString("[" + set + "]")
		case class > 0:
			return "", fmt.Errorf(`a pattern with \%c in brackets, which this reader cannot follow`, e)
		default:
			b.WriteString("[^" + set + "]")
		}
	}
	return b.String(), nil
}

func unicodeClass(letter byte) (set string, known bool) {
	switch letter {
	case 's', 'S':
		return `\t-\r\x{85}\p{Z}`, true
	case 'd', 'D':
		return `\p{Nd}`, true
	case 'w', 'W':
		return `\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}`, true
	}
	return "", false
}
