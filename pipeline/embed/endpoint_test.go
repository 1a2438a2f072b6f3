package embed_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/pipeline/embed"
)

func TestConfigurationsThatCannotWorkAreRefusedInWords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		o    embed.EndpointOptions
		want string
	}{
		"an unknown provider": {embed.EndpointOptions{Preset: "opnai", Model: "m"}, "known are lmstudio, mistral, ollama, openai, openai-compatible, tei, vllm, static and none"},
		"no model":            {embed.EndpointOptions{Preset: "ollama"}, "embedding.model"},
		"no key":              {embed.EndpointOptions{Preset: "openai", Model: "text-embedding-3-small"}, "embedding.api_key"},
		"no address":          {embed.EndpointOptions{Preset: "openai-compatible", Model: "m"}, "embedding.base_url"},
		"no scheme":           {embed.EndpointOptions{Preset: "vllm", Model: "m", BaseURL: "localhost:8000"}, "embedding.base_url"},
		"a password":          {embed.EndpointOptions{Preset: "vllm", Model: "m", BaseURL: "http://u:hunter2@host/v1"}, "embedding.api_key"},
		"a file":              {embed.EndpointOptions{Preset: "vllm", Model: "m", BaseURL: "file:///etc/passwd"}, "embedding.base_url"},
		"a dimension":         {embed.EndpointOptions{Preset: "ollama", Model: "m", Dimension: -1}, "embedding.dimension"},
		"a key of two lines":  {embed.EndpointOptions{Preset: "ollama", Model: "m", APIKey: "a\r\nX-Evil: b"}, "one line"},
	} {
		_, err := embed.NewEndpoint(c.o)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := embed.New(embed.Options{}); err == nil {
		t.Error("an embedder without a provider")
	}
}

func TestAddressesAreCompleted(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"":                                   "http://localhost:11434/v1/embeddings",
		"http://box:11434":                   "http://box:11434/v1/embeddings",
		"http://box:11434/":                  "http://box:11434/v1/embeddings",
		"https://h/openai/v1/":               "https://h/openai/v1/embeddings",
		"https://h/v1/embeddings":            "https://h/v1/embeddings",
		"https://h/dep/embeddings?api-v=2#x": "https://h/dep/embeddings?api-v=2",
	} {
		p, err := embed.NewEndpoint(embed.EndpointOptions{Preset: "ollama", Model: "m", BaseURL: base})
		if err != nil || p.URL() != want {
			t.Errorf("%q: %v, want %s", base, p.URL(), want)
		}
	}
}

// TestWhatIsSentIsWhatServersUnderstand: no server gets a field that it may refuse.
func TestWhatIsSentIsWhatServersUnderstand(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		preset, model string
		dimension     int
		format        string
		dimensions    int
	}{
		{"openai", "text-embedding-3-large", 1024, "base64", 1024},
		{"openai", "text-embedding-3-large", 3072, "base64", 0},
		{"openai", "text-embedding-ada-002", 1536, "base64", 0},
		{"mistral", "mistral-embed", 0, "", 0},
		{"ollama", "bge-m3", 16, "", 0},
		{"tei", "intfloat/e5-small-v2", 0, "base64", 0},
		{"openai-compatible", "x", 16, "", 0},
	} {
		w := newWorld(t, func(p *embed.EndpointOptions, _ *embed.Options) {
			p.Preset, p.Model, p.Dimension = c.preset, c.model, c.dimension
		})
		_, _ = w.e.Passages(t.Context(), []string{"a"}) // the double's dimension is not OpenAI's
		got := w.requests[0]
		if got.Model != c.model || got.EncodingFormat != c.format || got.Dimensions != c.dimensions || got.key != "Bearer sk-secret-key" || got.path != "/v1/embeddings" {
			t.Errorf("%s %s: %+v", c.preset, c.model, got)
		}
	}
}

