package catalogtest

import (
	"strings"
	"time"

	"freshet/index/catalog"
)

var keyTests = []test{
	{"a key opens with its secret and nothing else", (*world).keyOpens},
	{"a revoked key is refused at once", (*world).keyRevoked},
	{"keys are listed oldest first, revoked ones too", (*world).keysListed},
	{"the last use is kept and never goes back", (*world).keysTouched},
	{"a key opens its bases", (*world).keyBases},
}

func (w *world) newKey(k catalog.Key) (catalog.Key, string) {
	w.Helper()
	got, secret, err := w.c.CreateKey(w.ctx, k)
	w.ok(err)
	return got, secret
}

func (w *world) keyOpens() {
	k, secret := w.newKey(catalog.Key{Name: "bot", Role: catalog.RoleSearch, Bases: []string{base}, Drafts: true})
	if !strings.HasPrefix(secret, catalog.KeyPrefix) || len(secret) < 40 {
		w.Errorf("the secret has %d characters and begins with %.4q", len(secret), secret)
	}
	for range 2 { // the second time from what the catalog remembers
		got, err := w.c.CheckKey(w.ctx, secret)
		w.ok(err)
		w.equal("key", *got, k)
	}
	for _, bad := range []string{"", "fsh_", secret[:len(secret)-1], secret + "x", strings.ToUpper(secret), k.ID} {
		_, err := w.c.CheckKey(w.ctx, bad)
		w.is(err, catalog.ErrNotFound)
	}
	again, other := w.newKey(catalog.Key{Name: "bot", Role: catalog.RoleSearch})
	if again.ID == k.ID || other == secret {
		w.Error("two keys are the same")
	}
}

func (w *world) keyRevoked() {
	k, secret := w.newKey(catalog.Key{Name: "bot", Role: catalog.RoleSearch})
	_, kept := w.newKey(catalog.Key{Name: "other", Role: catalog.RoleAdmin})
	for _, s := range []string{secret, kept} {
		_, err := w.c.CheckKey(w.ctx, s)
		w.ok(err)
	}
	w.ok(w.c.RevokeKey(w.ctx, k.ID))
	_, err := w.c.CheckKey(w.ctx, secret)
	w.is(err, catalog.ErrNotFound)
	_, err = w.c.CheckKey(w.ctx, kept)
	w.ok(err)
	w.is(w.c.RevokeKey(w.ctx, k.ID), catalog.ErrNotFound)
	w.is(w.c.RevokeKey(w.ctx, "key_none"), catalog.ErrNotFound)
}

func (w *world) keysListed() {
	a, _ := w.newKey(catalog.Key{Name: "a", Role: catalog.RoleSearch})
	w.pass(time.Minute)
	b, _ := w.newKey(catalog.Key{Name: "b", Role: catalog.RoleAdmin, Bases: []string{base, "second"}})
	w.pass(time.Minute)
	w.ok(w.c.RevokeKey(w.ctx, a.ID))
	a.Revoked = start.Add(2 * time.Minute)
	list, err := w.c.Keys(w.ctx)
	w.ok(err)
	w.equal("keys", list, []catalog.Key{a, b})
}

func (w *world) keysTouched() {
	k, _ := w.newKey(catalog.Key{Name: "a", Role: catalog.RoleSearch})
	for _, at := range []time.Time{start.Add(time.Hour), start.Add(time.Minute)} {
		w.ok(w.c.TouchKeys(w.ctx, map[string]time.Time{k.ID: at, "key_none": at}))
	}
	list, err := w.c.Keys(w.ctx)
	w.ok(err)
	w.equal("used", list[0].Used, start.Add(time.Hour))
	w.ok(w.c.TouchKeys(w.ctx, nil))
}

func (w *world) keyBases() {
	for _, c := range []struct {
		bases []string
		base  string
		want  bool
	}{{nil, base, true}, {[]string{base}, base, true}, {[]string{base}, "help2", false}, {[]string{base}, "", false}} {
		k := catalog.Key{Bases: c.bases}
		if got := k.MayUse(c.base); got != c.want {
			w.Errorf("a key for %q opens %q: %v, want %v", c.bases, c.base, got, c.want)
		}
	}
}
