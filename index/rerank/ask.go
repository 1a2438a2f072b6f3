package rerank

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// request is a body of the shape that Cohere and Jina share.
type request struct {
	Model     string   `json:"model"`
	Query     string   `json:"query"`
	Documents []string `json:"documents"`
	Top       int      `json:"top_n"`
	// Return is Jina's; Cohere's v2 returns no documents and knows no such field.
	Return *bool `json:"return_documents,omitempty"`
}

// requestTEI is a body of Text Embeddings Inference.
type requestTEI struct {
	Query    string   `json:"query"`
	Texts    []string `json:"texts"`
	Truncate bool     `json:"truncate"`
}

func (c *Client) body(question string, documents []string) any {
	switch c.provider.name {
	case "tei":
		return requestTEI{Query: question, Texts: documents, Truncate: true}
	case "jina":
		return request{Model: c.o.Model, Query: question, Documents: documents, Top: len(documents), Return: new(bool)}
	}
	return request{Model: c.o.Model, Query: question, Documents: documents, Top: len(documents)}
}

// ask makes one POST.
func (c *Client) ask(ctx context.Context, question string, documents []string) ([]float32, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(c.body(question, documents)); err != nil {
		return nil, fmt.Errorf("write a request to the re-ranker: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url.String(), &b)
	if err != nil {
		return nil, fmt.Errorf("make a request to the re-ranker: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "freshet")
	if c.o.APIKey != "" {
		req.Header.Set("Authorization", "Bearer "+c.o.APIKey)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.unreachable(ctx, err)
	}
	defer resp.Body.Close() // a body that was read has nothing left to fail
	if resp.StatusCode != http.StatusOK {
		return nil, c.refusal(resp)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, replyBytes+1))
	if err != nil {
		return nil, c.unreachable(ctx, err)
	}
	if len(body) > replyBytes {
		return nil, &Error{Reason: TooLarge, Detail: fmt.Sprintf("the reply of %s has more than %d bytes", c.url.Host, replyBytes)}
	}
	scores, err := decode(body, len(documents))
	if err != nil {
		return nil, c.told(err)
	}
	return scores, nil
}

// unreachable names a failure of the connection.
func (c *Client) unreachable(ctx context.Context, err error) error {
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
		return &Error{Reason: TimedOut, Detail: "no whole reply in time from " + c.url.Host, Err: context.DeadlineExceeded}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &Error{Reason: Truncated, Detail: "the connection to " + c.url.Host + " broke off within the reply"}
	}
	return &Error{Reason: Unavailable, Detail: "no reply from " + c.url.Host, Err: err}
}

// refusal names a reply that is not a 200.
func (c *Client) refusal(resp *http.Response) error {
	e := &Error{Reason: Refused, Detail: fmt.Sprintf("%s answered %d", c.url.Host, resp.StatusCode), after: c.after(resp.Header)}
	switch code := resp.StatusCode; {
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		e.Reason, e.Detail = Unauthorised, e.Detail+"; look at rerank.api_key"
	case code == http.StatusNotFound || code == http.StatusMethodNotAllowed:
		e.Detail += "; look at rerank.base_url and rerank.model"
	case code == http.StatusTooManyRequests:
		e.Reason = RateLimited
	case code >= 300 && code < 400:
		e.Detail += ", a redirect, which is not followed; give the address behind it as rerank.base_url"
	case code >= 500:
		e.Reason = Unavailable
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, errorBytes))
	if said := words(body); err == nil && said != "" {
		e.Detail += ": " + said
	}
	return c.told(e)
}

// told takes the key out of a server's words.
func (c *Client) told(err error) error {
	var of *Error
	if c.o.APIKey != "" && errors.As(err, &of) {
		of.Detail = strings.ReplaceAll(of.Detail, c.o.APIKey, "<key>")
	}
	return err
}

// after reads how long a server asks to be left alone: seconds, or a date.
func (c *Client) after(h http.Header) time.Duration {
	value := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil && seconds > 0 {
		return time.Duration(min(seconds, int(longestAsked/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(c.o.Now()))
	}
	return 0
}