func TestModelsAreGivenTheirPrefixes(t *testing.T) {
	t.Parallel()
	const english = "Represent this sentence for searching relevant passages: "
	for name, want := range map[string][2]string{
		"intfloat/multilingual-e5-large":          {"query: ", "passage: "},
		"jeffh/intfloat-multilingual-e5-base:f16": {"query: ", "passage: "},
		"e5-small-v2":                             {"query: ", "passage: "},
		"nomic-embed-text:latest":                 {"search_query: ", "search_document: "},
		"bge-m3":                                  {"", ""},
		"BAAI/bge-base-en-v1.5":                   {english, ""},
		"BAAI/bge-large-zh-v1.5":                  {"为这个句子生成表示以用于检索相关文章：", ""},
		"mxbai-embed-large":                       {english, ""},
		"snowflake-arctic-embed2":                 {"query: ", ""},
		"Snowflake/snowflake-arctic-embed-m-v2.0": {"query: ", ""},
		"snowflake-arctic-embed:335m":             {english, ""},
		"embeddinggemma":                          {"task: search result | query: ", "title: none | text: "},
		"OrdalieTech/Solon-embeddings-large-0.1":  {"query : ", ""},
		"text-embedding-3-small":                  {"", ""},
		"node5-base":                              {"", ""},
		"all-minilm":                              {"", ""},
	} {
		p, err := embed.NewEndpoint(embed.EndpointOptions{Preset: "ollama", Model: name})
		if err != nil {
			t.Fatal(err)
		}
		if id := p.Identity(); id.QueryPrefix != want[0] || id.PassagePrefix != want[1] {
			t.Errorf("%s: %q, %q", name, id.QueryPrefix, id.PassagePrefix)
		}
	}
	p, err := embed.NewEndpoint(embed.EndpointOptions{Preset: "ollama", Model: "e5", QueryPrefix: new(""), PassagePrefix: new("p ")})
	if err != nil || p.Identity().QueryPrefix != "" || p.Identity().PassagePrefix != "p " {
		t.Errorf("configured prefixes do not hold: %+v", p.Identity())
	}
}

// TestTheKeyIsInNoLogAndNoError: not even where the server repeats it.
func TestTheKeyIsInNoLogAndNoError(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	w := newWorld(t, func(_ *embed.EndpointOptions, o *embed.Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		o.MostConcurrency = 1
	})
	for _, f := range []func(http.ResponseWriter, *http.Request, asked) bool{
		page(401, `{"error":{"message":"Incorrect API key provided: sk-secret-key"}}`),
		page(503, "who is sk-secret-key"),
		page(200, `who is sk-secret-key`),
		page(200, `{"data":[],"error":"sk-secret-key"}`),
	} {
		w.set(f)
		_, err := w.e.Passages(t.Context(), []string{"a"})
		if err == nil || strings.Contains(err.Error(), "sk-secret-key") || strings.Contains(w.e.Stats().LastError, "sk-secret-key") {
			t.Error(err)
		}
	}
	if log.Len() == 0 || strings.Contains(log.String(), "sk-secret-key") {
		t.Errorf("log: %s", log.String())
	}
}

func TestHeadersOfPaceAreRead(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		header [2]string
		want   time.Duration
	}{
		{[2]string{"Retry-After", "20"}, 20 * time.Second},
		{[2]string{"Retry-After", "0.5"}, 500 * time.Millisecond},
		{[2]string{"Retry-After", "Sat, 21 Nov 2026 12:01:00 GMT"}, time.Minute},
		{[2]string{"Retry-After", "Sat, 21 Nov 2020 12:01:00 GMT"}, 0},
		{[2]string{"Retry-After", "-5"}, 0},
		{[2]string{"Retry-After", "NaN"}, 0},
		{[2]string{"Retry-After", "1e300"}, 24 * time.Hour},
		{[2]string{"Retry-After", "soon"}, 0},
		{[2]string{"Retry-After-Ms", "1500"}, 1500 * time.Millisecond},
	} {
		w := newWorld(t, func(p *embed.EndpointOptions, o *embed.Options) {
			p.Now = func() time.Time { return at }
			o.Attempts = 1
		})
		w.set(func(rw http.ResponseWriter, _ *http.Request, _ asked) bool {
			rw.Header().Set(c.header[0], c.header[1])
			rw.WriteHeader(429)
			return true
		})
		p, err := embed.NewEndpoint(embed.EndpointOptions{Preset: "vllm", Model: "m", BaseURL: w.URL, Now: func() time.Time { return at }})
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = p.Embed(t.Context(), embed.Passage, []string{"a"})
		of, ok := err.(*embed.Error)
		if !ok || of.Wait != c.want {
			t.Errorf("%v: %v, want %s", c.header, err, c.want)
		}
	}
}

