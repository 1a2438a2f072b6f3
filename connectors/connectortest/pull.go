package connectortest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"unicode/utf8"

	"freshet/connectors"
)

const (
	maxID       = 2048
	maxRevision = 1 << 10
	maxBody     = 8 << 20
)

// entry is what an observer knows of one document.
type entry struct {
	how  string // "text", "skip", "verdict", "fault"
	body string
}

// state is what an observer who applies all changes knows of the place.
type state map[string]entry

// pulled is the outcome of one pull.
type pulled struct {
	changes []connectors.Change
	err     error
	done    bool
	state   state // what the pull said, by ID; Same is entry{how: "same"}
}

// puller drives pulls and checks at every step what holds for all of them.
type puller struct {
	t       testing.TB
	stopAt  int // break after so many changes; 0 is never
	onTaken func(connectors.Change)
	unread  bool // do not open documents
}

// run pulls until the end, handing every change to pos.
func (p puller) run(ctx context.Context, src connectors.Source, pos *Position) pulled {
	p.t.Helper()
	out := pulled{state: state{}}
	for c, err := range src.Pull(ctx, pos) {
		if out.err != nil {
			p.t.Fatalf("after the error %v the pull still yielded %#v, %v", out.err, c, err)
		}
		if out.done {
			p.t.Fatalf("after PassDone the pull still yielded %#v, %v", c, err)
		}
		if err != nil {
			if c != nil {
				p.t.Errorf("the error %v came with a change: %#v", err, c)
			}
			out.err = err
			continue
		}
		p.take(ctx, pos, c, &out)
		if p.stopAt > 0 && len(out.changes) >= p.stopAt {
			break
		}
	}
	for _, problem := range pos.Problems() {
		p.t.Error(problem)
	}
	return out
}

func (p puller) take(ctx context.Context, pos *Position, c connectors.Change, out *pulled) {
	p.t.Helper()
	if err := valid(pos.Pass(), c); err != nil {
		p.t.Fatalf("the pull yielded what the contract forbids: %v", err)
	}
	out.changes = append(out.changes, c)
	pos.Take(c)
	switch c := c.(type) {
	case connectors.Upsert:
		out.state[c.Document.ID] = p.read(ctx, pos, c.Document)
	case connectors.Same:
		out.state[c.ID] = entry{how: "same"}
	case connectors.Skip:
		if c.Reason != connectors.SkipDuplicate {
			out.state[c.ID] = entry{how: "skip"}
		}
	case connectors.Unreadable:
		out.state[c.ID] = failed(c.Err)
	case connectors.Delete:
		out.state[c.ID] = entry{how: "deleted"}
	case connectors.PassDone:
		out.done = true
	}
	if p.onTaken != nil {
		p.onTaken(c)
	}
}

func (p puller) read(ctx context.Context, pos *Position, d *connectors.Document) entry {
	if p.unread {
		return entry{how: "text"}
	}
	body, err := readAll(ctx, d)
	if err != nil {
		pos.Unread(d.ID)
		return failed(err)
	}
	return entry{how: "text", body: body}
}

func failed(err error) entry {
	if connectors.AsVerdict(err) != nil {
		return entry{how: "verdict"}
	}
	return entry{how: "fault"}
}

func readAll(ctx context.Context, d *connectors.Document) (string, error) {
	r, err := d.Open(ctx)
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(io.LimitReader(r, maxBody))
	return string(b), errors.Join(err, r.Close())
}

// valid reports how a change breaks the contract by itself.
func valid(pass connectors.Pass, c connectors.Change) error {
	switch c := c.(type) {
	case nil:
		return errors.New("a nil change without an error")
	case connectors.Upsert:
		if c.From != "" {
			if err := validID(c.From); err != nil {
				return err
			}
		}
		return validDocument(c.Document)
	case connectors.Same:
		return validID(c.ID)
	case connectors.Delete:
		if c.Evidence == "" {
			return fmt.Errorf("a Delete of %.60q without evidence", c.ID)
		}
		return validID(c.ID)
	case connectors.Skip:
		if c.Reason == "" {
			return fmt.Errorf("a Skip of %.60q without a reason", c.ID)
		}
		return validID(c.ID)
	case connectors.Unreadable:
		if c.Err == nil {
			return fmt.Errorf("an Unreadable %.60q without an error", c.ID)
		}
		return validID(c.ID)
	case connectors.Notice:
		if c.Code == "" || c.Text == "" {
			return fmt.Errorf("a Notice without a code or a text: %+v", c)
		}
	case connectors.Checkpoint:
		if c.Cursor == "" {
			return errors.New("a Checkpoint with an empty cursor, which means the beginning")
		}
	case connectors.Progress:
		if c.Listed < 0 || c.Total < 0 {
			return fmt.Errorf("a Progress of %d of %d", c.Listed, c.Total)
		}
	case connectors.PassDone:
		if pass == connectors.Feed {
			return errors.New("a PassDone after a feed")
		}
	}
	return nil
}

func validID(id string) error {
	if id == "" || len(id) > maxID {
		return fmt.Errorf("an ID of %d bytes: %.60q", len(id), id)
	}
	return nil
}

func validDocument(d *connectors.Document) error {
	if d == nil {
		return errors.New("an Upsert without a document")
	}
	if err := validID(d.ID); err != nil {
		return err
	}
	if len(d.Revision) > maxRevision {
		return fmt.Errorf("document %.60q has a revision of %d bytes", d.ID, len(d.Revision))
	}
	if d.Open == nil {
		return fmt.Errorf("document %.60q has no Open", d.ID)
	}
	if !utf8.ValidString(d.Title) {
		return fmt.Errorf("document %.60q has a title that is not UTF-8: %q", d.ID, d.Title)
	}
	return nil
}
