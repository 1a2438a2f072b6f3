package main

import (
	"net/url"
	"path/filepath"
	"strings"
)

const (
	providerNone   = "none"
	providerStatic = "static" // a table of vectors, without a network
)

// embedConfig says who makes dense vectors. Nothing is sent to anybody unless a
// provider is named.
type embedConfig struct {
	Provider string `yaml:"provider" json:"provider"` // none, static, or a name of embed.PresetNames
	Model    string `yaml:"model" json:"model,omitempty"`
	Revision string `yaml:"revision" json:"revision,omitempty"` // tells models of one name apart
	BaseURL  string `yaml:"base_url" json:"base_url,omitempty"`
	APIKey   string `yaml:"api_key" json:"-"`
	// Directory of a static model: tokenizer.json, config.json, model.safetensors.
	Directory       string      `yaml:"directory" json:"directory,omitempty"`
	Dimension       int         `yaml:"dimension" json:"dimension,omitempty"`
	QueryPrefix     *string     `yaml:"query_prefix" json:"query_prefix,omitempty"`
	PassagePrefix   *string     `yaml:"passage_prefix" json:"passage_prefix,omitempty"`
	Batch           batchConfig `yaml:"batch" json:"batch"`
	PricePerMillion float64     `yaml:"price_per_million" json:"price_per_million,omitempty"` // tokens, in the currency of the bill
	LongTexts       string      `yaml:"long_texts" json:"long_texts"`                         // split, or truncate
	Timeout         string      `yaml:"timeout" json:"timeout,omitempty"`                     // of one request

	// KeyReference is the key as written, where it is a reference: what may be kept.
	KeyReference string `json:"key_reference,omitempty"`
}

type batchConfig struct {
	Texts  int `yaml:"texts" json:"texts,omitempty"`
	Tokens int `yaml:"tokens" json:"tokens,omitempty"`
}

// check expands references and looks whether a provider can be made of it; a static
// table is opened by those who need it.
func (x *embedConfig) check(w *walker, e expander) {
	x.KeyReference = reference(x.APIKey)
	expand(w, e, map[string]*string{
		"embedding.provider": &x.Provider, "embedding.model": &x.Model, "embedding.revision": &x.Revision, "embedding.base_url": &x.BaseURL,
		"embedding.api_key": &x.APIKey, "embedding.directory": &x.Directory, "embedding.timeout": &x.Timeout, "embedding.long_texts": &x.LongTexts,
	})
	if x.Provider == "" {
		x.Provider = providerNone
	}
	if x.Provider == providerNone && (x.Model != "" || x.BaseURL != "" || x.Directory != "") {
		w.say(0, "embedding names a model, but no provider; write provider: ollama, or another that `freshet doctor` lists")
	}
	// A table that is not there keeps nothing from starting: words answer meanwhile.
	if x.Provider != providerNone && (x.Provider != providerStatic || x.Directory == "") {
		if _, err := newProvider(x); err != nil {
			w.say(0, "%v", err)
		}
	}
	oneOf(w, "embedding.long_texts", &x.LongTexts, "split", "truncate")
	checkServiceURL(w, "embedding.base_url", x.BaseURL)
	if x.Timeout != "" {
		if _, err := readTime(x.Timeout); err != nil {
			w.say(0, "embedding.timeout: %v", err)
		}
	}
	if x.Directory != "" && !filepath.IsAbs(x.Directory) {
		x.Directory = filepath.Join(e.dir, x.Directory)
	}
	switch {
	case x.Dimension < 0 || x.Dimension > 65536:
		w.say(0, "embedding.dimension: %d is not a number of dimensions; leave it out to take the model's own", x.Dimension)
	case x.Batch.Texts < 0 || x.Batch.Tokens < 0:
		w.say(0, "embedding.batch: texts and tokens have to be above 0; leave them out to take the provider's own")
	case x.PricePerMillion < 0:
		w.say(0, "embedding.price_per_million: a price is not below 0")
	}
}

// rerankConfig names a service that orders passages for a question.
type rerankConfig struct {
	Provider string `yaml:"provider"` // cohere, jina or tei
	Model    string `yaml:"model"`
	BaseURL  string `yaml:"base_url"`
	APIKey   string `yaml:"api_key"`
}

// check expands references.
func (x *rerankConfig) check(w *walker, e expander) {
	expand(w, e, map[string]*string{"rerank.provider": &x.Provider, "rerank.model": &x.Model, "rerank.base_url": &x.BaseURL, "rerank.api_key": &x.APIKey})
	if x.Provider == "" {
		x.Provider = providerNone
	}
	checkServiceURL(w, "rerank.base_url", x.BaseURL)
	if x.Provider != providerNone {
		if _, err := newReranker(&config{Rerank: *x}); err != nil {
			w.say(0, "%v", err)
		}
	}
	if x.Provider == providerNone && (x.Model != "" || x.BaseURL != "") {
		w.say(0, "rerank names a model, but no provider; write provider: cohere, jina or tei")
	}
}

// checkServiceURL accepts the address of a service that the operator runs or rents.
func checkServiceURL(w *walker, key, text string) {
	if text == "" {
		return
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		w.say(0, "%s: %q is not an address such as http://localhost:11434/v1", key, text)
	case u.User != nil:
		w.say(0, "%s: leave the password out of the address and write it under %s", key, strings.Replace(key, "base_url", "api_key", 1))
	}
}
