package secretsvc_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	secretsvc "github.com/secret-svc/secret-svc/clients/go"
)

func TestSettingsThatCannotBeUsed(t *testing.T) {
	t.Setenv("OO_TOKEN", "")
	notPEM := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(notPEM, []byte("canary-4711"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, each := range map[string]struct {
		url, token string
		option     secretsvc.Option
		says       string
	}{
		"no scheme":            {url: "localhost:11337", token: "oo_canary-4711", says: "must look like https://HOST:PORT"},
		"another scheme":       {url: "grpc://localhost", token: "oo_canary-4711", says: "must look like https://HOST:PORT"},
		"a path":               {url: "http://localhost/api", token: "oo_canary-4711", says: "must look like https://HOST:PORT"},
		"a password":           {url: "http://me:canary-4711@localhost", token: "oo_x", says: "must look like https://HOST:PORT"},
		"no token":             {url: "http://localhost", says: "set OO_TOKEN"},
		"a token of two lines": {url: "http://localhost", token: "oo_canary\n4711", says: "the token does not hold a token"},
		"two tokens":           {url: "http://localhost", token: "oo_canary-4711", option: secretsvc.WithTokenFile("x"), says: "not both"},
		"no time":              {url: "http://localhost", token: "oo_canary-4711", option: secretsvc.WithTimeout(0), says: "must be positive"},
		"no such file":         {url: "https://localhost", token: "oo_canary-4711", option: secretsvc.WithCAFile("nowhere"), says: "nowhere"},
		"no certificate":       {url: "https://localhost", token: "oo_canary-4711", option: secretsvc.WithCAFile(notPEM), says: "there is no certificate"},
		"an authority, no TLS": {url: "http://localhost", token: "oo_canary-4711", option: secretsvc.WithCAFile(os.Getenv("SECRET_CA_FILE")), says: "without https"},
	} {
		t.Run(name, func(t *testing.T) {
			var options []secretsvc.Option
			if each.option != nil {
				options = append(options, each.option)
			}
			if name == "an authority, no TLS" {
				environment(t, "SECRET_CA_FILE")
			}
			_, err := secretsvc.NewClient(each.url, each.token, options...)
			if err == nil || !strings.Contains(err.Error(), each.says) {
				t.Fatalf("expected an error that says %q, got %v", each.says, err)
			}
			if strings.Contains(err.Error(), "canary") {
				t.Errorf("the error shows what it must not: %v", err)
			}
		})
	}
}

func TestAddressAndTokenOfTheEnvironment(t *testing.T) {
	t.Setenv("OO_TOKEN", "oo_canary-4711")
	for url, shown := range map[string]string{
		"":                        "secretsvc.Client(dns:///127.0.0.1:11337)",
		"https://secrets.example": "secretsvc.Client(dns:///secrets.example:443)",
		"http://secrets.example":  "secretsvc.Client(dns:///secrets.example:80)",
		"http://[::1]:11337/":     "secretsvc.Client(dns:///[::1]:11337)",
	} {
		t.Setenv("OO_URL", url)
		client, err := secretsvc.NewClient("", "")
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		if client.String() != shown {
			t.Errorf("expected %s, got %s", shown, client)
		}
		mustNotShow(t, "oo_canary-4711", client)
	}
}

func TestATokenFileThatIsGone(t *testing.T) {
	client, err := secretsvc.NewClient("http://127.0.0.1:1", "", secretsvc.WithTokenFile(filepath.Join(t.TempDir(), "gone")))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := client.Get(t.Context(), "X"); err == nil || !strings.Contains(err.Error(), "cannot read the token file") {
		t.Errorf("expected an error about the file, got %v", err)
	}
}
