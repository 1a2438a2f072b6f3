package website

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"freshet/connectors"
	"freshet/connectors/website/robots"
)

// rulesLast is how long the rules of a robots.txt that cannot be reached are those
// that were read last: as long as RFC 9309, 2.4, lets a crawler keep one.
const rulesLast = 24 * time.Hour

func robotsKey(origin string) string { return "robots:" + origin }

// rememberRules keeps what a robots.txt says, and when it was asked. What does not
// fit into a note is not kept.
func (s *session) rememberRules(origin string, r robots.Rules) {
	if s.pos == nil {
		return
	}
	text := fmt.Sprintf("%d %s\n%s", s.site.env.Now().Unix(), s.site.product, r)
	if len(text) > maxNote || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		text = ""
	}
	s.pos.Memory().Set(robotsKey(origin), text)
}

// rememberedRules returns what a robots.txt said within rulesLast, and when; ok is
// false if that is not known.
func (s *session) rememberedRules(ctx context.Context, origin string) (r robots.Rules, at time.Time, ok bool, err error) {
	if s.pos == nil {
		return robots.Rules{}, time.Time{}, false, nil
	}
	text, err := s.pos.Memory().Get(ctx, robotsKey(origin))
	if err != nil {
		return robots.Rules{}, time.Time{}, false, fmt.Errorf("asking for what %s/robots.txt said last: %w", origin, err)
	}
	head, body, _ := strings.Cut(text, "\n")
	seconds, product, _ := strings.Cut(head, " ")
	unix, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || product != s.site.product {
		return robots.Rules{}, time.Time{}, false, nil
	}
	at = time.Unix(unix, 0)
	if age := s.site.env.Now().Sub(at); age < 0 || age > rulesLast {
		return robots.Rules{}, time.Time{}, false, nil
	}
	return robots.Parse([]byte(body), s.site.product), at, true, nil
}

// outages says of which sites the robots.txt could not be reached.
func (s *session) outages() []connectors.Notice {
	var out []connectors.Notice
	for _, name := range slices.Sorted(maps.Keys(s.origins)) {
		if o := s.origins[name]; !o.ruled.IsZero() {
			out = append(out, connectors.Notice{Code: "robots_unreachable", Text: fmt.Sprintf(
				"%s/robots.txt could not be reached, so the rules read on %s were followed. If it cannot be reached until %s, the crawl stops; ask whoever runs the site to mend it.",
				name, o.ruled.UTC().Format("2 January 2006 at 15:04 UTC"), o.ruled.Add(rulesLast).UTC().Format("2 January at 15:04 UTC"))})
		}
	}
	return out
}
