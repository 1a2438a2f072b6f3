package embed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// EndpointOptions describe an embeddings endpoint of the OpenAI shape.
type EndpointOptions struct {
	Preset  string // one of PresetNames
	Model   string // as the server names it
	BaseURL string // such as http://localhost:11434/v1; "": the preset's
	APIKey  string // sent as a Bearer token; "": none
	// Revision tells models of one name apart; it is part of the vectors' identity
	// and is not sent.
	Revision string
	// Dimension of the vectors; 0: the model's own. OpenAI's -3 models are asked to
	// shorten theirs; other servers are only if SendDimension is set, else a reply
	// of another dimension is an error.
	Dimension     int
	SendDimension bool
	// QueryPrefix and PassagePrefix stand before every text; nil: what is published
	// for a model of this name, if anything.
	QueryPrefix, PassagePrefix *string
	// Timeout of one request, its reply read; 0: two minutes, because a server may
	// have to load its model first.
	Timeout time.Duration
	// Transport makes the connections; nil: Transport().
	Transport http.RoundTripper
	Now       func() time.Time // nil: time.Now; read for Retry-After dates
}

// Endpoint asks an embeddings endpoint of the OpenAI shape over HTTP. It is made
// by NewEndpoint, is a Provider, and is safe for concurrent use.
type Endpoint struct {
	o        EndpointOptions
	url      string
	client   *http.Client
	limits   Limits
	identity Identity
	base64   bool
	shorten  bool
}

var _ Provider = (*Endpoint)(nil)

const (
	requestTimeout = 2 * time.Minute
	dialTimeout    = 10 * time.Second
	idleTimeout    = 90 * time.Second
	idleHere       = 16      // idle connections kept: as many as the Embedder asks with
	headerBytes    = 1 << 18 // of a reply
	// replyBase and replyText bound a reply: 256 KiB hold 8,192 numbers of 30 digits.
	replyBase  = 1 << 20
	replyText  = 1 << 18
	errorBytes = 1 << 16 // of a reply that is not a 200
)

// Transport makes connections to an endpoint that an operator configured: private
// addresses are allowed, the proxy of the environment is used.
func Transport() *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    dialTimeout,
		MaxIdleConnsPerHost:    idleHere,
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: headerBytes,
		ForceAttemptHTTP2:      true,
	}
}

