package catalog_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"freshet/index"
	"freshet/index/catalog"
)

func TestAPathIsMatchedByItsPattern(t *testing.T) {
	for _, c := range []struct {
		pattern, address, id string
		want                 bool
	}{
		{"/tarifs/**", "https://example.org/tarifs/2026/a", "", true},
		{"/tarifs/**", "https://example.org/tarifs", "", true},
		{"/tarifs/**", "https://example.org/tarifs/?page=2", "", true},
		{"/tarifs/**", "https://example.org/tarifs-pro/a", "", false},
		{"/tarifs/*", "https://example.org/tarifs/a", "", true},
		{"/tarifs/*", "https://example.org/tarifs/a/b", "", false},
		{"/*/prices", "https://example.org/fr/prices", "", true},
		{"/**/prices", "https://example.org/fr/shop/prices", "", true},
		{"/tarifs/", "https://example.org/tarifs", "", true},
		{"/tarifs", "https://example.org/tarifs/a", "", false},
		{"legal/*.pdf", "", "legal/terms.pdf", true},
		{"legal/*.pdf", "", "legal/old/terms.pdf", false},
		{"/a b/**", "https://example.org/a%20b/c", "", true},
		{"https://example.org/a/**", "https://example.org/a/b", "", true},
		{"https://example.org/a/**", "https://example.com/a/b", "", false},
		{"**", "https://example.org/a/b", "", true},
		{"/a*b*c", "https://example.org/aXbYc", "", true},
		{"/a*b*c", "https://example.org/aXbY", "", false},
		{"/x", "://", "x", true},
	} {
		if got := catalog.MatchPath(c.pattern, c.address, c.id); got != c.want {
			t.Errorf("%q matches %q %q: %t", c.pattern, c.address, c.id, got)
		}
	}
}

func FuzzAnyPatternIsMatchedSoon(f *testing.F) {
	f.Add("/tarifs/**", "https://example.org/tarifs/a", "a")
	f.Add("/**/**/**/x*y*z*", "https://example.org/"+strings.Repeat("xyz/", 50), "é")
	f.Fuzz(func(t *testing.T, pattern, address, id string) {
		catalog.MatchPath(pattern, address, id)
		if !strings.ContainsAny(id, "*") && len(id) < 100 && strings.Trim(id, "/") != "" && !strings.Contains(id, "://") && !catalog.MatchPath("/"+strings.Trim(id, "/"), "", id) {
			t.Errorf("%q does not match itself", id)
		}
	})
}

// owned changes what the source tells of a document.
func (d *doubts) owned(source, id string, edit func(*catalog.Details)) {
	d.t.Helper()
	doc, err := d.DocumentByID(d.t.Context(), source, id)
	d.must(err)
	edit(&doc.Details)
	_, err = d.Apply(d.t.Context(), &catalog.Batch{Source: source, Changes: []catalog.Change{{Document: doc, Outcome: catalog.DetailsChanged}}})
	d.must(err)
}

func (d *doubts) own(o catalog.Ownership) catalog.Ownership {
	d.t.Helper()
	o, err := d.PutOwnership(d.t.Context(), o)
	d.must(err)
	return o
}

func (d *doubts) asked(source, id string) catalog.Asked {
	d.t.Helper()
	asked, err := d.OwnersOf(d.t.Context(), []string{keyOf(source, id), keyOf(source, id), "nobody"})
	d.must(err)
	if len(asked) != 1 {
		d.t.Fatalf("asked %v", asked)
	}
	return asked[keyOf(source, id)]
}

