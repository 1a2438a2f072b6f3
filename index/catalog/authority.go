package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"freshet/index"
)

// What an Authority does.
const (
	// Suggests: its side is proposed as the right one.
	Suggests = "suggests"
	// Settles: its side is kept without anybody being asked.
	Settles = "settles"
)

// AnyTopic is the topic of an Authority on everything.
const AnyTopic = "*"

// An Authority says that a source, the pages of a path, or a document is right about a
// topic: for prices, the price list.
type Authority struct {
	ID      int64
	Base    string // empty: all
	Topic   string // a type of values such as "money", a class of documents such as "pricing", or AnyTopic
	Kind    string // OwnDocument, OwnPath, OwnSource
	Subject string
	Effect  string // Suggests, Settles
	Origin  string
}

func (a *Authority) check() error {
	switch {
	case a.Topic == "":
		return refuse(RefusedValue, "About what is it right? Write a type of values such as money, a class such as pricing, or * for everything.")
	case a.Kind != OwnDocument && a.Kind != OwnPath && a.Kind != OwnSource:
		return refuse(RefusedValue, "%.60q cannot be right about something; write %s, %s or %s.", a.Kind, OwnSource, OwnPath, OwnDocument)
	case a.Subject == "":
		return refuse(RefusedValue, "Which %s is right? Name it.", a.Kind)
	case a.Effect != Suggests && a.Effect != Settles:
		return refuse(RefusedValue, "An authority %s, or it %s; %.60q is neither.", Suggests, Settles, a.Effect)
	}
	return checkTexts(a.Topic, a.Subject)
}

const authorityColumns = `id, base, topic, kind, subject, effect, origin`

func scanAuthority(r scanner) (Authority, error) {
	var a Authority
	return a, r.Scan(&a.ID, &a.Base, &a.Topic, &a.Kind, &a.Subject, &a.Effect, &a.Origin)
}

// Authorities lists the authorities that hold in a knowledge base, those for all bases
// among them; base "" lists all.
func (c *Catalog) Authorities(ctx context.Context, base string) ([]Authority, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT `+authorityColumns+` FROM authorities WHERE ? = '' OR base = '' OR base = ? ORDER BY topic, kind, subject, base, id`, base, base)
	list, err := collect(rows, err, scanAuthority)
	if err != nil {
		return nil, fmt.Errorf("list authorities: %w", err)
	}
	return list, nil
}

// PutAuthority makes an authority, or replaces the one with the same base, topic, kind
// and subject, and applies it to what is open. What stands in the configuration file is
// changed there: that is refused.
func (c *Catalog) PutAuthority(ctx context.Context, a Authority) (Authority, error) {
	if err := a.check(); err != nil {
		return a, err
	}
	a.Origin = OriginCommand
	err := unwrapped(c.txApart(ctx, "save an authority", func(tx *sql.Tx) error {
		var origin string
		if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(origin), '') FROM authorities WHERE base = ? AND topic = ? AND kind = ? AND subject = ?`, a.Base, a.Topic, a.Kind, a.Subject).Scan(&origin); err != nil {
			return err
		}
		if origin == OriginFile {
			return inFile("This authority")
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM authorities WHERE base = ? AND topic = ? AND kind = ? AND subject = ?`, a.Base, a.Topic, a.Kind, a.Subject); err != nil {
			return err
		}
		var err error
		a.ID, err = insertAuthority(ctx, tx, &a)
		return err
	}))
	if err != nil {
		return a, err
	}
	_, err = c.ApplyAuthorities(ctx, a.Base)
	return a, err
}

func insertAuthority(ctx context.Context, tx *sql.Tx, a *Authority) (id int64, err error) {
	if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) + 1 FROM authorities`).Scan(&id); err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO authorities (`+authorityColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?)`, id, a.Base, a.Topic, a.Kind, a.Subject, a.Effect, a.Origin)
	return id, err
}

