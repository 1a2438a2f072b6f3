package markup_test

import (
	"strings"
	"testing"

	"freshet/pipeline/extract"
	"freshet/pipeline/extract/markup"
)

const prose = "<p>The harbour was closed for two days after the storm, and the ferries to the islands could not leave before Sunday evening.</p>"

// readPage reads a page with enough around its content for a choice.
func readPage(t *testing.T, title, body string) *extract.Text {
	t.Helper()
	page := "<!doctype html><html lang=en><head><title>" + title + "</title></head><body><nav><a href=/a>News</a> <a href=/b>Sport</a></nav>" +
		body + "<footer><a href=/i>Imprint</a> of The Coast</footer></body></html>"
	text, err := markup.ReadHTML(t.Context(), page, extract.Options{URI: "https://coast.example/1", Limits: extract.Limits{}.WithDefaults()})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAnArticleNamedAfterItsTrailIsRead(t *testing.T) {
	trail := "<ul class=breadcrumb><li><a href=/>Home</a><li><a href=/news>News</a><li>Harbour</ul>"
	text := readPage(t, "Storm closes the harbour | The Coast", "<main><article class='entry url-breadcrumb'>"+trail+"<h1>Storm closes the harbour</h1>"+strings.Repeat(prose, 4)+"</article></main>")
	if !strings.Contains(text.Plain(), "the ferries to the islands") {
		t.Errorf("the article is lost: %s", text.Markdown())
	}
	if strings.Contains(text.Plain(), "Home") {
		t.Errorf("the trail is read: %s", text.Markdown())
	}
}

func TestTheTitleIsOfTheFirstLevel(t *testing.T) {
	text := readPage(t, "Storm closes the harbour", "<div>The Coast</div><main><article><h2>Storm closes the harbour</h2>"+prose+prose+"<h2>What comes next</h2>"+prose+prose+"</article></main>")
	if b := text.Blocks[0]; b.Kind != extract.Heading || b.Level != 1 || b.Text != "Storm closes the harbour" || text.Title != b.Text {
		t.Errorf("title %q, first block %+v", text.Title, b)
	}
	var next int
	for _, b := range text.Blocks {
		if b.Text == "What comes next" {
			next = b.Level
		}
	}
	if next != 2 {
		t.Errorf("a section of the content has level %d: %s", next, text.Markdown())
	}
}

func TestSectionsOfAShortPageStayWhereTheLibrariesLoseThem(t *testing.T) {
	text := readPage(t, "Storm closes the harbour | The Coast", "<main><h1>Storm closes the harbour</h1>"+prose+prose+"<h2>Opening hours</h2><p>Monday to Friday, 8 to 18</p><h2>Telephone</h2><p>0123 456 78</p></main>")
	for _, want := range []string{"Opening hours", "Monday to Friday, 8 to 18", "Telephone", "0123 456 78"} {
		if !strings.Contains(text.Plain(), want) {
			t.Errorf("%q is lost: %s", want, text.Markdown())
		}
	}
}

func TestWhatIsAroundAnArticleIsLeftOut(t *testing.T) {
	var article strings.Builder
	for _, day := range []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"} {
		article.WriteString(strings.Replace(prose, "Sunday", day, 1))
	}
	comments := strings.Repeat("<li><b>Ann</b><p>I was there on Saturday as well, and nobody told us anything about the boats.</p></li>", 3)
	text := readPage(t, "Storm closes the harbour | The Coast", "<main><article><h1>Storm closes the harbour</h1>"+article.String()+
		"</article><section id=comments><h3>Comments</h3><ol class=comment-list>"+comments+"</ol></section></main>")
	if strings.Contains(text.Plain(), "nobody told us") {
		t.Errorf("comments are content: %s", text.Markdown())
	}
	if strings.Count(text.Plain(), "ferries") != 7 {
		t.Errorf("the article is not whole: %s", text.Markdown())
	}
}
