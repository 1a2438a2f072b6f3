package render

import "time"

// The limits of one page, unless its RenderOptions say otherwise.
const (
	DefaultTimeout     = 20 * time.Second
	DefaultMaxDOM      = 5 << 20
	DefaultMaxRequests = 200
	DefaultMaxBytes    = 40 << 20
)

// The limits of the browser.
const (
	// DefaultRestartAfter is how many pages one process shows before it is replaced:
	// what pages leave behind in it goes with it.
	DefaultRestartAfter = 100
	// DefaultMaxMemory is what all of the browser's processes may hold, in bytes; it
	// starts with about 350 MB, most of it shared between them and counted for each.
	DefaultMaxMemory = 2 << 30
	// DefaultIdle is how long the browser waits for a next page before it is ended.
	DefaultIdle = 30 * time.Second
	// startTimeout is for the browser's start on a busy machine.
	startTimeout = 60 * time.Second
	// pagesAtOnce is one: a page is given the machine for itself, and a site is never
	// asked for two at a time.
	pagesAtOnce = 1
)

const (
	// maxElements is how many elements a page may have; the largest pages made for
	// readers have some ten thousands.
	maxElements = 100_000
	// connections is how many requests a page makes at once to one host, as browsers do.
	connections = 6
	// maxBody is what one answer may hold: the largest programs are about as large.
	maxBody = 16 << 20
	// maxHosts is how many hosts one page may ask over TLS.
	maxHosts = 50
	// grace is for reading the page when its time is over.
	grace = 3 * time.Second
)

// When a page is taken to have come to rest.
const (
	look = 100 * time.Millisecond // between two looks
	// still is how long the document must not have changed when no request is under
	// way.
	still = 500 * time.Millisecond
	// stillAsking is the same where requests never end, as with pages that keep asking
	// for news.
	stillAsking = 3 * time.Second
)
