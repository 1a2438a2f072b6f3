package sitetest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A Mode is what the whole site suffers from.
type Mode int

const (
	// Healthy is a site that works.
	Healthy Mode = iota
	// LoginPage answers every address with the login page and 200.
	LoginPage
	// LoginRedirect sends everybody to the login page.
	LoginRedirect
	// ConsentPage answers every address with a question about cookies.
	ConsentPage
	// Maintenance answers 503 with Retry-After.
	Maintenance
	// MaintenanceAs200 answers every address with a page about maintenance and 200.
	MaintenanceAs200
	// Broken answers 500 to every page but the start page.
	Broken
	// Expired has a certificate that is out of date.
	Expired
)

// Suffer puts the site into a mode.
func (s *Site) Suffer(m Mode) {
	s.mu.Lock()
	s.mode = m
	s.mu.Unlock()
	s.server.CloseClientConnections() // a new certificate is only seen by new ones
}

// form is how an address writes a page's.
type form int

const (
	exact  form = iota
	copied      // 200, and the page names its own address
	moved       // 301
)

// resolve finds the page that an address on the site's host stands for.
func (s *Site) resolve(uri string) (*page, form) {
	if p, ok := s.pages[uri]; ok {
		return p, exact
	}
	path, query, _ := strings.Cut(uri, "?")
	if i := strings.Index(path, ";jsessionid="); i >= 0 {
		path = path[:i]
	}
	for _, name := range []string{path, path + "/", strings.TrimSuffix(path, "/"), strings.TrimSuffix(path, "index.html")} {
		if p, ok := s.pages[name]; ok && (p.family == "variants" || p.family == "sessions" || tracking(query) && name == path) {
			return p, copied
		}
	}
	return nil, exact
}

// tracking reports whether a query says only where a visitor came from.
func tracking(query string) bool {
	return strings.HasPrefix(query, "utm_") || strings.HasPrefix(query, "fbclid=") || strings.HasPrefix(query, "PHPSESSID=")
}

// asked counts how often a page was asked for.
func (s *Site) asked(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flaky[path]++
	return s.flaky[path]
}

// ServeHTTP answers as the site does and keeps a record of it.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rec := s.begin(r)
	counted := &counter{ResponseWriter: w, record: rec}
	s.answer(counted, r)
	s.end(rec, counted)
}

func (s *Site) answer(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.Clock.Now().UTC().Format(http.TimeFormat))
	host, _, _ := strings.Cut(r.Host, ":")
	if strings.EqualFold(host, bare) {
		http.Redirect(w, r, s.URL+r.URL.RequestURI(), http.StatusMovedPermanently)
		return
	}
	s.mu.Lock()
	s.served++
	mode := s.mode
	s.mu.Unlock()
	if s.suffers(w, r, mode) {
		return
	}
	if r.URL.Path == "/robots.txt" {
		s.mu.Lock()
		body := s.robotsText()
		s.mu.Unlock()
		send(w, body, "text/plain; charset=utf-8")
		return
	}
	s.mu.Lock()
	body, media := s.sitemapFile(r.URL.Path)
	s.mu.Unlock()
	if body != nil {
		send(w, body, media)
		return
	}
	s.page(w, r)
}

// suffers answers for a site that does not work.
func (s *Site) suffers(w http.ResponseWriter, r *http.Request, m Mode) bool {
	switch {
	case m == Healthy || m == Expired || m == Broken && (r.URL.Path == "/" || r.URL.Path == "/robots.txt"):
		return false
	case m == Broken:
		w.WriteHeader(http.StatusInternalServerError)
	case m == Maintenance:
		w.Header().Set("Retry-After", "1800")
		w.WriteHeader(http.StatusServiceUnavailable)
	case m == LoginRedirect && r.URL.Path != "/connexion":
		http.Redirect(w, r, "/connexion?retour="+url.QueryEscape(r.URL.RequestURI()), http.StatusFound)
	case m == LoginPage || m == LoginRedirect:
		send(w, []byte(loginPage), "text/html; charset=utf-8")
	case m == ConsentPage:
		send(w, []byte(consentPage), "text/html; charset=utf-8")
	case m == MaintenanceAs200:
		send(w, []byte(maintenancePage), "text/html; charset=utf-8")
	}
	return true
}

