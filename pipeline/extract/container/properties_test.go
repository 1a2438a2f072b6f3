package container

import (
	"maps"
	"testing"

	"freshet/connectors"
	"freshet/pipeline/extract"
)

func TestPropertiesAreReadAsTheyAreKept(t *testing.T) {
	f, err := Open(archive(t, part{"_rels/.rels", `<Relationships><Relationship Id="a" Type="x/core-properties" Target="meta/mine.xml"/></Relationships>`},
		part{"meta/mine.xml", `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">
<dc:title> Guide  des
tarifs </dc:title><dc:creator>A. Martin</dc:creator><dc:subject/><cp:keywords>a, b</cp:keywords><dc:description>d</dc:description><dc:language>fr-FR</dc:language>
<cp:revision>4</cp:revision><dcterms:created>2024-03-01T09:30:00Z</dcterms:created><dcterms:modified>yesterday</dcterms:modified></cp:coreProperties>`}), extract.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.Properties(t.Context())
	want := map[string]string{"title": "Guide des tarifs", "author": "A. Martin", "keywords": "a, b", "description": "d", "language": "fr-FR", "created": "2024-03-01T09:30:00Z"}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestPropertiesMayBeMissingOrBroken(t *testing.T) {
	f, err := Open(archive(t, part{"a", ""}), extract.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := f.Properties(t.Context()); len(got) != 0 || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
	f, err = Open(archive(t, part{"docProps/core.xml", "<a"}), extract.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Properties(t.Context())
	wantVerdict(t, err, connectors.VerdictMalformed, "docProps/core.xml")
}

func TestDatesAreKeptInOneForm(t *testing.T) {
	for in, want := range map[string]string{
		"2024-03-01T09:30:00Z":          "2024-03-01T09:30:00Z",
		"2024-03-01T09:30:00.123+02:00": "2024-03-01T09:30:00+02:00",
		"2024-03-01T09:30:00.552000000": "2024-03-01T09:30:00Z",
		"2024-03-01":                    "2024-03-01T00:00:00Z",
		"March":                         "",
	} {
		all := map[string]string{}
		SetProperty(all, "created", in)
		if all["created"] != want {
			t.Errorf("%s: %q", in, all["created"])
		}
	}
}

func TestRelationshipsLeadToParts(t *testing.T) {
	f, err := Open(archive(t, part{"word/_rels/document.xml.rels", `<Relationships>
<Relationship Id="1" Type="http://x/footnotes" Target="footnotes.xml"/><Relationship Id="2" Type="http://x/image" Target="../media/a.png"/>
<Relationship Id="3" Type="http://x/hyperlink" Target="https://example.org/a" TargetMode="External"/><Relationship Id="4" Type="http://x/y" Target="/docProps/x.xml"/>
<Relationship Id="5" Type="http://x/y" Target="../../../etc/passwd"/></Relationships>`}), extract.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.Relationships(t.Context(), "word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	want := []Relationship{{"1", "footnotes", "word/footnotes.xml", false}, {"2", "image", "media/a.png", false},
		{"3", "hyperlink", "https://example.org/a", true}, {"4", "y", "docProps/x.xml", false}, {"5", "y", "etc/passwd", false}}
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %+v, want %+v", got[i], want[i])
		}
	}
	if got, err := f.Relationships(t.Context(), "nothing.xml"); len(got) != 0 || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
}
