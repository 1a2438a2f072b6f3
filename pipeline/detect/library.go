package detect

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline/detect/claims"
	"freshet/pipeline/detect/conflict"
	"freshet/pipeline/detect/duplicate"
)

// DefaultCacheBytes bounds what is kept of passages that were read.
const DefaultCacheBytes = 32 << 20

// A library reads documents and passages, and keeps those that were read last: in two
// generations, of which the older is dropped when the younger is full.
type library struct {
	catalog *catalog.Catalog
	scanner *claims.Scanner
	limit   int

	young, old shelf
}

type shelf struct {
	documents map[string]*document
	sides     map[index.ChunkID]*conflict.Side
	bytes     int
}

func newShelf() shelf {
	return shelf{documents: make(map[string]*document), sides: make(map[index.ChunkID]*conflict.Side)}
}

// A document is one that is served, as it is compared.
type document struct {
	catalog.Document
	compared conflict.Document
	reading  *duplicate.Reading // nil until it is asked for
}

func newLibrary(c *catalog.Catalog, s *claims.Scanner, limit int) *library {
	return &library{catalog: c, scanner: s, limit: limit, young: newShelf(), old: newShelf()}
}

// room makes room for so many bytes.
func (l *library) room(n int) {
	if l.young.bytes+n > l.limit/2 {
		l.old, l.young = l.young, newShelf()
	}
	l.young.bytes += n
}

// forget drops what is kept of a document.
func (l *library) forget(key string) {
	delete(l.young.documents, key)
	delete(l.old.documents, key)
}

// clear drops everything: weights have changed.
func (l *library) clear() { l.young, l.old = newShelf(), newShelf() }

// document returns a document; nil when it is not served.
func (l *library) document(ctx context.Context, key string) (*document, error) {
	if d := l.young.documents[key]; d != nil {
		return d, nil
	}
	d := l.old.documents[key]
	if d == nil {
		row, err := l.catalog.DocumentByKey(ctx, key)
		if errors.Is(err, catalog.ErrNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if !row.State.Serves() || row.Chunks == 0 {
			return nil, nil
		}
		d = &document{Document: row, compared: compared(&row)}
	}
	l.room(1024 + 64*len(d.Details.Path))
	l.young.documents[key] = d
	return d, nil
}

func compared(d *catalog.Document) conflict.Document {
	x := &d.Details
	return conflict.Document{Key: d.Key, Source: d.Source, Locale: x.Locale, Translation: x.TranslationGroup, Title: x.Title, Path: x.Path, Class: x.Class,
		Facets: x.Facets, Modified: x.Modified, Created: x.Created, Archived: archived(x)}
}

// archivePath are addresses of what is kept for the record.
var archivePath = regexp.MustCompile(`(?i)/(archives?|old|legacy|deprecated|historique|anciennes?-versions?)(/|$)|/v\d+(\.\d+)*/`)

func archived(x *catalog.Details) bool {
	return archivePath.MatchString(x.URI) || archivePath.MatchString("/"+strings.Join(x.Path, "/")+"/")
}

// side returns a passage as it is compared; nil when it is no longer served.
func (l *library) side(ctx context.Context, c *conflict.Comparer, key string, id index.ChunkID) (*conflict.Side, error) {
	d, err := l.document(ctx, key)
	if err != nil || d == nil {
		return nil, err
	}
	s := l.young.sides[id]
	if s == nil {
		s = l.old.sides[id]
	} else if s.Document == &d.compared {
		return s, nil
	}
	if s == nil || s.Document != &d.compared {
		ch, err := l.catalog.OpenChunk(ctx, id)
		if errors.Is(err, catalog.ErrNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return l.read(c, d, &ch), nil
	}
	l.keep(s)
	return s, nil
}

// read reads a passage.
func (l *library) read(c *conflict.Comparer, d *document, ch *index.Chunk) *conflict.Side {
	s := c.Side(ch, &d.compared, l.scanner.Scan(claims.Passage{Text: ch.Text, Kind: ch.Kind, Title: ch.Title, Heading: ch.Heading,
		Question: ch.Question, Locale: localeOf(d, ch)}))
	l.keep(s)
	return s
}

func localeOf(d *document, ch *index.Chunk) string {
	if ch.Locale != "" {
		return ch.Locale
	}
	return d.Details.Locale
}

// A read passage holds about so many bytes, and so many more for each of its text.
const (
	sideBytes    = 1500
	sidePerBytes = 14
)

func (l *library) keep(s *conflict.Side) {
	l.room(sideBytes + sidePerBytes*len(s.Chunk.Text))
	l.young.sides[s.Chunk.ID] = s
}

// reading returns a document's words as they are compared.
func (l *library) reading(ctx context.Context, b *base, d *document) (*duplicate.Reading, error) {
	if d.reading != nil {
		return d.reading, nil
	}
	chunks, err := l.catalog.ChunksOf(ctx, d.Key)
	if err != nil {
		return nil, err
	}
	l.readPage(b, d, chunks)
	return d.reading, nil
}

func (l *library) readPage(b *base, d *document, chunks []index.Chunk) {
	d.reading = duplicate.ReadPage(pageOf(d, chunks), b.boilerplate(d.Source))
	l.room(60 * d.reading.Words())
}

func pageOf(d *document, chunks []index.Chunk) duplicate.Page {
	p := duplicate.Page{Title: d.Details.Title, Locale: d.Details.Locale, Group: d.Details.TranslationGroup, Address: d.Details.URI,
		Canonical: d.Details.Canonical, Form: d.Details.Form, Facets: d.Details.Facets}
	for i := range chunks {
		p.Passages = append(p.Passages, duplicate.Passage{Heading: chunks[i].Heading, Question: chunks[i].Question, Text: chunks[i].Text})
	}
	return p
}