func TestEstimateAndCost(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(_ *embed.EndpointOptions, o *embed.Options) { o.PricePerMillion = 0.02 })
	got := w.e.Estimate(10_000, 10_000*600)
	if got.Texts != 10_000 || got.Tokens != 2_000_000 || got.Requests != 157 || got.Cost != 0.04 || got.Took != 0 {
		t.Errorf("%+v", got)
	}
	if w.count() != 0 {
		t.Error("an estimate was asked for")
	}
	if _, err := w.e.Passages(t.Context(), texts(100)); err != nil {
		t.Fatal(err)
	}
	s := w.e.Stats()
	if s.Tokens != 7*s.Sent || s.Cost != float64(s.Tokens)/1e6*0.02 {
		t.Errorf("%+v", s)
	}
	if z := w.e.Estimate(0, 0); z.Requests != 0 || z.Cost != 0 {
		t.Errorf("%+v", z)
	}
}

func TestCheckSaysWhatIsWrongAndHowToMendIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault  func(http.ResponseWriter, *http.Request, asked) bool
		change change
		status connectors.CheckStatus
		words  []string
	}{
		"well":          {status: connectors.CheckOK, words: []string{"16 dimensions", "127.0.0.1"}},
		"a bad key":     {fault: page(401, `{"error":{"message":"Incorrect API key"}}`), status: connectors.CheckFailure, words: []string{"unauthorized", "Incorrect API key", "embedding.api_key"}},
		"a wrong URL":   {fault: page(404, "404 page not found"), status: connectors.CheckFailure, words: []string{"endpoint_not_found", "/v1"}},
		"an HTML page":  {fault: page(200, "<html><title>Grafana</title>"), status: connectors.CheckFailure, words: []string{"not_json", "Grafana", "web page"}},
		"no such model": {fault: page(404, `{"error":{"message":"model \"m\" not found, try pulling it first"}}`), status: connectors.CheckFailure, words: []string{"model_not_found", "ollama pull"}},
		"another dimension": {change: func(p *embed.EndpointOptions, _ *embed.Options) { p.Dimension = 768 }, status: connectors.CheckFailure,
			words: []string{"wrong_dimension", "16", "768", "embedding.dimension"}},
		"no credit": {fault: page(402, `{"message":"payment required"}`), status: connectors.CheckFailure, words: []string{"quota_exhausted", "credit"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(p *embed.EndpointOptions, o *embed.Options) {
				if c.change != nil {
					c.change(p, o)
				}
			})
			w.set(c.fault)
			got := w.e.Check(t.Context())
			if len(got) != 1 || got[0].Status != c.status {
				t.Fatalf("%+v", got)
			}
			for _, word := range c.words {
				if !strings.Contains(got[0].Text, word) {
					t.Errorf("%q is not in %q", word, got[0].Text)
				}
			}
			if slices.ContainsFunc(got, func(c embed.Check) bool { return strings.Contains(c.Text, "sk-secret") }) {
				t.Error("the key is in it")
			}
		})
	}
	t.Run("slow", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, func(_ *embed.EndpointOptions, o *embed.Options) { o.QueryBudget = 800 * time.Millisecond })
		w.set(func(http.ResponseWriter, *http.Request, asked) bool { w.pass(3 * time.Second); return false })
		got := w.e.Check(t.Context())
		if len(got) != 1 || got[0].Status != connectors.CheckWarning || !strings.Contains(got[0].Text, "3000 ms") || !strings.Contains(got[0].Text, "lexical") {
			t.Errorf("%+v", got)
		}
	})
	t.Run("a key in clear", func(t *testing.T) {
		t.Parallel()
		p, err := embed.NewEndpoint(embed.EndpointOptions{Preset: "vllm", Model: "m", BaseURL: "http://10.1.2.3:8000", APIKey: "k"})
		if err != nil || !p.KeyInClear() {
			t.Error(err)
		}
		for _, base := range []string{"https://10.1.2.3", "http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1"} {
			p, err := embed.NewEndpoint(embed.EndpointOptions{Preset: "vllm", Model: "m", BaseURL: base, APIKey: "k"})
			if err != nil || p.KeyInClear() {
				t.Error(base, err)
			}
		}
	})
}
