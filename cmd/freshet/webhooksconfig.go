package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// What webhooks are told of.
const (
	knowledgeChanged = "knowledge.changed" // once for each run that changed content
	auditReady       = "audit.ready"       // once for each month
	findingOpened    = "finding.opened"    // at most once a day
)

func webhookEvents() []string { return []string{knowledgeChanged, auditReady, findingOpened} }

// A webhookConfig is somebody who is told of what happens, by HTTP.
type webhookConfig struct {
	URL    string   `yaml:"url"`
	Secret string   `yaml:"secret"` // whsec_ and 24 to 64 bytes in base64; a reference
	Events []string `yaml:"events"` // empty: all
	Owner  string   `yaml:"owner"`  // only what this owner is asked about
	Base   string   `yaml:"knowledge_base"`

	key []byte
}

func checkWebhooks(w *walker, e expander, hooks []webhookConfig, bases map[string]bool) {
	seen := map[string]int{}
	for i := range hooks {
		hooks[i].check(w, e, fmt.Sprintf("doubts.webhooks[%d]", i), bases)
		if first, twice := seen[hooks[i].name()]; twice {
			w.say(0, "doubts.webhooks[%d] has the address, owner and knowledge base of doubts.webhooks[%d]; write their events in one", i, first)
		}
		seen[hooks[i].name()] = i
	}
}

func (h *webhookConfig) check(w *walker, e expander, at string, bases map[string]bool) {
	expand(w, e, map[string]*string{at + ".url": &h.URL, at + ".secret": &h.Secret, at + ".owner": &h.Owner, at + ".knowledge_base": &h.Base})
	checkBase(w, at, h.Base, bases)
	if u, err := url.Parse(h.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		w.say(0, "%s.url is missing, or not an address such as https://example.org/hooks/freshet", at)
	}
	var err error
	if h.key, err = webhookKey(h.Secret); err != nil {
		w.say(0, "%s.secret: %v", at, err)
	}
	for _, event := range h.Events {
		if !slices.Contains(webhookEvents(), event) {
			w.say(0, "%s.events: %q is not one of %s", at, event, strings.Join(webhookEvents(), ", "))
		}
	}
}

// Bytes of a key, from the specification of Standard Webhooks.
const (
	leastWebhookKey = 24
	mostWebhookKey  = 64
)

// webhookKey reads a secret as Standard Webhooks writes it. Its error does not repeat it.
func webhookKey(secret string) ([]byte, error) {
	const mend = "; make one with: echo \"whsec_$(head -c 32 /dev/urandom | base64)\""
	if secret == "" {
		return nil, errors.New("a webhook needs a secret to sign with" + mend)
	}
	text, ok := strings.CutPrefix(secret, "whsec_")
	key, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || len(key) < leastWebhookKey || len(key) > mostWebhookKey {
		return nil, errors.New("it has to be whsec_ and 24 to 64 bytes in base64" + mend)
	}
	return key, nil
}

// name is what the catalog knows a hook by. It stays when the secret is changed.
func (h *webhookConfig) name() string {
	sum := sha256.Sum256([]byte(h.URL + "\x00" + h.Owner + "\x00" + h.Base))
	return hex.EncodeToString(sum[:8])
}

// host is what logs and lists show of a hook: addresses may hold tokens.
func (h *webhookConfig) host() string {
	if u, err := url.Parse(h.URL); err == nil {
		return u.Host
	}
	return ""
}

func (h *webhookConfig) wants(event, base string) bool {
	return (len(h.Events) == 0 || slices.Contains(h.Events, event)) && (h.Base == "" || base == "" || h.Base == base)
}
