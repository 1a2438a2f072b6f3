package repair

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/ledongthuc/pdf"

	"freshet/pipeline/extract/pdf/filter"
)

func rewrite(t *testing.T, file string) (*pdf.Reader, error) {
	t.Helper()
	out, err := Rewrite(t.Context(), []byte(file), nil, &filter.Budget{Left: 1 << 20})
	if err != nil {
		return nil, err
	}
	r, err := pdf.NewReader(bytes.NewReader(out), int64(len(out)))
	if err != nil {
		t.Fatalf("the library cannot read what was written: %v\n%s", err, out)
	}
	return r, nil
}

const body = "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Contents 4 0 R>>endobj "

func TestDamagedFilesAreRewritten(t *testing.T) {
	for name, file := range map[string]string{
		"no cross-reference":       "%PDF-1.4\n" + body + "4 0 obj<</Length 5>>stream\nHello\nendstream endobj trailer<</Root 1 0 R>>",
		"no trailer":               "%PDF-1.4\n" + body + "4 0 obj<</Length 5>>stream\nHello\nendstream endobj",
		"a wrong length":           "%PDF-1.4\n" + body + "4 0 obj<</Length 999>>stream\nHello\nendstream endobj trailer<</Root 1 0 R>>",
		"a length that is missing": "%PDF-1.4\n" + body + "4 0 obj<<>>stream\nHello\nendstream endobj trailer<</Root 1 0 R>>",
		"cut off":                  "%PDF-1.4\n" + body + "4 0 obj<</Length 999>>stream\nHello",
		"an older version before":  "%PDF-1.4\n4 0 obj<</Length 3>>stream\nOld\nendstream endobj " + body + "4 0 obj<</Length 5>>stream\nHello\nendstream endobj trailer<</Root 1 0 R>>",
		"in hexadecimal":           "%PDF-1.4\n" + body + "4 0 obj<</Length 11/Filter[/AHx]>>stream\n48656c6c6f>\nendstream endobj trailer<</Root 1 0 R>>",
		"no catalog":               "%PDF-1.4\n" + body[strings.Index(body, "3 0 obj"):] + "4 0 obj<</Length 5>>stream\nHello\nendstream endobj",
		"in an object stream":      "%PDF-1.5\n9 0 obj<</Type/ObjStm/N 3/First 14/Length 200>>stream\n1 0 2 34 3 72 <</Type/Catalog/Pages 2 0 R>>      <</Type/Pages/Kids[3 0 R]/Count 1>>   <</Type/Page/Contents 4 0 R>>\nendstream endobj 4 0 obj<</Length 5>>stream\nHello\nendstream endobj",
	} {
		r, err := rewrite(t, file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var b bytes.Buffer
		if _, err := b.ReadFrom(r.Trailer().Key("Root").Key("Pages").Key("Kids").Index(0).Key("Contents").Reader()); err != nil || b.String() != "Hello" {
			t.Errorf("%s: the page holds %q, %v", name, b.String(), err)
		}
	}
}

func TestWhatIsNoFileIsNotRewritten(t *testing.T) {
	for _, file := range []string{"", "%PDF-1.4", "1 0 obj 5 endobj", "obj obj obj trailer trailer"} {
		if _, err := rewrite(t, file); !errors.Is(err, ErrNothing) {
			t.Errorf("%q: %v", file, err)
		}
	}
}

func TestPicturesAreLeftOut(t *testing.T) {
	out, err := Rewrite(t.Context(), []byte("%PDF-1.4\n"+body+"4 0 obj<</Subtype/Image/Filter/DCTDecode/Length 7>>stream\nPICTURE\nendstream endobj"), nil, &filter.Budget{Left: 100})
	if err != nil || bytes.Contains(out, []byte("PICTURE")) || !bytes.Contains(out, []byte("/Image")) {
		t.Errorf("%v\n%s", err, out)
	}
}
