package mail_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"

	"freshet/connectors"
	"freshet/connectors/connectortest"
	"freshet/connectors/mail"
)

// letter writes a mail with a text and the attachments given as name, content, ...
func letter(text string, attachments ...string) string {
	var b strings.Builder
	b.WriteString("From: Ann <ann@example.org>\r\nTo: bob@example.org\r\nSubject: Letter\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/mixed; boundary=XX\r\n\r\n--XX\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text + "\r\n")
	for i := 0; i+1 < len(attachments); i += 2 {
		fmt.Fprintf(&b, "--XX\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=%q\r\n\r\n%s\r\n",
			attachments[i], base64.StdEncoding.EncodeToString([]byte(attachments[i+1])))
	}
	b.WriteString("--XX--\r\n")
	return b.String()
}

func putLetter(m *connectortest.Memory, id, content string) {
	m.PutDocument(connectors.Document{ID: id, Title: "Letter", MediaType: "message/rfc822", Access: connectors.Public()}, content)
}

// world makes a World of documents in memory. as turns a name and a content into
// the ID of what is put, and puts it.
func world(fixed []string, put func(m *connectortest.Memory, name, content string) (id, holder string)) func(*testing.T) *connectortest.World {
	return func(t *testing.T) *connectortest.World {
		m := connectortest.NewMemory()
		m.SetFaults(connectortest.Faults{PageSize: 3})
		m.SetScope(func(id string) bool { return !strings.HasPrefix(id, "out-of-scope") })
		faults := func(f connectortest.Faults) func(bool) {
			return func(on bool) {
				if f.PageSize = 3; !on {
					m.SetFaults(connectortest.Faults{PageSize: 3})
					return
				}
				m.SetFaults(f)
			}
		}
		holders := map[string]string{}
		return &connectortest.World{
			Source: func() connectors.Source { return mail.Attachments(m) },
			Fixed:  fixed,
			Put: func(name, content string) string {
				id, holder := put(m, name, content)
				holders[name] = holder
				return id
			},
			Remove: func(name string) { m.Remove(holders[name]) },
			Break: func(name string, broken bool) {
				var err error
				if broken {
					err = errors.New("read: connection reset")
				}
				m.Break(holders[name], err)
			},
			Hide:        func(name string) { m.Skip(holders[name], connectors.SkipNoIndex) },
			Truncate:    faults(connectortest.Faults{FailAfter: 4, Err: connectors.ErrTruncated}),
			FailListing: faults(connectortest.Faults{FailAfter: 4, Err: errors.New("500 internal error")}),
			Vanish:      faults(connectortest.Faults{Gone: true}),
			Postpone:    faults(connectortest.Faults{FailAfter: 4, Err: &connectors.RetryAfter{Wait: 600e9, Err: errors.New("429 too many requests")}}),
			Stall: func(on bool) {
				m.Hook(nil)
				if on {
					m.Hook(func(ctx context.Context, _ connectortest.Op, _ string) error { <-ctx.Done(); return ctx.Err() })
				}
			},
			Twice:   func(name, content string) { m.Twice(holders[name], content) },
			Foreign: "out-of-scope",
		}
	}
}

func TestASourceWithoutMailsPassesTheSuite(t *testing.T) {
	connectortest.Run(t, connectortest.Options{HasFeed: true, New: world(nil, func(m *connectortest.Memory, name, content string) (string, string) {
		if len(name) > 2048 {
			return "", ""
		}
		m.Put(name, content)
		return name, name
	})})
}

func TestMailsPassTheSuite(t *testing.T) {
	connectortest.Run(t, connectortest.Options{HasFeed: true, New: world(nil, func(m *connectortest.Memory, name, content string) (string, string) {
		id := name + ".eml"
		if len(id) > 2048 || content == "" {
			return "", ""
		}
		putLetter(m, id, letter(content))
		return id, id
	})})
}

// Here the documents of the suite are attachments; the mails around them come and
// go with them. The parts of a mail that never could be opened are not known, so
// the world cannot break or hide them before the first pass; and the suite's feeds
// begin without the notes of the full pass, which a source's feed has.
func TestAttachmentsPassTheSuite(t *testing.T) {
	var fixed []string
	names := map[string]bool{"added-later": true, "large": true, "empty": true}
	for i := range 40 {
		names[fmt.Sprintf("page-%02d", i)], names[fmt.Sprintf("more-page-%02d", i)] = true, true
	}
	for name := range names {
		fixed = append(fixed, name+".eml")
	}
	make := world(fixed, func(m *connectortest.Memory, name, content string) (string, string) {
		if !names[name] {
			return "", ""
		}
		putLetter(m, name+".eml", letter("see the attachment", name+".txt", content))
		return name + ".eml#part-2", name + ".eml"
	})
	connectortest.Run(t, connectortest.Options{New: func(t *testing.T) *connectortest.World {
		w := make(t)
		w.Break, w.Hide = nil, nil
		return w
	}})
}

// said collects what a pull says, each change in a few words.
func said(t *testing.T, src connectors.Source, pos *connectortest.Position) []string {
	t.Helper()
	var out []string
	for c, err := range src.Pull(t.Context(), pos) {
		if err != nil {
			t.Fatal(err)
		}
		switch c := c.(type) {
		case connectors.Upsert:
			body := "unreadable"
			if r, err := c.Document.Open(t.Context()); err == nil {
				b, _ := io.ReadAll(r)
				body = string(b)
			}
			out = append(out, "upsert "+c.Document.ID+" of "+c.Document.PartOf+": "+c.Document.Title+", "+body[:min(len(body), 20)])
		case connectors.Same:
			out = append(out, "same "+c.ID)
		case connectors.Delete:
			out = append(out, "delete "+c.ID+" "+string(c.Evidence))
		case connectors.Skip:
			out = append(out, "skip "+c.ID+" "+string(c.Reason))
		case connectors.Unreadable:
			out = append(out, "unreadable "+c.ID)
		}
		pos.Take(c)
	}
	return out
}

func want(t *testing.T, got []string, lines ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(lines, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(lines, "\n"))
	}
}

