package sim

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"net/netip"
	"sync"
	"time"
)

// authority is the certificate authority of one run. Its keys are new each time;
// nothing of them is in any event.
type authority struct {
	mu     sync.Mutex
	key    *ecdsa.PrivateKey
	cert   *x509.Certificate
	err    error
	serial int64
	issued map[issue]*tls.Certificate
}

// issue is a host and what is wrong with its certificate.
type issue struct {
	host string
	flaw Certificate
}

// Certificate is what a server shows in the handshake. Empty is CertificateValid.
type Certificate string

// The certificates.
const (
	CertificateValid      Certificate = "valid"
	CertificateSelfSigned Certificate = "self-signed" // by nobody else
	CertificateExpired    Certificate = "expired"     // since before any run
	CertificateWrongName  Certificate = "wrong-name"  // of another host
)

// newAuthority makes an authority; its certificates are valid at any virtual
// time, from 2000 to 2100.
func newAuthority() *authority {
	a := &authority{issued: map[issue]*tls.Certificate{}}
	a.err = a.found()
	return a
}

func (a *authority) found() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("make the authority's key: %w", err)
	}
	t := a.template("mailsim test authority")
	t.IsCA, t.BasicConstraintsValid = true, true
	t.KeyUsage = x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	if err != nil {
		return fmt.Errorf("make the authority's certificate: %w", err)
	}
	a.key = key
	a.cert, err = x509.ParseCertificate(der)
	return err
}

func (a *authority) template(name string) *x509.Certificate {
	a.serial++
	return &x509.Certificate{
		SerialNumber: big.NewInt(a.serial),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:     time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
	}
}

// certificate returns the certificate of a host, with what is to be wrong with it,
// the same one each time.
func (a *authority) certificate(host string, flaw Certificate) (*tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.err != nil {
		return nil, a.err
	}
	of := issue{host, flaw}
	if c := a.issued[of]; c != nil {
		return c, nil
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the key of %s: %w", host, err)
	}
	name := host
	if flaw == CertificateWrongName {
		name = "wrong-name.invalid"
	}
	t := a.template(name)
	t.KeyUsage = x509.KeyUsageDigitalSignature
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	if ip, err := netip.ParseAddr(name); err == nil {
		t.IPAddresses = []net.IP{ip.AsSlice()}
	} else {
		t.DNSNames = []string{name}
	}
	if flaw == CertificateExpired {
		t.NotBefore, t.NotAfter = t.NotBefore.AddDate(-1, 0, 0), t.NotBefore
	}
	issuer, signer := a.cert, a.key
	if flaw == CertificateSelfSigned {
		issuer, signer = t, key
	}
	der, err := x509.CreateCertificate(rand.Reader, t, issuer, &key.PublicKey, signer)
	if err != nil {
		return nil, fmt.Errorf("make the certificate of %s: %w", host, err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("read the certificate of %s: %w", host, err)
	}
	c := &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
	if issuer == a.cert {
		c.Certificate = append(c.Certificate, a.cert.Raw)
	}
	a.issued[of] = c
	return c, nil
}

// pool returns what a client has to trust.
func (a *authority) pool() *x509.CertPool {
	a.mu.Lock()
	defer a.mu.Unlock()
	p := x509.NewCertPool()
	if a.err == nil {
		p.AddCert(a.cert)
	}
	return p
}
