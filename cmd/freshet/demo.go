package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"freshet/api"
	"freshet/cmd/freshet/sample"
	"freshet/index/catalog"
	"freshet/index/retrieve"
)

// What the demo calls its knowledge base and its source.
const (
	demoBase   = "help"
	demoSource = "ondavelle"
)

func (m *Main) demoCommand() *cobra.Command {
	var address string
	var once bool
	c := &cobra.Command{
		Use: "demo", Short: "Serve, sync and question the built-in sample help centre", Args: cobra.NoArgs,
		Long: `Serves the help centre of a company that does not exist, in French and English, on
this machine, connects it as a website, syncs it, asks its own questions and shows how
many were answered. Needs no network, key or file, and leaves nothing behind.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return m.demo(cmd.Context(), address, once, sample.New())
		},
	}
	c.Flags().StringVar(&address, "addr", "127.0.0.1:0", "`ADDRESS` of the API while the demo stays up; port 0 takes a free one")
	c.Flags().BoolVar(&once, "once", false, "end after the summary")
	return c
}

// demoSummary is what --once --json prints.
type demoSummary struct {
	Pages          int `json:"pages"`
	Answerable     int `json:"answerable"`
	RightPageFirst int `json:"right_page_first"`
	Unanswerable   int `json:"unanswerable"`
	Declined       int `json:"declined"`
	Uncertain      int `json:"uncertain"`
	Findings       int `json:"findings"`
}

func (m *Main) demo(ctx context.Context, address string, once bool, site *sample.Site) (err error) {
	dir, err := os.MkdirTemp("", "freshet-demo-")
	if err != nil {
		return fmt.Errorf("the demo needs a temporary directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	origin, stopSite, err := m.serveSample(ctx, site)
	if err != nil {
		return err
	}
	defer stopSite()
	h, err := m.open(ctx, serviceOptions{dir: dir, scheduled: !once})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	d := &demo{Main: m, client: within(h.local()), origin: origin}
	if err := d.run(ctx); err != nil {
		return err
	}
	if d.summary.Findings, err = h.service.openFindings(ctx); err != nil {
		return err
	}
	if m.flags.json {
		err = m.printJSON(d.summary)
	} else {
		err = d.print()
	}
	if err != nil || once {
		return err
	}
	return m.stayUp(ctx, h, address, origin)
}

// serveSample serves the sample site on loopback.
func (m *Main) serveSample(ctx context.Context, site *sample.Site) (origin string, stop func(), err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("the sample site cannot be served on this machine: %w", err)
	}
	server := &http.Server{Handler: site.Handler(), ReadHeaderTimeout: 5 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			m.log.Error("the sample site stopped", "error", err)
		}
	}()
	m.listening("sample", listener.Addr().String())
	return "http://" + listener.Addr().String(), func() {
		_ = server.Close() // its readers have gone
		<-done
	}, nil
}

func (m *Main) listening(what, address string) {
	if m.Listening != nil {
		m.Listening(what, address)
	}
}

// demo is one demonstration.
type demo struct {
	*Main
	*client
	origin  string
	took    time.Duration
	report  catalog.Report
	summary demoSummary
	answers []demoAnswer
}

type demoAnswer struct {
	sample.Question
	got   retrieve.Response
	right bool
}

func (d *demo) run(ctx context.Context) error {
	_, port, err := net.SplitHostPort(strings.TrimPrefix(d.origin, "http://"))
	if err != nil {
		return err
	}
	spec := api.SourceSpec{Base: demoBase, Kind: "website", Owner: "help@ondavelle.example", Publish: true, Settings: map[string]any{
		"start": d.origin + "/", "delay": "1ms", "allow_private": []string{"127.0.0.1/32"}, "allow_ports": []string{port},
	}}
	if err := d.do(ctx, http.MethodPut, "/v1/sources/"+demoSource, spec, nil); err != nil {
		return fmt.Errorf("connect the sample: %w", err)
	}
	began := time.Now()
	report, err := d.syncOne(ctx, d.client, demoSource, api.SyncOptions{})
	if err != nil {
		return fmt.Errorf("sync the sample: %w", err)
	}
	d.took, d.report = time.Since(began), report
	if report.Result != catalog.RunDone {
		return fmt.Errorf("sync the sample: %s", whyFailed(&report))
	}
	d.summary.Pages = report.New
	for _, q := range sample.Questions() {
		if err := d.ask(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) ask(ctx context.Context, q sample.Question) error {
	a := demoAnswer{Question: q}
	if err := d.do(ctx, http.MethodPost, "/v1/search", map[string]any{"knowledge_base": demoBase, "query": q.Question}, &a.got); err != nil {
		return fmt.Errorf("ask %q: %w", q.Question, err)
	}
	s := &d.summary
	if len(q.Expected) > 0 {
		s.Answerable++
		a.right = len(a.got.Hits) > 0 && slices.Contains(q.Expected, strings.TrimPrefix(a.got.Hits[0].Document.URL, d.origin))
		if a.right {
			s.RightPageFirst++
		}
	} else {
		s.Unanswerable++
		switch a.got.Answer.State {
		case retrieve.None:
			s.Declined++
		case retrieve.Uncertain, retrieve.Clarify:
			s.Uncertain++
		}
	}
	d.answers = append(d.answers, a)
	return nil
}

// shownAnswers is how many questions of each sort are shown in full.
const shownAnswers = 3

func (d *demo) print() error {
	s := &d.summary
	doubted := s.Declined + s.Uncertain
	head := fmt.Sprintf("Ondavelle, a help centre in French and English, read from %s/\n", d.origin)
	t := &table{}
	t.row("", strconv.Itoa(s.Pages), "pages read and indexed as "+plural(d.report.ChunksWritten, "passage", "passages")+" in "+took(d.took))
	t.row("", strconv.Itoa(s.Answerable), fmt.Sprintf("questions that a page answers: %d with the right page first (%s)", s.RightPageFirst, percent(s.RightPageFirst, s.Answerable)))
	t.row("", strconv.Itoa(s.Unanswerable), fmt.Sprintf("questions that no page answers: %d declined, %d uncertain (%s)", s.Declined, s.Uncertain, percent(doubted, s.Unanswerable)))
	t.row("", strconv.Itoa(s.Findings), "doubts for the owners of pages: contradictions, duplicates, what is out of date")
	if err := d.say("%s\n%s", head, strings.TrimRight(t.String(), "\n")); err != nil {
		return err
	}
	if err := d.say("\nSome answers in full"); err != nil {
		return err
	}
	for _, a := range d.some() {
		if err := d.say("\n  “%s”\n%s", a.Question.Question, strings.TrimRight(answerText(&a.got, 1, "    "), "\n")); err != nil {
			return err
		}
	}
	return nil
}

// some picks answers to show: right ones in both languages, and declined ones.
func (d *demo) some() []demoAnswer {
	var right, none []demoAnswer
	french := 0
	for _, a := range d.answers {
		switch {
		case len(a.Expected) == 0 && a.got.Answer.State == retrieve.None && len(none) < shownAnswers-1:
			none = append(none, a)
		case a.right && a.got.Answer.State == retrieve.Found && len(right) < shownAnswers:
			if a.got.Hits[0].Document.Locale == "fr" {
				if french == shownAnswers-1 {
					continue
				}
				french++
			}
			right = append(right, a)
		}
	}
	return append(right, none...)
}
