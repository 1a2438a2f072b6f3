package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"freshet/index/catalog"
)

// ErrMonth: the month cannot be meant; the sentence says why.
var ErrMonth = errors.New("there is no audit of this month")

// Options make a Maker. Catalog is required.
type Options struct {
	Catalog *catalog.Catalog
	Zone    *time.Location   // in which months begin; nil: UTC
	Now     func() time.Time // nil: time.Now
	Log     *slog.Logger     // nil discards
	// Every is how often a source is read by itself; 0: it is not. nil: none is.
	Every func(catalog.Source) time.Duration
	// Interval is how often a page has to be looked at; 0: never. nil: what the page or
	// its source says.
	Interval func(*catalog.Document, *catalog.Source) time.Duration
	// Languages are those of owners, fr or en; "*" is that of all who are not named.
	// Without it the first language of the knowledge base counts.
	Languages map[string]string
	// BaseURL is where people decide; see RenderOptions.
	BaseURL string
	// Tell makes the events of webhooks for a report that is kept. nil: none.
	Tell   func(*Report) []catalog.WebhookEvent
	Limits Limits // zero fields take their default
}

// Limits bound what a report costs and holds.
type Limits struct {
	Lines     int // of a section, for each owner; default 1,000
	Pages     int // of a line; default 12
	Owners    int // with a report of their own; default 1,000
	Questions int // groups of questions; default 5,000
	Months    int // of the trend, with the report's own; default 12
}

func (l Limits) withDefaults() Limits {
	for _, v := range []struct {
		p        *int
		standard int
	}{{&l.Lines, 1000}, {&l.Pages, 12}, {&l.Owners, 1000}, {&l.Questions, 5000}, {&l.Months, 12}} {
		if *v.p <= 0 {
			*v.p = v.standard
		}
	}
	return l
}

// A Maker makes audits and keeps those of months that have ended. Its methods may be
// called from several goroutines.
type Maker struct{ o Options }

// New returns a Maker.
func New(o Options) *Maker {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Every == nil {
		o.Every = func(catalog.Source) time.Duration { return 0 }
	}
	if o.Interval == nil {
		o.Interval = ownInterval
	}
	o.Limits = o.Limits.withDefaults()
	return &Maker{o: o}
}

// Zone is where months begin.
func (m *Maker) Zone() *time.Location { return m.o.Zone }

// BaseURL is where people decide, as it was configured.
func (m *Maker) BaseURL() string { return m.o.BaseURL }

// Month reads what somebody asks for: a month, current, or last for the last one that
// has ended.
func (m *Maker) Month(asked string) string {
	switch asked {
	case "", "current":
		return ThisMonth(m.o.Now(), m.o.Zone)
	case "last":
		return LastMonth(m.o.Now(), m.o.Zone)
	}
	return asked
}

// Report returns the audit of a knowledge base and a month as 2026-11, for everybody.
// That of a month which has ended is made once and kept: a later call returns the same
// one. A making that was stopped is begun again, and counts up to the same moment as
// before. ErrMonth when the month has not begun, catalog.ErrNotFound when there is no
// such knowledge base.
func (m *Maker) Report(ctx context.Context, base, month string) (*Report, error) {
	p, err := periodOf(month, m.o.Zone, m.o.Now())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMonth, err)
	}
	if _, err := m.o.Catalog.Base(ctx, base); err != nil {
		return nil, err
	}
	if p.soFar {
		return m.gather(ctx, base, p, time.Time{})
	}
	kept, err := m.o.Catalog.Audit(ctx, base, month)
	if err == nil && kept.State == catalog.AuditDone {
		return read(kept.Data)
	}
	if err != nil && !errors.Is(err, catalog.ErrNotFound) {
		return nil, err
	}
	return m.make(ctx, base, p)
}

func (m *Maker) make(ctx context.Context, base string, p period) (*Report, error) {
	row, err := m.o.Catalog.BeginAudit(ctx, base, p.month)
	if err != nil {
		return nil, err
	}
	if row.State == catalog.AuditDone {
		return read(row.Data)
	}
	began := time.Now()
	r, err := m.gather(ctx, base, p, row.Made)
	if err != nil {
		return nil, fmt.Errorf("make the audit of %s: %w", p.month, err)
	}
	if row.Data, err = json.Marshal(r); err != nil {
		return nil, fmt.Errorf("write the audit of %s: %w", p.month, err)
	}
	var tell []catalog.WebhookEvent
	if m.o.Tell != nil {
		tell = m.o.Tell(r)
	}
	if err := m.o.Catalog.FinishAudit(ctx, row, tell); err != nil {
		return nil, err
	}
	kept, err := m.o.Catalog.Audit(ctx, base, p.month)
	if err != nil {
		return nil, err
	}
	m.o.Log.Info("an audit was made", "knowledge_base", base, "month", p.month, "pages", r.Summary.Pages, "open", r.Summary.Open, "took", time.Since(began).Round(time.Millisecond))
	return read(kept.Data) // which another may have made at the same time
}

func read(data []byte) (*Report, error) {
	r := new(Report)
	if err := json.Unmarshal(data, r); err != nil {
		return nil, fmt.Errorf("read a kept audit: %w", err)
	}
	return r, nil
}

// Language is what an owner's report is written in, fr or en: what the configuration
// says, else the first of the base's languages that is one of them, else en.
func (m *Maker) Language(ctx context.Context, base, owner string) (string, error) {
	for _, name := range []string{owner, "*"} {
		if l := m.o.Languages[name]; l != "" && name != everybody {
			return l, nil
		}
	}
	b, err := m.o.Catalog.Base(ctx, base)
	if err != nil {
		return "", err
	}
	for _, l := range b.Languages {
		if len(l) >= 2 && (l[:2] == "fr" || l[:2] == "en") {
			return l[:2], nil
		}
	}
	return "en", nil
}
