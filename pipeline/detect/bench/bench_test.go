package bench

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

func generated(t testing.TB, half string, seed uint64) Set {
	t.Helper()
	set, err := Generate(half, seed)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func both(t *testing.T, run func(t *testing.T, set Set)) {
	for _, half := range []string{Held, Dev} {
		for _, seed := range []uint64{1, 2, 77} {
			t.Run(half, func(t *testing.T) { run(t, generated(t, half, seed)) })
		}
	}
}

func TestEqualSeedsMakeEqualSets(t *testing.T) {
	both(t, func(t *testing.T, set Set) {
		again := generated(t, set.Half, set.Seed)
		if !reflect.DeepEqual(set, again) {
			t.Error("two generations differ")
		}
		if len(set.Pages) > 0 && reflect.DeepEqual(set.Plants, generated(t, set.Half, set.Seed+1).Plants) {
			t.Error("another seed makes the same plants")
		}
	})
	if _, err := Generate("train", 1); err == nil {
		t.Error("a half that does not exist is generated")
	}
}

func TestEveryQuoteStandsInItsPage(t *testing.T) {
	both(t, func(t *testing.T, set Set) {
		ids := map[string]bool{}
		for _, p := range set.Plants {
			if ids[p.ID] {
				t.Errorf("%s is planted twice", p.ID)
			}
			ids[p.ID] = true
			for _, m := range []Mention{p.A, p.B} {
				if m == (Mention{}) && (p.Kind == Expired || p.Against == Expired) {
					continue
				}
				page, ok := set.Page(m.Page)
				switch {
				case !ok:
					t.Errorf("%s: there is no page %s", p.ID, m.Page)
				case m.Quote == "" || !strings.Contains(page.Body, m.Quote):
					t.Errorf("%s: %q does not stand in %s", p.ID, m.Quote, m.Page)
				case m.Value != "" && p.Kind != YesNo && p.Against != YesNo && !strings.Contains(m.Quote, m.Value):
					t.Errorf("%s: the value %q does not stand in %q", p.ID, m.Value, m.Quote)
				}
			}
		}
	})
}

func TestPagesAreWhole(t *testing.T) {
	both(t, func(t *testing.T, set Set) {
		ids := map[string]bool{}
		for _, p := range set.Pages {
			if ids[p.ID] {
				t.Errorf("two pages are %s", p.ID)
			}
			ids[p.ID] = true
			for _, left := range []string{"[[", "]]", "¤", "‹", "›", "{"} {
				if strings.Contains(p.Title+p.Body+strings.Join(p.Path, ""), left) {
					t.Errorf("%s keeps a %q of its template", p.ID, left)
				}
			}
			if day.MatchString(p.Title + p.Body) {
				t.Errorf("%s keeps a date of its template", p.ID)
			}
			if p.Title == "" || p.Locale != "fr" && p.Locale != "en" || p.URL == "" || p.Modified.IsZero() {
				t.Errorf("%s lacks something: %+v", p.ID, p)
			}
		}
	})
}

func TestValuesAreWhatThePlantsSay(t *testing.T) {
	both(t, func(t *testing.T, set Set) {
		locale := map[string]string{}
		group := map[string]string{}
		for _, p := range set.Pages {
			locale[p.ID], group[p.ID] = p.Locale, p.Translation
		}
		forms := map[string][][]string{}
		sites, err := templates(set.Half)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range sites {
			for id, d := range s.plants {
				for _, v := range d.values {
					var all []string
					for _, f := range v {
						all = append(all, fill(f, "fr", set.Now), fill(f, "en", set.Now))
					}
					forms[s.file+"/"+id] = append(forms[s.file+"/"+id], all)
				}
			}
		}
		same := func(p Plant) bool {
			id, _, _ := strings.Cut(p.ID, ".")
			return slices.ContainsFunc(forms[id], func(v []string) bool { return slices.Contains(v, p.A.Value) && slices.Contains(v, p.B.Value) })
		}
		for _, p := range set.Plants {
			switch {
			case p.Kind == Conflict || p.Kind == Drift || p.Kind == YesNo:
				if p.A.Value == "" || p.A.Value == p.B.Value || same(p) {
					t.Errorf("%s contradicts itself with %q and %q", p.ID, p.A.Value, p.B.Value)
				}
				if p.A.Page == p.B.Page || (locale[p.A.Page] == locale[p.B.Page]) == (p.Kind == Drift) {
					t.Errorf("%s stands on %s and %s", p.ID, p.A.Page, p.B.Page)
				}
				if p.Kind == Drift && (group[p.A.Page] == "" || group[p.A.Page] != group[p.B.Page]) {
					t.Errorf("%s: %s and %s are no translations", p.ID, p.A.Page, p.B.Page)
				}
			case p.Trap == "same" || p.Trap == "translation":
				if id, _, _ := strings.Cut(p.ID, "."); len(forms[id]) > 0 && !same(p) {
					t.Errorf("%s has two values: %q and %q", p.ID, p.A.Value, p.B.Value)
				}
			}
		}
	})
}
