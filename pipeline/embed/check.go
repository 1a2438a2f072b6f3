package embed

import (
	"context"
	"fmt"
	"time"

	"freshet/connectors"
)

// A Check is one thing that `freshet doctor` looked at.
type Check struct {
	Name   string                 `json:"name"`
	Status connectors.CheckStatus `json:"status"`
	Reason Reason                 `json:"reason,omitempty"`
	Text   string                 `json:"text"` // a sentence or two for the operator
}

const (
	checkName = "embedder"
	// slowQuery is half of the budget of a question: above it, a busy machine will
	// miss the budget now and then.
	slowQuery = 400 * time.Millisecond
	// checkLimit is how long a server may take to load its model.
	checkLimit = time.Minute
)

// Check asks the Provider for three vectors and says in words what works and what
// does not. It sends two sentences of its own, never content, and costs about a
// hundred tokens.
func (e *Embedder) Check(ctx context.Context) []Check {
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	var out []Check
	if p, ok := e.o.Provider.(*Endpoint); ok && p.KeyInClear() {
		out = append(out, Check{Name: "embedder key", Status: connectors.CheckWarning,
			Text: fmt.Sprintf("the key travels unencrypted to %s: use an https address in embedding.base_url", p.host())})
	}
	began := e.o.Now()
	if _, _, err := e.ask(ctx, Passage, []string{"A passage that tells whether the embedder answers."}, !e.limits.Local); err != nil {
		return append(out, e.failedCheck(outOfTime(err)))
	}
	cold := e.o.Now().Sub(began)
	began = e.o.Now()
	if _, _, err := e.ask(ctx, Query, []string{"Does the embedder answer in time?"}, false); err != nil {
		return append(out, e.failedCheck(outOfTime(err)))
	}
	warm := e.o.Now().Sub(began)
	text := fmt.Sprintf("%s answers with %s: %d dimensions, a question in %d ms", e.where(), e.identity.Model, e.Dimension(), warm.Milliseconds())
	switch {
	case warm > e.o.QueryBudget:
		return append(out, Check{Name: checkName, Status: connectors.CheckWarning, Reason: TimedOut, Text: fmt.Sprintf(
			"%s; a question may take %d ms, so answers will mostly be lexical. Use a smaller model, or a faster machine", text, e.o.QueryBudget.Milliseconds())})
	case warm > slowQuery:
		return append(out, Check{Name: checkName, Status: connectors.CheckWarning, Text: fmt.Sprintf(
			"%s, of the %d ms that it may take: under load some answers will be lexical", text, e.o.QueryBudget.Milliseconds())})
	case cold > 10*time.Second:
		text += fmt.Sprintf(" (%d s for the first, as the server loads its model)", int(cold.Seconds()))
	}
	return append(out, Check{Name: checkName, Status: connectors.CheckOK, Text: text})
}

func (e *Embedder) where() string {
	if p, ok := e.o.Provider.(*Endpoint); ok {
		return p.host()
	}
	return e.identity.Provider
}

func (e *Embedder) failedCheck(err error) Check {
	reason := ReasonOf(err)
	return Check{Name: checkName, Status: connectors.CheckFailure, Reason: reason, Text: fmt.Sprintf("%s: %s. %s", e.where(), err, Mend(reason))}
}

// Mend says what an operator can do about a reason.
func Mend(r Reason) string {
	switch r {
	case Unauthorized:
		return "The key is refused: put a valid one into embedding.api_key, and look whether it may use embeddings"
	case QuotaExhausted:
		return "The account has no credit left: top it up at the provider; what is pending then goes on by itself"
	case NotFound:
		return "There is no embeddings endpoint at this address: embedding.base_url usually ends in /v1"
	case ModelNotFound:
		return "The server does not have this model: correct embedding.model, or load it (for Ollama: ollama pull MODEL)"
	case Redirected:
		return "Put the address that it points to into embedding.base_url"
	case NotJSON:
		return "That is a web page or another service: look at host, port and path in embedding.base_url, and at proxies on the way"
	case Malformed, WrongCount, WrongOrder:
		return "The server does not speak the OpenAI embeddings shape, or is faulty: update it, or choose another"
	case WrongDimension:
		return "Set embedding.dimension to what the model gives, or to 0 to take what it gives"
	case NotFinite, ZeroVector:
		return "The model gives no usable vectors: often a broken file or half precision on a card that cannot do it; load the model anew or choose another"
	case ModelChanged:
		return "Bring the former model back, or set embedding.revision to a new word and run freshet index rebuild"
	case RateLimited:
		return "The provider wants fewer requests: it goes on by itself; a higher limit of the account makes it faster"
	case TimedOut:
		return "The server is too slow or overloaded: a smaller model, smaller embedding.batch, or a faster machine"
	case Unavailable, ServerError, Truncated, CircuitOpen:
		return "The server is not reachable or failing: is it running, and is embedding.base_url right as seen from here?"
	case ReplyTooLarge:
		return "The server sends far more than vectors: it is not an embeddings endpoint, or faulty"
	case Rejected, RequestTooLarge, TooLong:
		return "The server refuses the request: look at embedding.model, dimension and batch"
	}
	return "See the log of the embedder's server"
}
