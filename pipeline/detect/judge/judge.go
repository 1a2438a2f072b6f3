// Package judge asks a model of language whether two sentences contradict each other:
// an OpenAI-compatible chat endpoint, or one that classifies natural language inference.
//
// The judge is optional and is believed no more than it can show. What rules found
// possible it may confirm or refuse; whatever goes wrong (no reply, no JSON, a quote that
// is not there, two orders of one question answered differently, a text that imitates
// the marks around it) is the answer Unsure, with which nothing changes.
package judge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// The kinds of endpoints.
const (
	Chat = "chat" // POST <base>/chat/completions, as OpenAI, vLLM, Ollama, LM Studio and Mistral serve
	NLI  = "nli"  // POST <base>/predict, as Text Embeddings Inference serves sequence classification
)

// Defaults of Options.
const (
	DefaultBudget      = 200
	DefaultConcurrency = 2
	DefaultTimeout     = time.Minute // servers load their model on the first question
	defaultPatience    = 20 * time.Second
	defaultCooldown    = 5 * time.Minute
)

// Options make a Judge.
type Options struct {
	// Provider is a name of PresetNames, which says where the server is and of what kind;
	// "": Kind and BaseURL say so.
	Provider string
	Kind     string // Chat or NLI; "": the provider's, or Chat
	BaseURL  string // "http://localhost:11434/v1"; for NLI "http://localhost:8080"; "": the provider's
	Model    string // asked for by Chat; of NLI it only names verdicts that are kept
	APIKey   string // sent as a bearer token where it is set
	// Contradiction is the label that an NLI model gives contradictions; "": any that begins
	// with "contradict".
	Contradiction string

	Budget      int           // requests in one Run; 0: DefaultBudget
	Concurrency int           // requests under way at once; 0: DefaultConcurrency
	Timeout     time.Duration // of one request, its reply read; 0: DefaultTimeout
	// Patience is the longest wait that a server may ask for before it is asked again; one
	// that asks for more is left alone for as long. 0: 20 seconds.
	Patience time.Duration

	Cache     Cache             // nil: nothing is kept
	Transport http.RoundTripper // nil: one that allows private addresses and uses the environment's proxy
	Log       *slog.Logger      // nil: discarded; texts are never logged
	Now       func() time.Time  // nil: time.Now
	Sleep     func(context.Context, time.Duration) error
	Nonce     func() string // nil: random; names the marks around texts
}

// A Cache keeps verdicts: what was asked once is not asked again. It is safe for
// concurrent use.
type Cache interface {
	// JudgeVerdict returns what was kept under a key; found is false when nothing was.
	JudgeVerdict(ctx context.Context, key [32]byte) (verdict []byte, found bool, err error)
	// KeepJudgeVerdict keeps a verdict, in place of one that was there.
	KeepJudgeVerdict(ctx context.Context, key [32]byte, model string, verdict []byte, at time.Time) error
}

// Ask puts a question. The Verdict is always usable: it is Unsure when there is an
// error, which says why, in words for operators, and was logged. It is safe for
// concurrent use.
type Ask func(context.Context, Question) (Verdict, error)

// A Judge asks one endpoint. It is made by New and safe for concurrent use.
type Judge struct {
	o       Options
	url     string
	host    string
	client  *http.Client
	places  chan struct{} // one for each request that may be under way
	breaker breaker
	shape   atomic.Int32 // see chat.go: what the server was found not to understand
	told    atomic.Bool  // that the judge is away
}

