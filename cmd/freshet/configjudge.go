package main

import (
	"freshet/pipeline/detect/judge"
)

// judgeConfig names a model that may confirm or refuse doubts that are only possible.
// Nothing is sent to anybody unless a provider or an address is written.
type judgeConfig struct {
	Provider      string `yaml:"provider"` // none, or a name of judge.PresetNames
	BaseURL       string `yaml:"base_url"`
	Kind          string `yaml:"kind"` // chat, or nli
	Model         string `yaml:"model"`
	APIKey        string `yaml:"api_key"`
	Contradiction string `yaml:"contradiction"` // label of an nli model
	Budget        int    `yaml:"budget"`        // requests in one run
	Timeout       string `yaml:"timeout"`       // of one request
}

// named reports whether there is to be a judge.
func (x *judgeConfig) named() bool {
	return x.Provider != providerNone && (x.Provider != "" || x.BaseURL != "")
}

// check expands references and looks whether a judge can be made of it.
func (x *judgeConfig) check(w *walker, e expander) {
	expand(w, e, map[string]*string{
		"doubts.judge.provider": &x.Provider, "doubts.judge.base_url": &x.BaseURL, "doubts.judge.kind": &x.Kind, "doubts.judge.model": &x.Model,
		"doubts.judge.api_key": &x.APIKey, "doubts.judge.contradiction": &x.Contradiction, "doubts.judge.timeout": &x.Timeout,
	})
	checkServiceURL(w, "doubts.judge.base_url", x.BaseURL)
	if x.Timeout != "" {
		if _, err := readTime(x.Timeout); err != nil {
			w.say(0, "doubts.judge.timeout: %v", err)
			return
		}
	}
	switch {
	case x.named():
		if _, err := newJudge(x, judge.Options{}); err != nil {
			w.say(0, "%v", err)
		}
	case x.Model != "" || x.APIKey != "":
		w.say(0, "doubts.judge names a model, but no provider; write provider: ollama, or base_url")
	}
}

// newJudge makes the judge that is configured, and nil without one. Cache, log and
// clock are those of o.
func newJudge(x *judgeConfig, o judge.Options) (*judge.Judge, error) {
	if !x.named() {
		return nil, nil
	}
	o.Provider, o.BaseURL, o.Kind, o.Model, o.APIKey = x.Provider, x.BaseURL, x.Kind, x.Model, x.APIKey
	o.Contradiction, o.Budget = x.Contradiction, x.Budget
	if x.Timeout != "" {
		t, err := readTime(x.Timeout)
		if err != nil {
			return nil, err
		}
		o.Timeout = t
	}
	return judge.New(o)
}
