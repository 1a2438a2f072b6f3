package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"freshet/connectors"
	"freshet/connectors/fetch"
	"freshet/connectors/files"
	"freshet/connectors/mail"
	"freshet/connectors/records"
	browsers "freshet/connectors/render"
	"freshet/connectors/website"
	"freshet/index/catalog"
)

// kinds is every sort of source there is.
func kinds() map[string]connectors.Kind {
	return map[string]connectors.Kind{
		"files":   files.Kind(),
		"records": records.Kind(),
		"website": website.Kind(),
	}
}

// kindNames lists the kinds by name.
func kindNames() []string { return slices.Sorted(maps.Keys(kinds())) }

// kindOf returns a kind, or an error that names the nearest one.
func kindOf(name string) (connectors.Kind, error) {
	if k, ok := kinds()[name]; ok {
		return k, nil
	}
	if near := connectors.Nearest(name, kindNames()); near != "" {
		return connectors.Kind{}, fmt.Errorf("%q is not a type of source; did you mean %q?", name, near)
	}
	return connectors.Kind{}, fmt.Errorf("%q is not a type of source; there are %s", name, strings.Join(kindNames(), ", "))
}

// An opener makes sources of their configuration.
type opener struct {
	http    func(connectors.HTTPOptions) *http.Client
	now     func() time.Time
	log     *slog.Logger
	secrets connectors.Secrets
	dir     string // that relative paths of the configuration file start from
	expand  expander
	browser *browsers.Chrome // nil if none is configured
}

func newOpener(o serviceOptions) *opener {
	out := &opener{http: fetch.New(fetchOptions(o.config, o.log)), now: o.now, log: o.log, secrets: envSecrets{o.getenv}, expand: expander{getenv: o.getenv}}
	if o.config != nil {
		out.dir, out.expand.dir = o.config.dir, o.config.dir
		if path := o.config.Render.Chrome; path != "" {
			out.browser = browsers.New(browsers.Options{Path: path, HTTP: out.http, Log: o.log})
		}
	}
	return out
}

// settings checks what a source is configured with. What is written in the
// configuration file is kept as written, so that secrets that it refers to are
// not in the catalog; it is expanded here.
func (o *opener) settings(s catalog.Source) (connectors.Kind, connectors.Settings, error) {
	kind, err := kindOf(s.Kind)
	if err != nil {
		return kind, nil, fmt.Errorf("source %s: %w", s.ID, err)
	}
	raw := s.Settings
	if s.Origin == catalog.OriginFile {
		expanded, err := o.expand.value(map[string]any(raw))
		if err != nil {
			return kind, nil, fmt.Errorf("source %s: %w", s.ID, err)
		}
		raw, _ = expanded.(map[string]any)
	}
	settings, err := kind.Parse(raw)
	if err != nil {
		return kind, nil, fmt.Errorf("source %s: %w", s.ID, err)
	}
	return kind, settings, nil
}

// open is the Open of pipeline.Options.
func (o *opener) open(_ context.Context, s catalog.Source) (connectors.Source, connectors.Kind, error) {
	kind, settings, err := o.settings(s)
	if err != nil {
		return nil, kind, err
	}
	env := connectors.Env{HTTP: o.http, Now: o.now, Log: o.log.With("source", s.ID), Secrets: o.secrets, Dir: o.dir}
	if o.browser != nil {
		env.Render = o.browser.Render
	}
	src, err := kind.New(env, settings)
	if err != nil {
		return nil, kind, fmt.Errorf("source %s: %w", s.ID, err)
	}
	return mail.Attachments(src), kind, nil
}

// close ends the browser, if one was started.
func (o *opener) close() error {
	if o.browser == nil {
		return nil
	}
	return o.browser.Close()
}

// checkBrowser says what is wrong with the browser that is configured, if one is.
func (o *opener) checkBrowser() error {
	if o.browser == nil {
		return nil
	}
	return o.browser.Check()
}

// envSecrets finds the secret "cms-token" in FRESHET_SECRET_CMS_TOKEN.
type envSecrets struct{ getenv func(string) string }

// Get returns the secret's value; its version is always "".
func (e envSecrets) Get(_ context.Context, name string) (string, string, error) {
	variable := "FRESHET_SECRET_" + strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(name))
	if value := e.getenv(variable); value != "" {
		return value, "", nil
	}
	return "", "", fmt.Errorf("the secret %q is not set; put it into the environment variable %s", name, variable)
}

// Save reports that the environment cannot be written.
func (e envSecrets) Save(_ context.Context, name, _, _ string) (bool, error) {
	return false, fmt.Errorf("the secret %q comes from the environment and cannot be changed there", name)
}
