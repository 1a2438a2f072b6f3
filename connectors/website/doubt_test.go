package website

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/connectors/connectortest"
)

func TestAServerThatSaysNotModifiedOfWhatWasIsFoundOut(t *testing.T) {
	s := newTestSite(t)
	content := map[string]string{}
	var list []string
	for i := range 20 {
		path := fmt.Sprintf("/page-%d", i)
		list = append(list, path)
		content[path] = "the first text"
		s.handle(path, func(w http.ResponseWriter, r *http.Request) {
			tag := `"` + path + `"` // of the address, whatever the page says
			w.Header().Set("ETag", tag)
			w.Header().Set("Content-Type", "text/html")
			if r.Header.Get("If-None-Match") == tag {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			io.WriteString(w, "<p>"+content[path]+"</p>")
		})
	}
	s.html("/", links(list...))
	pos := connectortest.NewPosition(connectors.Full)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	crawl := func() crawled {
		site := s.open(t, nil)
		site.env.Now = func() time.Time { return now }
		return s.crawl(t, site, pos)
	}
	crawl()
	for path := range content {
		content[path] = "the second text"
	}
	readOn := map[int]int{}
	for day := 1; day <= 60; day++ {
		now = now.Add(24 * time.Hour)
		out := crawl()
		if out.err != nil {
			t.Fatal(out.err)
		}
		for path := range out.docs {
			if strings.Contains(out.text[path], "second") {
				readOn[day]++
			}
		}
		if liar := len(out.notices) == 1 && out.notices[0].Code == "validators_lie"; liar != (len(readOn) > 0) {
			t.Fatalf("on day %d the notices are %+v, with %v read", day, out.notices, readOn)
		}
	}
	first, read := 0, 0
	for day := 1; day <= 60; day++ {
		if first == 0 && readOn[day] > 0 {
			first = day
		}
		read += readOn[day]
	}
	if first < readEvery || first > readEvery+readSpread || read != 20 || readOn[first]+readOn[first+1] != 20 {
		t.Errorf("the changes were read on days %v", readOn)
	}
}

func TestOneEntityTagForEverythingIsNone(t *testing.T) {
	s := newTestSite(t)
	var texts, list []string
	for i := range sameTag + 1 {
		texts = append(texts, fmt.Sprintf("text number %d", i))
	}
	for i := range texts {
		path := fmt.Sprintf("/page-%d", i)
		list = append(list, path)
		s.handle(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"1"`)
			w.Header().Set("Content-Type", "text/html")
			if r.Header.Get("If-None-Match") == `"1"` {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			io.WriteString(w, "<p>"+texts[i]+"</p>")
		})
	}
	s.html("/", links(list...))
	pos := connectortest.NewPosition(connectors.Full)
	s.crawl(t, s.open(t, nil), pos)
	texts[2] += ", changed"
	out := s.crawl(t, s.open(t, nil), pos)
	if out.said["/page-2"] != "upsert" || out.said["/page-1"] != "same" || len(out.notices) != 1 {
		t.Errorf("the second crawl says %v, %+v", out.said, out.notices)
	}
}

func TestAnUnchangedPageIsReadWholeOnceAMonth(t *testing.T) {
	s := newTestSite(t)
	whole := 0
	s.html("/", links("/page"))
	s.handle("/page", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		w.Header().Set("Content-Type", "text/html")
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		whole++
		fmt.Fprintf(w, "<p>words</p><!-- %d -->", whole)
	})
	pos := connectortest.NewPosition(connectors.Full)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for day := range 120 {
		site := s.open(t, nil)
		site.env.Now = func() time.Time { return now }
		out := s.crawl(t, site, pos)
		if day > 0 && out.said["/page"] != "same" || len(out.notices) > 0 {
			t.Fatalf("on day %d the page is %v, %v", day, out.said, out.notices)
		}
		now = now.Add(24 * time.Hour)
	}
	if whole < 4 || whole > 6 {
		t.Errorf("in 120 days the page was read whole %d times", whole)
	}
}
