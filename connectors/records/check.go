package records

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"freshet/connectors"
)

const (
	maxChecked = 50_000 // records read by Check
	maxNamed   = 30     // fields named in a message
)

// Check reads the first page, or the file up to 50,000 records, and says what the
// mapping makes of it.
func (s *Source) Check(ctx context.Context) []connectors.Check {
	r := &run{s: s, at: cursor{Request: request{Number: s.start}}}
	if s.host != nil {
		v, err := s.unlock(ctx)
		if err != nil {
			return []connectors.Check{{Name: "secrets", Status: connectors.CheckFailure, Text: sentence(err)}}
		}
		r.vault = v
	}
	p, _, err := r.open(ctx)
	if err != nil {
		return []connectors.Check{{Name: "location", Status: connectors.CheckFailure, Text: sentence(err)}}
	}
	defer p.close()
	c := &census{used: map[string]int{}, fields: map[string]bool{}, ids: map[string]bool{}}
	in, err := s.read(ctx, p)
	if err == nil {
		err = c.count(ctx, s.mapping, in)
	}
	checks := []connectors.Check{{Name: "location", Status: connectors.CheckOK, Text: fmt.Sprintf("The export %s can be read.", p.name)}}
	if err != nil {
		checks = append(checks, connectors.Check{Name: "records", Status: connectors.CheckFailure, Text: sentence(err)})
	}
	return append(checks, c.report(s.mapping, err != nil)...)
}

// census counts what a mapping makes of records.
type census struct {
	records, documents, skipped, unreadable, noID, broken, repeated int
	first                                                           string // why the first broken one is
	used                                                            map[string]int
	fields                                                          map[string]bool
	ids                                                             map[string]bool
	more                                                            bool
}

func (c *census) count(ctx context.Context, m *mapping, in reader) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if c.records == maxChecked {
			c.more = true
			return nil
		}
		record, err := in.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var broken *badRecord
		if errors.As(err, &broken) {
			if c.records, c.broken = c.records+1, c.broken+1; c.first == "" {
				c.first = broken.verdict.Detail
			}
			continue
		}
		if err != nil {
			return err
		}
		c.one(m, record)
	}
}

func (c *census) one(m *mapping, record map[string]any) {
	c.records++
	for k := range record {
		if len(c.fields) < maxColumns {
			c.fields[k] = true
		}
	}
	for name, t := range m.named() {
		if v, _ := t.text(record, " "); v != "" {
			c.used[name]++
			if _, ok := parseDate(v, m.american); !ok && (name == "created" || name == "modified") {
				c.used[name+" not a date"]++
			}
		}
	}
	out, ok := m.apply(record)
	switch {
	case !ok:
		c.noID++
	case c.ids[out.id]:
		c.repeated++
	case out.skip != "":
		c.skipped++
	case out.err != nil:
		c.unreadable++
	default:
		c.documents++
	}
	c.ids[out.id] = true
}

// named lists the templates that a typing error would silence.
func (m *mapping) named() map[string]template {
	out := map[string]template{"title": m.title, "url": m.url, "edit_url": m.edit, "canonical": m.canonical, "locale": m.locale, "created": m.created,
		"modified": m.modified, "owner": m.owner, "class": m.class, "parent": m.parent, "translation_group": m.group}
	for key, list := range map[string][]template{"body": m.body, "labels": m.labels, "path": m.path, "access": m.access} {
		for _, t := range list {
			out[key+" ("+t.source+")"] = t
		}
	}
	for key, list := range map[string][]named{"facets": m.facets, "metadata": m.metadata} {
		for _, n := range list {
			out[key+" "+n.name] = n.value
		}
	}
	maps.DeleteFunc(out, func(_ string, t template) bool { return t.empty() })
	return out
}

func (c *census) report(m *mapping, failed bool) []connectors.Check {
	if c.records == 0 {
		if failed {
			return nil
		}
		return []connectors.Check{{Name: "records", Status: connectors.CheckWarning, Text: "There is no record in it. If there were some before, see whether the export ran to its end."}}
	}
	checks := []connectors.Check{c.counts(m)}
	for _, name := range slices.Sorted(maps.Keys(m.named())) {
		source := m.named()[name].source
		if c.used[name] == 0 {
			text := fmt.Sprintf("No record has anything at %s, which the mapping takes for %s.", source, name)
			if near := connectors.Nearest(source, slices.Sorted(maps.Keys(c.fields))); near != "" {
				text += fmt.Sprintf(" Did you mean %s?", near)
			}
			checks = append(checks, connectors.Check{Name: name, Status: connectors.CheckWarning, Text: text})
		}
		if n := c.used[name+" not a date"]; n > 0 {
			checks = append(checks, connectors.Check{Name: name, Status: connectors.CheckWarning,
				Text: fmt.Sprintf("In %d records what stands at %s is not a date that is understood, and is passed over.", n, source)})
		}
	}
	return checks
}

func (c *census) counts(m *mapping) connectors.Check {
	check := connectors.Check{Name: "records", Status: connectors.CheckOK}
	of := "records"
	if c.more {
		of = "records looked at"
	}
	check.Text = fmt.Sprintf("%d documents would come of %d %s", c.documents, c.records, of)
	for _, part := range []struct {
		n    int
		what string
	}{{c.repeated, "repeat an identifier"}, {c.skipped, "are empty or left out by where"}, {c.unreadable, "have no text as content"},
		{c.noID, "have no identifier"}, {c.broken, "cannot be read"}} {
		if part.n > 0 {
			check.Text += fmt.Sprintf(", %d %s", part.n, part.what)
		}
	}
	check.Text += "."
	switch {
	case c.documents == 0 || c.noID == c.records:
		check.Status = connectors.CheckFailure
		check.Text += fmt.Sprintf(" The fields are %s; correct id (%s) and body.", fieldNames(c.fields), m.id.source)
	case c.noID+c.broken > 0:
		check.Status = connectors.CheckWarning
		check.Text += " While such records are there, no removal can be noticed."
		if c.first != "" {
			check.Text += " The first is at " + c.first + "."
		}
	}
	return check
}

func fieldNames(fields map[string]bool) string {
	names := slices.Sorted(maps.Keys(fields))
	if len(names) > maxNamed {
		names = append(names[:maxNamed], "others")
	}
	return strings.Join(names, ", ")
}

func keys(record map[string]any) []string { return slices.Sorted(maps.Keys(record)) }

// sentence makes an error one that begins with a capital and ends with a stop.
func sentence(err error) string {
	r := []rune(err.Error())
	if len(r) > 0 && r[0] >= 'a' && r[0] <= 'z' {
		r[0] += 'A' - 'a'
	}
	return string(r) + "."
}
