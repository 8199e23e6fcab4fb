package secretsvc

import (
	"context"
	"crypto/hpke"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"unicode/utf8"

	secretv1 "github.com/secret-svc/secret-svc/clients/go/gen/secret/v1"
)

const (
	sealingSuite      = "MLKEM768-X25519/HKDF-SHA256/AES-256-GCM"
	sealingLabel      = "secret-svc/seal/v1"
	maxValueBytes     = 64 << 10
	maxKeyBytes       = 255
	sealingFileSource = "'oo secret sealing-key' prints one"
)

var (
	kidForm    = regexp.MustCompile(`^[0-9a-f]{16}$`)
	tenantForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	keyForm    = regexp.MustCompile(`^[A-Za-z0-9_.+=@/-]+$`)
)

// SealingKey seals values that only the service can open, and only as one key of one tenant: they are safe in git.
// It is public, and needs neither the service nor a token.
type SealingKey struct {
	kid    string
	tenant string
	public hpke.PublicKey
}

// ReadSealingKey reads the file that 'oo secret sealing-key' prints.
func ReadSealingKey(path string) (*SealingKey, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("secret-svc: cannot read the sealing key: %w", err)
	}
	var file struct {
		Kid       string `json:"kid"`
		Suite     string `json:"suite"`
		PublicKey []byte `json:"publicKey"`
		Tenant    string `json:"tenant"`
	}
	if err := json.Unmarshal(content, &file); err != nil {
		return nil, fmt.Errorf("secret-svc: %s is not a sealing key: %s", path, sealingFileSource)
	}
	if file.Tenant == "" {
		return nil, fmt.Errorf("secret-svc: %s does not name a tenant: %s", path, sealingFileSource)
	}
	return newSealingKey(file.Kid, file.Suite, file.PublicKey, file.Tenant)
}

// SealingKey asks the service for its sealing key, for secrets of the caller's own tenant.
func (c *Client) SealingKey(ctx context.Context) (*SealingKey, error) {
	key, err := call(ctx, c, true, c.secrets.GetSealingKey, &secretv1.GetSealingKeyRequest{})
	if err != nil {
		return nil, err
	}
	identity := secretv1.NewIdentityServiceClient(c.connection)
	caller, err := call(ctx, c, true, identity.WhoAmI, &secretv1.WhoAmIRequest{})
	if err != nil {
		return nil, err
	}
	return newSealingKey(key.GetKid(), key.GetSuite(), key.GetPublicKey(), caller.GetTenant())
}

// Seal seals a value as key with the sealing key of the service. The value does not leave the program unsealed. To seal
// many, or without the service, use a SealingKey.
func (c *Client) Seal(ctx context.Context, key, value string) (string, error) {
	sealingKey, err := c.SealingKey(ctx)
	if err != nil {
		return "", err
	}
	return sealingKey.Seal(key, value)
}

// Seal seals a value, 1 byte to 64 KiB of UTF-8, that can then be saved (with Encrypted) as key and as nothing else.
// Two seals of one value differ; the length of the value is visible.
func (k *SealingKey) Seal(key, value string) (string, error) {
	if !utf8.ValidString(value) {
		return "", errors.New("secret-svc: a value is text in UTF-8")
	}
	return k.seal("key", key, []byte(value))
}

// SealBytes seals a value that need not be text, like Seal.
func (k *SealingKey) SealBytes(key string, value []byte) (string, error) {
	return k.seal("key-bytes", key, value)
}

func (k *SealingKey) seal(scope, key string, value []byte) (string, error) {
	if !keyForm.MatchString(key) || len(key) > maxKeyBytes {
		return "", fmt.Errorf("secret-svc: a key has 1 to %d characters of A-Z a-z 0-9 _ . + = @ - and /", maxKeyBytes)
	}
	if len(value) == 0 || len(value) > maxValueBytes {
		return "", fmt.Errorf("secret-svc: a value has 1 to %d bytes, and this one has %d", maxValueBytes, len(value))
	}
	header := encodeHeader(scope, k.tenant, key)
	kid, err := hex.DecodeString(k.kid)
	if err != nil {
		return "", err
	}
	info := append(append([]byte(sealingLabel), kid...), header...)
	sealed, err := hpke.Seal(k.public, hpke.HKDFSHA256(), hpke.AES256GCM(), info, value)
	if err != nil {
		return "", fmt.Errorf("secret-svc: %w", err)
	}
	encoding := base64.RawURLEncoding
	return "seal.v1." + k.kid + "." + encoding.EncodeToString(header) + "." + encoding.EncodeToString(sealed), nil
}

func newSealingKey(kid, suite string, public []byte, tenant string) (*SealingKey, error) {
	if suite != sealingSuite {
		return nil, fmt.Errorf("secret-svc: the sealing key is for another suite than %s", sealingSuite)
	}
	if !kidForm.MatchString(kid) {
		return nil, errors.New("secret-svc: the kid of the sealing key is not 16 hex digits")
	}
	if !tenantForm.MatchString(tenant) {
		return nil, errors.New("secret-svc: the tenant of the sealing key is not a-z and 0-9, in groups joined by single '-'")
	}
	parsed, err := hpke.MLKEM768X25519().NewPublicKey(public)
	if err != nil {
		return nil, errors.New("secret-svc: the public key of the sealing key is not one of MLKEM768-X25519")
	}
	return &SealingKey{kid: kid, tenant: tenant, public: parsed}, nil
}

// encodeHeader writes each field after its length in four bytes, so that no two places have the same bytes.
func encodeHeader(fields ...string) []byte {
	var header []byte
	for _, field := range fields {
		header = binary.BigEndian.AppendUint32(header, uint32(len(field)))
		header = append(header, field...)
	}
	return header
}
