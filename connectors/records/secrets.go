package records

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"freshet/connectors"
)

var secretRef = regexp.MustCompile(`\{\{\s*secret:([A-Za-z0-9_.-]+)\s*\}\}`)

// vault holds the secrets of one pull.
type vault struct {
	values map[string]string // by name
}

// unlock reads the secrets that location and headers refer to.
func (s *Source) unlock(ctx context.Context) (*vault, error) {
	v := &vault{values: map[string]string{}}
	texts := []string{s.location}
	for _, h := range s.headers {
		texts = append(texts, h)
	}
	for _, t := range texts {
		for _, m := range secretRef.FindAllStringSubmatch(t, -1) {
			if s.env.Secrets == nil {
				return nil, fmt.Errorf("the secret %q cannot be read: no secrets are stored here", m[1])
			}
			value, _, err := s.env.Secrets.Get(ctx, m[1])
			if err != nil {
				return nil, fmt.Errorf("%w: the secret %q cannot be read; enter it anew: %w", connectors.ErrAuth, m[1], err)
			}
			v.values[m[1]] = value
		}
	}
	return v, nil
}

// fill puts secrets in the place of their names.
func (v *vault) fill(text string, escape func(string) string) string {
	return secretRef.ReplaceAllStringFunc(text, func(ref string) string {
		return escape(v.values[secretRef.FindStringSubmatch(ref)[1]])
	})
}

func (v *vault) address(text string) string { return v.fill(text, url.QueryEscape) }

func (v *vault) headers(h map[string]string) map[string]string {
	out := make(map[string]string, len(h))
	for name, value := range h {
		out[name] = v.fill(value, func(s string) string { return s })
	}
	return out
}

// hide puts names in the place of secrets, for addresses that are kept.
func (v *vault) hide(address string) string {
	for name, value := range v.values {
		if value != "" {
			address = strings.ReplaceAll(address, url.QueryEscape(value), "{{secret:"+name+"}}")
		}
	}
	return address
}
