package address

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
)

func at(t testing.TB, text string) *url.URL {
	t.Helper()
	u, err := Resolver{}.Resolve(nil, text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// taught learns from n pages; %d in the addresses is the page's number.
func taught(t testing.TB, n int, page, canonical string) *Variants {
	t.Helper()
	v := &Variants{}
	for i := range n {
		v.Learn(at(t, fmt.Sprintf(page, i)), at(t, fmt.Sprintf(canonical, i)))
	}
	return v
}

func TestCanonicalLinksTeachHowASiteWritesItsAddresses(t *testing.T) {
	for _, c := range []struct{ page, canonical, asked, want string }{
		{"https://e.org/a%d/", "https://e.org/a%d", "https://e.org/x/", "https://e.org/x"},
		{"https://e.org/a%d", "https://e.org/a%d/", "https://e.org/x", "https://e.org/x/"},
		{"https://e.org/a%d", "https://e.org/a%d/", "https://e.org/x.pdf", "https://e.org/x.pdf"},
		{"https://e.org/a%d/", "https://e.org/a%d", "https://e.org/", "https://e.org/"},
		{"http://e.org/a%d", "https://e.org/a%d", "http://e.org/x", "https://e.org/x"},
		{"https://e.org/a%d/index.html", "https://e.org/a%d/", "https://e.org/x/index.html", "https://e.org/x/"},
		{"https://e.org/A%d", "https://e.org/a%d", "https://e.org/Help/X", "https://e.org/help/x"},
		{"https://e.org/a?id=%d&ref=menu", "https://e.org/a?id=%d", "https://e.org/b?id=7&ref=foot&z=1", "https://e.org/b?id=7&z=1"},
		{"http://e.org/a%d/?from=x", "https://e.org/a%d", "http://e.org/x/?from=y", "https://e.org/x"},
		{"https://e.org/a%d", "https://e.org/b%d", "https://e.org/x/", "https://e.org/x/"}, // another page
	} {
		if got := taught(t, learntFrom, c.page, c.canonical).Apply(at(t, c.asked)).String(); got != c.want {
			t.Errorf("after %s -> %s, %s became %s, want %s", c.page, c.canonical, c.asked, got, c.want)
		}
		few := taught(t, learntFrom-1, c.page, c.canonical)
		if got := few.Apply(at(t, c.asked)).String(); got != c.asked {
			t.Errorf("after only %d pages %s became %s", learntFrom-1, c.asked, got)
		}
	}
}

func TestPagesThatDisagreeTeachNothing(t *testing.T) {
	v := taught(t, 20, "https://e.org/a%d/", "https://e.org/a%d")
	for i := range 2 {
		u := at(t, fmt.Sprintf("https://e.org/section%d/", i))
		v.Learn(u, u)
	}
	if got := v.Apply(at(t, "https://e.org/x/")).String(); got != "https://e.org/x/" {
		t.Errorf("it became %s", got)
	}
}

func TestVariantsSurviveBeingWritten(t *testing.T) {
	v := taught(t, 9, "http://e.org/a%d/?ref=1", "https://e.org/a%d")
	again := ParseVariants(v.String())
	if !slices.Equal(v.Learnt(), again.Learnt()) || len(again.Learnt()) != 3 {
		t.Errorf("%v became %v", v.Learnt(), again.Learnt())
	}
	for _, damaged := range []string{"", "{", `{"votes":7}`, "null"} {
		if got := ParseVariants(damaged).Apply(at(t, "https://e.org/x/")).String(); got != "https://e.org/x/" {
			t.Errorf("%q taught to write %s", damaged, got)
		}
	}
}

func FuzzVariants(f *testing.F) {
	f.Add("https://e.org/a/?b=1", "https://e.org/a", "https://e.org/c/?b=2")
	f.Add("http://e.org/A/index.php", "https://e.org/a/", "http://e.org/%2f/index.php?")
	f.Fuzz(func(t *testing.T, page, canonical, asked string) {
		p, err1 := Resolver{}.Resolve(nil, page)
		c, err2 := Resolver{}.Resolve(nil, canonical)
		a, err3 := Resolver{}.Resolve(nil, asked)
		if err1 != nil || err2 != nil || err3 != nil {
			return
		}
		v := &Variants{}
		for range learntFrom {
			v.Learn(p, c)
		}
		out := v.Apply(a)
		if again := v.Apply(out); again.String() != out.String() {
			t.Errorf("%s became %s and then %s", a, out, again)
		}
		if same, err := (Resolver{}).Normal(out); err != nil || same.String() != out.String() {
			t.Errorf("%s became %s, whose one form is %v (%v)", a, out, same, err)
		}
		if p.String() != c.String() {
			return
		}
		if got := v.Apply(p); got.String() != p.String() {
			t.Errorf("%s, its own original, became %s", p, got)
		}
	})
}
