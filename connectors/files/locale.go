package files

import (
	"fmt"
	"regexp"
	"strings"
)

// localePath finds the language in a path.
type localePath struct{ re *regexp.Regexp }

var placeholder = regexp.MustCompile(`\{locale(?::([A-Za-z0-9|_-]+))?\}`)

const anyLocale = `[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*`

func compileLocalePath(pattern string) (localePath, error) {
	at := placeholder.FindAllStringSubmatchIndex(pattern, -1)
	if len(at) != 1 {
		return localePath{}, fmt.Errorf("the pattern %q must hold {locale} once, as in {locale:fr|en}/**", pattern)
	}
	m := at[0]
	tags := anyLocale
	if m[2] >= 0 {
		parts := strings.Split(pattern[m[2]:m[3]], "|")
		for i, p := range parts {
			parts[i] = regexp.QuoteMeta(p)
		}
		tags = strings.Join(parts, "|")
	}
	before, after := pattern[:m[0]], pattern[m[1]:]
	if !strings.Contains(pattern, "/") {
		before = "**/" + before
	}
	if strings.HasSuffix(after, "/") {
		after += "**"
	}
	left, err := globExpr(before)
	if err == nil {
		var right string
		if right, err = globExpr(after); err == nil {
			// The separator that goes with the tag is left out of the group's name.
			re, bad := regexp.Compile(`(?s)\A(` + left + `)(` + tags + `)(` + right + `)\z`)
			if bad == nil {
				return localePath{re}, nil
			}
			err = bad
		}
	}
	return localePath{}, fmt.Errorf("the pattern %q is not understood: %w", pattern, err)
}

func compileLocalePaths(patterns []string) ([]localePath, error) {
	out := make([]localePath, 0, len(patterns))
	for _, p := range patterns {
		l, err := compileLocalePath(p)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

func validLocalePaths(v any) error {
	_, err := compileLocalePaths(v.([]string))
	return err
}

// localeOf returns the language that the path names and the path without it,
// which is equal for all translations. Without patterns both are "".
func localeOf(patterns []localePath, path string) (locale, group string) {
	if len(patterns) == 0 {
		return "", ""
	}
	for _, p := range patterns {
		m := p.re.FindStringSubmatch(path)
		if m == nil {
			continue
		}
		before, tag, after := m[1], m[2], m[len(m)-1]
		switch {
		case before == "" || strings.HasSuffix(before, "/"):
			after = strings.TrimPrefix(after, "/")
		case strings.HasSuffix(before, ".") || strings.HasSuffix(before, "_") || strings.HasSuffix(before, "-"):
			before = before[:len(before)-1]
		}
		return strings.ReplaceAll(tag, "_", "-"), before + after
	}
	return "", path
}
