package fetch

import (
	"fmt"
	"net/url"
	"time"

	"freshet/connectors"
)

// The reasons of Refused.
const (
	ReasonScheme      = "scheme"          // neither http nor https
	ReasonCredentials = "credentials"     // a user or password in the address
	ReasonForm        = "address_form"    // not a host in its usual form
	ReasonPort        = "port"            // not 80, 443 or allowed
	ReasonPrivate     = "private_address" // inside the network, or reserved
	ReasonMethod      = "method"          // neither GET nor HEAD
	ReasonRedirects   = "redirects"       // too many
)

// VerdictRefused is the Verdict.Reason in the chain of every Refused: asking again
// does not help.
const VerdictRefused = "address_refused"

// Refused says that a request was not made, or not followed, because its address
// is not one that users may name.
type Refused struct {
	Reason  string // one of the Reason constants
	Address string // without credentials
	Detail  string // why, and how to mend it
}

func (r *Refused) Error() string {
	return fmt.Sprintf("the address %s is refused: %s", r.Address, r.Detail)
}

// Unwrap makes a refusal a verdict for the pipeline.
func (r *Refused) Unwrap() error {
	return &connectors.Verdict{Reason: VerdictRefused, Detail: r.Detail}
}

// Timeout says that a response, its body included, took longer than allowed. It
// is a fault: the next attempt may be faster.
type Timeout struct{ After time.Duration }

func (t *Timeout) Error() string {
	return fmt.Sprintf("the server took longer than %s to answer", t.After)
}

// Timeout makes it a net.Error's timeout.
func (t *Timeout) Timeout() bool { return true }

// Temporary is the other half of net.Error.
func (t *Timeout) Temporary() bool { return true }

// display writes an address for a message: no credentials, no query, not endless.
func display(u *url.URL) string {
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, Opaque: u.Opaque}
	return fmt.Sprintf("%.200q", shown.String())
}
