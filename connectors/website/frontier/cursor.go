package frontier

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"freshet/connectors"
)

const (
	cursorPrefix = "website2."
	// Anew is the cursor at the end of a pass that was not whole: the next pull
	// begins from the start.
	Anew = cursorPrefix + "anew"
	// maxCursor is longer than any cursor that is given out.
	maxCursor = 8 << 10
	// sizeKey is the note of how many blocks there may be.
	sizeKey = "front"
	// clearAtOnce is how many blocks are removed before a checkpoint.
	clearAtOnce = 250
)

// cursor is what a cursor holds.
type cursor struct {
	Head   int             `json:"h,omitempty"`
	Items  int             `json:"n,omitempty"`
	Blocks int             `json:"b,omitempty"`
	Sum    uint64          `json:"s,omitempty"`
	End    int             `json:"e,omitempty"` // blocks still to be removed
	More   json.RawMessage `json:"m,omitempty"` // the crawl's own
}

// Checkpoint writes the log and returns the cursor of the present state. More is
// what the crawl wants to have back from Resume, in JSON and at most 4 KB.
func (f *Frontier) Checkpoint(more any) (string, error) {
	if f.err != nil {
		return "", f.err
	}
	blocks, sum, err := f.journal.flush()
	if err != nil {
		return "", err
	}
	if blocks > f.blocks {
		f.blocks = blocks
		f.journal.memory.Set(sizeKey, strconv.Itoa(blocks))
	}
	return write(cursor{Head: f.head, Items: len(f.entries), Blocks: blocks, Sum: sum}, more)
}

// Clear removes a part of the log at the end of a pass. If something is left, it
// returns a cursor for a checkpoint and is to be called again; otherwise "".
func (f *Frontier) Clear(more any) (string, error) {
	for range clearAtOnce {
		if f.blocks == 0 {
			break
		}
		f.blocks--
		f.journal.memory.Set(blockKey(f.blocks), "")
	}
	if f.blocks == 0 {
		f.journal.memory.Set(sizeKey, "")
		return "", nil
	}
	f.journal.memory.Set(sizeKey, strconv.Itoa(f.blocks))
	return write(cursor{End: f.blocks}, more)
}

func write(c cursor, more any) (string, error) {
	var err error
	if c.More, err = json.Marshal(more); err != nil {
		return "", fmt.Errorf("writing a cursor: %w", err)
	}
	text, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("writing a cursor: %w", err)
	}
	return cursorPrefix + base64.RawURLEncoding.EncodeToString(text), nil
}

// Resume returns the frontier of a cursor and reads what the crawl gave to
// Checkpoint into more. Ended says that the pass was over and Clear is to be called
// until the log is removed. The error is ErrCursor if the cursor is none, or the
// log that belongs to it is not there.
func Resume(ctx context.Context, m connectors.Memory, text string, more any) (f *Frontier, ended bool, err error) {
	c, err := parse(text, more)
	if err != nil {
		return nil, false, fmt.Errorf("reading a website's cursor: %w: %w", err, connectors.ErrCursor)
	}
	if c.End > 0 {
		f = empty(m)
		f.blocks = c.End
		return f, true, nil
	}
	if f, err = New(ctx, m); err != nil {
		return nil, false, err
	}
	err = f.journal.replay(ctx, c.Blocks, c.Sum, f.take)
	if err == nil && len(f.entries) != c.Items {
		err = fmt.Errorf("%w: it has %d addresses, the cursor %d", errDamaged, len(f.entries), c.Items)
	}
	if errors.Is(err, errDamaged) {
		return nil, false, fmt.Errorf("reading a website's cursor: %w: %w", err, connectors.ErrCursor)
	}
	f.head = c.Head
	f.blocks = max(f.blocks, c.Blocks)
	return f, false, err
}

func parse(text string, more any) (cursor, error) {
	var c cursor
	coded, ok := strings.CutPrefix(text, cursorPrefix)
	if !ok || len(text) > maxCursor {
		return c, errors.New("it is not one")
	}
	b, err := base64.RawURLEncoding.DecodeString(coded)
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return c, err
	}
	if c.Head < 0 || c.Items < c.Head || c.Items > MaxItems || c.Blocks < 0 || c.Blocks > MaxItems || c.End < 0 || c.End > MaxItems {
		return c, errDamaged
	}
	if more == nil || c.More == nil {
		return c, nil
	}
	return c, json.Unmarshal(c.More, more)
}
