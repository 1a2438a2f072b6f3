package address

import (
	"net/url"
	"strings"
	"testing"
)

func TestOneAddressHasOneForm(t *testing.T) {
	base, err := url.Parse("https://www.example.org/help/index.html?x=1")
	if err != nil {
		t.Fatal(err)
	}
	for ref, want := range map[string]string{
		"HTTPS://WWW.Example.ORG:443/a": "https://www.example.org/a",
		"http://www.example.org:80":     "http://www.example.org/",
		"http://www.example.org:8080/":  "http://www.example.org:8080/",
		"https://www.example.org./a":    "https://www.example.org/a",
		"page#part":                     "https://www.example.org/help/page",
		"../a/./b/../c":                 "https://www.example.org/a/c",
		"/a/%2e%2e/b":                   "https://www.example.org/b",
		"/../../etc":                    "https://www.example.org/etc",
		"//cdn.example.org/x":           "https://cdn.example.org/x",
		"?page=2":                       "https://www.example.org/help/index.html?page=2",
		"":                              "https://www.example.org/help/index.html?x=1",
		"/caf\u00e9":                    "https://www.example.org/caf%C3%A9",
		"/caf%c3%a9":                    "https://www.example.org/caf%C3%A9",
		"/%7Eann/%41":                   "https://www.example.org/~ann/A",
		"/a%2Fb":                        "https://www.example.org/a%2Fb",
		"/a b":                          "https://www.example.org/a%20b",
		" /a\n/b\t ":                    "https://www.example.org/a/b",
		"/a?utm_source=x&b=2&gclid=1&a=1&UTM_X=3": "https://www.example.org/a?a=1&b=2",
		"/a?b=2&b=1&a":                    "https://www.example.org/a?a&b=2&b=1",
		"/a?sort=up&id=1":                 "https://www.example.org/a?id=1",
		"/a;jsessionid=0A1B?x=1":          "https://www.example.org/a?x=1",
		"/a?":                             "https://www.example.org/a",
		"https://bücher.example/":         "https://xn--bcher-kva.example/",
		"https://[2001:DB8::1]/":          "https://[2001:db8::1]/",
		"mailto:ann@example.org":          "",
		"javascript:void(0)":              "",
		"https://ann:secret@example.org/": "",
		"https://":                        "",
		"http://exa mple.org/":            "",
		"/" + strings.Repeat("x", 3000):   "",
		"data:text/html,x":                "",
		"/%zz":                            "",
	} {
		got, err := Resolver{Drop: map[string]bool{"sort": true}}.Resolve(base, ref)
		if want == "" {
			if err == nil {
				t.Errorf("%q became %q", ref, got)
			}
			continue
		}
		if err != nil || got.String() != want {
			t.Errorf("%q became %v (%v), want %q", ref, got, err, want)
		}
	}
}

func FuzzResolve(f *testing.F) {
	for _, s := range []string{"/a/../b", "?a=b&c", "//h/%2e%2e/", "https://EX:443/%zz", "/;jsessionid=1/x", "é", `\\x`, "//00:0:00", "//..", "http://[::1]:0080/", "/a%2fb?%41=%42#c"} {
		f.Add(s)
	}
	base := &url.URL{Scheme: "https", Host: "www.example.org", Path: "/dir/page"}
	f.Fuzz(func(t *testing.T, ref string) {
		got, err := Resolver{}.Resolve(base, ref)
		if err != nil {
			return
		}
		id := got.String()
		if !strings.HasPrefix(id, "http") || len(id) > MaxLength || got.Fragment != "" || got.User != nil {
			t.Errorf("%q became %q", ref, id)
		}
		again, err := Resolver{}.Resolve(nil, id)
		if err != nil || again.String() != id {
			t.Errorf("%q became %q, and that %v (%v)", ref, id, again, err)
		}
	})
}
