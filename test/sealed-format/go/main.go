// Sealed values as docs/sealed-format.md describes them, on nothing but Go's standard library.
//
// Independent of the service. Reads one JSON request per line and writes one JSON answer per line: derive makes a sealing key of
// a keyring key, seal seals for a place, open opens for the places where a value may be saved.
package main

import (
	"bufio"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	infoLabel     = "secret-svc/seal/v1"
	keyLabel      = "secret-svc/sealing-key/v1"
	encBytes      = 1120
	tagBytes      = 16
	valueBytesMax = 65536
	bytesSuffix   = "-bytes"
)

var (
	kem  = hpke.MLKEM768X25519()
	kdf  = hpke.HKDFSHA256()
	aead = hpke.AES256GCM()

	textForm   = regexp.MustCompile(`\Aseal\.v1\.([0-9a-f]{16})\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\z`)
	tenantForm = regexp.MustCompile(`\A[a-z0-9-]{1,64}\z`)
	targetForm = regexp.MustCompile(`\A[A-Za-z0-9_.+=@/-]{1,255}\z`)

	errMalformed   = errors.New("malformed")
	errMisplaced   = errors.New("misplaced")
	errUnknownKey  = errors.New("unknown-key")
	errDoesNotOpen = errors.New("does-not-open")
)

type place struct {
	Tenant string `json:"tenant"`
	Scope  string `json:"scope"`
	Target string `json:"target"`
}

type request struct {
	Op         string            `json:"op"`
	KeyringKey string            `json:"keyringKey"`
	Kid        string            `json:"kid"`
	PublicKey  []byte            `json:"publicKey"`
	Place      place             `json:"place"`
	Value      string            `json:"value"`
	ValueBytes []byte            `json:"valueBytes"`
	Keys       map[string]string `json:"keys"`
	Places     []place           `json:"places"`
	Text       string            `json:"text"`
}

type answer struct {
	Kid        string `json:"kid,omitempty"`
	Seed       string `json:"seed,omitempty"`
	PublicKey  []byte `json:"publicKey,omitempty"`
	Text       string `json:"text,omitempty"`
	Value      string `json:"value,omitempty"`
	ValueBytes []byte `json:"valueBytes,omitempty"`
	Error      string `json:"error,omitempty"`
}

func derive(keyringKey []byte) (answer, error) {
	mac := hmac.New(sha256.New, keyringKey)
	mac.Write([]byte("secret-svc/kid"))
	kid := mac.Sum(nil)[:8]
	material, err := hkdf.Key(sha256.New, keyringKey, nil, keyLabel+string(kid), 32)
	if err != nil {
		return answer{}, err
	}
	private, err := kem.DeriveKeyPair(material)
	if err != nil {
		return answer{}, err
	}
	seed, err := private.Bytes()
	if err != nil {
		return answer{}, err
	}
	return answer{Kid: hex.EncodeToString(kid), Seed: hex.EncodeToString(seed), PublicKey: private.PublicKey().Bytes()}, nil
}

func appendText(out []byte, text string) []byte {
	return append(binary.BigEndian.AppendUint32(out, uint32(len(text))), text...)
}

func headerOf(p place) []byte {
	return appendText(appendText(appendText(nil, p.Scope), p.Tenant), p.Target)
}

func infoOf(kid string, header []byte) ([]byte, error) {
	raw, err := hex.DecodeString(kid)
	return append(append([]byte(infoLabel), raw...), header...), err
}

func seal(r request) (answer, error) {
	public, err := kem.NewPublicKey(r.PublicKey)
	if err != nil {
		return answer{}, err
	}
	plaintext, p := []byte(r.Value), r.Place
	if r.ValueBytes != nil {
		plaintext, p.Scope = r.ValueBytes, p.Scope+bytesSuffix
	}
	header := headerOf(p)
	info, err := infoOf(r.Kid, header)
	if err != nil {
		return answer{}, err
	}
	body, err := hpke.Seal(public, kdf, aead, info, plaintext)
	if err != nil {
		return answer{}, err
	}
	encode := base64.RawURLEncoding.EncodeToString
	return answer{Text: "seal.v1." + r.Kid + "." + encode(header) + "." + encode(body)}, nil
}

func parseHeader(header []byte) (place, bool, error) {
	var fields []string
	for len(header) > 0 {
		if len(header) < 4 {
			return place{}, false, errMalformed
		}
		size := binary.BigEndian.Uint32(header)
		header = header[4:]
		if uint64(size) > uint64(len(header)) {
			return place{}, false, errMalformed
		}
		fields = append(fields, string(header[:size]))
		header = header[size:]
	}
	if len(fields) != 3 {
		return place{}, false, errMalformed
	}
	scope, isBytes := strings.CutSuffix(fields[0], bytesSuffix)
	p := place{Scope: scope, Tenant: fields[1], Target: fields[2]}
	known := p.Scope == "key" || (p.Scope == "principal" && len(p.Target) <= 64)
	if !known || !tenantForm.MatchString(p.Tenant) || !targetForm.MatchString(p.Target) {
		return place{}, false, errMalformed
	}
	return p, isBytes, nil
}

func open(r request) (answer, error) {
	parts := textForm.FindStringSubmatch(r.Text)
	if parts == nil {
		return answer{}, errMalformed
	}
	kid := parts[1]
	strict := base64.RawURLEncoding.Strict()
	header, err := strict.DecodeString(parts[2])
	if err != nil {
		return answer{}, errMalformed
	}
	body, err := strict.DecodeString(parts[3])
	if err != nil || len(body) < encBytes+1+tagBytes || len(body) > encBytes+valueBytesMax+tagBytes {
		return answer{}, errMalformed
	}
	p, isBytes, err := parseHeader(header)
	if err != nil {
		return answer{}, err
	}
	if !slices.Contains(r.Places, p) {
		return answer{}, errMisplaced
	}
	seed, known := r.Keys[kid]
	if !known {
		return answer{}, errUnknownKey
	}
	raw, err := hex.DecodeString(seed)
	if err != nil {
		return answer{}, err
	}
	private, err := kem.NewPrivateKey(raw)
	if err != nil {
		return answer{}, err
	}
	info, err := infoOf(kid, header)
	if err != nil {
		return answer{}, err
	}
	value, err := hpke.Open(private, kdf, aead, info, body)
	if err != nil || (!isBytes && !utf8.Valid(value)) {
		return answer{}, errDoesNotOpen
	}
	if isBytes {
		return answer{ValueBytes: value}, nil
	}
	return answer{Value: string(value)}, nil
}

func handle(r request) (answer, error) {
	switch r.Op {
	case "derive":
		key, err := hex.DecodeString(r.KeyringKey)
		if err != nil {
			return answer{}, err
		}
		return derive(key)
	case "seal":
		return seal(r)
	default:
		return open(r)
	}
}

func main() {
	lines := bufio.NewReader(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	decoder := json.NewDecoder(lines)
	for decoder.More() {
		var r request
		if err := decoder.Decode(&r); err != nil {
			panic(err)
		}
		a, err := handle(r)
		if err != nil {
			a = answer{Error: err.Error()}
		}
		if err := out.Encode(a); err != nil {
			panic(err)
		}
	}
}
