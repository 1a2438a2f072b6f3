package connectors

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"
)

// Trust says what an unchanged Revision proves.
type Trust int

const (
	// RevisionExact: content with an equal Revision is equal.
	RevisionExact Trust = iota + 1
	// RevisionHint: content may change under an equal Revision, so full passes
	// read again.
	RevisionHint
)

// A Kind is one sort of source: its name, the form of its settings and how to
// open it. Forms, checks of the configuration file and the message that names the
// nearest key all come from Fields.
type Kind struct {
	Name   string // as in the configuration's "type"
	Title  string // for people
	Help   string // a sentence
	Fields []Field

	// New opens a source. It checks what can be checked without asking the
	// source and returns an error that says how to mend it.
	New func(Env, Settings) (Source, error)

	RevisionTrust Trust
	HasFeed       bool // can pull changes since a cursor
	// FullEvery is how often a kind with a feed is listed whole, as a net under it; 0
	// means every seven days.
	FullEvery       time.Duration
	ListsEverything bool // false: absences mean nothing, and the source is never swept
	// PublicByDefault: content whose Access is not known may be read by
	// everybody, because whoever set the source up chose it as public.
	PublicByDefault bool
	// Templated: pages of a place are made from templates, so that what stands on most
	// of them is taken for no content of theirs, unless the source's settings say
	// otherwise.
	Templated bool
	Schedule  string // default cron expression
	Freshness string // how fresh it can be, in words
	OAuth     *OAuth
	Webhook   *Webhook
}

// OAuth describes the consent that a kind needs. The flow itself is the API's.
type OAuth struct {
	AuthURL, TokenURL string
	Scopes            []string
}

// Webhook describes how a service calls us.
type Webhook struct {
	// Verify checks the signature of a call and returns the IDs it names.
	Verify func(settings Settings, r *http.Request, body []byte) (ids []string, err error)
}

// Env is what a Source is given of the world.
type Env struct {
	// HTTP returns the guarded client for addresses that users name. Its
	// response bodies are limited and decompressed, it refuses addresses inside
	// the network at dial time, paces requests per host and sleeps short
	// Retry-After waits.
	HTTP func(HTTPOptions) *http.Client
	// Render has a browser put a page together, with the same guard as HTTP; nil if
	// none is configured. A page that is refused or too large is a *Verdict in the
	// error's chain, a server that asks for a long wait a *RetryAfter; other errors are
	// faults. It may be called from several goroutines.
	Render func(ctx context.Context, address string, o RenderOptions) (Rendered, error)
	// Now is the clock.
	Now func() time.Time
	Log *slog.Logger
	// Secrets resolves and saves credentials.
	Secrets Secrets
	// Dir is the directory that relative paths in settings start from.
	Dir string
}

// HTTPOptions are one source's wishes for its HTTP client. Zero values take the
// client's defaults.
type HTTPOptions struct {
	AllowPrivate []netip.Prefix // networks inside, named explicitly by an operator
	AllowPorts   []int          // beyond 80 and 443
	MaxBytes     int64          // of one body, after decompression
	Timeout      time.Duration  // of one request, body included
	Delay        time.Duration  // between two requests to one host
	Connections  int            // at once to one host
	UserAgent    string
	// CheckRedirect is asked before each hop after the guard's own checks.
	CheckRedirect func(req *http.Request, via []*http.Request) error
}

// Secrets holds credentials that may change while they are used (rotating tokens).
type Secrets interface {
	// Get returns the secret and a version for Save.
	Get(ctx context.Context, name string) (value, version string, err error)
	// Save stores value if the secret is still at version; saved is false when
	// somebody else was faster, and the caller reads again.
	Save(ctx context.Context, name, version, value string) (saved bool, err error)
}
