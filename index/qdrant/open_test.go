package qdrant_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"freshet/index"
	"freshet/index/indextest"
	"freshet/index/qdrant"
	"freshet/index/qdrant/qdranttest"
)

// Servers before 1.16 ignore the filter of an upsert and a collection's metadata.
func TestSuiteOnOlderServer(t *testing.T) {
	runSuite(t, qdranttest.Start(t, qdranttest.Options{Version: "1.15.5"}).Address())
}

func TestServersThatAreTooOldAreRefused(t *testing.T) {
	for version, words := range map[string]string{"1.12.6": "1.13.0 or later", "dev": "gRPC interface"} {
		o := optionsFor(t, qdranttest.Start(t, qdranttest.Options{Version: version}).Address(), lexicalSpace)
		if _, err := qdrant.Open(t.Context(), o); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("version %s: %v", version, err)
		}
	}
}

func TestWrongOptionsAreNamed(t *testing.T) {
	for words, change := range map[string]func(*qdrant.Options){
		"localhost:6334":           func(o *qdrant.Options) { o.Address = "http://localhost:6333" },
		"give host:port":           func(o *qdrant.Options) { o.Address = "localhost:many" },
		"index.qdrant.collection":  func(o *qdrant.Options) { o.Collection = "" },
		"none, int8 or binary":     func(o *qdrant.Options) { o.Quantization = "product" },
		"float32 or float16":       func(o *qdrant.Options) { o.Datatype = "float8" },
		"no write would ever":      func(o *qdrant.Options) { o.Replicas, o.WriteConsistency = 2, 3 },
		"have to be above 0":       func(o *qdrant.Options) { o.Shards = -1 },
		"is it running, is index.": func(o *qdrant.Options) { o.Address = "127.0.0.1:1" },
	} {
		o := optionsFor(t, "127.0.0.1:6334", lexicalSpace)
		o.Attempts = 1
		change(&o)
		if _, err := qdrant.Open(t.Context(), o); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%v, want words of %q", err, words)
		}
	}
}

func TestAPIKeyAndTLS(t *testing.T) {
	certificate, pool := selfSigned(t)
	server := qdranttest.Start(t, qdranttest.Options{APIKey: "secret", TLS: &tls.Config{Certificates: []tls.Certificate{certificate}}})
	o := optionsFor(t, server.Address(), lexicalSpace)
	o.TLS = &tls.Config{RootCAs: pool}
	_, err := qdrant.Open(t.Context(), o)
	wantUnavailable(t, "without a key", err, "index.qdrant.api_key")
	o.APIKey = "secret"
	store, err := qdrant.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	store.Close()
	o.TLS = nil
	o.Attempts = 1
	_, err = qdrant.Open(t.Context(), o)
	wantUnavailable(t, "without TLS", err, "does tls fit")
	if err != nil && strings.Contains(err.Error(), "secret") {
		t.Errorf("the error tells the key: %v", err)
	}
}

func selfSigned(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestCollectionsOfOtherCatalogs(t *testing.T) {
	for _, version := range []string{"1.19.0", "1.15.0"} {
		o := optionsFor(t, qdranttest.Start(t, qdranttest.Options{Version: version}).Address(), denseSpace)
		o.Epoch = "first"
		s := open(t, o)
		if err := s.Upsert(t.Context(), indextest.NewMaker(1, denseSpace).Points(0, 20, 1)); err != nil {
			t.Fatal(err)
		}
		s.Close()
		o.Epoch = "second"
		if _, err := qdrant.Open(t.Context(), o); !errors.Is(err, index.ErrEpoch) || !strings.Contains(err.Error(), "freshet index rebuild") {
			t.Errorf("%s: error %v, want ErrEpoch", version, err)
		}
		o.Refill = true
		s = open(t, o)
		stats, err := s.Stats(t.Context())
		if err != nil || stats.Points != 0 {
			t.Errorf("%s: %+v, %v after emptying", version, stats, err)
		}
		list, err := s.Server().Collections(t.Context())
		if err != nil || len(list) != 1 || !list[0].Active || list[0].Epoch != "second" {
			t.Errorf("%s: collections %+v, %v", version, list, err)
		}
		s.Close()
	}
}

func TestAliasSwitch(t *testing.T) {
	server := qdranttest.Start(t, qdranttest.Options{})
	old := optionsFor(t, server.Address(), lexicalSpace)
	next := old
	next.Space = denseSpace
	a, b := open(t, old), open(t, next)
	defer a.Close()
	defer b.Close()
	active := func() string {
		t.Helper()
		list, err := a.Server().Collections(t.Context())
		if err != nil || len(list) != 2 {
			t.Fatalf("%+v, %v", list, err)
		}
		name := ""
		for _, c := range list {
			if c.Active {
				name += c.Name
			}
		}
		return name
	}
	if active() != a.Name() {
		t.Errorf("%s is active, want the first, %s", active(), a.Name())
	}
	if err := a.Server().Drop(t.Context(), a.Name()); err == nil || !strings.Contains(err.Error(), "switch it") {
		t.Errorf("dropping the active collection: %v", err)
	}
	for range 2 {
		if err := b.Activate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if active() != b.Name() {
			t.Errorf("%s is active, want %s", active(), b.Name())
		}
	}
	if err := a.Activate(t.Context()); err != nil || active() != a.Name() {
		t.Errorf("rolling back: %v, %s is active", err, active())
	}
	for range 2 {
		if err := a.Server().Drop(t.Context(), b.Name()); err != nil {
			t.Errorf("drop: %v", err)
		}
	}
	_, err := b.Search(t.Context(), []index.Query{{Base: "help", Limit: 1, Lexical: []index.Term{{ID: 1, Value: 1}}}})
	wantUnavailable(t, "Search in a dropped collection", err, "the collection is not there")
}

func TestACollectionThatWasActiveCanBeDroppedOnceItsAliasIsTakenAway(t *testing.T) {
	server := qdranttest.Start(t, qdranttest.Options{})
	o := optionsFor(t, server.Address(), lexicalSpace)
	o.Name = o.Collection + "_first"
	a := open(t, o)
	defer a.Close()
	o.Name = o.Collection + "_second"
	b := open(t, o) // of the same Space, beside it
	defer b.Close()
	if a.Name() == b.Name() || a.Name() != o.Collection+"_first" {
		t.Fatalf("collections %s and %s", a.Name(), b.Name())
	}
	for range 2 { // the alias points at a: that of b is not there to be taken
		if err := a.Server().Unpoint(t.Context(), o.Collection, b.Name()); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Server().Drop(t.Context(), a.Name()); err == nil {
		t.Error("an active collection was dropped")
	}
	if err := a.Server().Unpoint(t.Context(), o.Collection, a.Name()); err != nil {
		t.Fatal(err)
	}
	if err := a.Server().Drop(t.Context(), a.Name()); err != nil {
		t.Errorf("drop: %v", err)
	}
	list, err := b.Server().Collections(t.Context())
	if err != nil || len(list) != 1 || list[0].Name != b.Name() || list[0].Active {
		t.Errorf("collections %+v, %v", list, err)
	}
}
