package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	esv1 "github.com/external-secrets/external-secrets/apis/externalsecrets/v1"
	esv1alpha1 "github.com/external-secrets/external-secrets/apis/externalsecrets/v1alpha1"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// What deploy/external-secrets has, by name.
type manifests struct {
	stores  map[string]*esv1.SecretStore
	secrets map[string]*esv1.ExternalSecret
	pushes  map[string]*esv1alpha1.PushSecret
}

// Reads every document strictly: a field that the types do not have is an error, and so is what the CRD refuses.
func readManifests(folder, crds string) manifests {
	all := manifests{map[string]*esv1.SecretStore{}, map[string]*esv1.ExternalSecret{}, map[string]*esv1alpha1.PushSecret{}}
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	check("files", err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		check(file, err)
		reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
		for {
			document, err := reader.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			check(file, err)
			all.add(file, document, crds)
		}
	}
	return all
}

func (all manifests) add(file string, document []byte, crds string) {
	var head struct {
		Kind       string `json:"kind"`
		APIVersion string `json:"apiVersion"`
	}
	check(file, yaml.Unmarshal(document, &head))
	checkSchema(file, document, crds, head.Kind, head.APIVersion)
	switch head.Kind {
	case "SecretStore":
		each := &esv1.SecretStore{}
		check(file, yaml.UnmarshalStrict(document, each))
		all.stores[each.Name] = each
	case "ExternalSecret":
		each := &esv1.ExternalSecret{}
		check(file, yaml.UnmarshalStrict(document, each))
		all.secrets[each.Name] = each
	case "PushSecret":
		each := &esv1alpha1.PushSecret{}
		check(file, yaml.UnmarshalStrict(document, each))
		all.pushes[each.Name] = each
	default:
		fail(file, "another kind: "+head.Kind)
	}
}

// As the API server of a cluster with these CRDs checks what is applied.
func checkSchema(file string, document []byte, crds, kind, apiVersion string) {
	text, err := os.ReadFile(filepath.Join(crds, "external-secrets.io_"+strings.ToLower(kind)+"s.yaml"))
	check(file, err)
	var crd apiextensionsv1.CustomResourceDefinition
	check(file, yaml.Unmarshal(text, &crd))
	var object map[string]any
	check(file, yaml.Unmarshal(document, &object))
	for _, version := range crd.Spec.Versions {
		if crd.Spec.Group+"/"+version.Name != apiVersion {
			continue
		}
		var schema apiextensions.JSONSchemaProps
		check(file, apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(version.Schema.OpenAPIV3Schema, &schema, nil))
		validator, _, err := validation.NewSchemaValidator(&schema)
		check(file, err)
		if problems := validation.ValidateCustomResource(field.NewPath(kind), object, validator); len(problems) > 0 {
			fail(file, problems.ToAggregate().Error())
		}
		return
	}
	fail(file, "the CRD has no version "+apiVersion)
}
