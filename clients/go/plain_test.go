package secretsvc_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	secretsvc "github.com/secret-svc/secret-svc/clients/go"
)

func plainSecret(t *testing.T, secret secretsvc.Secret) map[string]any {
	t.Helper()
	value := secret.Reveal()
	fields := plain(reflect.ValueOf(secret)).(map[string]any)
	if !secret.Value.IsPresent() {
		fields["value"] = nil
		return fields
	}
	mustNotShow(t, value, secret, &secret, secret.Value, struct{ hidden secretsvc.Secret }{secret})
	if secret.Value.IsBytes() {
		fields["value"], fields["valueBytes"] = nil, base64.StdEncoding.EncodeToString(secret.RevealBytes())
		return fields
	}
	fields["value"] = value
	return fields
}

func plainError(t *testing.T, err error) map[string]any {
	t.Helper()
	failure, ok := errors.AsType[*secretsvc.Error](err)
	if !ok {
		t.Fatalf("not an error of the client: %v", err)
	}
	if secretsvc.ReasonOf(fmt.Errorf("wrapped: %w", err)) != failure.Reason {
		t.Errorf("ReasonOf does not find the reason of %v", failure.Reason)
	}
	fields := plain(reflect.ValueOf(*failure)).(map[string]any)
	fields["code"] = codeNames[failure.Code]
	return fields
}

var codeNames = map[codes.Code]string{
	codes.InvalidArgument: "INVALID_ARGUMENT", codes.DeadlineExceeded: "DEADLINE_EXCEEDED", codes.NotFound: "NOT_FOUND",
	codes.AlreadyExists: "ALREADY_EXISTS", codes.PermissionDenied: "PERMISSION_DENIED", codes.Aborted: "ABORTED",
	codes.DataLoss: "DATA_LOSS", codes.FailedPrecondition: "FAILED_PRECONDITION",
	codes.Unavailable: "UNAVAILABLE", codes.Unauthenticated: "UNAUTHENTICATED",
}

// plain turns structs into maps with the JSON names of their fields, and enums into their names.
func plain(value reflect.Value) any {
	if value.Kind() == reflect.Interface {
		value = value.Elem()
	}
	if !value.IsValid() {
		return nil
	}
	if named, ok := value.Interface().(fmt.Stringer); ok {
		return named.String()
	}
	switch value.Kind() {
	case reflect.Struct:
		fields := map[string]any{}
		for index := range value.NumField() {
			if name := value.Type().Field(index).Name; value.Type().Field(index).IsExported() {
				fields[jsonName(name)] = plain(value.Field(index))
			}
		}
		return fields
	case reflect.Slice:
		items := []any{}
		for index := range value.Len() {
			items = append(items, plain(value.Index(index)))
		}
		return items
	case reflect.Map:
		entries := map[string]any{}
		for _, key := range value.MapKeys() {
			entries[key.String()] = plain(value.MapIndex(key))
		}
		return entries
	case reflect.Uint32, reflect.Uint64:
		return int(value.Uint())
	default:
		return value.Interface()
	}
}

func jsonName(name string) string {
	if name == "ID" {
		return "id"
	}
	return strings.ToLower(name[:1]) + name[1:]
}

// compare checks that `actual` has what is expected: of a map the named entries, of a list all items in order. A list
// where one text is expected means any of them.
func compare(t *testing.T, where string, expected, actual any) {
	t.Helper()
	switch wanted := expected.(type) {
	case map[string]any:
		found, ok := actual.(map[string]any)
		if !ok {
			t.Fatalf("%s: expected %v, got %v", where, expected, actual)
		}
		if len(wanted) == 0 && strings.HasSuffix(where, ".metadata") && len(found) > 0 {
			t.Errorf("%s: expected none, got %v", where, found)
		}
		for name, value := range wanted {
			inner, ok := found[name]
			if !ok {
				t.Fatalf("%s: there is no %s in %v", where, name, found)
			}
			compare(t, where+"."+name, value, inner)
		}
	case []any:
		if text, ok := actual.(string); ok {
			if !slices.Contains(wanted, any(text)) {
				t.Errorf("%s: expected one of %v, got %q", where, wanted, text)
			}
			return
		}
		found, _ := actual.([]any)
		if len(wanted) != len(found) {
			t.Fatalf("%s: expected %v, got %v", where, expected, actual)
		}
		for index, item := range wanted {
			compare(t, fmt.Sprintf("%s[%d]", where, index), item, found[index])
		}
	default:
		if !reflect.DeepEqual(expected, actual) {
			t.Errorf("%s: expected %#v, got %#v", where, expected, actual)
		}
	}
}

// mustNotShow prints things in every way there is and looks for the secret. Short ones would be found by accident.
func mustNotShow(t *testing.T, secret string, things ...any) {
	t.Helper()
	if len(secret) < 6 {
		return
	}
	for _, thing := range things {
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "thing", thing)
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "thing", thing)
		asJSON, _ := json.Marshal(thing)
		texts := []string{log.String(), string(asJSON), fmt.Sprint(thing)}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			texts = append(texts, fmt.Sprintf(verb, thing))
		}
		shown := strings.Join(texts, "\n")
		if strings.Contains(shown, secret) || strings.Contains(shown, fmt.Sprintf("%x", secret)) {
			t.Errorf("printing a %T shows what it must not", thing)
		}
	}
}

func sortedKeys[Item any](items map[string]Item) []string {
	return slices.Sorted(maps.Keys(items))
}
