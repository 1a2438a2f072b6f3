package main

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

func (m *Main) serveCommand() *cobra.Command {
	var address string
	c := &cobra.Command{
		Use: "serve", Short: "Run the API, the scheduler and the workers", Args: cobra.NoArgs,
		Long: `Runs the API, the scheduler and the workers in one process, until Ctrl-C. Other
commands on the same data directory talk to it.

Memory: garbage is collected when the heap has grown by 64 MB, or by its own size
where that is more. GOGC and GOMEMLIMIT, when set, decide instead.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return m.serve(cmd.Context(), address) },
	}
	c.Flags().StringVar(&address, "addr", "127.0.0.1:8080", "`ADDRESS` of the API")
	return c
}

func (m *Main) serve(ctx context.Context, address string) (err error) {
	dir, err := m.dataDir()
	if err != nil {
		return err
	}
	cfg, err := findConfig(m.flags.config, m.Getenv)
	if err != nil {
		return err
	}
	defer paceCollections(m.Getenv)()
	h, err := m.open(ctx, serviceOptions{dir: dir, config: cfg, scheduled: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	l, err := m.listen(ctx, h, dir, address)
	if err != nil {
		return err
	}
	if err := m.announce(ctx, h, l.address, dir, cfg); err != nil {
		return errors.Join(err, l.close())
	}
	m.listening("api", l.address)
	return errors.Join(l.wait(ctx), l.close())
}

// announce prints where the service is and what to do first.
func (m *Main) announce(ctx context.Context, h *host, address, dir string, cfg *config) error {
	from := "none; add sources with `freshet source add`"
	if cfg != nil {
		from = cfg.path
	}
	t := &table{}
	t.row("API", "http://"+address, "OpenAPI: /openapi.json")
	t.row("data", dir)
	t.row("configuration", from)
	rows, err := h.service.catalog.Sources(ctx)
	if err != nil {
		return err
	}
	t.row("sources", plural(len(rows), "source", "sources")+", see `freshet source list`")
	keys, err := h.service.catalog.Keys(ctx)
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		t.row("keys", "none yet; make one with `freshet key create --name chatbot`")
	}
	_, err = fmt.Fprint(m.Stderr, t.String())
	return err
}

// stayUp serves the demo's API until ctx ends.
func (m *Main) stayUp(ctx context.Context, h *host, address, origin string) error {
	l, err := m.listen(ctx, h, h.service.dir, address)
	if err != nil {
		return err
	}
	var key struct{ Secret string }
	err = within(h.local()).do(ctx, http.MethodPost, "/v1/keys", map[string]any{"name": "demo"}, &key)
	if err == nil {
		_, err = fmt.Fprintf(m.Stderr, `
The sample site   %s/
The API           http://%s

Ask it yourself:  curl -s http://%s/v1/search -H 'Authorization: Bearer %s' \
                    -H 'Content-Type: application/json' -d '{"knowledge_base": "%s", "query": "how much is home internet"}'
From a terminal:  freshet search --data %s "how much is home internet"
Ctrl-C ends the demo and leaves nothing behind.
`, origin, l.address, l.address, key.Secret, demoBase, h.service.dir)
	}
	if err != nil {
		return errors.Join(err, l.close())
	}
	m.listening("api", l.address)
	return errors.Join(l.wait(ctx), l.close())
}

// listeners are the servers of a service: the API for holders of keys, and the
// local one for commands.
type listeners struct {
	address string
	servers []*http.Server
	failed  chan error
	cleanup []func() error
}

// drain is how long requests may take to end at a graceful stop.
const drain = 5 * time.Second

func (m *Main) listen(ctx context.Context, h *host, dir, address string) (*listeners, error) {
	l := &listeners{failed: make(chan error, 2)}
	public, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("the API cannot listen on %s: %w; choose another address with --addr", address, err)
	}
	l.address = public.Addr().String()
	l.start(h.api.HTTP(h.service.polite.questions(h.api.Handler())), public)
	if err := l.local(ctx, h, dir); err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}

func (l *listeners) start(s *http.Server, on net.Listener) {
	l.servers = append(l.servers, s)
	go func() {
		if err := s.Serve(on); !errors.Is(err, http.ErrServerClosed) {
			l.failed <- err
		}
	}()
}

// local listens for commands: on a unix socket that only this user may open, or,
// where the system has none, on a loopback port with a secret in a file.
func (l *listeners) local(ctx context.Context, h *host, dir string) error {
	path := filepath.Join(dir, socketFile)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove the socket of an earlier process: %w", err)
	}
	if on, err := new(net.ListenConfig).Listen(ctx, "unix", path); err == nil {
		if err := os.Chmod(path, 0o600); err != nil {
			return errors.Join(fmt.Errorf("close the socket to others: %w", err), on.Close())
		}
		l.start(h.api.HTTP(h.local()), on)
		return nil
	}
	return l.localPort(ctx, h, dir)
}

func (l *listeners) localPort(ctx context.Context, h *host, dir string) error {
	on, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen for commands: %w", err)
	}
	var secret [24]byte
	_, _ = rand.Read(secret[:]) // it never fails
	note := portNote{Address: on.Addr().String(), Token: hex.EncodeToString(secret[:])}
	text, err := json.Marshal(note)
	path := filepath.Join(dir, portFile)
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("note where commands are listened to: %w", err), on.Close())
	}
	l.cleanup = append(l.cleanup, func() error { return os.Remove(path) })
	l.start(h.api.HTTP(holdersOf(note.Token, h.local())), on)
	return nil
}

// holdersOf lets those through who know the token.
func holdersOf(token string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		if subtle.ConstantTimeCompare([]byte(given), []byte(token)) != 1 {
			http.Error(w, "this port is for freshet's own commands", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// wait returns when ctx ends, or with the error of a server that stopped by itself.
func (l *listeners) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-l.failed:
		return fmt.Errorf("the API stopped: %w", err)
	}
}

// close lets requests end for a while and closes everything.
func (l *listeners) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	var errs []error
	for _, s := range l.servers {
		if err := s.Shutdown(ctx); err != nil {
			errs = append(errs, s.Close()) // somebody waits for a sync: it stops with the service
		}
	}
	for _, f := range l.cleanup {
		errs = append(errs, f())
	}
	return errors.Join(errs...)
}
