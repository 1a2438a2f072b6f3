package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"freshet/index"
	"freshet/index/catalog"
	"freshet/index/embedded"
	"freshet/index/lexical"
	"freshet/index/qdrant"
	"freshet/pipeline/embed"
	"freshet/pipeline/migrate"
)

// targetSettings are what a target is made of, as the catalog keeps them: no secrets.
type targetSettings struct {
	Qdrant    *qdrantConfig `json:"qdrant,omitempty"`
	Embedding *embedConfig  `json:"embedding,omitempty"`
}

func (s *targetSettings) encode() (string, error) {
	b, err := json.Marshal(s)
	return string(b), err
}

// targetSettingsOf reads what a target is made of. A catalog from before there were targets
// says nothing: the embedded store, without dense vectors.
func targetSettingsOf(t catalog.Target) (targetSettings, error) {
	var s targetSettings
	if t.Settings == "" {
		return s, nil
	}
	if err := json.Unmarshal([]byte(t.Settings), &s); err != nil {
		return s, fmt.Errorf("read the settings of index %d: %w", t.ID, err)
	}
	return s, nil
}

// targets makes Stores and models of what the catalog and the configuration say.
type targets struct {
	dir     string
	config  *config // nil without one
	getenv  func(string) string
	catalog *catalog.Catalog
	log     *slog.Logger
	yield   func()
}

// wanted is what the configuration asks for. A model whose server does not say its
// dimension is asked for it at the next start.
func (t *targets) wanted(ctx context.Context) (migrate.Wanted, error) {
	want := catalog.Target{Store: storeEmbedded, Space: index.Space{Lexical: lexical.Version, Provider: providerNone}}
	w := migrate.Wanted{Differs: t.differs}
	if t.config == nil {
		// A command that is run where no configuration lies asks for nothing.
		active, err := t.catalog.ActiveTarget(ctx)
		if err == nil {
			want.Store, want.Settings, want.Space = active.Store, active.Settings, active.Space
		} else if !errors.Is(err, catalog.ErrNotFound) {
			return w, err
		}
		w.Target, w.Differs = want, func(catalog.Target) []string { return nil }
		return w, nil
	}
	var s targetSettings
	var err error
	c := t.config
	want.Store = c.Index.Store
	if c.Index.Store == storeQdrant {
		s.Qdrant = &c.Index.Qdrant
	}
	if c.Embedding.Provider != providerNone {
		s.Embedding = &c.Embedding
		if want.Space, err = t.space(ctx); err != nil {
			w.Fault = err.Error()
		}
	}
	want.Settings, err = s.encode()
	w.Target = want
	return w, err
}

// spaceWithin is how long a start waits for a model to say its dimension.
const spaceWithin = 20 * time.Second

// space of the configured model: that of the active index if it has the same model,
// without asking anybody, else as the provider says.
func (t *targets) space(ctx context.Context) (index.Space, error) {
	e, err := t.embedder(t.config.Embedding)
	if err != nil {
		return index.Space{}, err
	}
	if active, err := t.catalog.ActiveTarget(ctx); err == nil {
		is, err := targetSettingsOf(active)
		if err == nil && len(t.modelDiffers(is.Embedding, &t.config.Embedding)) == 0 {
			s := active.Space
			s.Lexical = lexical.Version
			return s, nil
		}
	}
	ctx, cancel := context.WithTimeout(ctx, spaceWithin)
	defer cancel()
	s, err := e.Space(ctx)
	s.Lexical = lexical.Version
	return s, err
}

