package connectors

import (
	"net/url"
	"time"
)

// RenderOptions are a source's wishes for one page that a browser puts together.
// Zero values take the renderer's defaults.
type RenderOptions struct {
	// HTTP is the policy for everything that the page asks for. Its Delay, Connections
	// and CheckRedirect are the renderer's own.
	HTTP HTTPOptions
	// Timeout is for the page as a whole; the browser's own start is not counted.
	Timeout     time.Duration
	MaxDOM      int64 // bytes of the page as HTML
	MaxRequests int   // that the page may make
	MaxBytes    int64 // that they may bring together, decompressed
	// Allow is asked before each request; an error refuses it. It may be called from
	// several goroutines.
	Allow func(*url.URL) error
}

// Rendered is a page as a browser shows it.
type Rendered struct {
	URL    string // where it stands after redirects and after what its program did to the address
	Status int    // of the answer that the page itself came with
	// HTML is the document as it stood in the end, in UTF-8, with the contents of open
	// shadow roots in their places and without scripts, styles and noscript.
	HTML string
	// Incomplete is why something may be missing, in words: the page did not come to
	// rest, its requests failed or went past a limit. "" if nothing is known to be.
	Incomplete string
	// Refused is what the page asked its own site for and did not get, and why: another
	// method than GET, what Allow forbids. Often of no consequence; "" if nothing was.
	Refused  string
	Requests int   // that reached for the network
	Bytes    int64 // that they brought
}
