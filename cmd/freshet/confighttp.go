package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"

	"freshet/connectors/fetch"
)

// httpConfig says how other machines are asked.
type httpConfig struct {
	Proxy   string `yaml:"proxy"`   // as written: a reference is expanded into proxy
	Contact string `yaml:"contact"` // a page or an address of whoever runs this

	proxy *url.URL // nil for none
}

// check expands references and reads the proxy's address.
func (h *httpConfig) check(w *walker, e expander) {
	contact, err := e.text(h.Contact)
	if err == nil {
		h.Contact, err = contact, checkContact(contact)
	}
	if err != nil {
		w.say(0, "http.contact: %v", err)
	}
	proxy, err := e.text(h.Proxy)
	if err == nil && proxy != "" {
		h.proxy, err = fetch.ParseProxy(proxy)
	}
	if err != nil {
		w.say(0, "http.proxy: %v", err)
	}
}

// checkContact accepts what a site's operator can follow, and nothing that would
// end the header that it stands in.
func checkContact(contact string) error {
	if contact == "" {
		return nil
	}
	u, err := url.Parse(contact)
	web := err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
	mail := err == nil && u.Scheme == "mailto" && strings.Contains(u.Opaque, "@")
	if !web && !mail || len(contact) > 200 || strings.ContainsFunc(contact, func(r rune) bool { return r <= ' ' || r > '~' || r == '(' || r == ')' }) {
		return errors.New("write the address of a page that says who crawls, as https://www.example.org/bot, or mailto:web@example.org")
	}
	return nil
}

// fetchOptions are those of every client of this process; c may be nil.
func fetchOptions(c *config, log *slog.Logger) fetch.Options {
	// Only the version's first word: "devel 0123456789ab" has a space.
	number, _, _ := strings.Cut(strings.TrimPrefix(version(), "v"), " ")
	o := fetch.Options{Log: log, Product: fmt.Sprintf("Freshet/%s", number)}
	if c != nil {
		o.Proxy, o.Contact = c.HTTP.proxy, c.HTTP.Contact
	}
	return o
}
