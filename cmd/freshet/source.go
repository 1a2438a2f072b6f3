package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"freshet/api"
	"freshet/connectors"
)

func (m *Main) sourceCommand() *cobra.Command {
	c := &cobra.Command{Use: "source", Short: "Add, test, show and settle sources", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	c.AddCommand(m.sourceAdd(), m.sourceTest(), m.sourcePreview(), m.sourceList(), m.sourceShow(), m.sourceSettle("approve"), m.sourceSettle("reject"), m.sourceRemove())
	for verb, help := range map[string]string{"publish": "Serve a draft", "pause": "Stop syncing; what is there keeps serving", "resume": "Sync a paused source again"} {
		c.AddCommand(m.sourceState(verb, help))
	}
	return c
}

// specFlags describe a source on the command line.
type specFlags struct {
	kind, base, owner, schedule, review string
	set                                 []string
	publish                             bool
}

func (f *specFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.kind, "type", "", "type of the source: "+strings.Join(kindNames(), ", "))
	c.Flags().StringArrayVar(&f.set, "set", nil, "setting `KEY=VALUE`; repeat a key for a list, KEY.NAME=VALUE for a mapping")
	c.Flags().StringVar(&f.base, "kb", "", "knowledge base `ID`; made if it is new")
	c.Flags().StringVar(&f.owner, "owner", "", "who is asked about doubts, an `ADDRESS`")
	c.Flags().StringVar(&f.schedule, "schedule", "", "`CRON` expression (default: the type's)")
	c.Flags().StringVar(&f.review, "review-every", "", "how long a text counts as current, such as 180d")
}

// spec is the source that the flags describe.
func (f *specFlags) spec() (api.SourceSpec, error) {
	if f.kind == "" {
		return api.SourceSpec{}, usage("--type is missing; there are %s", strings.Join(kindNames(), ", "))
	}
	kind, err := kindOf(f.kind)
	if err != nil {
		return api.SourceSpec{}, usage("--type: %v", err)
	}
	settings, err := settingsOf(kind, f.set)
	if err != nil {
		return api.SourceSpec{}, err
	}
	return api.SourceSpec{Base: f.base, Kind: f.kind, Owner: f.owner, Schedule: f.schedule, ReviewEvery: f.review, Publish: f.publish, Settings: settings}, nil
}

// settingsOf makes settings of KEY=VALUE. What a kind does not know is left as it
// is, so that the error about it is the same as everywhere.
func settingsOf(kind connectors.Kind, pairs []string) (map[string]any, error) {
	types := map[string]connectors.FieldType{}
	for _, f := range kind.Fields {
		types[f.Key] = f.Type
	}
	out := map[string]any{}
	for _, pair := range pairs {
		key, value, ok := strings.Cut(pair, "=")
		if !ok || key == "" {
			return nil, usage("--set %q: write KEY=VALUE", pair)
		}
		if name, sub, ok := strings.Cut(key, "."); ok && types[name] == connectors.Map {
			entries, _ := out[name].(map[string]any)
			if entries == nil {
				entries = map[string]any{}
			}
			entries[sub] = value
			out[name] = entries
			continue
		}
		v, err := settingOf(types[key], key, value)
		if err != nil {
			return nil, err
		}
		if list, ok := v.([]any); ok {
			old, _ := out[key].([]any)
			v = append(old, list...)
		}
		out[key] = v
	}
	return out, nil
}

func settingOf(t connectors.FieldType, key, value string) (any, error) {
	switch t {
	case connectors.Int:
		n, err := strconv.Atoi(value)
		if err != nil {
			return nil, usage("--set %s: %q is not a whole number", key, value)
		}
		return n, nil
	case connectors.Bool:
		b, err := strconv.ParseBool(value)
		if err != nil {
			return nil, usage("--set %s: write true or false, not %q", key, value)
		}
		return b, nil
	case connectors.Strings:
		return []any{value}, nil
	}
	if key == "location" && value != "" && !strings.Contains(value, "://") && !strings.HasPrefix(value, "{{") {
		// The process that reads it may have been started elsewhere.
		if abs, err := filepath.Abs(value); err == nil {
			return abs, nil
		}
	}
	return value, nil
}

