package api

import (
	"bytes"
	"encoding/json"
	"io"

	"freshet/index/retrieve"
)

type bufferType = bytes.Buffer

// marshal writes JSON as the whole API does: texts keep their "<" and "&".
func marshal(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// appendResponse appends the JSON form of a response.
func appendResponse(b []byte, r *retrieve.Response) []byte {
	out := bytes.NewBuffer(b)
	if err := marshal(out, r); err != nil {
		panic(err) // a Response is plain data
	}
	return out.Bytes()
}
