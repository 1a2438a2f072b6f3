package website

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"freshet/connectors"
	"freshet/connectors/connectortest"
	"freshet/connectors/fetch"
)

const nginxConfig = `daemon off;
master_process off;
pid PREFIX/pid;
error_log PREFIX/error.log;
events { worker_connections 64; }
http {
	types { text/html html; text/plain txt; }
	log_format seen '$status $body_bytes_sent $server_protocol $request_uri gzip=$sent_http_content_encoding';
	access_log PREFIX/access.log seen;
	client_body_temp_path PREFIX/t1; proxy_temp_path PREFIX/t2; fastcgi_temp_path PREFIX/t3; uwsgi_temp_path PREFIX/t4; scgi_temp_path PREFIX/t5;
	gzip on;
	gzip_min_length 200;
	limit_req_zone $server_name zone=many:1m rate=10r/s;
	limit_req_zone $server_name zone=busy:1m rate=10r/s;
	server {
		listen 127.0.0.1:PORT ssl http2;
		server_name nginx.example.org;
		ssl_certificate PREFIX/cert.pem;
		ssl_certificate_key PREFIX/key.pem;
		root PREFIX/site;
		autoindex off;
		absolute_redirect off;
		location = /old301 { return 301 /moved.html; }
		location = /old302 { return 302 /away.html; }
		location = /old308 { return 308 /for-good.html; }
		location = /gone.html { return 410; }
		location /many/ { limit_req zone=many; limit_req_status 429; add_header Retry-After 1 always; }
		location /busy/ { limit_req zone=busy; limit_req_status 503; add_header Retry-After 1 always; }
	}
}
`

// nginxAt starts nginx with a site of files. It returns the site's address, what the
// crawler needs to trust it, and its access log.
func nginxAt(t *testing.T, files map[string]string) (base string, env connectors.Env, log string) {
	t.Helper()
	program, err := exec.LookPath("nginx")
	if err != nil {
		program, err = exec.LookPath("/usr/sbin/nginx")
	}
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("nginx is missing; install it with: apt-get install nginx-light")
		}
		t.Skip("nginx is missing; install it with: apt-get install nginx-light")
	}
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, "site", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	port := free.Addr().(*net.TCPAddr).Port
	free.Close()
	roots := certify(t, dir, "nginx.example.org")
	config := filepath.Join(dir, "nginx.conf")
	text := strings.NewReplacer("PREFIX", dir, "PORT", fmt.Sprint(port)).Replace(nginxConfig)
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	server := exec.Command(program, "-p", dir, "-e", filepath.Join(dir, "error.log"), "-c", config)
	server.Stdout, server.Stderr = &said, &said
	if err := server.Start(); err != nil {
		t.Fatalf("starting nginx: %v", err)
	}
	t.Cleanup(func() {
		// It is ours, and its exit status is that of the signal.
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	for tried := 0; ; tried++ {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			break
		}
		if tried > 500 {
			errors, _ := os.ReadFile(filepath.Join(dir, "error.log"))
			t.Fatalf("nginx does not listen: %s%s", said.String(), errors)
		}
		time.Sleep(10 * time.Millisecond)
	}
	env = connectors.Env{HTTP: fetch.New(fetch.Options{Delay: -1, RootCAs: roots, Lookup: func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}})}
	return fmt.Sprintf("https://nginx.example.org:%d", port), env, filepath.Join(dir, "access.log")
}

