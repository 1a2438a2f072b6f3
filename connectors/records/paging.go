package records

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"freshet/connectors"
)

// pages says how further pages are asked for.
type pages struct {
	paging           string // "" follows a Link header if there is one
	param, sizeParam string
	start, size      int
	cursorAt, nextAt string
	totalAt          string
	endStatus        []string
	maxPages         int
}

func newPages(s connectors.Settings) (pages, error) {
	p := pages{paging: s.String("paging"), param: s.String("page_param"), sizeParam: s.String("size_param"), size: s.Int("page_size"),
		cursorAt: s.String("cursor"), nextAt: s.String("next"), totalAt: s.String("total"), endStatus: s.Strings("end_status"), maxPages: s.Int("max_pages")}
	if p.param == "" {
		p.param = p.paging
	}
	if p.paging == "page" {
		p.start = 1
	}
	if text := s.String("page_start"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return p, fmt.Errorf("page_start: %q is not a whole number", text)
		}
		p.start = n
	}
	switch {
	case p.paging == "cursor" && p.cursorAt == "":
		return p, errors.New(`paging by cursor needs the setting "cursor": the path to the next token in the response, such as meta.next_cursor`)
	case p.paging == "next" && p.nextAt == "":
		return p, errors.New(`paging by next needs the setting "next": the path to the next address in the response, such as links.next`)
	case p.sizeParam != "" && p.size == 0:
		return p, errors.New(`size_param needs the setting "page_size": how many records to ask for at once`)
	}
	return p, nil
}

func validNumber(v any) error {
	if n, err := strconv.Atoi(v.(string)); err != nil || n < 0 {
		return fmt.Errorf("%q is not a whole number; write 0 or 1", v)
	}
	return nil
}

// request is where a listing stands: which page comes next.
type request struct {
	Number int    `json:"n,omitempty"` // page or offset
	Token  string `json:"t,omitempty"`
	URL    string `json:"u,omitempty"`
}

// address returns the address of a page.
func (p *pages) address(location string, r request) (string, error) {
	if r.URL != "" {
		return r.URL, nil
	}
	u, err := url.Parse(location)
	if err != nil {
		return "", errors.New("the location is not an address; correct it")
	}
	q := u.Query()
	if p.sizeParam != "" {
		q.Set(p.sizeParam, strconv.Itoa(p.size))
	}
	switch p.paging {
	case "page", "offset":
		q.Set(p.param, strconv.Itoa(r.Number))
	case "cursor":
		if r.Token != "" {
			q.Set(p.param, r.Token)
		}
	default:
		if p.sizeParam == "" {
			return location, nil
		}
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// arrived is what is known of a page once it was read.
type arrived struct {
	at      string // its address
	link    string
	outside map[string]string
	records int
	counted int // records of the whole listing so far
	total   int // 0 if not known
}

// next returns the request after r, and false at the end of the listing.
func (s *Source) next(r request, a arrived) (request, bool, error) {
	switch s.paging {
	case "none":
		return r, false, nil
	case "page", "offset":
		return s.count(r, a)
	case "cursor":
		token := a.outside[s.cursorAt]
		if token != "" && token == r.Token {
			return r, false, fmt.Errorf("%w: the service gives the same cursor again; see whether page_param %q is the right name", connectors.ErrTruncated, s.param)
		}
		return request{Token: token}, token != "", nil
	case "next":
		return s.follow(a.at, a.outside[s.nextAt])
	}
	return s.follow(a.at, a.link)
}

// count asks for pages until one is empty, because a service may give fewer
// records a page than it was asked for.
func (s *Source) count(r request, a arrived) (request, bool, error) {
	if a.records == 0 || a.total > 0 && a.counted >= a.total {
		return r, false, nil
	}
	if s.nextAt != "" && a.outside[s.nextAt] == "" {
		return r, false, nil
	}
	if s.paging == "page" {
		return request{Number: r.Number + 1}, true, nil
	}
	return request{Number: r.Number + a.records}, true, nil
}

func (s *Source) follow(at, link string) (request, bool, error) {
	if link == "" {
		return request{}, false, nil
	}
	from, err := url.Parse(at)
	if err == nil {
		var to *url.URL
		if to, err = from.Parse(link); err == nil {
			switch {
			case !s.sameHost(to):
				return request{}, false, fmt.Errorf("%w: the next page is on another host (%s), which is not followed", connectors.ErrTruncated, to.Host)
			case to.String() == from.String():
				return request{}, false, fmt.Errorf("%w: the service names a page as its own next page", connectors.ErrTruncated)
			}
			return request{URL: to.String()}, true, nil
		}
	}
	return request{}, false, fmt.Errorf("%w: the next page's address is not one", connectors.ErrTruncated)
}

// ended reports whether err is how the service says that there is no such page.
func (s *Source) ended(err error, first bool) bool {
	var status *statusError
	return !first && errors.As(err, &status) && slices.Contains(s.endStatus, strconv.Itoa(status.code))
}

// nextLink finds rel=next in Link headers (RFC 8288).
func nextLink(headers []string) string {
	for _, h := range headers {
		for len(h) > 0 {
			_, after, ok := strings.Cut(h, "<")
			if !ok {
				break
			}
			target, rest, ok := strings.Cut(after, ">")
			if !ok {
				break
			}
			params, more := linkParams(rest)
			if slices.Contains(strings.Fields(strings.ToLower(params["rel"])), "next") {
				return strings.TrimSpace(target)
			}
			h = more
		}
	}
	return ""
}

// linkParams reads the parameters behind a link's target up to the comma before
// the next link.
func linkParams(s string) (params map[string]string, rest string) {
	params = map[string]string{}
	for {
		s = strings.TrimLeft(s, " \t;")
		if s == "" || s[0] == ',' {
			return params, s
		}
		end := strings.IndexAny(s, "=;,")
		if end < 0 {
			return params, ""
		}
		name := strings.ToLower(strings.TrimSpace(s[:end]))
		if s[end] != '=' {
			s = s[end:]
			continue
		}
		value := strings.TrimLeft(s[end+1:], " \t")
		if strings.HasPrefix(value, `"`) {
			quoted, after, _ := strings.Cut(value[1:], `"`)
			value, s = quoted, after
		} else if stop := strings.IndexAny(value, ";,"); stop >= 0 {
			value, s = value[:stop], value[stop:]
		} else {
			s = ""
		}
		if _, twice := params[name]; !twice {
			params[name] = strings.TrimSpace(value)
		}
	}
}