// differs says in words what of a target is otherwise than wanted. How a server is
// reached, and what its texts cost, is no difference.
func (t *targets) differs(active catalog.Target) []string {
	var out []string
	say := func(what string, is, want any) {
		if is != want {
			out = append(out, fmt.Sprintf("%s is %v, %v is wanted", what, is, want))
		}
	}
	is, err := targetSettingsOf(active)
	if err != nil {
		return []string{err.Error()}
	}
	want, embedding := &t.config.Index, &t.config.Embedding
	say("the store", active.Store, want.Store)
	if q := is.Qdrant; q != nil && want.Store == storeQdrant {
		w := &want.Qdrant
		say("Qdrant's address", q.Address, w.Address)
		say("the collection", q.Collection, w.Collection)
		say("the number of shards", q.Shards, w.Shards)
		say("the number of replicas", q.Replicas, w.Replicas)
		say("the quantisation", q.Quantization, w.Quantization)
		say("the datatype", q.Datatype, w.Datatype)
		say("on_disk", q.OnDisk, w.OnDisk)
	}
	return append(out, t.modelDiffers(is.Embedding, embedding)...)
}

func (t *targets) modelDiffers(is, want *embedConfig) []string {
	name := func(x *embedConfig) string {
		if x == nil || x.Provider == providerNone {
			return "none"
		}
		p, err := newProvider(x)
		if err != nil {
			return x.Provider + " " + x.Model
		}
		id := p.Identity()
		text := id.Provider + " " + id.Model
		if id.Revision != "" {
			text += " " + id.Revision
		}
		if x.Dimension > 0 {
			text += fmt.Sprintf(" with %d dimensions", x.Dimension)
		}
		if id.QueryPrefix != "" || id.PassagePrefix != "" {
			text += fmt.Sprintf(" (prefixes %q and %q)", id.QueryPrefix, id.PassagePrefix)
		}
		return text
	}
	if a, b := name(is), name(want); a != b {
		return []string{fmt.Sprintf("the embedding model is %s, %s is wanted", a, b)}
	}
	return nil
}

// openStore opens a target's Store.
func (t *targets) openStore(ctx context.Context, row catalog.Target) (index.Store, error) {
	if row.Store == storeEmbedded {
		s, err := embedded.Open(embedded.Options{Dir: t.indexDir(row), Space: row.Space, Log: t.log, Yield: t.yield})
		if err != nil {
			return nil, fmt.Errorf("open the index in %s: %w", t.indexDir(row), err)
		}
		return s, nil
	}
	o, err := t.qdrantOptions(row)
	if err != nil {
		return nil, err
	}
	return qdrant.Open(ctx, o)
}

// indexDir is where an embedded target lies.
func (t *targets) indexDir(row catalog.Target) string {
	if row.Consumer == catalog.ConsumerOf(row.ID) {
		return filepath.Join(t.dir, fmt.Sprintf("%s-%d", indexDir, row.ID))
	}
	return filepath.Join(t.dir, indexDir) // of catalogs from before there were targets
}

