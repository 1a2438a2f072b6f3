package catalog

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// What an Ownership is about, in the order in which it is looked for. The owner that a
// document's own source names comes behind rules on the document, and that of its
// source behind rules on the source.
const (
	OwnDocument = "document" // key, ID in its source, or address
	OwnPath     = "path"     // pattern of the address's path, or of the ID; see MatchPath
	OwnSource   = "source"
	OwnTeam     = "team" // a label, or value of the facet team; and a name that stands as owner
	OwnBase     = "base" // the fallback; Subject is empty
	// OwnPerson says who stands in for a person, however the person came to be asked.
	OwnPerson = "person"
)

// ownerKinds are all of them.
var ownerKinds = []string{OwnDocument, OwnPath, OwnSource, OwnTeam, OwnBase, OwnPerson}

// An Ownership says who is asked about doubts.
type Ownership struct {
	ID      int64
	Base    string // empty: all
	Kind    string
	Subject string
	Owner   string // of OwnPerson: the Subject
	Deputy  string // is asked instead before AwayUntil
	// AwayUntil is when the owner is back; zero: not away.
	AwayUntil time.Time
	Origin    string // OriginFile, OriginCommand
}

// maxRuleText bounds each text of a rule, in bytes.
const maxRuleText = 500

// check refuses what cannot be meant.
func (o *Ownership) check() error {
	if o.Kind == OwnPerson && o.Owner == "" {
		o.Owner = o.Subject
	}
	switch {
	case !slices.Contains(ownerKinds, o.Kind):
		return refuse(RefusedValue, "%.60q is not what can have an owner; write one of %s.", o.Kind, strings.Join(ownerKinds, ", "))
	case (o.Subject == "") != (o.Kind == OwnBase):
		return refuse(RefusedValue, "An owner is of something: name the %s. Only the fallback of a base names nothing.", o.Kind)
	case strings.TrimSpace(o.Owner) == "":
		return refuse(RefusedValue, "Who is asked is missing.")
	case o.Kind == OwnPerson && o.Owner != o.Subject:
		return refuse(RefusedValue, "A rule on a person says who stands in, as deputy, and names no other owner.")
	case (o.Kind == OwnPerson || !o.AwayUntil.IsZero()) && o.Deputy == "":
		return refuse(RefusedValue, "Who is asked while %.60q is away? Name a deputy.", o.Owner)
	case o.Deputy == o.Owner:
		return refuse(RefusedValue, "A deputy is somebody else than the owner.")
	}
	return checkTexts(o.Subject, o.Owner, o.Deputy)
}

func checkTexts(texts ...string) error {
	for _, text := range texts {
		if len(text) > maxRuleText || !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return refuse(RefusedValue, "Names and patterns are of one line, of at most %d bytes.", maxRuleText)
		}
	}
	return nil
}

const ownershipColumns = `id, base, kind, subject, owner, deputy, away_until, origin`

func scanOwnership(r scanner) (Ownership, error) {
	var o Ownership
	var away int64
	err := r.Scan(&o.ID, &o.Base, &o.Kind, &o.Subject, &o.Owner, &o.Deputy, &away, &o.Origin)
	o.AwayUntil = fromMillis(away)
	return o, err
}

