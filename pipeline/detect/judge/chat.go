package judge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
)

// sure is the confidence below which a question is put the other way round as well.
const sure = 0.8

// What a server was found not to understand (Judge.shape). Newer models of OpenAI know
// max_completion_tokens alone, and no temperature but their own; older servers know no
// json_schema, or no response_format at all.
const (
	noSchema = 1 << iota
	noFormat
	noTemperature
	noMaxTokens
)

// Tokens of a reply at most. Models that think count their thoughts.
const (
	mostTokens        = 1000
	mostThoughtTokens = 6000
)

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// chatRequest is the body of a POST.
type chatRequest struct {
	Model       string    `json:"model"`
	Messages    []message `json:"messages"`
	Temperature *float64  `json:"temperature,omitempty"`
	MaxTokens   int       `json:"max_tokens,omitempty"`
	MaxThoughts int       `json:"max_completion_tokens,omitempty"`
	Format      *format   `json:"response_format,omitempty"`
}

type format struct {
	Type   string   `json:"type"`
	Schema *shapeOf `json:"json_schema,omitempty"`
}

type shapeOf struct {
	Name   string          `json:"name"`
	Strict bool            `json:"strict"`
	Schema json.RawMessage `json:"schema"`
}

// chatReply is the body of a 200.
type chatReply struct {
	Choices []struct {
		Message struct {
			Content json.RawMessage `json:"content"` // a string, parts, or null
			Refusal string          `json:"refusal"`
		} `json:"message"`
		Finish string `json:"finish_reason"`
	} `json:"choices"`
	// Error is what some gateways send with a status of 200.
	Error json.RawMessage `json:"error"`
}

// A call is the requests of one question.
type call struct {
	j    *Judge
	left *atomic.Int64 // requests of the run
}

// chat decides by a chat endpoint.
func (c *call) chat(ctx context.Context, q *Question) (Verdict, error) {
	v, err := c.once(ctx, q)
	if err != nil || v.Why != "" || v.Answer == Unsure || v.Confidence >= sure {
		return v, err
	}
	other := Question{A: q.B, B: q.A, Type: q.Type}
	w, err := c.once(ctx, &other)
	if err != nil {
		return Verdict{}, err
	}
	if w.Why != "" {
		return w.swap(), nil
	}
	if w.Answer != v.Answer {
		return unsure(WhyDisagrees), nil
	}
	v.Confidence = min(v.Confidence, w.Confidence)
	return v, nil
}

// once asks in one order, and once more where the reply is flawed.
func (c *call) once(ctx context.Context, q *Question) (Verdict, error) {
	talk := messages(q, c.j.o.Nonce())
	for try := 0; ; try++ {
		content, err := c.say(ctx, talk)
		if err != nil {
			return Verdict{}, err
		}
		v, err := read(content, q)
		var f *flaw
		if !errors.As(err, &f) {
			return v, nil
		}
		if try == 1 {
			return unsure(f.why), nil
		}
		talk = append(talk, message{"assistant", short(content)}, message{"user", repair(f)})
	}
}

// say makes one request, in the best shape that the server understands.
func (c *call) say(ctx context.Context, talk []message) (string, error) {
	for {
		shape := c.j.shape.Load()
		body, err := c.post(ctx, c.j.body(talk, shape))
		var of *Error
		if errors.As(err, &of) {
			if lesser := lesser(shape, of); lesser != shape {
				c.j.shape.CompareAndSwap(shape, lesser)
				continue
			}
		}
		content := ""
		if err == nil {
			content, err = contentOf(body)
		}
		c.j.breaker.done(err)
		return content, err
	}
}

func (j *Judge) body(talk []message, shape int32) any {
	r := chatRequest{Model: j.o.Model, Messages: talk}
	if shape&noTemperature == 0 {
		r.Temperature = new(float64)
	}
	if shape&noMaxTokens == 0 {
		r.MaxTokens = mostTokens
	} else {
		r.MaxThoughts = mostThoughtTokens
	}
	switch {
	case shape&noFormat != 0:
	case shape&noSchema != 0:
		r.Format = &format{Type: "json_object"}
	default:
		r.Format = &format{"json_schema", &shapeOf{"verdict", true, schema()}}
	}
	return r
}

// lesser is the shape to ask in after a refusal; the same when that has nothing to do
// with it.
func lesser(shape int32, e *Error) int32 {
	if e.Status != http.StatusBadRequest && e.Status != http.StatusUnprocessableEntity && e.Status != http.StatusNotImplemented {
		return shape
	}
	said := strings.ToLower(e.Detail)
	switch {
	case shape&noMaxTokens == 0 && strings.Contains(said, "max_completion_tokens"):
		return shape | noMaxTokens
	case shape&noTemperature == 0 && strings.Contains(said, "temperature"):
		return shape | noTemperature
	case !aboutFormat(said):
	case shape&noSchema == 0:
		return shape | noSchema
	case shape&noFormat == 0:
		return shape | noFormat
	}
	return shape
}

// aboutFormat: OpenAI's "'response_format' of type 'json_schema' is not supported with
// this model", vLLM's "Input should be 'text' or 'json_object'" at body.response_format,
// DeepSeek's "This response_format type is unavailable now".
func aboutFormat(said string) bool {
	for _, word := range []string{"response_format", "json_schema", "json_object", "grammar", "guided"} {
		if strings.Contains(said, word) {
			return true
		}
	}
	return false
}

// contentOf reads a reply of OpenAI's shape.
func contentOf(body []byte) (string, error) {
	var r chatReply
	if err := json.Unmarshal(body, &r); err != nil {
		return "", undecodable(body, err)
	}
	if len(r.Choices) == 0 {
		if len(r.Error) > 0 && string(r.Error) != "null" {
			return "", &Error{Reason: Malformed, Detail: "a reply of success holds an error: " + excerpt(r.Error)}
		}
		return "", &Error{Reason: Malformed, Detail: `the reply has no list "choices": ` + excerpt(body)}
	}
	choice := &r.Choices[0]
	text := textOf(choice.Message.Content)
	switch {
	case text != "":
		return text, nil
	case choice.Message.Refusal != "":
		return `{"verdict":"unsure","confidence":1}`, nil // the model declines to judge
	case choice.Finish == "length":
		return "", &Error{Reason: Truncated, Detail: "the model used up its tokens before it answered; take one that thinks less"}
	}
	return "", &Error{Reason: Malformed, Detail: "the reply has no content"}
}

// textOf reads content: a string, or a list of parts with text.
func textOf(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var parts []struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	if json.Unmarshal(raw, &parts) != nil {
		return ""
	}
	var b strings.Builder
	for _, p := range parts {
		if p.Type == "text" || p.Type == "output_text" {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// short is as much of a flawed reply as is said back to the model.
func short(s string) string {
	const most = 4000
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}
