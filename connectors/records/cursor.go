package records

import (
	"encoding/json"
	"fmt"
	"strings"

	"freshet/connectors"
)

const cursorPrefix = "records1:"

// cursor is where a pull may begin again: a page, and how many of its records are
// done. It holds only for the very content that it was made of.
type cursor struct {
	Request  request `json:"r"`
	Page     int     `json:"p,omitempty"` // pages done
	Done     int     `json:"d,omitempty"` // records done of the page
	Identity string  `json:"i,omitempty"` // of the page, if some are done
	Listed   int     `json:"l,omitempty"` // records of the pages done
	Total    int     `json:"o,omitempty"`
}

func (c cursor) String() string {
	b, err := json.Marshal(c)
	if err != nil {
		panic("a cursor holds only plain values: " + err.Error())
	}
	return cursorPrefix + string(b)
}

func (s *Source) parseCursor(text string) (cursor, error) {
	c := cursor{Request: request{Number: s.start}}
	if text == "" {
		return c, nil
	}
	body, ok := strings.CutPrefix(text, cursorPrefix)
	if ok {
		c = cursor{}
		ok = json.Unmarshal([]byte(body), &c) == nil && c.Done >= 0 && c.Page >= 0 && c.Listed >= 0 && (c.Done == 0) == (c.Identity == "")
	}
	if !ok {
		return c, fmt.Errorf("%w: %.40q", connectors.ErrCursor, text)
	}
	return c, nil
}
