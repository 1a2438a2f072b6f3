package sample

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/xml"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

//go:embed page.html.tmpl
var layoutText string

var layout = template.Must(template.New("page").Parse(layoutText))

// Handler serves the site: "/" redirects to the French home page, "/fr/" and "/en/"
// list the pages (and ask not to be indexed), then the pages, /sitemap.xml and
// /robots.txt. Absolute addresses are made from the request's Host. Only GET and
// HEAD are answered.
func (s *Site) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/fr/", http.StatusFound)
	})
	mux.HandleFunc("GET /fr/{$}", s.serveHome("fr"))
	mux.HandleFunc("GET /en/{$}", s.serveHome("en"))
	mux.HandleFunc("GET /sitemap.xml", s.serveSitemap)
	mux.HandleFunc("GET /robots.txt", serveRobots)
	mux.HandleFunc("GET /", s.servePage)
	return mux
}

// words are the texts of the frame in one language.
type words struct {
	Brand, Home, Skip, Menu, Cookies, Accept, Refuse, Other, Updated, Footer string
	NotFound, NotFoundText                                                   string
}

var frame = map[string]words{
	"fr": {
		Brand: "Ondavelle – Centre d’aide", Home: "Accueil", Skip: "Aller au contenu", Menu: "Rubriques d’aide",
		Cookies: "Nous utilisons des cookies pour mesurer l’audience de ce site et améliorer votre visite.",
		Accept:  "Tout accepter", Refuse: "Continuer sans accepter", Other: "English", Updated: "Mis à jour le",
		Footer:   "© Ondavelle SAS. Entreprise fictive, contenu d’exemple.",
		NotFound: "Page introuvable", NotFoundText: "Cette page n’existe pas ou n’existe plus.",
	},
	"en": {
		Brand: "Ondavelle – Help centre", Home: "Home", Skip: "Skip to content", Menu: "Help topics",
		Cookies: "We use cookies to measure the audience of this site and improve your visit.",
		Accept:  "Accept all", Refuse: "Continue without accepting", Other: "Français", Updated: "Last updated on",
		Footer:   "© Ondavelle SAS. Fictional company, sample content.",
		NotFound: "Page not found", NotFoundText: "This page does not exist, or no longer does.",
	},
}

type view struct {
	words
	Lang, Title, Section, Date, ISODate string
	Canonical, HomePath                 string
	OtherLang, OtherPath                string
	Alternates                          []link
	Sections                            []section
	Body                                template.HTML
	ShowList, NoIndex                   bool
}

type link struct{ Lang, Path, Title string }

type section struct {
	Name  string
	Pages []link
}

func (s *Site) servePage(w http.ResponseWriter, r *http.Request) {
	p, ok := s.page(r.URL.Path)
	if !ok {
		s.serveNotFound(w, r)
		return
	}
	var body bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.Table)).Convert([]byte(p.Markdown), &body); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	v := s.view(p.Lang, p.Title)
	v.Section, v.Date, v.ISODate = p.Section, showDate(p.Lang, p.Updated), p.Updated.Format(time.DateOnly)
	v.Canonical = origin(r) + p.Path
	v.Body = template.HTML(body.String()) // our own Markdown; goldmark leaves raw HTML out
	if other := s.translation(p.Page); other != "" {
		v.OtherPath = other
		v.Alternates = []link{{Lang: p.Lang, Path: origin(r) + p.Path}, {Lang: v.OtherLang, Path: origin(r) + other}}
	}
	write(w, r, v, http.StatusOK, p.modified)
}

func (s *Site) serveHome(lang string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := s.view(lang, frame[lang].Brand)
		v.Canonical, v.ShowList, v.NoIndex = origin(r)+v.HomePath, true, true
		write(w, r, v, http.StatusOK, time.Time{})
	}
}

func (s *Site) serveNotFound(w http.ResponseWriter, r *http.Request) {
	lang := "fr"
	if strings.HasPrefix(r.URL.Path, "/en/") {
		lang = "en"
	}
	v := s.view(lang, frame[lang].NotFound)
	v.NoIndex = true
	v.Body = template.HTML("<p>" + template.HTMLEscapeString(frame[lang].NotFoundText) + "</p>")
	write(w, r, v, http.StatusNotFound, time.Time{})
}

// view is what every page of a language has in common.
func (s *Site) view(lang, title string) view {
	other := map[string]string{"fr": "en", "en": "fr"}[lang]
	v := view{
		words: frame[lang], Lang: lang, Title: title,
		HomePath: "/" + lang + "/", OtherLang: other, OtherPath: "/" + other + "/",
	}
	for _, p := range s.Pages() {
		if p.Lang != lang {
			continue
		}
		i := slices.IndexFunc(v.Sections, func(x section) bool { return x.Name == p.Section })
		if i < 0 {
			i = len(v.Sections)
			v.Sections = append(v.Sections, section{Name: p.Section})
		}
		v.Sections[i].Pages = append(v.Sections[i].Pages, link{Lang: lang, Path: p.Path, Title: p.Title})
	}
	slices.SortFunc(v.Sections, func(a, b section) int { return strings.Compare(a.Name, b.Name) })
	return v
}

// write sends a page with its validators; a zero modified leaves Last-Modified out.
// The ETag is of the body only, so that another page in the menu changes no page.
func write(w http.ResponseWriter, r *http.Request, v view, status int, modified time.Time) {
	var out bytes.Buffer
	if err := layout.Execute(&out, v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", v.Lang)
	if status != http.StatusOK {
		w.WriteHeader(status)
		_, _ = w.Write(out.Bytes()) // the client has gone: nobody to tell
		return
	}
	tagged := out.Bytes()
	if !v.ShowList {
		tagged = []byte(v.Title + "\x00" + string(v.Body))
	}
	w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256(tagged))[:18]+`"`)
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeContent(w, r, "", modified, bytes.NewReader(out.Bytes()))
}

func (s *Site) serveSitemap(w http.ResponseWriter, r *http.Request) {
	type entry struct {
		Loc     string `xml:"loc"`
		LastMod string `xml:"lastmod"`
	}
	set := struct {
		XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
		URLs    []entry  `xml:"url"`
	}{}
	for _, p := range s.Pages() {
		if live, ok := s.page(p.Path); ok {
			set.URLs = append(set.URLs, entry{origin(r) + p.Path, live.modified.Format(time.RFC3339)})
		}
	}
	out, err := xml.MarshalIndent(set, "", "  ")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	_, _ = w.Write(append([]byte(xml.Header), out...)) // the client has gone: nobody to tell
}

func serveRobots(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = fmt.Fprintf(w, "User-agent: *\nDisallow: /admin/\nDisallow: /recherche\n\nSitemap: %s/sitemap.xml\n", origin(r))
}

func origin(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

func showDate(lang string, day time.Time) string {
	if lang == "en" {
		return day.Format("2 January 2006")
	}
	months := [...]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}
	return fmt.Sprintf("%d %s %d", day.Day(), months[day.Month()-1], day.Year())
}
