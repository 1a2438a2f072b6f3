package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"freshet/api"
	"freshet/connectors"
	"freshet/index"
	"freshet/index/qdrant"
	"freshet/pipeline/detect/judge"
)

func (m *Main) doctorCommand() *cobra.Command {
	var ready bool
	c := &cobra.Command{Use: "doctor", Short: "Look whether everything is as it should be", Args: cobra.NoArgs,
		Long: `Looks at the data directory, the configuration, the catalog and the index, the
sources, and at the services that the configuration names: Qdrant, the embedder, the
re-ranker, the judge. Embedder and judge are sent two sentences of Freshet's own.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if ready {
				return m.ready(cmd.Context())
			}
			return m.doctor(cmd.Context())
		}}
	c.Flags().BoolVar(&ready, "ready", false, "only ask the running serve whether it answers searches")
	return c
}

// ready asks the process that serves the data directory.
func (m *Main) ready(ctx context.Context) error {
	dir, err := m.dataDir()
	if err != nil {
		return err
	}
	c := dialOwner(ctx, dir)
	if c == nil {
		return fmt.Errorf("nobody serves the data directory %s; start `freshet serve`", dir)
	}
	defer c.http.CloseIdleConnections()
	var v api.Health
	if err := c.do(ctx, http.MethodGet, "/readyz", nil, &v); err != nil {
		return err
	}
	if m.flags.json {
		return m.printJSON(v)
	}
	return m.say("ready")
}

// An examination is what doctor found.
type examination struct{ api.TestResult }

// note adds a check: what is good about it, or the error.
func (x *examination) note(name string, err error, good string) {
	c := api.Check{Name: name, Status: "ok", Text: good}
	if err != nil {
		c.Status, c.Text, x.OK = "failure", err.Error(), false
	}
	x.Checks = append(x.Checks, c)
}

// warn adds a check of something that works, but not as it might.
func (x *examination) warn(name, text string) {
	x.Checks = append(x.Checks, api.Check{Name: name, Status: "warning", Text: text})
}

// doctor looks at everything that a start needs, without changing it.
func (m *Main) doctor(ctx context.Context) error {
	r := &examination{api.TestResult{OK: true}}
	dir, err := m.dataDir()
	r.note("data directory", errors.Join(err, writable(dir)), dir)
	cfg, err := findConfig(m.flags.config, m.Getenv)
	text := "none; sources come from `freshet source add`"
	if cfg != nil {
		text = cfg.path
		err = errors.Join(err, m.checkSources(cfg))
	}
	r.note("configuration", err, text)
	starts := r.OK // the services that are away keep nothing from starting
	if cfg != nil && err == nil {
		r.services(ctx, cfg, m.log)
	}
	if starts {
		if err := m.with(ctx, r.examine); err != nil {
			r.note("catalog", err, "")
		}
	}
	if m.flags.json {
		if err := m.printJSON(r.TestResult); err != nil {
			return err
		}
	} else {
		if err := m.print(checkTable(r.Checks)); err != nil {
			return err
		}
	}
	if !r.OK {
		return errors.New("something is not as it should be; mend what is marked with ✘")
	}
	return nil
}

func writable(dir string) error {
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("it cannot be made: %w; give another one with --data", err)
	}
	path := filepath.Join(dir, ".doctor")
	if err := os.WriteFile(path, []byte("ok"), 0o600); err != nil {
		return fmt.Errorf("it cannot be written to: %w; give another one with --data", err)
	}
	return os.Remove(path)
}

// services asks those that the configuration names.
func (x *examination) services(ctx context.Context, cfg *config, log *slog.Logger) {
	if cfg.Embedding.Provider != providerNone {
		x.embedder(ctx, cfg, log)
	}
	if cfg.Index.Store == storeQdrant {
		x.qdrant(ctx, &cfg.Index.Qdrant)
	}
	if cfg.Rerank.Provider != providerNone {
		x.reranker(ctx, cfg)
	}
	if cfg.Doubts.Judge.named() {
		x.judge(ctx, &cfg.Doubts.Judge)
	}
}

// serviceWithin is how long a service has to answer doctor.
const serviceWithin = 10 * time.Second

func (x *examination) qdrant(ctx context.Context, q *qdrantConfig) {
	ctx, cancel := context.WithTimeout(ctx, serviceWithin)
	defer cancel()
	server, err := qdrant.Connect(ctx, q.options())
	if err != nil {
		x.note("qdrant", err, "")
		return
	}
	list, err := server.Collections(ctx) // for which the key has to be right
	x.note("qdrant", errors.Join(err, server.Close()), fmt.Sprintf("%s answers, version %s, with %s of Freshet's",
		q.Address, server.Version(), plural(len(list), "collection", "collections")))
}

func (x *examination) reranker(ctx context.Context, cfg *config) {
	ctx, cancel := context.WithTimeout(ctx, serviceWithin)
	defer cancel()
	rerank, err := newReranker(cfg)
	if err == nil {
		_, err = rerank(ctx, "Does the re-ranker answer?", []index.Passage{{Chunk: index.Chunk{Text: "A passage that tells whether the re-ranker answers."}}})
	}
	x.note("re-ranker", err, cfg.Rerank.Provider+" answers")
}

// judgeWithin is how long a judge has to answer doctor: its server may have to load the
// model first.
const judgeWithin = time.Minute

func (x *examination) judge(ctx context.Context, c *judgeConfig) {
	ctx, cancel := context.WithTimeout(ctx, judgeWithin)
	defer cancel()
	j, err := newJudge(c, judge.Options{})
	if err != nil {
		x.note("judge", err, "")
		return
	}
	x.note("judge", j.Check(ctx), j.Model()+" judges as it has to")
	if j.KeyInClear() {
		x.warn("judge", "the key travels unencrypted; give an https address as doubts.judge.base_url")
	}
}

func (x *examination) embedder(ctx context.Context, cfg *config, log *slog.Logger) {
	e, err := newEmbedder(embedderOptions{settings: cfg.Embedding, log: log})
	if err != nil {
		x.note("embedder", err, "")
		return
	}
	for _, c := range e.Check(ctx) {
		switch c.Status {
		case connectors.CheckOK:
			x.note(c.Name, nil, c.Text)
		case connectors.CheckWarning:
			x.warn(c.Name, c.Text)
		default:
			x.note(c.Name, errors.New(c.Text), "")
		}
	}
}

// examine looks at what a service says of itself.
func (x *examination) examine(ctx context.Context, s *session) error {
	where := "opened by this command"
	if s.remote {
		where = "served by another freshet process"
	}
	x.note("catalog", nil, where)
	var v api.IndexComparison
	err := s.do(ctx, http.MethodPost, "/v1/index/verify", nil, &v)
	if wrong := v.Missing + v.Foreign + v.Differ; err == nil && wrong > 0 {
		err = fmt.Errorf("%s differ from the catalog; mend it with `freshet index repair`", plural(wrong, "passage", "passages"))
	}
	x.note("index", err, plural(v.Points, "passage", "passages")+", just what the catalog says")
	var list api.SourceList
	if err := s.do(ctx, http.MethodGet, "/v1/sources", nil, &list); err != nil {
		return err
	}
	for i := range list.Sources {
		row := &list.Sources[i]
		var err error
		switch {
		case row.State == "needs_you":
			err = errors.New("its credentials are refused; renew them, then `freshet source test " + row.ID + "`")
		case row.LastRun != nil && row.LastRun.Result == "failed":
			err = fmt.Errorf("its last run failed: %s", short(strings.Join(row.LastRun.Errors, "; "), 200))
		}
		x.note("source "+row.ID, err, row.State+", "+lastRunText(row.LastRun))
	}
	return nil
}
