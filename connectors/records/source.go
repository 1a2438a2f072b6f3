package records

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"freshet/connectors"
)

var _ connectors.Source = (*Source)(nil)

// Source reads one export or listing. It is safe for concurrent use.
type Source struct {
	env        connectors.Env
	location   string   // as given, secrets not filled in
	file       string   // the path, if it is a file
	host       *url.URL // the address without its query, if it is one
	format     string
	items      string
	delimiter  rune
	charset    string
	headers    map[string]string
	mapping    *mapping
	maxSize    int64
	maxRecord  int
	maxRecords int
	timeout    time.Duration
	delay      time.Duration
	client     *http.Client // nil for files
	every      int          // records between two checkpoints
	pages
}

// New opens a source on the export or listing that the settings name. It asks
// nothing of the place.
func New(env connectors.Env, given connectors.Settings) (*Source, error) {
	settings := withPreset(given)
	s := &Source{
		env: env, location: strings.TrimSpace(settings.String("location")),
		format: settings.String("format"), items: settings.String("items"), charset: settings.String("charset"),
		headers: settings.Map("headers"), maxSize: int64(settings.Int("max_size_mb")) << 20, maxRecord: settings.Int("max_record_kb") << 10,
		maxRecords: settings.Int("max_records"), timeout: settings.Duration("timeout"), delay: settings.Duration("delay"), every: checkpointEvery,
	}
	var err error
	if s.delimiter, err = delimiterOf(settings.String("delimiter")); err != nil {
		return nil, err
	}
	if err := s.locate(); err != nil {
		return nil, err
	}
	if s.pages, err = newPages(settings); err != nil {
		return nil, err
	}
	if s.file != "" && s.paging != "" && s.paging != "none" {
		return nil, fmt.Errorf("paging %q needs an address, but location is the file %s; remove paging or preset", s.paging, s.location)
	}
	if s.mapping, err = newMapping(settings, s.host); err != nil {
		return nil, err
	}
	if s.host != nil {
		s.client = s.newClient()
	}
	return s, nil
}

// locate tells an address from a path.
func (s *Source) locate() error {
	lower := strings.ToLower(s.location)
	switch {
	case s.location == "":
		return errors.New(`the setting "location" is empty: name the file or address to read`)
	case strings.HasPrefix(lower, "https://"), strings.HasPrefix(lower, "http://"):
		u, err := url.Parse(s.location)
		if err != nil || u.Host == "" {
			return fmt.Errorf("the location %q is not an address; write https://host/path", s.location)
		}
		if s.env.HTTP == nil {
			return errors.New("addresses cannot be read here: no HTTP client is configured")
		}
		u.RawQuery, u.Fragment, u.User = "", "", nil
		s.host = u
		return nil
	case strings.Contains(s.location, "://"):
		return fmt.Errorf("the location %q is neither a file nor an address with https://", s.location)
	}
	s.file = filepath.FromSlash(s.location)
	if !filepath.IsAbs(s.file) {
		s.file = filepath.Join(s.env.Dir, s.file)
	}
	return nil
}

// newClient returns the client of all pulls. A redirect to another host is
// refused where the address or the headers may hold secrets.
func (s *Source) newClient() *http.Client {
	return s.env.HTTP(connectors.HTTPOptions{
		MaxBytes: s.maxSize, Timeout: s.timeout, Delay: s.delay,
		CheckRedirect: func(req *http.Request, _ []*http.Request) error {
			if !s.sameHost(req.URL) && (len(s.headers) > 0 || strings.Contains(s.location, "{{secret:")) {
				return fmt.Errorf("%s redirects to another host, %s, which must not see the credentials; correct location", s.host.Host, req.URL.Host)
			}
			return nil
		},
	})
}

func (s *Source) sameHost(u *url.URL) bool {
	return strings.EqualFold(u.Host, s.host.Host) && (u.Scheme == s.host.Scheme || u.Scheme == "https")
}