func sourcePath(id string, more ...string) string {
	return "/v1/sources/" + url.PathEscape(id) + strings.Join(more, "")
}

func (m *Main) sourceAdd() *cobra.Command {
	var f specFlags
	var yes bool
	c := &cobra.Command{
		Use: "add ID --type TYPE --set KEY=VALUE...", Short: "Add a source, or change its settings", Args: cobra.ExactArgs(1),
		Example: `  freshet source add docs --type files --set location=docs --kb help
  freshet source add site --type website --set start=https://help.example.org/ --kb help --owner ann@example.org`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return m.with(cmd.Context(), func(ctx context.Context, s *session) error { return m.addSource(ctx, s, args[0], f, yes) })
		},
	}
	f.register(c)
	c.Flags().BoolVar(&f.publish, "publish", false, "serve it at once; else it is a draft")
	c.Flags().BoolVar(&yes, "yes", false, "save even if documents are hidden by it")
	return c
}

func (m *Main) addSource(ctx context.Context, s *session, id string, f specFlags, yes bool) error {
	spec, err := f.spec()
	if err != nil {
		return err
	}
	if spec.Base == "" {
		if spec.Base, err = s.base(ctx, ""); err != nil {
			return usage("--kb is missing: name the knowledge base of the source, such as --kb help")
		}
	}
	path := sourcePath(id)
	if yes {
		path += "?accept=true"
	}
	var saved api.Saved
	err = s.do(ctx, http.MethodPut, path, spec, &saved)
	var refused *apiError
	if errors.As(err, &refused) && refused.Code == "would_hide" {
		return fmt.Errorf("%s will be hidden by these settings, %s among them; nothing was saved. Give --yes if that is meant",
			plural(refused.Hides, "document", "documents"), strings.Join(refused.First[:min(3, len(refused.First))], ", "))
	}
	if err != nil {
		return err
	}
	if m.flags.json {
		return m.printJSON(saved)
	}
	next := "see what it would index with `freshet source preview " + id + "`, run it with `freshet sync " + id + "`, then `freshet source publish " + id + "`"
	if saved.State == "published" {
		next = "run it with `freshet sync " + id + "`"
	}
	if saved.Hides > 0 {
		if err := m.say("%s hidden", plural(saved.Hides, "document is", "documents are")); err != nil {
			return err
		}
	}
	return m.say("saved %s (%s)\nnext: %s", id, saved.State, next)
}

func (m *Main) sourceTest() *cobra.Command {
	var f specFlags
	c := &cobra.Command{
		Use: "test ID | test --type TYPE --set KEY=VALUE...", Short: "Say in words what works and what does not", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return m.with(cmd.Context(), func(ctx context.Context, s *session) error {
				var got tested
				if err := m.askAbout(ctx, s, "test", args, f, "", &got.TestResult); err != nil {
					return err
				}
				if got.OK {
					var first api.PreviewResult
					if err := m.askAbout(ctx, s, "preview", args, f, "?limit=1", &first); err != nil {
						return err
					}
					if len(first.Documents) > 0 {
						got.First = &first.Documents[0]
					}
				}
				return m.printChecks(&got)
			})
		},
	}
	f.register(c)
	return c
}

// askAbout tests or previews a saved source, or one that the flags describe.
func (m *Main) askAbout(ctx context.Context, s *session, verb string, args []string, f specFlags, query string, out any) error {
	if len(args) == 1 && f.kind == "" {
		return s.do(ctx, http.MethodPost, sourcePath(args[0], "/"+verb, query), nil, out)
	}
	if len(args) == 0 && f.kind == "" {
		return usage("name a source, or describe one with --type and --set")
	}
	spec, err := f.spec()
	if err != nil {
		return err
	}
	spec.ID, spec.Base = "unsaved", f.base
	if len(args) == 1 {
		spec.ID = args[0]
	}
	if spec.Base == "" {
		spec.Base = "unsaved"
	}
	return s.do(ctx, http.MethodPost, "/v1/sources/"+verb+query, spec, out)
}

// checkTable shows checks, each with its mark.
func checkTable(checks []api.Check) *table {
	t := &table{}
	for _, c := range checks {
		t.row(checkMarks[c.Status], c.Name, c.Text)
	}
	return t
}

