package embed

import (
	"slices"
	"strings"
)

// A Preset is what is known about a kind of server.
type Preset struct {
	Name    string
	BaseURL string // where it is unless said otherwise; "": must be said
	Key     bool   // whether it wants an API key
	Limits  Limits
	base64  bool // knows encoding_format "base64"
	shorten bool // takes "dimensions" for some models
	hosted  bool // its model names mean the same whoever asks
	models  []hostedModel
}

// hostedModel is a model whose dimension its owner publishes.
type hostedModel struct {
	name      string
	dimension int
	tokens    int
	shortens  bool // takes "dimensions"
}

// Batches of servers that publish no limit: small enough for a laptop without a
// graphics card, large enough that the round trip does not count.
const (
	usualTexts  = 64
	usualTokens = 50_000
)

// Presets lists the servers that are known by name, in the order of their names.
// Sources of the figures:
//
//	openai    platform.openai.com/docs/api-reference/embeddings/create: 2,048 inputs, 8,192 tokens an input,
//	          300,000 tokens a request; docs/guides/embeddings: 1536 and 3072 dimensions, "dimensions" for -3 models
//	mistral   docs.mistral.ai/capabilities/embeddings: 1024 dimensions for mistral-embed; 256 inputs (257 is
//	          refused as "Too many inputs in request", rig-core's mistral/embedding.rs) and 16,000 tokens a request
//	          (langchain_mistralai MAX_TOKENS); it takes no encoding_format "base64" in older versions
//	ollama    docs.ollama.com/api/openai-compatibility: port 11434, key ignored, longer texts are cut silently
//	tei       huggingface.co/docs/text-embeddings-inference/cli_arguments: max-client-batch-size 32,
//	          max-batch-tokens 16,384, payload-limit 2,000,000 bytes, auto-truncate off
//	vllm      docs.vllm.ai/en/latest/serving/openai_compatible_server.html: port 8000, base64 is known
//	lmstudio  lmstudio.ai/docs/developer/openai-compat: port 1234
func Presets() []Preset {
	return []Preset{
		{Name: "lmstudio", BaseURL: "http://localhost:1234/v1", Limits: Limits{Texts: usualTexts, Tokens: usualTokens}},
		{Name: "mistral", BaseURL: "https://api.mistral.ai/v1", Key: true, hosted: true, Limits: Limits{Texts: 256, Tokens: 16_000},
			models: []hostedModel{{name: "mistral-embed", dimension: 1024, tokens: 8192}, {name: "mistral-embed-2312", dimension: 1024, tokens: 8192}}},
		{Name: "ollama", BaseURL: "http://localhost:11434/v1", Limits: Limits{Texts: usualTexts, Tokens: usualTokens}},
		{Name: "openai", BaseURL: "https://api.openai.com/v1", Key: true, hosted: true, base64: true, shorten: true, Limits: Limits{Texts: 256, Tokens: 100_000},
			models: []hostedModel{
				{name: "text-embedding-3-small", dimension: 1536, tokens: 8192, shortens: true},
				{name: "text-embedding-3-large", dimension: 3072, tokens: 8192, shortens: true},
				{name: "text-embedding-ada-002", dimension: 1536, tokens: 8192},
			}},
		{Name: "openai-compatible", Limits: Limits{Texts: usualTexts, Tokens: usualTokens}},
		{Name: "tei", BaseURL: "http://localhost:8080/v1", base64: true, Limits: Limits{Texts: 32, Tokens: 16_384}},
		{Name: "vllm", BaseURL: "http://localhost:8000/v1", base64: true, Limits: Limits{Texts: usualTexts, Tokens: usualTokens}},
	}
}

// PresetNames lists the names of the Presets.
func PresetNames() []string {
	var names []string
	for _, p := range Presets() {
		names = append(names, p.Name)
	}
	return names
}

func presetNamed(name string) (Preset, bool) {
	all := Presets()
	i := slices.IndexFunc(all, func(p Preset) bool { return p.Name == strings.ToLower(name) })
	if i < 0 {
		return Preset{}, false
	}
	return all[i], true
}

func (p Preset) model(name string) hostedModel {
	i := slices.IndexFunc(p.models, func(m hostedModel) bool { return m.name == name })
	if i < 0 {
		return hostedModel{}
	}
	return p.models[i]
}
