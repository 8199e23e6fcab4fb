package secretsvc_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	secretsvc "github.com/secret-svc/secret-svc/clients/go"
)

func TestFilesThatAreNoSealingKey(t *testing.T) {
	content, err := os.ReadFile(environment(t, "SECRET_SEALING_KEY_FILE"))
	if err != nil {
		t.Fatal(err)
	}
	for name, each := range map[string]struct {
		field string
		value any
		says  string
	}{
		"another suite":    {"suite", "X25519", "another suite"},
		"no kid":           {"kid", "ABC", "16 hex digits"},
		"no tenant":        {"tenant", "", "does not name a tenant"},
		"a strange tenant": {"tenant", "a/b", "the tenant of the sealing key"},
		"a cut key":        {"publicKey", "AAAA", "not one of MLKEM768-X25519"},
		"no base64":        {"publicKey", "canary-4711!", "is not a sealing key"},
	} {
		t.Run(name, func(t *testing.T) {
			var file map[string]any
			if err := json.Unmarshal(content, &file); err != nil {
				t.Fatal(err)
			}
			file[each.field] = each.value
			changed, err := json.Marshal(file)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "sealing-key.json")
			if err := os.WriteFile(path, changed, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := secretsvc.ReadSealingKey(path); err == nil || !strings.Contains(err.Error(), each.says) {
				t.Errorf("expected an error that says %q, got %v", each.says, err)
			}
		})
	}
}

func TestWhatCannotBeSealed(t *testing.T) {
	key, err := secretsvc.ReadSealingKey(environment(t, "SECRET_SEALING_KEY_FILE"))
	if err != nil {
		t.Fatal(err)
	}
	for name, each := range map[string]struct{ key, value, says string }{
		"a key with a space": {"canary 4711", "value", "a key has"},
		"a long key":         {strings.Repeat("k", 256), "value", "a key has"},
		"an empty value":     {"KEY", "", "this one has 0"},
		"a long value":       {"KEY", strings.Repeat("x", 65537), "this one has 65537"},
		"no UTF-8":           {"KEY", "canary-4711\xff", "UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := key.Seal(each.key, each.value)
			if err == nil || !strings.Contains(err.Error(), each.says) || strings.Contains(err.Error(), "canary") {
				t.Errorf("expected an error that says %q, got %v", each.says, err)
			}
		})
	}
}