// DeleteAuthority takes an authority away; what it settled stays decided. ErrNotFound
// when there is none with this ID.
func (c *Catalog) DeleteAuthority(ctx context.Context, id int64) error {
	return unwrapped(c.txApart(ctx, "take an authority away", func(tx *sql.Tx) error {
		var origin string
		if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(origin), '') FROM authorities WHERE id = ?`, id).Scan(&origin); err != nil {
			return err
		}
		if origin == OriginFile {
			return inFile("This authority")
		}
		return mustChange(tx.ExecContext(ctx, `DELETE FROM authorities WHERE id = ?`, id))
	}))
}

// ProvisionAuthorities replaces those that come from the configuration file; those of
// the same base, topic, kind and subject that were made otherwise give way to them.
func (c *Catalog) ProvisionAuthorities(ctx context.Context, list []Authority) error {
	for i := range list {
		if err := list[i].check(); err != nil {
			return err
		}
	}
	have, err := c.Authorities(ctx, "")
	if err != nil {
		return err
	}
	if sameRules(have, list, func(a *Authority) (string, Authority) { origin := a.Origin; a.ID, a.Origin = 0, ""; return origin, *a }) {
		return nil
	}
	err = c.txApart(ctx, "save the authorities of the configuration", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM authorities WHERE origin = ?`, OriginFile); err != nil {
			return err
		}
		for i := range list {
			a := &list[i]
			a.Origin = OriginFile
			if _, err := tx.ExecContext(ctx, `DELETE FROM authorities WHERE base = ? AND topic = ? AND kind = ? AND subject = ?`, a.Base, a.Topic, a.Kind, a.Subject); err != nil {
				return err
			}
			if _, err := insertAuthority(ctx, tx, a); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = c.ApplyAuthorities(ctx, "")
	return err
}

// A Choice is the side of a conflict that an authority is on.
type Choice struct {
	Member int
	By     Authority
}

// because says it in words.
func (c *Choice) because() map[string]string {
	topic := c.By.Topic
	if topic == AnyTopic {
		return map[string]string{"fr": fmt.Sprintf("« %s » fait foi", c.By.Subject), "en": fmt.Sprintf("%q is the authority", c.By.Subject)}
	}
	return map[string]string{"fr": fmt.Sprintf("« %s » fait foi pour « %s »", c.By.Subject, topic), "en": fmt.Sprintf("%q is the authority for %q", c.By.Subject, topic)}
}

// Choose returns the side of a conflict that an authority is on: the most particular
// that speaks of it (a document before a path before a source; a type of values before
// a class before everything). None, when authorities of that rank are on two sides.
func (c *Catalog) Choose(ctx context.Context, f *index.Finding) (Choice, bool, error) {
	rules, err := c.Authorities(ctx, f.Base)
	if err != nil {
		return Choice{}, false, err
	}
	return c.choose(ctx, f, rules)
}

func (c *Catalog) choose(ctx context.Context, f *index.Finding, rules []Authority) (Choice, bool, error) {
	rules = slices.DeleteFunc(slices.Clone(rules), func(a Authority) bool { return a.Base != "" && a.Base != f.Base })
	if len(rules) == 0 || f.Kind != index.Conflicting {
		return Choice{}, false, nil
	}
	var best Choice
	rank, split := 0, false
	for n := range f.Members {
		m := &f.Members[n]
		d, err := c.DocumentByKey(ctx, m.Document)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return Choice{}, false, err
		}
		for i := range rules {
			switch r := rules[i].rank(f, &d); {
			case r == 0 || r < rank:
			case r > rank:
				best, rank, split = Choice{n, rules[i]}, r, false
			case !agree(&f.Members[best.Member], m):
				split = true
			}
		}
	}
	return best, rank > 0 && !split, nil
}

// rank is how particularly an authority speaks for a document in a finding; 0: not.
func (a *Authority) rank(f *index.Finding, d *Document) int {
	topic := 0
	switch {
	case strings.EqualFold(a.Topic, f.Type):
		topic = 3
	case strings.EqualFold(a.Topic, d.Details.Class):
		topic = 2
	case a.Topic == AnyTopic:
		topic = 1
	}
	place := 0
	switch {
	case a.Kind == OwnDocument && (a.Subject == d.Key || a.Subject == d.ExternalID || a.Subject == d.Details.URI):
		place = 3
	case a.Kind == OwnPath && MatchPath(a.Subject, d.Details.URI, d.ExternalID):
		place = 2
	case a.Kind == OwnSource && a.Subject == d.Source:
		place = 1
	}
	if topic == 0 || place == 0 {
		return 0
	}
	return 4*place + topic
}

// ApplyAuthorities has the authorities speak on the open findings of a base, or of all:
// each is settled, or its suggested side is theirs. It says how many it settled.
func (c *Catalog) ApplyAuthorities(ctx context.Context, base string) (int, error) {
	rules, err := c.Authorities(ctx, base)
	if err != nil || len(rules) == 0 {
		return 0, err
	}
	settled := 0
	for f, err := range c.liveFindings(ctx, base) {
		if err != nil {
			return settled, err
		}
		did, err := c.applyAuthorities(ctx, &f, rules)
		if err != nil {
			return settled, err
		}
		if did {
			settled++
		}
	}
	return settled, nil
}

// applyAuthorities does so for one finding, and reports whether it settled it. What a
// person reopened is not settled again, nor what is only possible.
func (c *Catalog) applyAuthorities(ctx context.Context, f *index.Finding, rules []Authority) (settled bool, err error) {
	choice, ok, err := c.choose(ctx, f, rules)
	if err != nil || !ok || f.State != index.Undecided {
		return false, err
	}
	said, err := c.DecisionsOf(ctx, f.ID)
	if err != nil {
		return false, err
	}
	before := slices.ContainsFunc(said, func(d index.Decision) bool { return d.Verdict == index.Settled })
	because := choice.because()
	settles := choice.By.Effect == Settles && f.Tier == index.Likely && !before
	if !settles && f.Suggested == choice.Member && f.Because["en"] == because["en"] {
		return false, nil
	}
	_, err = c.on(ctx, f.ID, f.Updated, func(d *deciding) error {
		d.f.Suggested, d.f.Because = choice.Member, because
		if settles {
			return d.settle(choice.Member, because["en"])
		}
		d.f.Updated = later(d.f.Updated, d.now)
		return putFinding(d.ctx, d.tx, &d.f)
	})
	if r := refusalIn(err); r != nil { // it changed meanwhile: whoever changed it asks again
		return false, nil
	}
	return settles && err == nil, err
}

// settle keeps a side as a person would, on an authority's word.
func (d *deciding) settle(n int, why string) error {
	d.data = decisionData{State: d.f.State, Due: millis(d.f.Due),
		Decision: index.Decision{Verdict: index.Settled, Scope: ScopeContent, At: d.now, Comment: why, Finding: d.f.ID}}
	d.f.State, d.f.Outcome, d.f.Until = index.Resolved, index.Settled, time.Time{}
	if err := d.keep(n); err != nil {
		return err
	}
	return d.finish(index.Hash{}, why)
}
