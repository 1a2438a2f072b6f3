package connectortest

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"freshet/connectors"
)

func (s *suite) foreignCursor(t *testing.T, w *stage) {
	w.fill(3)
	for _, cursor := range []string{"not a cursor", "\x00\xff", "{}", strings.Repeat("9", 5000)} {
		out := w.pull(NewPosition(connectors.Full).WithCursor(cursor))
		if !errors.Is(out.err, connectors.ErrCursor) {
			t.Errorf("the cursor %.20q gave %v, not ErrCursor", cursor, out.err)
		}
	}
}

func (s *suite) check(t *testing.T, w *stage) {
	w.fill(3)
	checks := w.Source().Check(t.Context())
	mustBeSentences(t, checks)
	for _, c := range checks {
		if c.Status == connectors.CheckFailure {
			t.Errorf("all is well, yet the check %q failed: %s", c.Name, c.Text)
		}
	}
	if w.Vanish == nil {
		t.Log("this kind's world cannot vanish, so failing checks are not looked at")
		return
	}
	w.Vanish(true)
	defer w.Vanish(false)
	checks = w.Source().Check(t.Context())
	mustBeSentences(t, checks)
	for _, c := range checks {
		if c.Status == connectors.CheckFailure {
			return
		}
	}
	t.Errorf("the place is not there, yet no check failed: %+v", checks)
}

func mustBeSentences(t *testing.T, checks []connectors.Check) {
	t.Helper()
	if len(checks) == 0 {
		t.Error("Check returned nothing")
	}
	for _, c := range checks {
		first, _ := utf8.DecodeRuneInString(c.Text)
		if len(strings.Fields(c.Text)) < 3 || unicode.IsLower(first) || !strings.ContainsAny(c.Text[len(c.Text)-1:], ".!?)") || strings.Contains(c.Text, "%!") {
			t.Errorf("the check %q does not speak in a sentence: %q", c.Name, c.Text)
		}
		if c.Name == "" || c.Status < connectors.CheckOK || c.Status > connectors.CheckFailure {
			t.Errorf("a check without a name or status: %+v", c)
		}
	}
}

func (s *suite) fetch(t *testing.T, w *stage) {
	w.fill(4)
	src := w.Source()
	f, ok := src.(connectors.Fetcher)
	if !ok {
		t.Skip("this source has no Fetch")
	}
	w.whole(NewPosition(connectors.Full))
	id := w.names[nameOf(1)]
	change := w.fetchOne(f, id)
	if up, ok := change.(connectors.Upsert); !ok || up.Document.ID != id {
		t.Errorf("Fetch of %.80q says %#v, not that it is there", id, change)
	} else if body, err := readAll(t.Context(), up.Document); err != nil || !strings.Contains(body, w.want[id]) {
		t.Errorf("Fetch of %.80q reads %.80q, %v", id, body, err)
	}
	w.put(nameOf(1), "beta text that replaced the first version")
	if up, ok := w.fetchOne(f, id).(connectors.Upsert); ok {
		if body, err := readAll(t.Context(), up.Document); err != nil || !strings.Contains(body, "beta text") {
			t.Errorf("Fetch of the changed %.80q reads %.80q, %v", id, body, err)
		}
	}
	w.Remove(nameOf(1))
	if del, ok := w.fetchOne(f, id).(connectors.Delete); !ok || del.ID != id {
		t.Errorf("Fetch of the removed %.80q does not say Delete", id)
	}
	if w.Foreign != "" {
		c, err := f.Fetch(t.Context(), w.Foreign)
		if _, isUpsert := c.(connectors.Upsert); isUpsert {
			t.Errorf("Fetch of %.80q, which the filters leave out, says that it is there (%v)", w.Foreign, err)
		}
	}
	if w.Vanish != nil {
		w.Vanish(true)
		defer w.Vanish(false)
		c, err := f.Fetch(t.Context(), w.names[nameOf(2)])
		if _, gone := c.(connectors.Delete); gone || c == nil && err == nil {
			t.Errorf("the whole place is away, and Fetch says %#v, %v: that is no evidence", c, err)
		}
	}
}

func (w *stage) fetchOne(f connectors.Fetcher, id string) connectors.Change {
	w.t.Helper()
	c, err := f.Fetch(w.t.Context(), id)
	if err != nil {
		w.t.Fatalf("Fetch of %.80q: %v", id, err)
	}
	if err := valid(connectors.Feed, c); err != nil {
		w.t.Fatalf("Fetch of %.80q: %v", id, err)
	}
	return c
}

func (s *suite) inScope(t *testing.T, w *stage) {
	w.fill(4)
	scoper, ok := w.Source().(connectors.Scoper)
	if !ok {
		t.Skip("this source has no InScope")
	}
	for id := range w.whole(NewPosition(connectors.Full)).state {
		if !scoper.InScope(id) {
			t.Errorf("the document %.80q is listed, but InScope says no", id)
		}
	}
	if w.Foreign == "" {
		t.Log("this kind's world has nothing out of scope")
	} else if scoper.InScope(w.Foreign) {
		t.Errorf("the filters leave %.80q out, but InScope says yes", w.Foreign)
	}
}
