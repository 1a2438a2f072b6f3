package render

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"net"
	"sync"
	"time"
)

// keys makes the certificates that the gate shows to the browser. They are good for
// this one browser, which is told to take their key, and only as long as it runs; the
// real certificates are checked by the gate's client.
type keys struct {
	key *ecdsa.PrivateKey
	pin string // what Chrome knows the key by

	mu    sync.Mutex
	certs map[string]*tls.Certificate
}

func newKeys() (*keys, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making a key for the browser's connections: %w", err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("making a key for the browser's connections: %w", err)
	}
	hash := sha256.Sum256(public)
	return &keys{key: key, pin: base64.StdEncoding.EncodeToString(hash[:]), certs: map[string]*tls.Certificate{}}, nil
}

// forHost returns a certificate in a host's name.
func (k *keys) forHost(host string) (*tls.Certificate, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if c, ok := k.certs[host]; ok {
		return c, nil
	}
	now := time.Now()
	form := &x509.Certificate{
		SerialNumber: big.NewInt(int64(len(k.certs)) + 1),
		Subject:      pkix.Name{Organization: []string{"Freshet's gate for its own browser"}},
		NotBefore:    now.Add(-time.Hour), NotAfter: now.Add(7 * 24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		form.IPAddresses = []net.IP{ip}
	} else {
		form.DNSNames = []string{host}
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &k.key.PublicKey, k.key)
	if err != nil {
		return nil, fmt.Errorf("making a certificate for %.200q: %w", host, err)
	}
	if len(k.certs) >= 1000 {
		clear(k.certs)
	}
	c := &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: k.key}
	k.certs[host] = c
	return c, nil
}