// certify makes an authority that signs itself for name, and puts its files into dir.
func certify(t *testing.T, dir, name string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	made := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	signed, err := x509.CreateCertificate(rand.Reader, made, made, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: signed}, "key.pem": {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(filepath.Join(dir, file), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	parsed, err := x509.ParseCertificate(signed)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return roots
}

// An answered is a line of the access log.
type answered struct {
	status, bytes      int
	protocol, uri, zip string
}

// answers returns what was logged from a place on, and where the log ends.
func answers(t *testing.T, log string, from int) ([]answered, int) {
	t.Helper()
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	var out []answered
	for line := range strings.Lines(string(text[from:])) {
		var a answered
		if _, err := fmt.Sscan(line, &a.status, &a.bytes, &a.protocol, &a.uri, &a.zip); err != nil {
			t.Fatalf("the log's line %q: %v", line, err)
		}
		out = append(out, a)
	}
	return out, len(text)
}

func TestASiteOfNginxIsReadWholeAndThenNotAgain(t *testing.T) {
	page := func(title string, links ...string) string {
		var b strings.Builder
		fmt.Fprintf(&b, "<!DOCTYPE html><html lang=en><head><title>%s</title></head><body><main><h1>%s</h1>", title, title)
		fmt.Fprintf(&b, "<p>%s</p>", strings.Repeat(title+" is told about here at some length. ", 20))
		for _, to := range links {
			fmt.Fprintf(&b, "<a href=%q>more</a> ", to)
		}
		return b.String() + "</main></body></html>"
	}
	files := map[string]string{
		"index.html": page("Home", "a.html", "old301", "old302", "old308", "dir", "missing.html", "gone.html", "files/", "large.html",
			"many/1.html", "many/2.html", "many/3.html", "busy/1.html", "busy/2.html", "busy/3.html", "private/x.html"),
		"robots.txt": "User-agent: *\nDisallow: /private/\n",
		"a.html":     page("First"), "moved.html": page("Moved"), "away.html": page("Away"), "for-good.html": page("For good"),
		"dir/index.html": page("A folder", "b.html"), "dir/b.html": page("Second"), "files/c.txt": "not linked", "private/x.html": page("Private"),
		"large.html": strings.Replace(page("Large"), "</main>", "<p>"+strings.Repeat("A long sentence of a long page. ", 20_000)+"</p></main>", 1),
	}
	for i := 1; i <= 3; i++ {
		// Of different lengths: nginx makes its entity tags of a file's time and length.
		files[fmt.Sprintf("many/%d.html", i)] = page("Many " + strings.Repeat("x", i))
		files[fmt.Sprintf("busy/%d.html", i)] = page("Less " + strings.Repeat("y", 10+i))
	}
	base, env, log := nginxAt(t, files)
	s := &testSite{Server: &httptest.Server{URL: base}}
	_, port, _ := strings.Cut(strings.TrimPrefix(base, "https://"), ":")
	settings, err := Kind().Parse(map[string]any{"start": base + "/", "delay": "0s", "allow_private": "127.0.0.0/8", "allow_ports": port})
	if err != nil {
		t.Fatal(err)
	}
	site, err := open(env, settings)
	if err != nil {
		t.Fatal(err)
	}
	pos := connectortest.NewPosition(connectors.Full)

	// What nginx serves, by the address under which it is a document.
	documents := map[string]string{
		"/": "index.html", "/a.html": "a.html", "/moved.html": "moved.html", "/away.html": "away.html", "/for-good.html": "for-good.html",
		"/dir/": "dir/index.html", "/dir/b.html": "dir/b.html", "/large.html": "large.html",
		"/many/1.html": "many/1.html", "/many/2.html": "many/2.html", "/many/3.html": "many/3.html",
		"/busy/1.html": "busy/1.html", "/busy/2.html": "busy/2.html", "/busy/3.html": "busy/3.html",
	}
	first := s.crawl(t, site, pos)
	if first.err != nil || !first.done {
		t.Fatalf("the first crawl: done %t, %v", first.done, first.err)
	}
	for path, file := range documents {
		if first.said[path] != "upsert" || first.text[path] != files[file] {
			t.Errorf("%s: %q, %d bytes, want %d", path, first.said[path], len(first.text[path]), len(files[file]))
		}
	}
	if len(first.docs) != len(documents) {
		t.Errorf("%d documents, want %d: %v", len(first.docs), len(documents), first.said)
	}
	seen, end := answers(t, log, 0)
	counts := map[int]int{}
	for _, a := range seen {
		counts[a.status]++
		if a.protocol != "HTTP/2.0" || strings.HasPrefix(a.uri, "/private/") {
			t.Errorf("asked for %s over %s", a.uri, a.protocol)
		}
		if a.status == 200 && a.uri == "/large.html" && (a.zip != "gzip=gzip" || a.bytes > len(files["large.html"])/20) {
			t.Errorf("the large page came with %s in %d bytes", a.zip, a.bytes)
		}
	}
	for _, status := range []int{200, 301, 302, 308, 403, 404, 410, 429, 503} {
		if counts[status] == 0 {
			t.Errorf("nginx never answered %d: %v", status, counts)
		}
	}

	second := s.crawl(t, site, pos)
	if second.err != nil || !second.done {
		t.Fatalf("the second crawl: done %t, %v", second.done, second.err)
	}
	for path := range documents {
		if second.said[path] != "same" {
			t.Errorf("the second time %s: %q", path, second.said[path])
		}
	}
	seen, _ = answers(t, log, end)
	unchanged := 0
	for _, a := range seen {
		if a.status == 200 && a.uri != "/robots.txt" || a.status == 304 && a.bytes != 0 {
			t.Errorf("the second time %s was answered %d with %d bytes", a.uri, a.status, a.bytes)
		}
		if a.status == 304 {
			unchanged++
		}
	}
	if unchanged < len(documents) {
		t.Errorf("only %d of %d pages were answered 304", unchanged, len(documents))
	}
}
