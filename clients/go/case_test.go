package secretsvc_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// testCase is a case of ../testdata, whose README.md has the meaning of each field. Unknown fields are errors.
type testCase struct {
	Name   string
	Only   string
	Client clientSettings
	Steps  []step
}

type clientSettings struct {
	Token     string
	TokenFile bool   `yaml:"tokenFile"`
	CA        string `yaml:"ca"`
	Through   string
	TimeoutMs int `yaml:"timeoutMs"`
}

type step struct {
	Call            string
	As              string
	Key             string
	Value           string
	Keys            []string
	NumberedKeys    *numbered `yaml:"numberedKeys"`
	Secrets         []secretInput
	NumberedSecrets *numbered `yaml:"numberedSecrets"`
	Remove          []removal
	ValidateOnly    bool   `yaml:"validateOnly"`
	IdempotencyKey  string `yaml:"idempotencyKey"`
	Namespace       string
	KeyPattern      string `yaml:"keyPattern"`
	State           string
	View            string
	PageSize        uint32 `yaml:"pageSize"`
	ResumeToken     string `yaml:"resumeToken"`
	During          []step
	WriteTokenOf    string `yaml:"writeTokenOf"`
	Fault           string
	Expect          map[string]any
}

type numbered struct {
	Prefix string
	Count  int
	Bytes  int
}

type secretInput struct {
	ID                string `yaml:"id"`
	Key               string
	Value             *string
	ValueBytes        string `yaml:"valueBytes"`
	Encrypted         bool
	Checksum          string
	ChecksumAlgorithm string `yaml:"checksumAlgorithm"`
	Readers           []string
	Writers           []string
	Deleters          []string
	CanChangeReaders  []string `yaml:"canChangeReaders"`
	CanChangeWriters  []string `yaml:"canChangeWriters"`
	CanChangeDeleters []string `yaml:"canChangeDeleters"`
	Metadata          map[string]string
	Clear             []string
	IfVersion         *uint32 `yaml:"ifVersion"`
	Owner             string
}

type removal struct {
	Key       string
	IfVersion *uint32 `yaml:"ifVersion"`
}

func (n numbered) keys() []string {
	keys := make([]string, n.Count)
	for index := range keys {
		keys[index] = fmt.Sprintf("%s%d", n.Prefix, index)
	}
	return keys
}

// readCases reads all cases of a file, with `{run}` replaced.
func readCases(t *testing.T, file, run string) []testCase {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(bytes.ReplaceAll(content, []byte("{run}"), []byte(run))))
	decoder.KnownFields(true)
	var cases []testCase
	if err := decoder.Decode(&cases); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return cases
}

func caseFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no cases in ../testdata: %v", err)
	}
	return files
}

func environment(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Skipf("%s is not set: run 'npm run test:clients go'", name)
	}
	return value
}

func tokenOf(t *testing.T, who string) string {
	t.Helper()
	switch who {
	case "nobody":
		return "oo_" + strings.Repeat("A", 43)
	case "brief":
		return askControl(t, http.MethodPost, "/brief")
	case "":
		who = "app"
	}
	return environment(t, "SECRET_TOKEN_"+strings.ToUpper(who))
}
