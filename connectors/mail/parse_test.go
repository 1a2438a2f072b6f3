package mail

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"freshet/connectors"
)

func crlf(s string) []byte { return []byte(strings.ReplaceAll(s, "\n", "\r\n")) }

func parsed(t *testing.T, s string) *Message {
	t.Helper()
	m, err := Parse([]byte(s), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	other, err := Parse(crlf(s), Limits{})
	if err != nil || outline(other) != outline(m) {
		t.Errorf("with other line ends: %s\nnot %s (%v)", outline(other), outline(m), err)
	}
	return m
}

// outline writes what a mail holds in one line.
func outline(m *Message) string {
	if m == nil {
		return ""
	}
	var b strings.Builder
	for _, p := range m.Body {
		fmt.Fprintf(&b, "[%s %s %q]", p.Path, p.MediaType, strings.ReplaceAll(strings.TrimSpace(string(p.Content())), "\r\n", "\n"))
	}
	for _, p := range m.Attachments {
		fmt.Fprintf(&b, "{%s %s %s %d}", p.Path, p.MediaType, p.Name, len(strings.ReplaceAll(string(p.Content()), "\r\n", "\n")))
	}
	return b.String()
}

const head = "From: Ann <ann@example.org>\nTo: bob@example.org\nSubject: Hello\nMIME-Version: 1.0\n"

func TestWhatAMailHolds(t *testing.T) {
	for name, c := range map[string]struct{ mail, want string }{
		"plain text": {head + "\nHello\nBob", `[1 text/plain "Hello\nBob"]`},
		"quoted-printable in another charset is left to its reader": {head + "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: Quoted-Printable\n\nd=E9=\ntail =3D = x",
			`[1 text/plain "d\xe9tail = = x"]`},
		"base64 with rubbish in it": {head + "Content-Transfer-Encoding: base64\n\nSGVs*bG8g\nQm9i!!\n", `[1 text/plain "Hello Bob"]`},
		"base64 that is cut":        {head + "Content-Transfer-Encoding: base64\n\nSGVsbG8gQm9", `[1 text/plain "Hello Bo"]`},
		"base64 in two pieces":      {head + "Content-Transfer-Encoding: base64\n\nSGVsbG8=\nQm9i\n", `[1 text/plain "HelloBob"]`},
		"an attachment": {head + "Content-Type: multipart/mixed; boundary=\"a b\"\n\npreamble\n--a b\n\nText\n--a b\nContent-Type: application/pdf; name=x.pdf\n\n%PDF\n--a b--\nepilogue",
			`[1 text/plain "Text"]{2 application/pdf x.pdf 4}`},
		"a boundary that others begin with": {head + "Content-Type: multipart/mixed; boundary=a\n\n--a\n\nOne\n--ab\nstill one\n--a\n\nTwo\n--a--", `[1 text/plain "One\n--ab\nstill one"][2 text/plain "Two"]`},
		"no last boundary":                  {head + "Content-Type: multipart/mixed; boundary=a\n\n--a\n\nOne\n--a\n\nTwo", `[1 text/plain "One"][2 text/plain "Two"]`},
		"no boundary at all":                {head + "Content-Type: multipart/mixed\n\nOne", `[1 text/plain "One"]`},
		"HTML with structure is preferred": {head + "Content-Type: multipart/alternative; boundary=a\n\n--a\n\nOne two\n--a\nContent-Type: text/html\n\n<ul><li>One<li>two</ul>\n--a--",
			`[2 text/html "<ul><li>One<li>two</ul>"]`},
		"HTML without structure is not": {head + "Content-Type: multipart/alternative; boundary=a\n\n--a\n\nOne two\n--a\nContent-Type: text/html\n\n<div>One two</div>\n--a--", `[1 text/plain "One two"]`},
		"a text that only excuses itself": {head + "Content-Type: multipart/alternative; boundary=a\n\n--a\n\nNo HTML\n--a\nContent-Type: text/html\n\n<div>One two three four five six</div>\n--a--",
			`[2 text/html "<div>One two three four five six</div>"]`},
		"images in the text go, files beside it stay": {head + "Content-Type: multipart/related; boundary=a\n\n--a\nContent-Type: text/html\n\n<p>x\n--a\nContent-Type: image/png; name=logo.png\nContent-ID: <1>\n\nPNG\n" +
			"--a\nContent-Type: application/pdf; name=y.pdf\n\n%PDF\n--a--", `[1 text/html "<p>x"]{3 application/pdf y.pdf 4}`},
		"a mail in the mail, with its attachment": {head + "Content-Type: multipart/mixed; boundary=a\n\n--a\n\nOuter\n--a\nContent-Type: message/rfc822\n\nSubject: Inner\nFrom: x@example.org\nContent-Type: multipart/mixed; boundary=b\n\n" +
			"--b\n\nInner text\n--b\nContent-Type: text/csv\nContent-Disposition: attachment; filename=t.csv\n\n1,2\n--b--\n--a--", `[1 text/plain "Outer"]{2 message/rfc822 Inner 179}{2.2 text/csv t.csv 3}`},
		"a mail in the mail that is one file": {head + "Content-Type: multipart/mixed; boundary=a\n\n--a\n\nOuter\n--a\nContent-Type: message/rfc822\n\nSubject: Inner\nFrom: x@example.org\nContent-Type: application/pdf\n\n%PDF\n--a--",
			`[1 text/plain "Outer"]{2 message/rfc822 Inner 70}{2.1 application/pdf  4}`},
		"a signed mail": {head + "Content-Type: multipart/signed; boundary=a\n\n--a\n\nText\n--a\nContent-Type: application/pgp-signature\n\nxyz\n--a--", `[1 text/plain "Text"]`},
		"a bounce": {head + "Content-Type: multipart/report; boundary=a\n\n--a\n\nNot delivered\n--a\nContent-Type: message/delivery-status\n\nAction: failed\n--a\nContent-Type: message/rfc822\n\nSubject: Mine\nTo: x@example.org\n\nText\n--a--",
			`[1 text/plain "Not delivered"]{3 message/rfc822 Mine 37}`},
		"Outlook's own packing":         {head + "Content-Type: multipart/mixed; boundary=a\n\n--a\n\nText\n--a\nContent-Type: application/ms-tnef\n\nx\n--a--", `[1 text/plain "Text"]{2 application/ms-tnef winmail.dat 1}`},
		"an invitation beside its text": {head + "Content-Type: multipart/alternative; boundary=a\n\n--a\n\nMeeting\n--a\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n--a--", `[1 text/plain "Meeting"]`},
		"names in odd spellings": {head + "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Disposition: attachment; filename=/etc/my file.pdf\nContent-Type: application/pdf\n\n1\n--a\n" +
			"Content-Disposition: attachment; filename*=iso-8859-1'fr'd%E9tail.pdf\nContent-Type: application/pdf\n\n1\n--a\nContent-Disposition: attachment; filename=\"=?utf-8?B?w6l0w6kucGRm?=\"\nContent-Type: application/pdf\n\n1\n--a--",
			`{1 application/pdf my file.pdf 1}{2 application/pdf détail.pdf 1}{3 application/pdf été.pdf 1}`},
		"a header line that is none": {head + "X-Note: caution\nlinks or open attachments\nContent-Type: text/html\n\n<p>x", `[1 text/html "<p>x"]`},
		"a line of a mail folder":    {"From ann@example.org Mon Jan 1\n" + head + "\nHello", `[1 text/plain "Hello"]`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := outline(parsed(t, c.mail)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestHeadersAreDecoded(t *testing.T) {
	m := parsed(t, "From: =?iso-8859-1?Q?Andr=E9?= <andre@example.org>\nTo: a@example.org, Bob B <b@example.org>\nSubject: =?utf-8?B?w4l0w6k=?=\n =?utf-8?Q?_2026?=\nDate: Mon, 5 Jan 2026 10:00:00 +0100\n\nx")
	if m.From != "André <andre@example.org>" || m.To != "a@example.org, Bob B <b@example.org>" || m.Subject != "Été 2026" ||
		!m.Date.Equal(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", m)
	}
	m = parsed(t, "From: not <an address\nTo: \nSubject: d\xe9tail\x07\nDate: yesterday\n\nx")
	if m.From != "not <an address" || m.Subject != "détail" || !m.Date.IsZero() {
		t.Errorf("%+v", m)
	}
}

func TestMailsThatAreNotRead(t *testing.T) {
	deep, many := head, head+"Content-Type: multipart/mixed; boundary=a\n\n"
	for i := range 30 {
		deep += fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	many += strings.Repeat("--a\n\nx\n", 1001)
	for name, c := range map[string]struct{ mail, reason string }{
		"S/MIME":         {head + "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nMIIB", connectors.VerdictEncrypted},
		"PGP/MIME":       {head + "Content-Type: multipart/encrypted; boundary=a\n\n--a\n\nx\n--a--", connectors.VerdictEncrypted},
		"PGP in text":    {head + "\n-----BEGIN PGP MESSAGE-----\nhQ", connectors.VerdictEncrypted},
		"opaque signed":  {head + "Content-Type: application/pkcs7-mime; smime-type=signed-data\n\nMIIB", connectors.VerdictMediaType},
		"too deep":       {deep, connectors.VerdictTooLarge},
		"too many parts": {many, connectors.VerdictTooLarge},
		"a long header":  {head + "X-Pad: " + strings.Repeat("x\n ", 200_000) + "\n\nx", connectors.VerdictTooLarge},
		"no mail":        {"<html><body>x", connectors.VerdictMalformed},
		"nothing":        {"", connectors.VerdictMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(c.mail), Limits{})
			if v := connectors.AsVerdict(err); v == nil || v.Reason != c.reason || v.Detail == "" {
				t.Errorf("got %v, want %s", err, c.reason)
			}
		})
	}
}

func TestNotesComeBackAsTheyWere(t *testing.T) {
	for _, s := range []string{"-", "2! 3", "? 2.1! 2.2"} {
		if got := parseNote(s).String(); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
	if parseNote("").known || !parseNote("-").known {
		t.Error("no note and a note of nothing are not the same")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(head + "Content-Type: multipart/mixed; boundary=a\n\n--a\n\nOne\n--a\nContent-Type: message/rfc822\n\nSubject: x\n\ny\n--a--"))
	f.Add([]byte(head + "Content-Type: multipart/alternative; boundary=\"=_\"\n\n--=_\nContent-Transfer-Encoding: base64\n\nSGVsbG8=\n--=_\nContent-Type: text/html\n\n<p>x</p>\n--=_--"))
	f.Add([]byte("From: =?iso-8859-1?Q?Andr=E9?= <a@b>\nDate: x\nContent-Disposition: attachment; filename*=iso-8859-1''%E9\nContent-Transfer-Encoding: quoted-printable\n\n=E9=\n=3"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Parse(b, Limits{})
		if err != nil {
			if connectors.AsVerdict(err) == nil {
				t.Fatalf("neither a mail nor a verdict: %v", err)
			}
			return
		}
		paths := map[string]bool{}
		for _, p := range append(m.Attachments, m.Body...) {
			if paths[p.Path] {
				t.Fatalf("two parts have the path %s", p.Path)
			}
			paths[p.Path] = true
			if len(p.Content()) > len(b) {
				t.Fatalf("part %s grew from %d to %d bytes", p.Path, len(b), len(p.Content()))
			}
			if strings.ContainsAny(p.Name, "/\\\x00\n") {
				t.Fatalf("a name %q", p.Name)
			}
		}
	})
}