func TestTheOwnerIsTheFirstOfTheLadder(t *testing.T) {
	d := newDoubts(t, "")
	d.must(d.PutSource(t.Context(), catalog.Source{ID: "wiki", Base: "help", State: catalog.Published}))
	is := func(what, owner, by string) {
		t.Helper()
		if got := d.asked("wiki", "c"); got != (catalog.Asked{Owner: owner, Ask: owner, By: by}) {
			t.Errorf("%s: %+v", what, got)
		}
	}
	is("nothing is said", "", "")
	d.own(catalog.Ownership{Kind: catalog.OwnBase, Owner: "everybody's"})
	is("a fallback for all", "everybody's", catalog.OwnBase)
	d.own(catalog.Ownership{Base: "help", Kind: catalog.OwnBase, Owner: "the base's"})
	is("a fallback of the base", "the base's", catalog.OwnBase)
	d.own(catalog.Ownership{Base: "other", Kind: catalog.OwnBase, Owner: "of another base"})
	is("a fallback of another base", "the base's", catalog.OwnBase)
	d.owned("wiki", "c", func(x *catalog.Details) { x.Labels = []string{"Logistics"} })
	d.own(catalog.Ownership{Kind: catalog.OwnTeam, Subject: "logistics", Owner: "the team's"})
	is("a team", "the team's", catalog.OwnTeam)
	d.must(d.PutSource(t.Context(), catalog.Source{ID: "wiki", Base: "help", State: catalog.Published, Owner: "the source's own"}))
	is("its source's owner", "the source's own", "source_owner")
	d.own(catalog.Ownership{Kind: catalog.OwnSource, Subject: "wiki", Owner: "the source's"})
	is("a rule on its source", "the source's", catalog.OwnSource)
	d.own(catalog.Ownership{Kind: catalog.OwnPath, Subject: "/wiki/**", Owner: "the path's"})
	is("a rule on its path", "the path's", catalog.OwnPath)
	d.own(catalog.Ownership{Kind: catalog.OwnPath, Subject: "/**", Owner: "a wider path's"})
	is("two rules on its path", "the path's", catalog.OwnPath)
	d.owned("wiki", "c", func(x *catalog.Details) { x.Owner = "its own" })
	is("its own owner", "its own", "own")
	d.own(catalog.Ownership{Kind: catalog.OwnDocument, Subject: "https://example.org/wiki/c", Owner: "named here"})
	is("a rule on the document", "named here", catalog.OwnDocument)
	last := d.own(catalog.Ownership{Kind: catalog.OwnDocument, Subject: "c", Owner: "logistics"})
	d.must(d.DeleteOwnership(t.Context(), last.ID))
	d.own(catalog.Ownership{Kind: catalog.OwnDocument, Subject: "https://example.org/wiki/c", Owner: "Logistics"})
	is("a team as owner", "the team's", catalog.OwnDocument)
}

func TestADeputyIsAskedWhileTheOwnerIsAway(t *testing.T) {
	d := newDoubts(t, "")
	back := d.now.AddDate(0, 0, 7)
	d.own(catalog.Ownership{Kind: catalog.OwnPath, Subject: "/site/**", Owner: "ann", Deputy: "bob", AwayUntil: back})
	f := d.conflict("f")
	if n, err := d.RefreshOwners(t.Context()); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
	owners := func(want ...string) {
		t.Helper()
		got, err := d.Finding(t.Context(), "f")
		d.must(err)
		if diff := cmp.Diff(want, got.Owners); diff != "" {
			t.Error(diff)
		}
		if !got.Updated.Equal(f.Updated) {
			t.Error("a decision on what was seen would be refused")
		}
	}
	// The source names site@example.org, who comes behind the path's owner.
	owners("bob", "wiki@example.org")
	d.own(catalog.Ownership{Kind: catalog.OwnPerson, Subject: "bob", Deputy: "cleo", AwayUntil: back})
	owners("cleo", "wiki@example.org")
	d.own(catalog.Ownership{Kind: catalog.OwnPerson, Subject: "cleo", Deputy: "ann", AwayUntil: back})
	owners("ann", "wiki@example.org") // nobody is there, and there is no fallback
	d.own(catalog.Ownership{Kind: catalog.OwnBase, Owner: "web"})
	owners("web", "wiki@example.org")
	d.now = back
	if _, err := d.RefreshOwners(t.Context()); err != nil {
		t.Fatal(err)
	}
	owners("ann", "wiki@example.org")
}

