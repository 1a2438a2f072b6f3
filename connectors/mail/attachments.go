package mail

import (
	"context"
	"fmt"
	"iter"

	"freshet/connectors"
)

// Attachments returns source with the attachments of its mails as documents of
// their own: PartOf is the mail's ID, the ID that of the mail followed by
// "#part-2.1", the Revision the hash of the content; who may read, labels, owner,
// locale and dates are the mail's. Everything that is no mail passes through
// untouched. What is a mail is said by the media type message/rfc822 or by a name
// in .eml.
//
// A mail that the source calls unchanged is not opened: notes in the position's
// Memory say which parts it has, and they are Same with it. What the source says
// of a mail otherwise (Delete, Skip, Unreadable) it says of its parts.
//
// The Source that is returned is a Fetcher and a Scoper just if source is; both
// answer for a part by asking about its mail.
func Attachments(source connectors.Source) connectors.Source {
	d := &decorated{Source: source}
	fetcher, fetches := source.(connectors.Fetcher)
	scoper, scopes := source.(connectors.Scoper)
	switch {
	case fetches && scopes:
		return &struct {
			*decorated
			partFetcher
			partScoper
		}{d, partFetcher{fetcher}, partScoper{scoper}}
	case fetches:
		return &struct {
			*decorated
			partFetcher
		}{d, partFetcher{fetcher}}
	case scopes:
		return &struct {
			*decorated
			partScoper
		}{d, partScoper{scoper}}
	}
	return d
}

type decorated struct{ connectors.Source }

// Pull yields what the source yields and, behind each mail, its parts.
func (d *decorated) Pull(ctx context.Context, pos connectors.Position) iter.Seq2[connectors.Change, error] {
	return func(yield func(connectors.Change, error) bool) {
		notes, err := openNotes(ctx, pos)
		if err != nil {
			yield(nil, err)
			return
		}
		p := &pull{ctx: ctx, notes: notes, shelf: &shelf{}, yield: yield}
		for change, err := range d.Source.Pull(ctx, position{pos, notes}) {
			if err != nil {
				yield(nil, err)
				return
			}
			if err := p.pass(change); err != nil {
				if !p.left {
					yield(nil, err)
				}
				return
			}
		}
	}
}

// pull is one running pull.
type pull struct {
	ctx   context.Context
	notes *notes
	shelf *shelf
	yield func(connectors.Change, error) bool
	left  bool // the loop over the pull was left
	told  bool // that attachments are left out
}

var errLeft = fmt.Errorf("the loop over the pull was left")

func (p *pull) say(c connectors.Change) error {
	if !p.yield(c, nil) {
		p.left = true
		return errLeft
	}
	return nil
}

// pass yields a change of the source and what follows from it for parts.
func (p *pull) pass(change connectors.Change) error {
	switch c := change.(type) {
	case connectors.Upsert:
		if c.Document != nil && isMail(c.Document) {
			return p.upsert(c)
		}
	case connectors.Same:
		return p.follow(c, c.ID, func(id string) connectors.Change { return connectors.Same{ID: id} })
	case connectors.Delete:
		err := p.follow(c, c.ID, func(id string) connectors.Change { return connectors.Delete{ID: id, Evidence: c.Evidence} })
		if err == nil && c.Evidence != connectors.EvidenceNotFound && p.notes.concerns(c.ID) {
			p.notes.forget(c.ID)
		}
		return err
	case connectors.Skip:
		return p.follow(c, c.ID, func(id string) connectors.Change {
			return connectors.Skip{ID: id, URI: c.URI, Reason: c.Reason, Detail: c.Detail}
		})
	case connectors.Unreadable:
		return p.follow(c, c.ID, func(id string) connectors.Change {
			return connectors.Unreadable{ID: id, URI: c.URI, Err: fmt.Errorf("read the mail that holds it: %w", c.Err)}
		})
	}
	return p.say(change)
}

// follow says of the parts that a mail is known to have what is said of it.
func (p *pull) follow(change connectors.Change, id string, say func(part string) connectors.Change) error {
	if err := p.say(change); err != nil || !p.notes.concerns(id) {
		return err
	}
	n, err := p.notes.of(p.ctx, id)
	if err != nil {
		return err
	}
	for _, part := range n.parts {
		if err := p.say(say(partID(id, part.path))); err != nil {
			return err
		}
	}
	return nil
}

// upsert opens a mail to learn which parts it has. One that cannot be opened is
// passed on as it came: whoever opens it next learns why.
func (p *pull) upsert(up connectors.Upsert) error {
	letter := &letter{doc: *up.Document, open: up.Document.Open, shelf: p.shelf}
	before, err := p.notes.of(p.ctx, letter.doc.ID)
	if err != nil {
		return err
	}
	if up.From != "" && len(before.parts) == 0 {
		if before, err = p.notes.of(p.ctx, up.From); err != nil {
			return err
		}
		p.notes.forget(up.From)
	}
	m, err := letter.parse(p.ctx)
	if p.ctx.Err() != nil {
		return p.ctx.Err()
	}
	if err != nil {
		p.notes.keep(letter.doc, note{parts: before.parts, known: true, doubt: connectors.AsVerdict(err) == nil})
		return p.unopened(up, before, err)
	}
	passed := *up.Document
	passed.Open = letter.content
	if err := p.say(connectors.Upsert{Document: &passed, From: up.From}); err != nil {
		return err
	}
	return p.parts(letter, m, before, up.From)
}

// unopened passes a mail on that cannot be opened; of its parts nothing new is known.
func (p *pull) unopened(up connectors.Upsert, before note, err error) error {
	if said := p.say(up); said != nil {
		return said
	}
	for _, part := range before.parts {
		unreadable := connectors.Unreadable{ID: partID(up.Document.ID, part.path), URI: up.Document.URI,
			Err: fmt.Errorf("open the mail that holds it: %w", err)}
		if said := p.say(unreadable); said != nil {
			return said
		}
	}
	return nil
}

// parts yields the parts of a mail and denies those that it had before.
func (p *pull) parts(l *letter, m *Message, before note, from string) error {
	now := noteOf(l.doc.ID, m)
	if left := len(m.Attachments) - len(now.parts); left > 0 && !p.told {
		p.told = true
		if err := p.say(connectors.Notice{Code: "mail_attachments_left_out", Text: fmt.Sprintf(
			"The mail %q has %d attachments; only the first %d of a mail are indexed.", l.doc.Title, len(m.Attachments), len(now.parts))}); err != nil {
			return err
		}
	}
	for _, part := range now.parts {
		up := connectors.Upsert{Document: l.part(m.Attachment(part.path), m)}
		if from != "" && before.has(part.path) {
			up.From = partID(from, part.path)
		}
		if err := p.say(up); err != nil {
			return err
		}
	}
	for _, part := range before.parts {
		if from == "" && !now.has(part.path) {
			if err := p.say(connectors.Delete{ID: partID(l.doc.ID, part.path), Evidence: connectors.EvidenceGone}); err != nil {
				return err
			}
		}
	}
	p.notes.keep(l.doc, now)
	return nil
}
