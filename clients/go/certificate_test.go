package secretsvc_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	secretsvc "github.com/secret-svc/secret-svc/clients/go"
	secretv1 "github.com/secret-svc/secret-svc/clients/go/gen/secret/v1"
)

func TestACertificateTakesThePlaceOfAToken(t *testing.T) {
	certFile, keyFile := environment(t, "SECRET_CLIENT_CERT"), environment(t, "SECRET_CLIENT_KEY")
	nextCert, nextKey := environment(t, "SECRET_NEXT_CLIENT_CERT"), environment(t, "SECRET_NEXT_CLIENT_KEY")
	certFile, keyFile = showCertificate(t, certFile, keyFile)
	first := certified(t)
	if slug := slugOf(t, first); slug != "mesh-apps-sa-first" {
		t.Errorf("the caller is %s", slug)
	}
	for _, err := range first.List(t.Context(), secretsvc.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for event, err := range first.Watch(t.Context(), secretsvc.WatchFilter{}) {
		if err != nil || event.Change != nil {
			t.Errorf("expected the first event, got %v, %v", event, err)
		}
		break
	}
	// The files are read when it connects, not when it is made.
	second := certified(t)
	copyFile(t, nextCert, certFile)
	copyFile(t, nextKey, keyFile)
	if slug := slugOf(t, second); slug != "mesh-apps-sa-second" {
		t.Errorf("the caller with the renewed certificate is %s", slug)
	}
}

func TestATokenCountsMoreThanACertificate(t *testing.T) {
	showCertificate(t, environment(t, "SECRET_CLIENT_CERT"), environment(t, "SECRET_CLIENT_KEY"))
	ca := secretsvc.WithCAFile(environment(t, "SECRET_CA_FILE"))
	if slug := slugOf(t, newClient(t, environment(t, "SECRET_TLS_URL"), tokenOf(t, "app"), ca)); slug != "app" {
		t.Errorf("the caller is %s", slug)
	}
}

func TestCertificatesThatCannotBeUsed(t *testing.T) {
	garbage := filepath.Join(t.TempDir(), "garbage.pem")
	if err := os.WriteFile(garbage, []byte("canary-4711"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, each := range map[string]struct{ url, cert, key, says string }{
		"no key":         {"https://localhost", garbage, "", "go together"},
		"no certificate": {"https://localhost", "", garbage, "go together"},
		"no such file":   {"https://localhost", "nowhere", garbage, "nowhere"},
		"garbage":        {"https://localhost", garbage, garbage, "cannot use OO_CLIENT_CERT"},
		"no TLS":         {"http://localhost", garbage, garbage, "there is no token"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("OO_TOKEN", "")
			t.Setenv("OO_CLIENT_CERT", each.cert)
			t.Setenv("OO_CLIENT_KEY", each.key)
			_, err := secretsvc.NewClient(each.url, "")
			if err == nil || !strings.Contains(err.Error(), each.says) || strings.Contains(err.Error(), "canary") {
				t.Errorf("expected an error that says %q, got %v", each.says, err)
			}
		})
	}
}

// certified makes a client without a token.
func certified(t *testing.T) *secretsvc.Client {
	t.Helper()
	return newClient(t, environment(t, "SECRET_TLS_URL"), "", secretsvc.WithCAFile(environment(t, "SECRET_CA_FILE")))
}

func slugOf(t *testing.T, client *secretsvc.Client) string {
	t.Helper()
	answer, err := secretv1.NewIdentityServiceClient(client.Conn()).WhoAmI(t.Context(), &secretv1.WhoAmIRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return answer.GetSlug()
}

// showCertificate sets the variables to copies of the files.
func showCertificate(t *testing.T, cert, key string) (certFile, keyFile string) {
	t.Helper()
	folder := t.TempDir()
	certFile, keyFile = filepath.Join(folder, "client.pem"), filepath.Join(folder, "client.key")
	copyFile(t, cert, certFile)
	copyFile(t, key, keyFile)
	t.Setenv("OO_TOKEN", "")
	t.Setenv("OO_CLIENT_CERT", certFile)
	t.Setenv("OO_CLIENT_KEY", keyFile)
	return certFile, keyFile
}