// NewEndpoint makes a Provider and sends nothing. The error says what the
// configuration lacks.
func NewEndpoint(o EndpointOptions) (*Endpoint, error) {
	p, ok := presetNamed(o.Preset)
	if !ok {
		return nil, fmt.Errorf("embedding.provider is %q; known are %s, static and none", o.Preset, strings.Join(PresetNames(), ", "))
	}
	if strings.TrimSpace(o.Model) == "" {
		return nil, fmt.Errorf("embedding.model is missing: name the model that %s is to use", p.Name)
	}
	if p.Key && o.APIKey == "" {
		return nil, fmt.Errorf("embedding.api_key is missing: %s answers nobody without a key", p.Name)
	}
	if strings.ContainsAny(o.APIKey, "\r\n") {
		return nil, errors.New("embedding.api_key holds a line break; it has to be one line")
	}
	if o.Dimension < 0 || o.Dimension > longestVector {
		return nil, fmt.Errorf("embedding.dimension is %d; it has to be between 1 and %d, or 0 for the model's own", o.Dimension, longestVector)
	}
	address, err := endpointURL(or(o.BaseURL, p.BaseURL))
	if err != nil {
		return nil, err
	}
	if o.Timeout == 0 {
		o.Timeout = requestTimeout
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Transport == nil {
		o.Transport = Transport()
	}
	e := &Endpoint{o: o, url: address.String(), base64: p.base64, client: &http.Client{
		Transport: o.Transport, Timeout: o.Timeout,
		// A redirect could carry the key elsewhere, and turns a POST into a GET.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	e.describe(p, address)
	return e, nil
}

// describe fills in limits and identity from what is known about the server and
// the model.
func (e *Endpoint) describe(p Preset, address *url.URL) {
	known, named := p.model(e.o.Model), modelNamed(e.o.Model)
	e.limits = p.Limits
	e.limits.TextTokens = named.tokens
	if known.tokens > 0 {
		e.limits.TextTokens = known.tokens
	}
	e.shorten = e.o.Dimension > 0 && (e.o.SendDimension || p.shorten && known.shortens && e.o.Dimension != known.dimension)
	e.identity = Identity{Provider: p.Name, Model: e.o.Model, Revision: e.o.Revision, Dimension: e.o.Dimension,
		QueryPrefix: named.query, PassagePrefix: named.passage}
	if e.identity.Dimension == 0 {
		e.identity.Dimension = known.dimension
	}
	if e.o.QueryPrefix != nil {
		e.identity.QueryPrefix = *e.o.QueryPrefix
	}
	if e.o.PassagePrefix != nil {
		e.identity.PassagePrefix = *e.o.PassagePrefix
	}
	if p.Name == "openai-compatible" {
		e.identity.Provider += "@" + address.Host
	}
}

// endpointURL completes a base URL: no path means /v1, and the endpoint is
// <base>/embeddings.
func endpointURL(base string) (*url.URL, error) {
	if base == "" {
		return nil, errors.New("embedding.base_url is missing: give the server's address, such as http://localhost:8080/v1")
	}
	u, err := url.Parse(strings.TrimSpace(base))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("embedding.base_url is no address: it has to look like https://host/v1")
	}
	if u.User != nil {
		return nil, errors.New("embedding.base_url holds a user or password; put the key into embedding.api_key")
	}
	u.Path = strings.TrimRight(u.Path, "/")
	if u.Path == "" {
		u.Path = "/v1"
	}
	if !strings.HasSuffix(u.Path, "/embeddings") {
		u.Path += "/embeddings"
	}
	u.Fragment = ""
	return u, nil
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// Limits are the preset's.
func (e *Endpoint) Limits() Limits { return e.limits }

// Identity is the configured one; its Dimension may be 0.
func (e *Endpoint) Identity() Identity { return e.identity }

// URL is where requests go.
func (e *Endpoint) URL() string { return e.url }

// KeyInClear reports whether the key travels unencrypted to another machine.
func (e *Endpoint) KeyInClear() bool {
	u, err := url.Parse(e.url)
	if err != nil || u.Scheme != "http" || e.o.APIKey == "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback())
}

// request is the body of a POST.
type request struct {
	Model          string   `json:"model"`
	Input          []string `json:"input"`
	EncodingFormat string   `json:"encoding_format,omitempty"`
	Dimensions     int      `json:"dimensions,omitempty"`
}

// Embed makes one POST. See Provider.
func (e *Endpoint) Embed(ctx context.Context, kind Kind, texts []string) ([][]float32, Usage, error) {
	if len(texts) == 0 {
		return nil, Usage{}, nil
	}
	req, err := e.request(ctx, kind, texts)
	if err != nil {
		return nil, Usage{}, err
	}
	resp, err := e.client.Do(req)
	if err != nil {
		return nil, Usage{}, e.failed(ctx, err)
	}
	defer resp.Body.Close() // a body that was read has nothing left to fail
	if resp.StatusCode != http.StatusOK {
		return nil, Usage{}, e.refusal(resp)
	}
	limit := int64(replyBase + len(texts)*replyText)
	if resp.ContentLength > limit {
		return nil, Usage{}, tooLarge(limit)
	}
	body, err := readAll(resp.Body, resp.ContentLength, limit)
	if err != nil {
		return nil, Usage{}, e.failed(ctx, err)
	}
	if int64(len(body)) > limit {
		return nil, Usage{}, tooLarge(limit)
	}
	vectors, tokens, err := decode(body, len(texts))
	if err != nil {
		return nil, Usage{}, e.withoutKey(err)
	}
	return vectors, Usage{Tokens: tokens, Left: left(resp.Header)}, nil
}

func (e *Endpoint) request(ctx context.Context, kind Kind, texts []string) (*http.Request, error) {
	body := request{Model: e.o.Model, Input: e.prefixed(kind, texts)}
	if e.base64 {
		body.EncodingFormat = "base64"
	}
	if e.shorten {
		body.Dimensions = e.o.Dimension
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		return nil, fmt.Errorf("write a request for embeddings: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, &b)
	if err != nil {
		return nil, fmt.Errorf("make a request for embeddings: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "freshet")
	if e.o.APIKey != "" {
		req.Header.Set("Authorization", "Bearer "+e.o.APIKey)
	}
	return req, nil
}

func (e *Endpoint) prefixed(kind Kind, texts []string) []string {
	prefix := e.identity.prefix(kind)
	if prefix == "" {
		return texts
	}
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = prefix + t
	}
	return out
}

// readAll reads at most one byte more than the limit.
func readAll(r io.Reader, said, limit int64) ([]byte, error) {
	var b bytes.Buffer
	if said > 0 && said <= limit {
		b.Grow(int(said) + bytes.MinRead)
	}
	_, err := b.ReadFrom(io.LimitReader(r, limit+1))
	return b.Bytes(), err
}

func tooLarge(limit int64) *Error {
	return &Error{Reason: ReplyTooLarge, Detail: fmt.Sprintf("the reply has more than %d bytes, which is more than vectors of these texts can be", limit)}
}

// failed names a failure of the connection. The context's own end is not the
// server's fault and is returned as it is.
func (e *Endpoint) failed(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	var of *url.Error // repeats the address in every message
	if errors.As(err, &of) {
		err = of.Err
	}
	var timeout interface{ Timeout() bool }
	switch {
	case ctx.Err() != nil || errors.As(err, &timeout) && timeout.Timeout():
		return &Error{Reason: TimedOut, Detail: "no whole reply in time from " + e.host(), Err: context.DeadlineExceeded}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &Error{Reason: Truncated, Detail: "the connection to " + e.host() + " broke off within the reply"}
	}
	return &Error{Reason: Unavailable, Detail: "no reply from " + e.host(), Err: err}
}

func (e *Endpoint) host() string {
	u, err := url.Parse(e.url)
	if err != nil {
		return "the server"
	}
	return u.Host
}

// withoutKey takes the key out of a server's words.
func (e *Endpoint) withoutKey(err error) error {
	var of *Error
	if e.o.APIKey != "" && errors.As(err, &of) {
		of.Detail = strings.ReplaceAll(of.Detail, e.o.APIKey, "<key>")
	}
	return err
}