func TestRulesThatCannotBeMeantAreRefused(t *testing.T) {
	d := newDoubts(t, "")
	for name, o := range map[string]catalog.Ownership{
		"no kind":           {Subject: "a", Owner: "ann"},
		"no subject":        {Kind: catalog.OwnPath, Owner: "ann"},
		"a base's subject":  {Kind: catalog.OwnBase, Subject: "help", Owner: "ann"},
		"no owner":          {Kind: catalog.OwnPath, Subject: "/a", Owner: " "},
		"away, no deputy":   {Kind: catalog.OwnPath, Subject: "/a", Owner: "ann", AwayUntil: d.now},
		"their own deputy":  {Kind: catalog.OwnPath, Subject: "/a", Owner: "ann", Deputy: "ann"},
		"a person's owner":  {Kind: catalog.OwnPerson, Subject: "ann", Owner: "bob", Deputy: "cleo"},
		"a person alone":    {Kind: catalog.OwnPerson, Subject: "ann"},
		"a long subject":    {Kind: catalog.OwnPath, Subject: strings.Repeat("/a", 300), Owner: "ann"},
		"a line in a name":  {Kind: catalog.OwnPath, Subject: "/a", Owner: "ann\nbob"},
		"bytes in a name":   {Kind: catalog.OwnPath, Subject: "/a", Owner: "ann\xff"},
		"a deputy's letter": {Kind: catalog.OwnPath, Subject: "/a", Owner: "ann", Deputy: "b\x00"},
	} {
		_, err := d.PutOwnership(t.Context(), o)
		refusedWith(t, name, err, catalog.RefusedValue)
	}
	for name, a := range map[string]catalog.Authority{
		"no topic":    {Kind: catalog.OwnSource, Subject: "site", Effect: catalog.Settles},
		"a team":      {Topic: "money", Kind: catalog.OwnTeam, Subject: "x", Effect: catalog.Settles},
		"no subject":  {Topic: "money", Kind: catalog.OwnSource, Effect: catalog.Settles},
		"no effect":   {Topic: "money", Kind: catalog.OwnSource, Subject: "site"},
		"two lines":   {Topic: "money", Kind: catalog.OwnSource, Subject: "a\nb", Effect: catalog.Settles},
		"a long line": {Topic: strings.Repeat("x", 501), Kind: catalog.OwnSource, Subject: "a", Effect: catalog.Settles},
	} {
		_, err := d.PutAuthority(t.Context(), a)
		refusedWith(t, name, err, catalog.RefusedValue)
	}
	if err := d.DeleteOwnership(t.Context(), 7); !errors.Is(err, catalog.ErrNotFound) {
		t.Error(err)
	}
	if err := d.DeleteAuthority(t.Context(), 7); !errors.Is(err, catalog.ErrNotFound) {
		t.Error(err)
	}
}

func refusedWith(t testing.TB, what string, err error, code string) {
	t.Helper()
	var r *catalog.Refusal
	if !errors.As(err, &r) || r.Code != code || !strings.HasSuffix(r.Text, ".") || err.Error() != r.Text {
		t.Errorf("%s: %v, want a refusal %s", what, err, code)
	}
}

func TestRulesOfTheConfigurationAreReplacedAndOthersKept(t *testing.T) {
	d := newDoubts(t, "")
	ctx := t.Context()
	made := d.own(catalog.Ownership{Kind: catalog.OwnPath, Subject: "/made/**", Owner: "ann"})
	d.own(catalog.Ownership{Kind: catalog.OwnPath, Subject: "/both/**", Owner: "ann"})
	file := []catalog.Ownership{{Kind: catalog.OwnPath, Subject: "/both/**", Owner: "bob"}, {Kind: catalog.OwnBase, Owner: "web"}}
	for range 2 {
		d.must(d.ProvisionOwnership(ctx, file))
	}
	list, err := d.Ownerships(ctx, "")
	d.must(err)
	var got []string
	for _, o := range list {
		got = append(got, o.Kind+" "+o.Subject+" "+o.Owner+" "+o.Origin)
	}
	if diff := cmp.Diff([]string{"base  web file", "path /both/** bob file", "path /made/** ann command"}, got); diff != "" {
		t.Error(diff)
	}
	_, err = d.PutOwnership(ctx, catalog.Ownership{Kind: catalog.OwnPath, Subject: "/both/**", Owner: "cleo"})
	refusedWith(t, "put", err, catalog.RefusedFile)
	refusedWith(t, "delete", d.DeleteOwnership(ctx, list[0].ID), catalog.RefusedFile)
	d.must(d.DeleteOwnership(ctx, made.ID))
	d.must(d.ProvisionOwnership(ctx, nil))
	if list, err = d.Ownerships(ctx, ""); err != nil || len(list) != 0 {
		t.Error(list, err)
	}
	a := catalog.Authority{Topic: "money", Kind: catalog.OwnSource, Subject: "site", Effect: catalog.Suggests}
	d.must(d.ProvisionAuthorities(ctx, []catalog.Authority{a}))
	_, err = d.PutAuthority(ctx, a)
	refusedWith(t, "put authority", err, catalog.RefusedFile)
	all, err := d.Authorities(ctx, "help")
	d.must(err)
	refusedWith(t, "delete authority", d.DeleteAuthority(ctx, all[0].ID), catalog.RefusedFile)
}

