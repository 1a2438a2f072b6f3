package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"freshet/connectors"
	"freshet/index"
	"freshet/index/catalog"
	"freshet/pipeline/embed"
	"freshet/pipeline/embed/static"
)

// embedderOptions are what an Embedder of this program is made with.
type embedderOptions struct {
	settings embedConfig
	catalog  *catalog.Catalog // where the canary is kept; nil: nowhere
	log      *slog.Logger
}

// newEmbedder makes the Embedder of a provider. It asks nobody anything.
func newEmbedder(o embedderOptions) (*embed.Embedder, error) {
	x := &o.settings
	provider, err := newProvider(x)
	if err != nil {
		return nil, err
	}
	options := embed.Options{Provider: provider, BatchTexts: x.Batch.Texts, BatchTokens: x.Batch.Tokens, PricePerMillion: x.PricePerMillion, Log: o.log}
	if x.LongTexts == "truncate" {
		options.LongTexts = embed.Truncate
	}
	if o.catalog != nil {
		c := canaries{o.catalog}
		options.LoadCanary, options.SaveCanary = c.load, c.save
	}
	return embed.New(options)
}

// newProvider makes what the configuration names.
func newProvider(x *embedConfig) (embed.Provider, error) {
	switch {
	case x.Provider == providerStatic && x.Directory == "":
		return nil, errors.New("embedding.directory is missing: where the model's tokenizer.json and model.safetensors lie")
	case x.Provider == providerStatic:
		return static.Open(x.Directory)
	case !slices.Contains(embed.PresetNames(), x.Provider):
		return nil, unknownProvider(x.Provider)
	}
	if x.Model == "" {
		return nil, fmt.Errorf("embedding.model is missing: the model as %s names it", x.Provider)
	}
	o := embed.EndpointOptions{Preset: x.Provider, Model: x.Model, BaseURL: x.BaseURL, APIKey: x.APIKey, Revision: x.Revision,
		Dimension: x.Dimension, QueryPrefix: x.QueryPrefix, PassagePrefix: x.PassagePrefix}
	if x.Timeout != "" {
		var err error
		if o.Timeout, err = readTime(x.Timeout); err != nil {
			return nil, fmt.Errorf("embedding.timeout: %w", err)
		}
	}
	return embed.NewEndpoint(o)
}

func unknownProvider(name string) error {
	all := append([]string{providerNone, providerStatic}, embed.PresetNames()...)
	if near := connectors.Nearest(name, all); near != "" {
		return fmt.Errorf("embedding.provider: %q is not a provider; did you mean %q?", name, near)
	}
	return fmt.Errorf("embedding.provider: %q is not a provider; there are %s", name, strings.Join(all, ", "))
}

// canaryVectors is the fingerprint under which the vectors of canaries are kept,
// beside those of passages.
const canaryVectors = "canary"

// canaries keep what the Embedder wants to find again.
type canaries struct{ catalog *catalog.Catalog }

func (c canaries) load(ctx context.Context, key index.Hash) ([]float32, error) {
	kept, err := c.catalog.Vectors(ctx, canaryVectors, []index.Hash{key})
	return kept[key].Values, err
}

func (c canaries) save(ctx context.Context, key index.Hash, v []float32) error {
	return c.catalog.PutVectors(ctx, canaryVectors, map[index.Hash]catalog.Vector{key: {Values: v}})
}
