package sitetest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"time"
)

// issuer is the site's own authority with two certificates: one that is good at
// any time and one that is out of date.
type issuer struct {
	roots       *x509.CertPool
	good, stale tls.Certificate
}

func newIssuer() (*issuer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the authority's key: %w", err)
	}
	day := func(year int) time.Time { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC) }
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Marelle test authority"}, NotBefore: day(2000), NotAfter: day(2200),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, root, root, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("make the authority: %w", err)
	}
	if root, err = x509.ParseCertificate(der); err != nil {
		return nil, fmt.Errorf("make the authority: %w", err)
	}
	out := &issuer{roots: x509.NewCertPool()}
	out.roots.AddCert(root)
	for until, into := range map[int]*tls.Certificate{2200: &out.good, 2001: &out.stale} {
		leaf := &x509.Certificate{SerialNumber: big.NewInt(int64(until)), Subject: pkix.Name{CommonName: Host}, DNSNames: []string{Host, bare},
			NotBefore: day(2000), NotAfter: day(until), KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
		der, err := x509.CreateCertificate(rand.Reader, leaf, root, &key.PublicKey, key)
		if err != nil {
			return nil, fmt.Errorf("make a certificate: %w", err)
		}
		*into = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	}
	return out, nil
}

// certificate is the one that the site shows at present.
func (s *Site) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mode == Expired {
		return &s.issuer.stale, nil
	}
	return &s.issuer.good, nil
}