// Ownerships lists the rules that hold in a knowledge base, those for all bases among
// them; base "" lists all.
func (c *Catalog) Ownerships(ctx context.Context, base string) ([]Ownership, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT `+ownershipColumns+` FROM ownership WHERE ? = '' OR base = '' OR base = ? ORDER BY kind, subject, base, id`, base, base)
	list, err := collect(rows, err, scanOwnership)
	if err != nil {
		return nil, fmt.Errorf("list owners: %w", err)
	}
	return list, nil
}

// PutOwnership makes a rule, or replaces the one with the same base, kind and subject.
// What stands in the configuration file is changed there: that is refused.
func (c *Catalog) PutOwnership(ctx context.Context, o Ownership) (Ownership, error) {
	if err := o.check(); err != nil {
		return o, err
	}
	o.Origin = OriginCommand
	err := unwrapped(c.txApart(ctx, "save an owner", func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT `+ownershipColumns+` FROM ownership WHERE base = ? AND kind = ? AND subject = ?`, o.Base, o.Kind, o.Subject)
		old, err := collect(rows, err, scanOwnership)
		if err != nil {
			return err
		}
		if len(old) > 0 && old[0].Origin == OriginFile {
			return inFile("The owner of this " + o.Kind)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM ownership WHERE base = ? AND kind = ? AND subject = ?`, o.Base, o.Kind, o.Subject); err != nil {
			return err
		}
		o.ID, err = insertOwnership(ctx, tx, &o)
		return err
	}))
	if err != nil {
		return o, err
	}
	_, err = c.RefreshOwners(ctx)
	return o, err
}

func insertOwnership(ctx context.Context, tx *sql.Tx, o *Ownership) (id int64, err error) {
	if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) + 1 FROM ownership`).Scan(&id); err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO ownership (`+ownershipColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		id, o.Base, o.Kind, o.Subject, o.Owner, o.Deputy, millis(o.AwayUntil), o.Origin)
	return id, err
}

// inFile refuses to change what stands in the configuration.
func inFile(what string) error {
	return refuse(RefusedFile, "%s stands in the configuration file and is changed there.", what)
}

// RefusedFile is the code of what only the configuration file can change.
const RefusedFile = "in_configuration"

// unwrapped is the Refusal in err, without what was being done around it.
func unwrapped(err error) error {
	if r := refusalIn(err); r != nil {
		return r
	}
	return err
}

// DeleteOwnership takes a rule away. ErrNotFound when there is none with this ID.
func (c *Catalog) DeleteOwnership(ctx context.Context, id int64) error {
	err := unwrapped(c.txApart(ctx, "take an owner away", func(tx *sql.Tx) error {
		var origin string
		if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(origin), '') FROM ownership WHERE id = ?`, id).Scan(&origin); err != nil {
			return err
		}
		if origin == OriginFile {
			return inFile("This owner")
		}
		return mustChange(tx.ExecContext(ctx, `DELETE FROM ownership WHERE id = ?`, id))
	}))
	if err != nil {
		return err
	}
	_, err = c.RefreshOwners(ctx)
	return err
}

// sameRules reports whether those of the file among have are want. of tells a rule's
// origin, and the rule without its ID and origin.
func sameRules[T comparable](have, want []T, of func(*T) (origin string, rule T)) bool {
	left := make(map[T]int)
	for _, x := range have {
		if origin, rule := of(&x); origin == OriginFile {
			left[rule]++
		}
	}
	for _, x := range want {
		_, rule := of(&x)
		left[rule]--
	}
	for _, n := range left {
		if n != 0 {
			return false
		}
	}
	return true
}

// ProvisionOwnership replaces the rules that come from the configuration file; those of
// the same base, kind and subject that were made otherwise give way to them.
func (c *Catalog) ProvisionOwnership(ctx context.Context, list []Ownership) error {
	for i := range list {
		if err := list[i].check(); err != nil {
			return err
		}
	}
	have, err := c.Ownerships(ctx, "")
	if err != nil {
		return err
	}
	if sameRules(have, list, func(o *Ownership) (string, Ownership) { origin := o.Origin; o.ID, o.Origin = 0, ""; return origin, *o }) {
		return nil
	}
	err = c.txApart(ctx, "save the owners of the configuration", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM ownership WHERE origin = ?`, OriginFile); err != nil {
			return err
		}
		for i := range list {
			o := &list[i]
			o.Origin = OriginFile
			if _, err := tx.ExecContext(ctx, `DELETE FROM ownership WHERE base = ? AND kind = ? AND subject = ?`, o.Base, o.Kind, o.Subject); err != nil {
				return err
			}
			if _, err := insertOwnership(ctx, tx, o); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = c.RefreshOwners(ctx)
	return err
}
