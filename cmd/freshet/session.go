package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"freshet/api"
	"freshet/index"
	"freshet/pipeline/redact"
)

// A session is a command's way to the API: of the process that owns the data
// directory, or of a service within this one.
type session struct {
	*client
	close func() error
}

// connect finds the process that serves the data directory, or becomes it for as
// long as the command runs.
func (m *Main) connect(ctx context.Context) (*session, error) {
	dir, err := m.dataDir()
	if err != nil {
		return nil, err
	}
	if c := dialOwner(ctx, dir); c != nil {
		return &session{client: c, close: func() error { c.http.CloseIdleConnections(); return nil }}, nil
	}
	cfg, err := findConfig(m.flags.config, m.Getenv)
	if err != nil {
		return nil, err
	}
	h, err := m.open(ctx, serviceOptions{dir: dir, config: cfg})
	if err != nil {
		return nil, err
	}
	// An index that is away keeps nothing from being read and committed; those who
	// search are told.
	if err := h.service.caughtUp(ctx); err != nil && !errors.Is(err, index.ErrUnavailable) {
		return nil, errors.Join(fmt.Errorf("the index cannot be filled: %w", err), h.close())
	}
	return &session{client: within(h.local()), close: h.close}, nil
}

// A host is a service with its API.
type host struct {
	service *service
	api     *api.Server
	stop    context.CancelFunc
	done    chan struct{}
}

// open opens a service in this process, with its API.
func (m *Main) open(ctx context.Context, o serviceOptions) (*host, error) {
	o.getenv, o.now, o.log, o.patience = m.Getenv, m.Now, m.log, m.Patience
	o.owner = owner{PID: m.PID, Command: m.command, Since: m.Now()}
	s, err := openService(ctx, o)
	if err != nil {
		return nil, err
	}
	server, err := api.New(api.Options{
		Catalog: s.catalog, Retriever: s.retriever, Sources: s.sources, Syncs: s.syncs, Index: s.index, Audits: s.audits.maker, Mask: redact.Mask,
		SynonymsChanged: func(string) { s.reloadBases() }, ReviewEvery: s.reviewEvery, FixWithin: s.fixWithin(), Version: version(), Now: m.Now, Log: m.log,
	})
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	h := &host{service: s, api: server, done: make(chan struct{})}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	h.stop = stop
	go func() {
		defer close(h.done)
		server.Run(running)
	}()
	return h, nil
}

// closeWithin is how long the API may take to write what is left.
const closeWithin = 10 * time.Second

// close ends what runs between two transactions and keeps everything.
func (h *host) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
	defer cancel()
	h.stop()
	<-h.done
	h.service.stop() // so that syncs which the API waits for end
	return errors.Join(h.api.Close(ctx), h.service.close())
}
