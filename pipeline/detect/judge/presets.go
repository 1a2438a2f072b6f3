package judge

// A Preset is what is known about a kind of server.
type Preset struct {
	Name    string
	BaseURL string // where it is unless said otherwise; "": must be said
	Kind    string
	Key     bool // whether it wants an API key
}

// Presets lists the servers that are known by name, in the order of their names; where
// each stands in pipeline/embed's.
func Presets() []Preset {
	return []Preset{
		{Name: "lmstudio", BaseURL: "http://localhost:1234/v1", Kind: Chat},
		{Name: "mistral", BaseURL: "https://api.mistral.ai/v1", Kind: Chat, Key: true},
		{Name: "ollama", BaseURL: "http://localhost:11434/v1", Kind: Chat},
		{Name: "openai", BaseURL: "https://api.openai.com/v1", Kind: Chat, Key: true},
		{Name: "openai-compatible", Kind: Chat},
		{Name: "tei", BaseURL: "http://localhost:8080", Kind: NLI},
		{Name: "vllm", BaseURL: "http://localhost:8000/v1", Kind: Chat},
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

// presetNamed finds a preset; an address without a provider is a server that no preset
// knows.
func presetNamed(name, kind string) (Preset, bool) {
	if name == "" {
		return Preset{Name: "openai-compatible", Kind: kind}, true
	}
	for _, p := range Presets() {
		if p.Name == name {
			return p, true
		}
	}
	return Preset{}, false
}