const (
	loginPage = `<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Connexion – Marelle</title></head><body><main><h1>Connexion</h1>
<p>Identifiez-vous pour accéder à cette page.</p><form method="post" action="/connexion"><label>Adresse e-mail <input type="email" name="login"></label>
<label>Mot de passe <input type="password" name="password"></label><button>Se connecter</button></form><a href="/mot-de-passe-oublie">Mot de passe oublié ?</a></main></body></html>`
	consentPage = `<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Avant de continuer</title></head><body><main><h1>Votre vie privée</h1>
<p>Nous et nos 842 partenaires utilisons des cookies pour mesurer l'audience et personnaliser les publicités.</p>
<form method="post" action="/consentement"><button name="choix" value="oui">Tout accepter</button><button name="choix" value="non">Tout refuser</button>
<a href="/politique-cookies">Gérer mes préférences</a></form></main></body></html>`
	maintenancePage = `<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Maintenance en cours</title></head><body><main><h1>Site en maintenance</h1>
<p>Nous améliorons notre site. Il sera de retour dans quelques instants, merci de votre patience.</p></main></body></html>`
)

func send(w http.ResponseWriter, body []byte, media string) {
	w.Header().Set("Content-Type", media)
	_, _ = w.Write(body) // whoever has left does not matter
}

// page answers with the page of an address, or with the site's own error page.
func (s *Site) page(w http.ResponseWriter, r *http.Request) {
	uri := r.URL.RequestURI()
	s.mu.Lock()
	p, as := s.resolve(uri)
	if trapped := s.trapPage(r.URL); trapped != nil && as == exact {
		p = trapped
	}
	if p == nil {
		body := s.notFoundPage(uri)
		s.mu.Unlock()
		send(w, body, "text/html; charset=utf-8") // with 200, as many do
		return
	}
	answer, broken, status := p.answer, p.broken, p.status
	s.mu.Unlock()
	switch {
	case answer != nil && answer(w, r):
	case broken:
		w.WriteHeader(http.StatusInternalServerError)
	case status >= 300 && status < 400:
		if p.location != "" {
			w.Header().Set("Location", p.location)
		}
		w.WriteHeader(status)
	case status != 0:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, "<html><title>%d</title><body><h1>%d</h1></body></html>", status, status)
	default:
		s.content(w, r, p)
	}
}

// content answers with a page's content, or that it has not changed.
func (s *Site) content(w http.ResponseWriter, r *http.Request, p *page) {
	s.mu.Lock()
	body, media := p.raw, p.media
	if p.media == "" {
		body, media = p.charset.encode(s.render(p, s.sessionOf(p, r))), p.charset.contentType()
	}
	served := s.served
	s.mu.Unlock()
	h := w.Header()
	h.Set("Content-Type", media)
	if p.header != "" {
		h.Set("Content-Language", p.header)
	}
	for key, values := range p.more {
		h[key] = values
	}
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	modified := p.changed.UTC().Format(http.TimeFormat)
	switch p.trust {
	case noValidators:
		tag, modified = "", ""
	case weakTag:
		tag, modified = "W/"+tag, ""
	case onlyModified:
		tag = ""
	case lyingTag:
		tag, modified = fmt.Sprintf(`"%d"`, served), ""
	case lyingModified:
		tag, modified = "", s.Clock.Now().UTC().Format(http.TimeFormat)
	}
	if tag != "" {
		h.Set("ETag", tag)
	}
	if modified != "" {
		h.Set("Last-Modified", modified)
	}
	if unchanged(r, tag, modified) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if p.gzip && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		h.Set("Vary", "Accept-Encoding")
		body = zipped(body)
	}
	_, _ = w.Write(body) // whoever has left does not matter
}

// unchanged reports whether a request's condition holds: the tag counts before the
// date.
func unchanged(r *http.Request, tag, modified string) bool {
	if given := r.Header.Get("If-None-Match"); given != "" {
		return tag != "" && strings.TrimPrefix(given, "W/") == strings.TrimPrefix(tag, "W/")
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	if err != nil || modified == "" {
		return false
	}
	at, err := time.Parse(http.TimeFormat, modified)
	return err == nil && !at.After(since)
}

// notFoundPage is the site's own error page; it comes with 200.
func (s *Site) notFoundPage(uri string) []byte {
	p := page{path: uri, lang: "fr", title: "Page introuvable", text: []block{
		{"p", "Désolé, la page que vous cherchez n'existe pas ou n'existe plus."},
		{"p", "Vérifiez l'adresse, revenez à l'accueil ou utilisez la recherche en haut de la page."}}}
	var b bytes.Buffer
	b.WriteString(s.render(&p, ""))
	return b.Bytes()
}
