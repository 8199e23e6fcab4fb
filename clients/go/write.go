package secretsvc

import (
	"context"

	secretv1 "github.com/secret-svc/secret-svc/clients/go/gen/secret/v1"
)

// Batch is what one save stores: all of it, or nothing.
type Batch struct {
	Secrets []SecretInput
	Remove  []Removal
	// ValidateOnly decides and returns the results, but stores nothing.
	ValidateOnly bool
	// IdempotencyKey, up to 128 printable ASCII characters, makes the save happen once however often it is sent within
	// 24 hours. Only a save that has one is repeated when the service is unavailable.
	IdempotencyKey string
}

// Save creates or updates secrets: all of them, or none.
func (c *Client) Save(ctx context.Context, secrets ...SecretInput) ([]SaveResult, error) {
	return c.SaveBatch(ctx, Batch{Secrets: secrets})
}

// SaveBatch creates, updates and removes secrets. The results are those of the secrets, then those of the removals.
func (c *Client) SaveBatch(ctx context.Context, batch Batch) ([]SaveResult, error) {
	request := &secretv1.SaveSecretsRequest{ValidateOnly: batch.ValidateOnly, IdempotencyKey: batch.IdempotencyKey}
	for _, secret := range batch.Secrets {
		request.Secrets = append(request.Secrets, secret.toProto())
	}
	for _, removal := range batch.Remove {
		request.Remove = append(request.Remove, &secretv1.SecretRemoval{Key: removal.Key, IfVersion: removal.IfVersion})
	}
	response, err := call(ctx, c, batch.IdempotencyKey != "", c.secrets.SaveSecrets, request)
	if err != nil {
		return nil, err
	}
	results := make([]SaveResult, len(response.GetResults()))
	for index, result := range response.GetResults() {
		results[index] = resultFromProto(result)
	}
	return results, nil
}

func resultFromProto(p *secretv1.SaveResult) SaveResult {
	result := SaveResult{
		Key: p.GetKey(), ID: p.GetId(), Outcome: p.GetOutcome(), Version: p.GetVersion(),
		ChangedFields: p.GetChangedFields(), MissingRight: p.GetMissingRight(),
	}
	for _, change := range p.GetListChanges() {
		result.ListChanges = append(result.ListChanges, ListChange{
			List: change.GetList(), Added: change.GetAdded(), Removed: change.GetRemoved(),
		})
	}
	return result
}

// Remove removes secrets by key: all of them, or none.
func (c *Client) Remove(ctx context.Context, keys ...string) ([]RemovedSecret, error) {
	return c.RemoveOnce(ctx, "", keys...)
}

// RemoveOnce is Remove with an idempotency key, as Batch has one: it is repeated when the service is unavailable.
func (c *Client) RemoveOnce(ctx context.Context, idempotencyKey string, keys ...string) ([]RemovedSecret, error) {
	request := &secretv1.RemoveSecretsRequest{Keys: keys, IdempotencyKey: idempotencyKey}
	response, err := call(ctx, c, idempotencyKey != "", c.secrets.RemoveSecrets, request)
	if err != nil {
		return nil, err
	}
	removed := make([]RemovedSecret, len(response.GetRemoved()))
	for index, secret := range response.GetRemoved() {
		removed[index] = RemovedSecret{Key: secret.GetKey(), ID: secret.GetId(), Version: secret.GetVersion()}
	}
	return removed, nil
}
