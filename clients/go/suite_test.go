package secretsvc_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	secretsvc "github.com/secret-svc/secret-svc/clients/go"
	secretv1 "github.com/secret-svc/secret-svc/clients/go/gen/secret/v1"
)

func TestSharedCases(t *testing.T) {
	for _, target := range []string{"plain", "tls"} {
		for _, file := range caseFiles(t) {
			run := fmt.Sprintf("go%d", time.Now().UnixNano())
			for index, each := range readCases(t, file, run) {
				// Each case gets its own run, so that it does not see the keys of another.
				each = readCases(t, file, fmt.Sprintf("%sx%d", run, index))[index]
				if each.Only == "" || each.Only == target {
					name := fmt.Sprintf("%s/%s/%s", target, filepath.Base(file), each.Name)
					t.Run(name, func(t *testing.T) { runCase(t, target, each) })
				}
			}
		}
	}
}

func runCase(t *testing.T, target string, each testCase) {
	if each.Client.Through == "faulty" {
		control(t, http.MethodPost, "/none")
	}
	tokenFile := filepath.Join(t.TempDir(), "token")
	clients := map[string]*secretsvc.Client{}
	sealed := ""
	clientOf := func(who string) *secretsvc.Client {
		if clients[who] == nil {
			clients[who] = connect(t, target, each.Client, who, tokenFile)
		}
		return clients[who]
	}
	var carryOut func(where string, step step)
	carryOut = func(where string, step step) {
		switch {
		case step.WriteTokenOf != "":
			// With a line end, as editors and shells write it.
			if err := os.WriteFile(tokenFile, []byte(tokenOf(t, step.WriteTokenOf)+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		case step.Fault != "":
			control(t, http.MethodPost, "/"+step.Fault)
		default:
			fillSealed(step.Secrets, sealed)
			during := func() {
				for at, inner := range step.During {
					carryOut(fmt.Sprintf("%s.%d", where, at), inner)
				}
			}
			actual := perform(t, clientOf(step.As), step, during)
			if text, ok := actual["sealed"].(string); ok {
				sealed = text
			}
			if step.Expect == nil {
				step.Expect = map[string]any{}
			}
			if _, ok := step.Expect["calls"]; ok {
				actual["calls"] = control(t, http.MethodGet, "/calls")
			}
			if _, ok := step.Expect["error"]; !ok && actual["error"] != nil {
				t.Fatalf("%s: %v", where, actual["error"])
			}
			compare(t, where, step.Expect, actual)
		}
	}
	for index, step := range each.Steps {
		carryOut(fmt.Sprintf("step %d", index), step)
	}
}

func connect(t *testing.T, target string, set clientSettings, who, tokenFile string) *secretsvc.Client {
	t.Helper()
	var options []secretsvc.Option
	url := environment(t, map[string]string{"plain": "SECRET_URL", "tls": "SECRET_TLS_URL"}[target])
	if set.Through == "faulty" {
		url = environment(t, "SECRET_FAULTY_URL")
	}
	if target == "tls" && set.CA != "none" {
		name := map[string]string{"": "SECRET_CA_FILE", "other": "SECRET_OTHER_CA_FILE"}[set.CA]
		options = append(options, secretsvc.WithCAFile(environment(t, name)))
	}
	if set.TimeoutMs > 0 {
		options = append(options, secretsvc.WithTimeout(time.Duration(set.TimeoutMs)*time.Millisecond))
	}
	token := set.Token
	if set.TokenFile {
		options = append(options, secretsvc.WithTokenFile(tokenFile))
	} else if token == "" {
		token = tokenOf(t, who)
	}
	client, err := secretsvc.NewClient(url, token, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	if token != "" {
		mustNotShow(t, token, client, *client)
	}
	return client
}

// perform makes the call of a step and returns its outcome, as the cases describe it.
func perform(t *testing.T, client *secretsvc.Client, step step, during func()) map[string]any {
	ctx := context.Background()
	if step.NumberedKeys != nil {
		step.Keys = step.NumberedKeys.keys()
	}
	var name string
	var items any
	var err error
	switch step.Call {
	case "get":
		var secret secretsvc.Secret
		secret, err = client.Get(ctx, step.Key)
		if err == nil {
			return map[string]any{"secret": plainSecret(t, secret)}
		}
	case "getMany":
		name = "secrets"
		items, err = getMany(t, client, step)
	case "list":
		name = "secrets"
		items, err = list(t, client, step)
	case "watch":
		name = "changes"
		items, err = watch(t, client, step, during)
	case "save":
		name = "results"
		items, err = client.SaveBatch(ctx, batchOf(t, step))
	case "seal":
		var sealed string
		sealed, err = client.Seal(ctx, step.Key, step.Value)
		if err == nil {
			return map[string]any{"sealed": sealed}
		}
	case "remove":
		name = "removed"
		items, err = client.RemoveOnce(ctx, step.IdempotencyKey, step.Keys...)
	default:
		t.Fatalf("there is no call %q", step.Call)
	}
	answer := map[string]any{}
	if err != nil {
		answer["error"] = plainError(t, err)
	}
	if list, ok := plain(reflect.ValueOf(items)).([]any); ok {
		answer[name] = list
		answer[strings.TrimSuffix(name, "s")+"Count"] = len(list)
	}
	return answer
}

func getMany(t *testing.T, client *secretsvc.Client, step step) ([]any, error) {
	found, err := client.GetMany(context.Background(), step.Keys...)
	secrets := []any{}
	for _, key := range sortedKeys(found) {
		secrets = append(secrets, plainSecret(t, found[key]))
	}
	return secrets, err
}

func list(t *testing.T, client *secretsvc.Client, step step) ([]any, error) {
	secrets := []any{}
	for secret, err := range client.List(context.Background(), secretsvc.Filter{
		Namespace: step.Namespace, KeyPattern: step.KeyPattern, PageSize: step.PageSize,
		State: secretsvc.State(secretv1.SecretState_value[step.State]),
		View:  secretsvc.View(secretv1.SecretView_value[step.View]),
	}) {
		if err != nil {
			return secrets, err
		}
		secrets = append(secrets, plainSecret(t, secret))
	}
	return secrets, nil
}

func watch(t *testing.T, client *secretsvc.Client, step step, during func()) ([]any, error) {
	wanted, isWanted := step.Expect["changes"].([]any)
	changes := []any{}
	for event, err := range client.Watch(context.Background(), secretsvc.WatchFilter{
		Keys: step.Keys, Namespace: step.Namespace, KeyPattern: step.KeyPattern, ResumeToken: step.ResumeToken,
	}) {
		if err != nil {
			return changes, err
		}
		if event.Change == nil {
			during()
		} else {
			change := plain(reflect.ValueOf(*event.Change)).(map[string]any)
			if change["secret"] = nil; event.Change.Secret != nil {
				change["secret"] = plainSecret(t, *event.Change.Secret)
			}
			changes = append(changes, change)
		}
		if isWanted && len(changes) == len(wanted) {
			break
		}
	}
	return changes, nil
}

func batchOf(t *testing.T, step step) secretsvc.Batch {
	batch := secretsvc.Batch{ValidateOnly: step.ValidateOnly, IdempotencyKey: step.IdempotencyKey}
	if step.NumberedSecrets != nil {
		for _, key := range step.NumberedSecrets.keys() {
			value := secretsvc.Text(strings.Repeat("x", step.NumberedSecrets.Bytes))
			batch.Secrets = append(batch.Secrets, secretsvc.SecretInput{Key: key, Value: value})
		}
	}
	for _, each := range step.Secrets {
		input := secretsvc.SecretInput{
			ID: each.ID, Key: each.Key, Encrypted: each.Encrypted, Checksum: each.Checksum, ChecksumAlgorithm: each.ChecksumAlgorithm,
			Readers: each.Readers, Writers: each.Writers, Deleters: each.Deleters,
			CanChangeReaders: each.CanChangeReaders, CanChangeWriters: each.CanChangeWriters, CanChangeDeleters: each.CanChangeDeleters,
			Metadata: each.Metadata, Clear: each.Clear, IfVersion: each.IfVersion, Owner: each.Owner,
		}
		if each.ValueBytes != "" {
			content, err := base64.StdEncoding.DecodeString(each.ValueBytes)
			if err != nil {
				t.Fatal(err)
			}
			input.Value = secretsvc.Bytes(content)
		}
		if each.Value != nil {
			input.Value = secretsvc.Text(*each.Value)
			mustNotShow(t, *each.Value, input, &input)
		}
		batch.Secrets = append(batch.Secrets, input)
	}
	for _, each := range step.Remove {
		batch.Remove = append(batch.Remove, secretsvc.Removal{Key: each.Key, IfVersion: each.IfVersion})
	}
	return batch
}

// fillSealed puts what was sealed last where `{sealed}` stands for it.
func fillSealed(secrets []secretInput, sealed string) {
	for index := range secrets {
		if value := secrets[index].Value; value != nil && *value == "{sealed}" {
			secrets[index].Value = &sealed
		}
	}
}

// control talks to the proxy that fails calls.
func control(t *testing.T, verb, path string) int {
	t.Helper()
	var calls int
	if _, err := fmt.Sscan(askControl(t, verb, path), &calls); err != nil {
		t.Fatal(err)
	}
	return calls
}

func askControl(t *testing.T, verb, path string) string {
	t.Helper()
	request, err := http.NewRequest(verb, environment(t, "SECRET_FAULTY_CONTROL_URL")+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
