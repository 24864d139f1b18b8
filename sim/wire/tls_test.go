package wire

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"testing"
	"time"
)

func suiteTLS(t *testing.T, tr transport) {
	cert, roots := throwaway(t)
	c1, c2 := tr.pair(t)
	srv := tls.Server(c2, &tls.Config{Certificates: []tls.Certificate{cert}})
	cli := tls.Client(c1, &tls.Config{RootCAs: roots, ServerName: "mx.example.org"})
	want := bytes.Repeat([]byte("mail"), 50000)
	done := make(chan error, 1)
	go func() {
		_, err := srv.Write(want)
		done <- errors.Join(err, srv.Close())
	}()
	got, err := io.ReadAll(cli)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("read %d bytes of %d over TLS: %v", len(got), len(want), err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	cli.Close()
}

// throwaway makes a certificate for mx.example.org.
func throwaway(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "mx.example.org"},
		DNSNames:     []string{"mx.example.org"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		IsCA:         true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}
