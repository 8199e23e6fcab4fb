package secretsvc

import (
	"crypto/tls"
	"errors"
	"fmt"
	"os"
)

// clientCertificate shows the certificate in OO_CLIENT_CERT and OO_CLIENT_KEY, which is read again for each connection:
// others renew it. It is nil when none is set, and without https.
func clientCertificate(isTLS bool) (func(*tls.CertificateRequestInfo) (*tls.Certificate, error), error) {
	certFile, keyFile := os.Getenv("OO_CLIENT_CERT"), os.Getenv("OO_CLIENT_KEY")
	if certFile == "" && keyFile == "" {
		return nil, nil
	}
	if certFile == "" || keyFile == "" {
		return nil, errors.New("secret-svc: OO_CLIENT_CERT and OO_CLIENT_KEY go together")
	}
	if !isTLS {
		return nil, nil
	}
	load := func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		pair, err := tls.LoadX509KeyPair(certFile, keyFile)
		if err != nil {
			return nil, fmt.Errorf("secret-svc: cannot use OO_CLIENT_CERT and OO_CLIENT_KEY: %w", err)
		}
		return &pair, nil
	}
	// What cannot be used now is an error at once, and not at the first call.
	_, err := load(nil)
	return load, err
}
