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

// Asked is who is asked about a document.
type Asked struct {
	Owner string // whose it is; empty: nobody's
	// Ask is who is asked at present: the owner, the deputy while the owner is away, or
	// the fallback when nobody is there. Empty: nobody.
	Ask string
	// By is how the owner was found: own (its source names it), source_owner, or the kind
	// of an Ownership; empty when nobody was.
	By string
}

// OwnersOf tells who is asked about documents, by key. Documents that are not there are
// not in the map.
func (c *Catalog) OwnersOf(ctx context.Context, documents []string) (map[string]Asked, error) {
	r, err := c.asker(ctx)
	if err != nil {
		return nil, err
	}
	return r.all(ctx, documents)
}

// asker reads the rules as they stand.
func (c *Catalog) asker(ctx context.Context) (*asker, error) {
	rules, err := c.Ownerships(ctx, "")
	if err != nil {
		return nil, err
	}
	sources, err := c.Sources(ctx)
	if err != nil {
		return nil, err
	}
	r := &asker{c: c, rules: rules, now: c.now(), known: make(map[string]Asked), sources: make(map[string]string, len(sources))}
	for i := range sources {
		r.sources[sources[i].ID] = sources[i].Owner
	}
	return r, nil
}

// An asker finds who is asked.
type asker struct {
	c       *Catalog
	rules   []Ownership
	sources map[string]string // owners
	now     time.Time
	known   map[string]Asked
}

func (r *asker) all(ctx context.Context, documents []string) (map[string]Asked, error) {
	out := make(map[string]Asked, len(documents))
	for _, key := range documents {
		if who, known := r.known[key]; known {
			out[key] = who
			continue
		}
		d, err := r.c.DocumentByKey(ctx, key)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		r.known[key] = r.of(&d)
		out[key] = r.known[key]
	}
	return out, nil
}

// of goes down the ladder: the first who is named is the owner.
func (r *asker) of(d *Document) Asked {
	for _, step := range []struct {
		by   string
		find func(*Document) string
	}{
		{OwnDocument, func(d *Document) string {
			return r.rule(d, OwnDocument, func(s string) bool { return s == d.Key || s == d.ExternalID || s == d.Details.URI })
		}},
		{"own", func(d *Document) string { return d.Details.Owner }},
		{OwnPath, func(d *Document) string {
			return r.rule(d, OwnPath, func(s string) bool { return MatchPath(s, d.Details.URI, d.ExternalID) })
		}},
		{OwnSource, func(d *Document) string { return r.rule(d, OwnSource, func(s string) bool { return s == d.Source }) }},
		{"source_owner", func(d *Document) string { return r.sources[d.Source] }},
		{OwnTeam, func(d *Document) string { return r.rule(d, OwnTeam, func(s string) bool { return inTeam(d, s) }) }},
		{OwnBase, func(d *Document) string { return r.fallback(d) }},
	} {
		if owner := step.find(d); owner != "" {
			owner = r.ofTeam(d, owner)
			return Asked{Owner: owner, Ask: r.present(d, owner), By: step.by}
		}
	}
	return Asked{}
}

// rule returns the owner by the rule of a kind that matches: the longest subject, which
// is the most particular, and of equal ones that of the document's base.
func (r *asker) rule(d *Document, kind string, matches func(string) bool) string {
	var best *Ownership
	for i := range r.rules {
		o := &r.rules[i]
		if o.Kind != kind || o.Base != "" && o.Base != d.Base || !matches(o.Subject) {
			continue
		}
		if best == nil || len(o.Subject) > len(best.Subject) || len(o.Subject) == len(best.Subject) && best.Base == "" && o.Base != "" {
			best = o
		}
	}
	if best == nil {
		return ""
	}
	return best.Owner
}

func (r *asker) fallback(d *Document) string {
	return r.rule(d, OwnBase, func(string) bool { return true })
}

func inTeam(d *Document, team string) bool {
	same := func(s string) bool { return strings.EqualFold(s, team) }
	return slices.ContainsFunc(d.Details.Labels, same) || slices.ContainsFunc(d.Details.Facets["team"], same)
}

// ofTeam is who speaks for a team, where a team stands as owner.
func (r *asker) ofTeam(d *Document, owner string) string {
	if person := r.rule(d, OwnTeam, func(s string) bool { return strings.EqualFold(s, owner) }); person != "" {
		return person
	}
	return owner
}

// maxDeputies is how many deputies in a row can be away.
const maxDeputies = 4

// present is who is there for a person: the person, a deputy, or the fallback.
func (r *asker) present(d *Document, person string) string {
	who := person
	for range maxDeputies {
		away := slices.IndexFunc(r.rules, func(o Ownership) bool {
			return o.Owner == who && o.Deputy != "" && o.AwayUntil.After(r.now) && (o.Base == "" || o.Base == d.Base)
		})
		if away < 0 {
			return who
		}
		who = r.rules[away].Deputy
	}
	if f := r.fallback(d); f != "" {
		return f
	}
	return person
}

// RefreshOwners asks anew who is asked about each live finding, and writes where that
// has changed: an owner went away or is back, a rule was made. It says how many.
func (c *Catalog) RefreshOwners(ctx context.Context) (int, error) {
	r, err := c.asker(ctx)
	if err != nil {
		return 0, err
	}
	changed := 0
	for f, err := range c.liveFindings(ctx, "") {
		if err != nil {
			return changed, err
		}
		asked, err := r.all(ctx, documentsOf(f.Members))
		if err != nil {
			return changed, err
		}
		owners := OwnersIn(f.Members, asked)
		if slices.Equal(owners, f.Owners) {
			continue
		}
		// What people have seen of it stays what it was: their decisions go through.
		err = c.txApart(ctx, "ask other owners about finding "+f.ID, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE findings SET owners = ? WHERE id = ?`, encode(owners), f.ID)
			return err
		})
		if err != nil {
			return changed, err
		}
		changed++
	}
	return changed, nil
}

// OwnersIn lists who is asked about members, each once, by name.
func OwnersIn(members []index.Member, asked map[string]Asked) []string {
	out := []string{}
	for i := range members {
		if who := asked[members[i].Document].Ask; who != "" && !slices.Contains(out, who) {
			out = append(out, who)
		}
	}
	slices.Sort(out)
	return out
}

// liveFindings yields the live findings of a base, or of all, page by page.
func (c *Catalog) liveFindings(ctx context.Context, base string) func(func(index.Finding, error) bool) {
	return func(yield func(index.Finding, error) bool) {
		q := FindingFilter{Base: base, States: []index.FindingState{index.Undecided, index.Acknowledged, index.Snoozed}, Limit: 200}
		for {
			page, err := c.Findings(ctx, q)
			if err != nil {
				yield(index.Finding{}, fmt.Errorf("go through the findings: %w", err))
				return
			}
			for i := range page {
				if !yield(page[i], nil) {
					return
				}
			}
			if len(page) < q.Limit {
				return
			}
			q.AfterSeverity, q.AfterID = page[len(page)-1].Severity, page[len(page)-1].ID
		}
	}
}