// options reach the server, and lay out a collection.
func (q *qdrantConfig) options() qdrant.Options {
	o := qdrant.Options{Address: q.Address, APIKey: q.APIKey, Collection: q.Collection, Shards: q.Shards, Replicas: q.Replicas, WriteConsistency: q.WriteConsistency,
		Quantization: qdrant.Quantization(q.Quantization), Datatype: qdrant.Datatype(q.Datatype), OnDisk: q.OnDisk}
	if q.TLS {
		o.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return o
}

// qdrantOptions are those of a target's own collection. Its name has the catalog's
// epoch and the target's number, so that neither another catalog's collection nor a
// former target's is ever written to.
func (t *targets) qdrantOptions(row catalog.Target) (qdrant.Options, error) {
	s, err := targetSettingsOf(row)
	if err == nil && s.Qdrant == nil {
		err = fmt.Errorf("index %d is said to be in Qdrant, but not where", row.ID)
	}
	if err != nil {
		return qdrant.Options{}, err
	}
	q := s.Qdrant
	o := q.options()
	o.Name = fmt.Sprintf("%s_%.8s_%d", q.Collection, t.catalog.Epoch(), row.ID)
	o.Space, o.Epoch, o.Log = row.Space, t.catalog.Epoch(), t.log
	o.APIKey, err = t.key("index.qdrant.api_key", q.KeyReference, func(c *config) (string, bool) {
		return c.Index.Qdrant.APIKey, c.Index.Store == storeQdrant && c.Index.Qdrant.Address == q.Address
	})
	return o, err
}

// key finds a secret: that of the configuration where it is of the same server, else
// by the reference that was kept.
func (t *targets) key(name, kept string, of func(*config) (string, bool)) (string, error) {
	if t.config != nil {
		if key, same := of(t.config); same {
			return key, nil
		}
	}
	e := expander{getenv: t.getenv}
	if t.config != nil {
		e.dir = t.config.dir
	}
	key, err := e.text(kept)
	if err != nil {
		return "", fmt.Errorf("%s of an index that the configuration no longer names: %w", name, err)
	}
	return key, nil
}

// openModel makes the model of a target's vectors.
func (t *targets) openModel(row catalog.Target) (*migrate.Model, error) {
	s, err := targetSettingsOf(row)
	if err == nil && s.Embedding == nil {
		err = fmt.Errorf("index %d is said to have dense vectors, but not whose", row.ID)
	}
	if err != nil {
		return nil, err
	}
	x := *s.Embedding
	x.APIKey, err = t.key("embedding.api_key", x.KeyReference, func(c *config) (string, bool) {
		return c.Embedding.APIKey, c.Embedding.Provider == x.Provider && c.Embedding.BaseURL == x.BaseURL
	})
	if err != nil {
		return nil, err
	}
	x.Dimension = row.Space.Dimension // so that a model of another one is noticed
	e, err := t.embedder(x)
	if err != nil {
		return nil, err
	}
	return modelOfEmbedder(e), nil
}

func (t *targets) embedder(x embedConfig) (*embed.Embedder, error) {
	return newEmbedder(embedderOptions{settings: x, catalog: t.catalog, log: t.log})
}

// modelOfEmbedder is an Embedder as migrations and consumers see it.
func modelOfEmbedder(e *embed.Embedder) *migrate.Model {
	return &migrate.Model{
		Passages: func(ctx context.Context, texts []string) ([]catalog.Vector, error) {
			outcomes, err := e.Passages(ctx, texts)
			out := make([]catalog.Vector, len(outcomes))
			for i, o := range outcomes {
				out[i] = catalog.Vector{Values: o.Vector, Refused: string(o.Refused)}
			}
			return out, err
		},
		Query: e.Query,
		Spent: func() (int64, float64) {
			s := e.Stats()
			return s.Tokens, s.Cost
		},
		Estimate: func(texts int, bytes int64) (int64, float64) {
			x := e.Estimate(texts, int(bytes))
			return x.Tokens, x.Cost
		},
	}
}

// remove removes what a dropped target has kept.
func (t *targets) remove(ctx context.Context, row catalog.Target) error {
	if row.Store == storeEmbedded {
		if err := os.RemoveAll(t.indexDir(row)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove the former index: %w", err)
		}
		return nil
	}
	o, err := t.qdrantOptions(row)
	if err != nil {
		return err
	}
	server, err := qdrant.Connect(ctx, o)
	if err != nil {
		return err
	}
	err = server.Unpoint(ctx, o.Collection, o.Name)
	if err == nil {
		err = server.Drop(ctx, o.Name)
	}
	return errors.Join(err, server.Close())
}

// switched points the alias at the active target's collection: others who read the
// collection by its name see what Freshet sees.
func (t *targets) switched(ctx context.Context, active catalog.Target) error {
	if active.Store != storeQdrant {
		return nil
	}
	o, err := t.qdrantOptions(active)
	if err != nil {
		return err
	}
	server, err := qdrant.Connect(ctx, o)
	if err != nil {
		return err
	}
	return errors.Join(server.Point(ctx, o.Collection, o.Name), server.Close())
}
