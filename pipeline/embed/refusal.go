package embed

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// refusal names why a server did not answer 200. The body is read to its limit;
// whatever it is, it becomes a sentence.
func (e *Endpoint) refusal(resp *http.Response) error {
	// The status alone says enough where the body cannot be read.
	body, _ := io.ReadAll(io.LimitReader(resp.Body, errorBytes))
	said := serverWords(body)
	err := &Error{Status: resp.StatusCode, Wait: retryAfter(resp.Header, e.o.Now()), Detail: said.text}
	err.Reason = reasonFor(resp.StatusCode, said)
	if err.Reason == Redirected {
		err.Detail = "it points to " + excerpt([]byte(resp.Header.Get("Location")))
	}
	if err.Reason != RateLimited && resp.StatusCode != http.StatusServiceUnavailable {
		err.Wait = 0
	}
	return e.withoutKey(err)
}

// words is what a server says in an error: its sentence, and all its codes and
// types in lower case.
type words struct {
	text  string
	codes string
}

// serverWords reads the shapes of OpenAI, vLLM, Ollama, LM Studio
// ({"error": {"message", "type", "code"}} or {"error": "..."}), TEI ({"error",
// "error_type"}), Mistral and vLLM of old ({"message", "type", "code"}) and FastAPI
// ({"detail"}).
func serverWords(body []byte) words {
	var shape struct {
		Error   json.RawMessage `json:"error"`
		Message json.RawMessage `json:"message"`
		Detail  json.RawMessage `json:"detail"`
		Type    json.RawMessage `json:"type"`
		Code    json.RawMessage `json:"code"`
		Kind    json.RawMessage `json:"error_type"`
	}
	if err := json.Unmarshal(body, &shape); err != nil {
		return words{text: excerpt(body)}
	}
	inner := struct {
		Message json.RawMessage `json:"message"`
		Type    json.RawMessage `json:"type"`
		Code    json.RawMessage `json:"code"`
	}{}
	// Where "error" is a sentence there is nothing inside.
	_ = json.Unmarshal(shape.Error, &inner)
	var said words
	for _, raw := range []json.RawMessage{inner.Message, shape.Message, shape.Error, shape.Detail} {
		if text := plain(raw); text != "" {
			said.text = excerpt([]byte(text))
			break
		}
	}
	if said.text == "" {
		said.text = excerpt(body)
	}
	said.codes = strings.ToLower(strings.Join([]string{plain(inner.Type), plain(inner.Code), plain(shape.Type), plain(shape.Code), plain(shape.Kind)}, " "))
	return said
}

// plain is a JSON string's text, or any other value as it stands.
func plain(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// reasonFor names a status, with the help of what the server says.
func reasonFor(status int, said words) Reason {
	text := strings.ToLower(said.text)
	switch {
	case strings.Contains(said.codes, "insufficient_quota") || status == http.StatusPaymentRequired:
		return QuotaExhausted
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return Unauthorized
	case status >= 300 && status < 400:
		return Redirected
	case noModel(status, text, said.codes):
		return ModelNotFound
	case status == http.StatusNotFound || status == http.StatusMethodNotAllowed || status == http.StatusGone:
		return NotFound
	case status == http.StatusTooManyRequests:
		return RateLimited
	case status == http.StatusRequestTimeout || status == http.StatusGatewayTimeout:
		return TimedOut
	case status >= 400 && status <= 424 && aboutLength(text):
		return TooLong
	case status == http.StatusRequestEntityTooLarge:
		return RequestTooLarge
	case status == http.StatusInternalServerError || status == http.StatusFailedDependency:
		return ServerError
	case status >= 500:
		return Unavailable
	case status >= 400:
		return Rejected
	}
	return NotJSON // a 2xx other than 200, or a 1xx
}

// noModel: OpenAI's code model_not_found, Ollama's `model "x" not found, try
// pulling it first`, vLLM's "The model `x` does not exist", Mistral's "Invalid
// model".
func noModel(status int, text, codes string) bool {
	if strings.Contains(codes, "model_not_found") || strings.Contains(codes, "invalid_model") {
		return true
	}
	if (status != http.StatusNotFound && status != http.StatusBadRequest) || !strings.Contains(text, "model") {
		return false
	}
	for _, words := range []string{"not found", "does not exist", "invalid model", "not exist", "no models loaded"} {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}

// aboutLength: OpenAI's and vLLM's "maximum context length is", TEI's "`inputs`
// must have less than 512 tokens", Ollama's "the input length exceeds the context
// length", llama.cpp's "input is too large to process", Mistral's "exceeding max
// tokens".
func aboutLength(text string) bool {
	for _, words := range []string{"maximum context length", "context length", "must have less than", "too many tokens", "max tokens",
		"maximum input length", "input is too large", "input is too long", "max_model_len", "exceeds the maximum number of tokens"} {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}
