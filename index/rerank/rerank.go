// Package rerank asks a re-ranking model that the operator configured, over HTTP, in
// the shapes of Cohere, Jina (which vLLM, llama-server and Infinity speak too) and
// Hugging Face's Text Embeddings Inference.
package rerank

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"freshet/index"
	"freshet/index/retrieve"
)

// Options describe a re-ranking endpoint. Provider is required.
type Options struct {
	Provider string // one of Providers
	// BaseURL is the server's address; "": the provider's own. Without a path, or
	// with one that does not end in /rerank, the provider's is put behind it.
	BaseURL string
	Model   string // as the server names it; TEI serves one and has no names
	APIKey  string // sent as a Bearer token; "": none
	// DocumentBytes of a passage, its title included, are sent at most; 0: 6,000,
	// which is more than models for passages read.
	DocumentBytes int
	// Transport makes the connections; nil: one of its own, with the proxy of the
	// environment. Private addresses are allowed: the operator names the server.
	Transport http.RoundTripper
	Now       func() time.Time // nil: time.Now
}

// A provider is what differs between the shapes.
type provider struct {
	name    string
	address string // "": there is none that everybody uses
	path    string
	batch   int // passages in one request
	key     bool
	model   bool
}

// The batches are what servers take unless told otherwise: Cohere recommends no more
// than 1,000, TEI's --max-client-batch-size is 32.
var providers = []provider{
	{name: "cohere", address: "https://api.cohere.com", path: "/v2/rerank", batch: 1000, key: true, model: true},
	{name: "jina", address: "https://api.jina.ai", path: "/v1/rerank", batch: 1000, model: true},
	{name: "tei", path: "/rerank", batch: 32},
}

// Providers names the shapes.
func Providers() []string {
	names := make([]string, len(providers))
	for i, p := range providers {
		names[i] = p.name
	}
	return names
}

// A Client asks one endpoint. It may be shared between goroutines. After a failure it
// leaves the endpoint alone for a while, so that questions do not wait for it.
type Client struct {
	o        Options
	provider provider
	url      *url.URL
	http     *http.Client

	mu     sync.Mutex
	failed int       // in a row
	until  time.Time // left alone
}

const (
	documentBytes = 6000
	replyBytes    = 1 << 20
	errorBytes    = 1 << 14
	saidBytes     = 200 // of a server's words in an error
	dialTimeout   = 5 * time.Second
	idleTimeout   = 90 * time.Second
	idleHere      = 8
	headerBytes   = 1 << 16
	firstPause    = 2 * time.Second
	longestPause  = time.Minute
	longestAsked  = 10 * time.Minute // that a server's Retry-After is followed
)

// New makes a Client and sends nothing. The error says what the configuration lacks.
func New(o Options) (*Client, error) {
	i := slices.IndexFunc(providers, func(p provider) bool { return p.name == o.Provider })
	if i < 0 {
		return nil, fmt.Errorf("rerank.provider is %q; known are %s", o.Provider, strings.Join(Providers(), ", "))
	}
	p := providers[i]
	switch {
	case p.model && strings.TrimSpace(o.Model) == "":
		return nil, fmt.Errorf("rerank.model is missing: name the model that %s is to use", p.name)
	case p.key && o.APIKey == "" && o.BaseURL == "":
		return nil, fmt.Errorf("rerank.api_key is missing: %s answers nobody without a key", p.name)
	case strings.ContainsAny(o.APIKey, "\r\n"):
		return nil, errors.New("rerank.api_key holds a line break; it has to be one line")
	}
	address, err := address(o.BaseURL, p)
	if err != nil {
		return nil, err
	}
	if o.DocumentBytes <= 0 {
		o.DocumentBytes = documentBytes
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Transport == nil {
		o.Transport = &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}).DialContext,
			TLSHandshakeTimeout: dialTimeout, MaxIdleConnsPerHost: idleHere, IdleConnTimeout: idleTimeout,
			MaxResponseHeaderBytes: headerBytes, ForceAttemptHTTP2: true,
		}
	}
	return &Client{o: o, provider: p, url: address, http: &http.Client{
		Transport: o.Transport,
		// A redirect could carry the key elsewhere, and turns a POST into a GET.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

func address(base string, p provider) (*url.URL, error) {
	if base == "" {
		base = p.address
	}
	if base == "" {
		return nil, fmt.Errorf("rerank.base_url is missing: give the address of the %s server, such as http://localhost:8080", p.name)
	}
	u, err := url.Parse(strings.TrimSpace(base))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("rerank.base_url is no address: it has to look like https://host")
	}
	if u.User != nil {
		return nil, errors.New("rerank.base_url holds a user or password; put the key into rerank.api_key")
	}
	u.Fragment = ""
	u.Path = strings.TrimRight(u.Path, "/")
	switch {
	case strings.HasSuffix(u.Path, "/rerank"):
	case u.Path == "":
		u.Path = p.path
	default:
		u.Path += "/rerank"
	}
	return u, nil
}

var _ retrieve.Rerank = (*Client)(nil).Rerank

// URL is where requests go.
func (c *Client) URL() string { return c.url.String() }

// Rerank scores passages for a question, higher is better; the scores of two answers
// do not compare. It is a retrieve.Rerank. Its errors are *Error, or the context's.
func (c *Client) Rerank(ctx context.Context, question string, passages []index.Passage) ([]float32, error) {
	if len(passages) == 0 {
		return nil, nil
	}
	if err := c.ready(); err != nil {
		return nil, err
	}
	documents := make([]string, len(passages))
	for i := range passages {
		documents[i] = document(&passages[i], c.o.DocumentBytes)
	}
	scores := make([]float32, 0, len(documents))
	for batch := range slices.Chunk(documents, c.provider.batch) {
		got, err := c.ask(ctx, question, batch)
		if err != nil {
			c.note(err)
			return nil, err
		}
		scores = append(scores, got...)
	}
	c.note(nil)
	return scores, nil
}

// document is what is sent of a passage: its title, or its question, and its text.
func document(p *index.Passage, most int) string {
	title := p.Chunk.Title
	if p.Chunk.Question != "" {
		title = p.Chunk.Question
	}
	text := p.Chunk.Text
	if title != "" {
		text = title + "\n" + text
	}
	if len(text) <= most {
		return text
	}
	end := most
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}

// ready reports whether the endpoint may be asked. While it is left alone one question
// after each pause tries it.
func (c *Client) ready() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.o.Now()
	if now.Before(c.until) {
		return &Error{Reason: Paused, Detail: fmt.Sprintf("%s is left alone for %s after a failure", c.url.Host, c.until.Sub(now).Round(100*time.Millisecond))}
	}
	if c.failed > 0 {
		c.until = now.Add(firstPause) // the others wait for this one's outcome
	}
	return nil
}

// note draws the consequence of a request. A caller who has left says nothing about
// the endpoint.
func (c *Client) note(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var named *Error
	switch {
	case err == nil:
		c.failed, c.until = 0, time.Time{}
	case errors.Is(err, context.Canceled):
		c.until = time.Time{}
	default:
		pause := min(firstPause<<min(c.failed, 10), longestPause)
		if errors.As(err, &named) {
			pause = max(pause, min(named.after, longestAsked))
		}
		c.failed++
		c.until = c.o.Now().Add(pause)
	}
}