func TestPartsFollowTheirMail(t *testing.T) {
	m := connectortest.NewMemory()
	src := mail.Attachments(m)
	pos := connectortest.NewPosition(connectors.Full)
	putLetter(m, "a.eml", letter("text", "one.txt", "first", "two.txt", "second"))
	m.Put("b", "plain")
	want(t, said(t, src, pos),
		"upsert a.eml of : Letter, From: Ann <ann@examp",
		"upsert a.eml#part-2 of a.eml: one.txt, first",
		"upsert a.eml#part-3 of a.eml: two.txt, second",
		"upsert b of : plain, plain")
	opens := m.Opens("a.eml")
	want(t, said(t, src, pos), "same a.eml", "same a.eml#part-2", "same a.eml#part-3", "same b")
	if n := m.Opens("a.eml") - opens; n != 0 {
		t.Errorf("the unchanged mail was opened %d times", n)
	}
	putLetter(m, "a.eml", letter("text", "one.txt", "first, changed"))
	want(t, said(t, src, pos),
		"upsert a.eml of : Letter, From: Ann <ann@examp",
		"upsert a.eml#part-2 of a.eml: one.txt, first, changed",
		"delete a.eml#part-3 gone",
		"same b")
	m.Skip("a.eml", connectors.SkipNoIndex)
	want(t, said(t, src, pos), "skip a.eml noindex", "skip a.eml#part-2 noindex", "same b")
	m.Skip("a.eml", "")
	m.BreakListed("a.eml", errors.New("timeout"))
	want(t, said(t, src, pos), "unreadable a.eml", "unreadable a.eml#part-2", "same b")
}