// checkMarks stand before a check.
var checkMarks = map[string]string{"ok": "✔", "warning": "!", "failure": "✘"}

// tested is what `source test --json` prints.
type tested struct {
	api.TestResult
	First *api.Preview `json:"first_document,omitempty"`
}

// firstText is how much of the first document's text is shown.
const firstText = 200

// printFirst shows how the first document is read.
func (m *Main) printFirst(d *api.Preview) error {
	if d == nil {
		return nil
	}
	where := d.URL
	if where == "" {
		where = d.ID
	}
	if d.Outcome != "read" {
		return m.say("\nthe first document, %s, is not indexed: %s", where, d.Reason)
	}
	if err := m.say("\nthis is how the first document is read: %s\n  %s\n  %s, %s", short(d.Title, textWidth), where,
		plural(d.Words, "word", "words"), plural(d.Passages, "passage", "passages")); err != nil {
		return err
	}
	for line := range strings.Lines(d.Text) {
		if heading := strings.TrimLeft(line, "#"); heading != line {
			if err := m.say("  first heading: %s", short(heading, textWidth)); err != nil {
				return err
			}
			break
		}
	}
	return m.say("%s", strings.TrimRight(wrap(short(d.Text, firstText), "  | ", textWidth), "\n"))
}

func (m *Main) printChecks(r *tested) error {
	if m.flags.json {
		if err := m.printJSON(r); err != nil {
			return err
		}
	} else {
		if err := m.print(checkTable(r.Checks)); err != nil {
			return err
		}
		if err := m.printFirst(r.First); err != nil {
			return err
		}
	}
	if !r.OK {
		return errors.New("the source does not work yet; mend what is marked with ✘")
	}
	return nil
}

func (m *Main) sourcePreview() *cobra.Command {
	var f specFlags
	var n int
	var text bool
	c := &cobra.Command{
		Use: "preview ID | preview --type TYPE --set KEY=VALUE...", Short: "Show the first documents as they would be indexed", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return m.with(cmd.Context(), func(ctx context.Context, s *session) error {
				var got api.PreviewResult
				if err := m.askAbout(ctx, s, "preview", args, f, "?limit="+strconv.Itoa(n), &got); err != nil {
					return err
				}
				return m.printPreview(&got, text)
			})
		},
	}
	f.register(c)
	c.Flags().IntVarP(&n, "limit", "k", 5, "documents, `N`")
	c.Flags().BoolVar(&text, "text", false, "show the text too")
	return c
}

func (m *Main) printPreview(r *api.PreviewResult, text bool) error {
	if m.flags.json {
		return m.printJSON(r)
	}
	for _, d := range r.Documents {
		title := d.Title
		if title == "" {
			title = d.ID
		}
		line := fmt.Sprintf("%s, %s", plural(d.Words, "word", "words"), plural(d.Passages, "passage", "passages"))
		if d.Outcome != "read" {
			line = d.Outcome + ": " + d.Reason
		}
		where := d.URL
		if where == "" {
			where = d.ID
		}
		if err := m.say("%s\n  %s\n  %s", short(title, textWidth), where, line); err != nil {
			return err
		}
		if text && d.Text != "" {
			if err := m.say("%s", wrap(d.Text, "  | ", textWidth)); err != nil {
				return err
			}
		}
	}
	if len(r.Documents) == 0 {
		return m.say("the source lists no document")
	}
	return m.printLeftOut(r.Documents)
}

// printLeftOut says how many of the previewed documents are not indexed, by reason.
func (m *Main) printLeftOut(list []api.Preview) error {
	reasons, n := map[string]int{}, 0
	for i := range list {
		if list[i].Outcome != "read" {
			why, _, _ := strings.Cut(list[i].Reason, ": ")
			reasons[why]++
			n++
		}
	}
	if n == 0 {
		return nil
	}
	if err := m.say("\n%d of the first %s not indexed:", n, plural(len(list), "document is", "documents are")); err != nil {
		return err
	}
	t := &table{}
	for _, why := range slices.Sorted(mapKeys(reasons)) {
		t.row("", thousands(reasons[why]), why)
	}
	return m.print(t)
}