// New makes a Judge and sends nothing. The error says what the configuration lacks.
func New(o Options) (*Judge, error) {
	p, ok := presetNamed(o.Provider, o.Kind)
	if !ok {
		return nil, fmt.Errorf("doubts.judge.provider is %q; known are %s", o.Provider, strings.Join(PresetNames(), ", "))
	}
	o.Kind, o.BaseURL = cmp.Or(o.Kind, p.Kind, Chat), cmp.Or(o.BaseURL, p.BaseURL)
	if p.Key && o.APIKey == "" {
		return nil, fmt.Errorf("doubts.judge.api_key is missing: %s answers nobody without a key", p.Name)
	}
	if o.Kind != Chat && o.Kind != NLI {
		return nil, fmt.Errorf("doubts.judge.kind is %q; known are %s and %s", o.Kind, Chat, NLI)
	}
	if strings.TrimSpace(o.Model) == "" && o.Kind == Chat {
		return nil, errors.New("doubts.judge.model is missing: name the model that is to judge")
	}
	if strings.ContainsAny(o.APIKey, "\r\n") {
		return nil, errors.New("doubts.judge.api_key holds a line break; it has to be one line")
	}
	if o.Budget < 0 || o.Concurrency < 0 || o.Timeout < 0 || o.Patience < 0 {
		return nil, errors.New("doubts.judge: budget and timeout have to be above 0; leave them out to take the usual ones")
	}
	address, err := endpoint(o.BaseURL, o.Kind)
	if err != nil {
		return nil, err
	}
	o = o.withDefaults()
	j := &Judge{o: o, url: address.String(), host: address.Host, places: make(chan struct{}, o.Concurrency), client: &http.Client{
		Transport: o.Transport, Timeout: o.Timeout,
		// A redirect could carry the key elsewhere, and turns a POST into a GET.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	j.breaker.now = o.Now
	return j, nil
}

func (o Options) withDefaults() Options {
	if o.Budget == 0 {
		o.Budget = DefaultBudget
	}
	if o.Concurrency == 0 {
		o.Concurrency = DefaultConcurrency
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Patience == 0 {
		o.Patience = defaultPatience
	}
	if o.Transport == nil {
		o.Transport = transport()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Nonce == nil {
		o.Nonce = nonce
	}
	return o
}

// endpoint completes a base URL.
func endpoint(base, kind string) (*url.URL, error) {
	if base == "" {
		return nil, errors.New("doubts.judge.base_url is missing: give the server's address, such as http://localhost:11434/v1")
	}
	u, err := url.Parse(strings.TrimSpace(base))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("doubts.judge.base_url is no address: it has to look like https://host/v1")
	}
	if u.User != nil {
		return nil, errors.New("doubts.judge.base_url holds a user or password; put the key into doubts.judge.api_key")
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.Fragment = ""
	last := "/predict"
	if kind == Chat {
		last = "/chat/completions"
		if u.Path == "" {
			u.Path = "/v1"
		}
	}
	if !strings.HasSuffix(u.Path, last) {
		u.Path += last
	}
	return u, nil
}

// URL is where questions go.
func (j *Judge) URL() string { return j.url }

// KeyInClear reports whether the key travels unencrypted to another machine.
func (j *Judge) KeyInClear() bool {
	u, err := url.Parse(j.url)
	if err != nil || u.Scheme != "http" || j.o.APIKey == "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback())
}

// Model names the model as verdicts are kept under it.
func (j *Judge) Model() string {
	if j.o.Model == "" {
		return j.host
	}
	return j.o.Model
}

// Run begins a run of the detectors: its questions share Options.Budget requests. Runs
// may overlap.
func (j *Judge) Run() Ask {
	left := new(atomic.Int64)
	left.Store(int64(j.o.Budget))
	return func(ctx context.Context, q Question) (Verdict, error) { return j.ask(ctx, q, left) }
}

// Check asks whether two sentences of Freshet's own contradict each other, which they
// do. The error says what is to be mended.
func (j *Judge) Check(ctx context.Context) error {
	left := new(atomic.Int64)
	left.Store(maxRequests)
	q := Question{Type: "duration",
		A: Side{Title: "Returns", Sentence: "You can return any item within 30 days of delivery."},
		B: Side{Title: "Returns", Sentence: "You can return any item within 14 days of delivery."}}
	v, err := j.decide(ctx, &q, left)
	switch {
	case err != nil:
		return err
	case v.Why != "":
		return fmt.Errorf("%s answers, but not as a judge has to (%s); take a model that follows instructions and writes JSON", j.Model(), v.Why)
	case v.Answer != Conflict:
		return fmt.Errorf("%s takes \"within 30 days\" and \"within 14 days\" for %s; take a better model", j.Model(), v.Answer)
	}
	return nil
}

// maxRequests is the most that one question can take: two orders, each with a repair,
// each asked in up to four shapes and repeated.
const maxRequests = 32

// ask answers from the cache, or decides and keeps.
func (j *Judge) ask(ctx context.Context, q Question, left *atomic.Int64) (Verdict, error) {
	asked := q
	q, swapped := q.settle()
	if why := q.unfit(); why != "" {
		return Verdict{Answer: Unsure, Why: why}, nil
	}
	key := q.key(j.o.Kind, j.Model())
	v, found, err := j.kept(ctx, key, &q)
	if err != nil {
		j.o.Log.Warn("verdicts of the judge cannot be read", slog.Any("error", err))
	}
	if !found {
		if v, err = j.decide(ctx, &q, left); err != nil {
			return j.away(err)
		}
		j.told.Store(false)
		j.keep(ctx, key, &v)
	}
	if swapped {
		v = v.swap()
	}
	a, b := asked.A.Sentence, asked.B.Sentence
	v.QuoteA, v.ValueA = verbatim(a, v.QuoteA), verbatim(a, v.ValueA)
	v.QuoteB, v.ValueB = verbatim(b, v.QuoteB), verbatim(b, v.ValueB)
	return v, nil
}

// away is the answer to a question that could not be put. That the judge is away is
// logged once.
func (j *Judge) away(err error) (Verdict, error) {
	v := unsure(whyOf(err))
	if v.Why == WhyBudget {
		return v, nil
	}
	if !errors.Is(err, context.Canceled) && !j.told.Swap(true) {
		j.o.Log.Warn("the judge does not answer; what it would have confirmed stays hidden", slog.String("host", j.host), slog.Any("error", err))
	}
	return v, err
}

// decide asks the endpoint.
func (j *Judge) decide(ctx context.Context, q *Question, left *atomic.Int64) (Verdict, error) {
	select {
	case j.places <- struct{}{}:
	case <-ctx.Done():
		return Verdict{}, ctx.Err()
	}
	defer func() { <-j.places }()
	call := &call{j: j, left: left}
	if j.o.Kind == NLI {
		return call.infer(ctx, q)
	}
	return call.chat(ctx, q)
}
