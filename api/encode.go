package api

import (
	"encoding/json"
	"io"
)

// marshal writes JSON as the whole API does: texts keep their "<" and "&".
func marshal(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
