// Package embed turns texts into dense vectors by a model that the operator
// chooses: an endpoint of the OpenAI shape (Endpoint), or tables in a directory
// (package static). The Embedder stands over one such Provider and makes
// something dependable of it: batches, retries, pace, a circuit breaker, and a
// canary that notices when the model behind a name is no longer the same.
//
// Nothing is sent anywhere unless a Provider is made and given to New.
package embed

import "context"

// A Kind says what a text is to the model; many models want another prefix for a
// question than for a passage.
type Kind int

const (
	// Query is a question that passages are sought for.
	Query Kind = iota + 1
	// Passage is a text that is to be found.
	Passage
)

// String returns "query" or "passage".
func (k Kind) String() string {
	switch k {
	case Query:
		return "query"
	case Passage:
		return "passage"
	}
	return "kind?"
}

// A Provider makes vectors of texts. It is safe for concurrent use.
type Provider interface {
	// Embed makes one request. The vectors are as many as the texts and in their
	// order; they need not be normalised, nor finite. Prefixes are the Provider's
	// business: texts come without. An error is, or wraps, an *Error; then there
	// are no vectors. It does not retry.
	Embed(ctx context.Context, kind Kind, texts []string) ([][]float32, Usage, error)
	// Limits are what one request may hold.
	Limits() Limits
	// Identity is what makes vectors of this Provider comparable.
	Identity() Identity
}

// Limits of one request.
type Limits struct {
	Texts  int // most texts; 0: unlimited
	Tokens int // most tokens of all texts together, estimated at a third of the bytes; 0: unlimited
	// TextTokens is the length of text that the model reads, in its tokens; 0: not
	// known. What is clearly longer is not sent whole, since some servers cut it
	// without a word; otherwise the server says whether it takes a text.
	TextTokens int
	// Local says that vectors are made in this process: nothing to pace, nothing
	// that changes silently, hence no canary.
	Local bool
}

// Usage is what one request cost and what it left.
type Usage struct {
	Tokens int // as the server counts; 0: it did not say
	Left   Left
}

// Identity names a vector space, but for its dimension where that is not known
// before the first reply.
type Identity struct {
	Provider      string // "openai", "ollama", "openai-compatible@host", "static", ...
	Model         string
	Revision      string
	Dimension     int // 0: found out by asking
	QueryPrefix   string
	PassagePrefix string
}

// prefix is what stands before a text of this kind.
func (i Identity) prefix(kind Kind) string {
	if kind == Query {
		return i.QueryPrefix
	}
	return i.PassagePrefix
}

// An Outcome is what became of one text: a vector of length 1, or the reason for
// which the provider will never take this text. Both are empty while it is pending.
type Outcome struct {
	Vector  []float32
	Refused Reason
}

// Pending reports whether the text has to be asked for again.
func (o Outcome) Pending() bool { return o.Vector == nil && o.Refused == "" }