func TestADeletedMailDeletesItsPartsOnTheSameEvidence(t *testing.T) {
	m := connectortest.NewMemory()
	src := mail.Attachments(m)
	pos := connectortest.NewPosition(connectors.Feed)
	said(t, src, pos)
	putLetter(m, "a.eml", letter("text", "one.txt", "first"))
	said(t, src, pos)
	m.RemoveWith("a.eml", connectors.EvidenceNotFound)
	want(t, said(t, src, pos), "delete a.eml not_found", "delete a.eml#part-2 not_found")
	m.Put("b", "x")
	m.RemoveWith("b", connectors.EvidenceGone)
	putLetter(m, "a.eml", letter("text", "one.txt", "first"))
	said(t, src, pos)
	m.RemoveWith("a.eml", connectors.EvidenceGone)
	want(t, said(t, src, pos), "delete a.eml gone", "delete a.eml#part-2 gone")
	if notes := pos.Notes(); len(notes) != 0 {
		t.Errorf("notes are left: %v", notes)
	}
}

func TestAMailThatCouldNotBeOpenedIsOpenedInTheNextPass(t *testing.T) {
	m := connectortest.NewMemory()
	src := mail.Attachments(m)
	pos := connectortest.NewPosition(connectors.Full)
	putLetter(m, "a.eml", letter("text", "one.txt", "first"))
	said(t, src, pos)
	putLetter(m, "a.eml", letter("text", "one.txt", "first", "new.txt", "second"))
	m.Break("a.eml", errors.New("connection reset"))
	want(t, said(t, src, pos), "upsert a.eml of : Letter, unreadable", "unreadable a.eml#part-2")
	m.Break("a.eml", nil)
	want(t, said(t, src, pos),
		"upsert a.eml of : Letter, From: Ann <ann@examp",
		"upsert a.eml#part-2 of a.eml: one.txt, first",
		"upsert a.eml#part-3 of a.eml: new.txt, second")
}

func TestAPartThatMustBeReadAgainIsReadAgain(t *testing.T) {
	m := connectortest.NewMemory()
	src := mail.Attachments(m)
	pos := connectortest.NewPosition(connectors.Full)
	putLetter(m, "a.eml", letter("text", "one.txt", "first"))
	said(t, src, pos)
	pos.Unread("a.eml#part-2")
	pos.Take(connectors.Checkpoint{})
	if got := said(t, src, pos); len(got) != 2 || !strings.HasPrefix(got[1], "upsert a.eml#part-2") {
		t.Errorf("got %q", got)
	}
}

func TestAMailByItsMediaTypeAloneHasPartsToo(t *testing.T) {
	m := connectortest.NewMemory()
	src := mail.Attachments(m)
	pos := connectortest.NewPosition(connectors.Full)
	putLetter(m, "message 17", letter("text", "one.txt", "first"))
	said(t, src, pos)
	want(t, said(t, src, pos), "same message 17", "same message 17#part-2")
}

func TestFetchAndScopeOfAPartAreThoseOfItsMail(t *testing.T) {
	m := connectortest.NewMemory()
	m.SetScope(func(id string) bool { return id != "secret.eml" })
	putLetter(m, "a.eml", letter("text", "one.txt", "first"))
	putLetter(m, "secret.eml", letter("text", "one.txt", "first"))
	m.Put("odd#part-2", "a document that is called so")
	src := mail.Attachments(m)
	fetch := src.(connectors.Fetcher)
	for id, want := range map[string]string{
		"a.eml": "connectors.Upsert", "a.eml#part-2": "connectors.Upsert", "a.eml#part-9": "connectors.Delete",
		"none.eml#part-2": "connectors.Delete", "secret.eml#part-2": "connectors.Skip", "odd#part-2": "connectors.Upsert",
	} {
		c, err := fetch.Fetch(t.Context(), id)
		if got := fmt.Sprintf("%T", c); got != want || err != nil {
			t.Errorf("%s: %s, %v; want %s", id, got, err, want)
		}
		if up, ok := c.(connectors.Upsert); ok && up.Document.ID != id {
			t.Errorf("%s came as %s", id, up.Document.ID)
		}
	}
	if s := src.(connectors.Scoper); s.InScope("secret.eml#part-2") || !s.InScope("a.eml#part-2") {
		t.Error("the scope of a part is not that of its mail")
	}
}

type bare struct{ connectors.Source }

