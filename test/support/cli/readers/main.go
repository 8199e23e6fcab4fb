// Reads what `oo secret export` writes with the code of the programs that it is meant for, and prints it as JSON.
//
// usage: readers dotenv|docker-env|k8s FILE
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/docker/cli/pkg/kvfile"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/yaml"
)

func main() {
	variables, err := read(os.Args[1], os.Args[2])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(variables)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func read(format, path string) (map[string]string, error) {
	switch format {
	case "dotenv":
		return dotenv.Read(path)
	case "docker-env":
		return readDockerEnv(path)
	case "k8s":
		return readSecret(path)
	}
	return nil, fmt.Errorf("unknown format %s", format)
}

func readDockerEnv(path string) (map[string]string, error) {
	lines, err := kvfile.Parse(path, nil)
	variables := map[string]string{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, "=")
		variables[name] = value
	}
	return variables, err
}

// The fields of a Secret that matter here, decoded as the API server decodes them.
type secret struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name string `json:"name"`
	} `json:"metadata"`
	Type string            `json:"type"`
	Data map[string][]byte `json:"data"`
}

func readSecret(path string) (map[string]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var manifest secret
	if err := yaml.UnmarshalStrict(text, &manifest); err != nil {
		return nil, err
	}
	problems := validation.IsDNS1123Subdomain(manifest.Metadata.Name)
	if manifest.APIVersion != "v1" || manifest.Kind != "Secret" || manifest.Type != "Opaque" {
		problems = append(problems, "not an opaque Secret")
	}
	variables := map[string]string{}
	for name, value := range manifest.Data {
		problems = append(problems, validation.IsConfigMapKey(name)...)
		variables[name] = string(value)
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("%s", strings.Join(problems, "; "))
	}
	return variables, nil
}
