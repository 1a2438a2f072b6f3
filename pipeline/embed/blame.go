package embed

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"
)

const (
	// mostParts bounds into how many parts a text is cut that a server finds too long.
	mostParts = 64
	// clearlyBytes a token, a text is taken to be too long without asking: English has
	// 4 to 5 bytes a token, other languages fewer.
	clearlyBytes = 5
)

// needs is into how many parts a text has to be cut for what is known of the model;
// 1: it may be whole.
func (e *Embedder) needs(text string) int {
	if e.limits.TextTokens == 0 || e.limits.Local {
		return 1
	}
	return max(ceil(len(text), clearlyBytes*e.limits.TextTokens), 1)
}

// blame finds the text that spoils a request, after an error that a text may have
// caused: it halves the batch until one text is alone. That one is refused only if
// the Provider answers for the canary; otherwise the fault is the Provider's, and
// blame returns it.
func (r *run) blame(ctx, going context.Context, texts []string, err error, sent int64) error {
	var of *Error
	if going.Err() != nil || !errors.As(err, &of) || !of.suspects() {
		return err
	}
	if len(texts) == 1 {
		return r.alone(ctx, going, texts[0], of, sent)
	}
	if !of.Reason.refuses() {
		if err := r.e.control(ctx, going, sent); err != nil {
			return err
		}
	}
	found, half := r.count(), (len(texts)+1)/2
	for _, part := range [][]string{texts[:half], texts[half:]} {
		if err := r.batch(ctx, going, part, false); err != nil {
			return err
		}
	}
	if r.count() == found {
		r.e.size.learn(len(texts))
	}
	return nil
}

// suspects reports whether a text may have caused the error. A 403 may come from a
// filter before the server that takes a text for an attack.
func (e *Error) suspects() bool {
	return e.Reason.suspects() || e.Reason == Unauthorized && e.Status == http.StatusForbidden
}

// refuses reports whether a server says by this that it is well and the request is
// not.
func (r Reason) refuses() bool {
	return r == Rejected || r == TooLong || r == RequestTooLarge
}

// count is how many texts were found to be in need of more than their batch.
func (r *run) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.found
}

func (r *run) find() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.found++
}

// control returns nil if the Provider has answered for anything since this tick,
// or answers for the canary.
func (e *Embedder) control(ctx, going context.Context, since int64) error {
	if e.ledger.succeeded(since) {
		return nil
	}
	return e.askCanary(ctx, going, Passage, true)
}

// alone settles a text that fails without company: in parts if it is too long,
// else refused if the Provider is well.
func (r *run) alone(ctx, going context.Context, text string, of *Error, sent int64) error {
	r.find()
	if of.Reason == TooLong || of.Reason == RequestTooLarge {
		err := r.long(ctx, going, text, 2, sent)
		if err == nil {
			return nil
		}
		if !errors.As(err, &of) || !of.suspects() {
			return err
		}
	}
	if err := r.e.control(ctx, going, sent); err != nil {
		return err
	}
	r.refuse(text, of.refusal())
	return nil
}

// refusal is the reason under which a text is refused.
func (e *Error) refusal() Reason {
	switch e.Reason {
	case Unauthorized:
		return Rejected
	case RequestTooLarge:
		return TooLong
	}
	return e.Reason
}

// long embeds a text that is too long in n parts at least.
func (r *run) long(ctx, going context.Context, text string, n int, sent int64) error {
	vector, err := r.e.parts(ctx, going, text, n)
	if err == nil {
		r.e.ledger.hold([]string{text}, [][]float32{vector}, false, sent)
	}
	return err
}

// parts embeds a text that is too long: the first of n parts, or all; then of twice
// as many, and so on until they are taken.
func (e *Embedder) parts(ctx, going context.Context, text string, n int) ([]float32, error) {
	for most := max(n, mostParts); ; n *= 2 {
		pieces := cut(text, n)
		if e.o.LongTexts == Truncate {
			pieces = pieces[:1]
		}
		vector, err := e.pool(ctx, going, pieces)
		if err == nil {
			return vector, nil
		}
		if why := ReasonOf(err); 2*n > most || why != TooLong && why != RequestTooLarge {
			return nil, err
		}
	}
}

// pool embeds pieces one by one, since the first tells whether their length will
// do, and takes the mean.
func (e *Embedder) pool(ctx, going context.Context, pieces []string) ([]float32, error) {
	vectors, weights := make([][]float32, len(pieces)), make([]int, len(pieces))
	for i, p := range pieces {
		got, _, err := e.persist(ctx, going, Passage, []string{p}, false, true)
		if err != nil {
			return nil, err
		}
		vectors[i], weights[i] = got[0], len(p)
	}
	vector, why := mean(vectors, weights)
	if why != "" {
		return nil, &Error{Reason: why, Detail: "the mean of a text's parts"}
	}
	return vector, nil
}

// cut divides a text into about n parts of like length, at white space where there
// is some near, never within a letter, none of them blank.
func cut(text string, n int) []string {
	size := max((len(text)+n-1)/n, utf8.UTFMax)
	var out []string
	for len(text) > 0 {
		end := len(text)
		if end > size {
			end = size
			if space := strings.LastIndexAny(text[:end], " \t\r\n"); space > size/2 {
				end = space + 1
			}
			for end > 1 && end < len(text) && !utf8.RuneStart(text[end]) {
				end--
			}
		}
		if strings.TrimSpace(text[:end]) != "" {
			out = append(out, text[:end])
		}
		text = text[end:]
	}
	return out
}