func TestAnAuthoritySuggestsOrSettles(t *testing.T) {
	for _, c := range []struct {
		name      string
		list      []catalog.Authority
		suggested int
		told      []string
	}{
		{"of another topic", []catalog.Authority{{Topic: "phone", Kind: catalog.OwnSource, Subject: "wiki", Effect: catalog.Settles}}, -1, undecided[:3]},
		{"of another base", []catalog.Authority{{Base: "legal", Topic: "*", Kind: catalog.OwnSource, Subject: "wiki", Effect: catalog.Settles}}, -1, undecided[:3]},
		{"on both sides", []catalog.Authority{{Topic: "money", Kind: catalog.OwnSource, Subject: "site", Effect: catalog.Settles}}, -1, undecided[:3]},
		{"suggests", []catalog.Authority{{Topic: "money", Kind: catalog.OwnSource, Subject: "wiki", Effect: catalog.Suggests}}, 2, undecided[:3]},
		{"settles", []catalog.Authority{{Topic: "money", Kind: catalog.OwnSource, Subject: "wiki", Effect: catalog.Settles}}, 2, []string{"a", "c"}},
		{"by class", []catalog.Authority{{Topic: "Pricing", Kind: catalog.OwnPath, Subject: "/site/b", Effect: catalog.Settles}}, 1, []string{"b"}},
		{"the more particular", []catalog.Authority{{Topic: "money", Kind: catalog.OwnSource, Subject: "wiki", Effect: catalog.Settles}, {Topic: "*", Kind: catalog.OwnDocument, Subject: "b", Effect: catalog.Suggests}}, 1, undecided[:3]},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDoubts(t, "")
			d.owned("site", "b", func(x *catalog.Details) { x.Class = "pricing" })
			d.conflict("conflict")
			d.must(d.ProvisionAuthorities(t.Context(), c.list))
			f, err := d.Finding(t.Context(), "conflict")
			d.must(err)
			if f.Suggested != c.suggested || (f.Suggested >= 0) != (f.Because["fr"] != "") {
				t.Errorf("suggested %d, because %v", f.Suggested, f.Because)
			}
			if settled := len(c.told) < 3; settled != (f.Outcome == index.Settled) {
				t.Errorf("state %s, outcome %q", f.State, f.Outcome)
			}
			d.tells("with the authority", append(c.told, "e")...)
			if f.Outcome != index.Settled {
				return
			}
			d.reopen("conflict")
			d.tells("taken back", append(undecided[:3:3], "e")...)
			if n, err := d.ApplyAuthorities(t.Context(), "help"); n != 0 || err != nil {
				t.Errorf("it settles %d again, %v", n, err)
			}
		})
	}
}

func TestAnAuthorityIsAppliedToWhatIsOpenWhenItIsMade(t *testing.T) {
	d := newDoubts(t, "")
	d.conflict("conflict")
	a, err := d.PutAuthority(t.Context(), catalog.Authority{Topic: "money", Kind: catalog.OwnSource, Subject: "wiki", Effect: catalog.Settles})
	d.must(err)
	d.tells("settled", "a", "c", "e")
	events, err := d.FindingEvents(t.Context(), "conflict")
	d.must(err)
	if len(events) != 1 || events[0].Kind != "settled" || events[0].By != "" || !strings.Contains(events[0].Text, "wiki") {
		t.Errorf("%+v", events)
	}
	d.must(d.DeleteAuthority(t.Context(), a.ID))
	d.tells("settled still", "a", "c", "e")
}
