package formats

import (
	"strings"
	"testing"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

const letter = "From: =?utf-8?Q?Ren=C3=A9e?= <renee@example.org>\r\nTo: bob@example.org\r\nSubject: Vos congés\r\nDate: Mon, 5 Jan 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n" +
	"Content-Type: multipart/mixed; boundary=XX\r\n\r\n--XX\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
	"Bonjour,\r\n\r\nle contrat est dans les pi=E8ces que nous vous avons mises pour cette ann=E9e.\r\n\r\n- un\r\n- deux\r\n\r\n> Quand sera-t-il pr=EAt ?\r\n> Merci\r\n-- =20\r\nRen=E9e\r\n01 02 03\r\n" +
	"--XX\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"contrat 2026.pdf\"\r\n\r\n%PDF\r\n" +
	"--XX\r\nContent-Type: application/ms-tnef\r\n\r\nx\r\n--XX--\r\n"

func TestAMailIsReadWithTheNamesOfItsAttachments(t *testing.T) {
	for _, o := range []extract.Options{{MediaType: "message/rfc822"}, {URI: "file:///in/a.EML"}, {MediaType: "application/octet-stream", URI: "a.eml"}} {
		text := extractString(t, strings.Replace(letter, "-- =20", "--=20", 1), o)
		want := "Bonjour,\n\nle contrat est dans les pièces que nous vous avons mises pour cette année.\n\n- un\n- deux\n\nQuand sera-t-il prêt ?\nMerci\n\n" +
			"Pièces jointes :\n- contrat 2026.pdf\n- winmail.dat (packed by Outlook; what is in it is not read)"
		if got := text.Plain(); got != want {
			t.Errorf("got %q\nwant %q", got, want)
		}
		if text.Title != "Vos congés" || text.Version != "eml/1" || text.Language != "fr" || text.Properties["from"] != "Renée <renee@example.org>" || text.Properties["created"] != "2026-01-05T09:00:00Z" {
			t.Errorf("%q %q %q %v", text.Title, text.Version, text.Language, text.Properties)
		}
	}
}

func TestAMailInHTMLIsReadWhole(t *testing.T) {
	text := extractString(t, "From: a@example.org\nSubject: News\nContent-Type: text/html; charset=utf-8\n\n<html><body><table><tr><td><h1>News</h1><p>First line.</p><div class=footer>Office closed on Monday.</div></td></tr></table><ul><li>one</li></ul></body></html>",
		extract.Options{MediaType: "message/rfc822"})
	for _, want := range []string{"First line.", "Office closed on Monday.", "- one"} {
		if !strings.Contains(text.Plain(), want) {
			t.Errorf("%q is not in %q", want, text.Plain())
		}
	}
}

func TestMailsThatAreRefusedSayWhy(t *testing.T) {
	for content, want := range map[string]string{
		"From: a@example.org\nSubject: x\nContent-Type: multipart/encrypted; boundary=a\n\n--a\n\nx":                                                         connectors.VerdictEncrypted,
		"From a@example.org Mon Jan\nFrom: a@example.org\nSubject: x\n\nText\n\nFrom b@example.org Tue Jan\nFrom: b@example.org\nSubject: y\n\nOther text\n": "mbox",
		"From: a@example.org\nSubject: x\n\n": connectors.VerdictEmpty,
	} {
		_, err := New(Config{}).Extract(t.Context(), strings.NewReader(content), extract.Options{MediaType: "message/rfc822"})
		if v := connectors.AsVerdict(err); v == nil || !strings.Contains(v.Error(), want) {
			t.Errorf("%.40q: %v, want %s", content, err, want)
		}
	}
}

func TestWhatIsOnlyNamedLikeAMailIsReadAsWhatItIs(t *testing.T) {
	if text := extractString(t, "<html><body><p>A page.</p></body></html>", extract.Options{URI: "a.eml"}); !strings.HasPrefix(text.Version, "html/") {
		t.Errorf("read as %s", text.Version)
	}
}
