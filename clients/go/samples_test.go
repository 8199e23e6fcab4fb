package secretsvc_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The samples are what README.md shows.
func TestSamples(t *testing.T) {
	programs := t.TempDir()
	if output, err := exec.Command("go", "build", "-o", programs, "./samples/...").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	for sample, expected := range map[string]string{
		"read":        "DATABASE_URL has 35 characters\n",
		"environment": "the program connects to redis://localhost:6379\n",
		"secure":      "API_KEY is at version 1\n",
		"seal":        "app/STRIPE_KEY SAVE_OUTCOME_CREATED\n",
		"watch": `watching
uses a value of 3 characters
app/watched/KEY SECRET_CHANGE_KIND_UPDATED
uses a value of 5 characters
`,
		"tour": `app/billing/STRIPE_KEY SAVE_OUTCOME_CREATED
app/billing/WEBHOOK_KEY SAVE_OUTCOME_CREATED
app/billing/STRIPE_KEY [app billing]
app/billing/WEBHOOK_KEY [app]
another caller was faster
app/billing/STRIPE_KEY REASON_STALE_VERSION
2 versions
removed 1
`,
	} {
		t.Run(sample, func(t *testing.T) {
			program := exec.Command(filepath.Join(programs, sample))
			program.Dir = t.TempDir()
			program.Env = append(os.Environ(), "OO_URL="+environment(t, "SECRET_URL"), "OO_TOKEN="+tokenOf(t, "app"))
			if sample == "secure" {
				program.Env = append(os.Environ(), "OO_URL="+environment(t, "SECRET_TLS_URL"))
				copyFile(t, environment(t, "SECRET_CA_FILE"), filepath.Join(program.Dir, "ca.pem"))
				if err := os.WriteFile(filepath.Join(program.Dir, "token"), []byte(tokenOf(t, "app")), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if sample == "seal" {
				copyFile(t, environment(t, "SECRET_SEALING_KEY_FILE"), filepath.Join(program.Dir, "sealing-key.json"))
			}
			output, err := program.CombinedOutput()
			if err != nil || string(output) != expected {
				t.Errorf("%v, it printed\n%s", err, output)
			}
		})
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