func TestOnlyWhatTheSourceCanIsPromised(t *testing.T) {
	src := mail.Attachments(bare{connectortest.NewMemory()})
	if _, ok := src.(connectors.Fetcher); ok {
		t.Error("a source that cannot fetch became one that can")
	}
	if _, ok := src.(connectors.Scoper); ok {
		t.Error("a source without a scope became one with a scope")
	}
}

func TestAttachmentsBearWhatTheirMailBears(t *testing.T) {
	m := connectortest.NewMemory()
	access := connectors.Access{Known: true, AnyOf: [][]connectors.Principal{{"group:staff"}}}
	m.PutDocument(connectors.Document{ID: "a.eml", URI: "https://x.example/a.eml", MediaType: "message/rfc822", Title: "Letter", Access: access,
		Labels: []string{"hr"}, Owner: "ann", Locale: "fr", Path: []string{"mails"}}, letter("text", "contract.pdf", "%PDF-"))
	for c := range mail.Attachments(m).Pull(t.Context(), connectortest.NewPosition(connectors.Full)) {
		up, ok := c.(connectors.Upsert)
		if !ok || up.Document.PartOf == "" {
			continue
		}
		d := up.Document
		if d.Owner != "ann" || d.Locale != "fr" || len(d.Labels) != 1 || !d.Access.Allows([]connectors.Principal{"group:staff"}) || d.Access.Allows(nil) ||
			d.URI != "https://x.example/a.eml#contract.pdf" || d.Title != "contract.pdf" || strings.Join(d.Path, "/") != "mails/Letter" {
			t.Errorf("%+v", d)
		}
		return
	}
	t.Error("no attachment came")
}

// moved is a source whose only document moved from one ID to another.
type moved struct {
	*connectortest.Memory
	from string
}

func (m moved) Pull(ctx context.Context, pos connectors.Position) iter.Seq2[connectors.Change, error] {
	return func(yield func(connectors.Change, error) bool) {
		for c, err := range m.Memory.Pull(ctx, pos) {
			if up, ok := c.(connectors.Upsert); ok {
				c = connectors.Upsert{Document: up.Document, From: m.from}
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

func TestThePartsOfAMailThatMovedMoveWithIt(t *testing.T) {
	m := connectortest.NewMemory()
	pos := connectortest.NewPosition(connectors.Full)
	putLetter(m, "a.eml", letter("text", "one.txt", "first"))
	said(t, mail.Attachments(m), pos)
	m.Remove("a.eml")
	putLetter(m, "b.eml", letter("text", "one.txt", "first"))
	var from []string
	for c, err := range mail.Attachments(moved{m, "a.eml"}).Pull(t.Context(), pos) {
		if err != nil {
			t.Fatal(err)
		}
		if up, ok := c.(connectors.Upsert); ok {
			from = append(from, up.From+" -> "+up.Document.ID)
		}
	}
	want(t, from, "a.eml -> b.eml", "a.eml#part-2 -> b.eml#part-2")
}

func TestAMailWithVeryManyAttachmentsIsIndexedInPart(t *testing.T) {
	m := connectortest.NewMemory()
	var files []string
	for i := range 250 {
		files = append(files, fmt.Sprintf("%d.txt", i), "content")
	}
	putLetter(m, "a.eml", letter("text", files...))
	pos := connectortest.NewPosition(connectors.Full)
	parts, notices := 0, 0
	for c, err := range mail.Attachments(m).Pull(t.Context(), pos) {
		if err != nil {
			t.Fatal(err)
		}
		switch c := c.(type) {
		case connectors.Upsert:
			parts++
		case connectors.Notice:
			notices++
			if c.Code != "mail_attachments_left_out" || !strings.Contains(c.Text, "has 250 attachments; only the first 200") {
				t.Errorf("%+v", c)
			}
		}
		pos.Take(c)
	}
	if parts != 201 || notices != 1 {
		t.Errorf("%d documents, %d notices", parts, notices)
	}
	if got := said(t, mail.Attachments(m), pos); len(got) != 201 || got[200] != "same a.eml#part-201" || len(pos.Problems()) > 0 {
		t.Errorf("the second pass says %d things, %v", len(got), pos.Problems())
	}
}
