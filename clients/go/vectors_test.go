package secretsvc_test

import (
	"crypto/hpke"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	secretsvc "github.com/secret-svc/secret-svc/clients/go"
)

// vector is a file of ../../test/vectors/sealed, which the service opens.
type vector struct {
	Expect string
	// Kid, Seed and PublicKey are those of a derived key.
	Kid       string
	Seed      string
	PublicKey string
	// Places are where it is used; the last one is what it was sealed for.
	Places []struct{ Tenant, Scope, Target string }
	Text   string
	Value  string
	// ValueBytes is there in place of Value for a value that is bytes.
	ValueBytes []byte
}

func readVectors(t *testing.T, expect string) []vector {
	t.Helper()
	files, err := filepath.Glob("../../test/vectors/sealed/*.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var each vector
		if err := json.Unmarshal(content, &each); err != nil {
			t.Fatal(err)
		}
		if each.Expect == expect {
			vectors = append(vectors, each)
		}
	}
	if len(vectors) == 0 {
		t.Fatalf("there are no vectors that say %q", expect)
	}
	return vectors
}

// What the client seals for the place of a vector has the form of the vector, and opens in the same way.
func TestSealedVectors(t *testing.T) {
	keys := map[string]vector{}
	for _, key := range readVectors(t, "derives") {
		keys[key.Kid] = key
	}
	for _, each := range readVectors(t, "opens") {
		place := each.Places[len(each.Places)-1]
		if place.Scope != "key" {
			continue // clients do not seal for principals
		}
		key := keys[strings.Split(each.Text, ".")[2]]
		sealingKey, expected := sealingKeyOf(t, key, place.Tenant), each.Value
		sealed, err := sealingKey.Seal(place.Target, each.Value)
		if each.ValueBytes != nil {
			expected = string(each.ValueBytes)
			sealed, err = sealingKey.SealBytes(place.Target, each.ValueBytes)
		}
		if value := open(t, key, each.Text); value != expected {
			t.Errorf("the vector opens to %q and not to %q", value, expected)
		}
		if err != nil {
			t.Fatal(err)
		}
		parts, wanted := strings.Split(sealed, "."), strings.Split(each.Text, ".")
		if strings.Join(parts[:4], ".") != strings.Join(wanted[:4], ".") || len(sealed) != len(each.Text) {
			t.Errorf("expected the form of\n%s, got\n%s", each.Text, sealed)
		}
		if value := open(t, key, sealed); value != expected {
			t.Errorf("what was sealed opens to %q and not to %q", value, expected)
		}
	}
}

func sealingKeyOf(t *testing.T, key vector, tenant string) *secretsvc.SealingKey {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sealing-key.json")
	content, err := json.Marshal(map[string]string{
		"kid": key.Kid, "suite": "MLKEM768-X25519/HKDF-SHA256/AES-256-GCM", "publicKey": key.PublicKey, "tenant": tenant,
	})
	if err == nil {
		err = os.WriteFile(path, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	sealingKey, err := secretsvc.ReadSealingKey(path)
	if err != nil {
		t.Fatal(err)
	}
	return sealingKey
}

// open does what the service does.
func open(t *testing.T, key vector, text string) string {
	t.Helper()
	parts := strings.Split(text, ".")
	decode := func(text string, decoder func(string) ([]byte, error)) []byte {
		decoded, err := decoder(text)
		if err != nil {
			t.Fatal(err)
		}
		return decoded
	}
	private, err := hpke.MLKEM768X25519().NewPrivateKey(decode(key.Seed, hex.DecodeString))
	if err != nil {
		t.Fatal(err)
	}
	info := append([]byte("secret-svc/seal/v1"), decode(parts[2], hex.DecodeString)...)
	info = append(info, decode(parts[3], base64.RawURLEncoding.DecodeString)...)
	body := decode(parts[4], base64.RawURLEncoding.DecodeString)
	value, err := hpke.Open(private, hpke.HKDFSHA256(), hpke.AES256GCM(), info, body)
	if err != nil {
		t.Fatal(err)
	}
	return string(value)
}
