package secretsvc

import (
	"context"
	"iter"
	"slices"

	secretv1 "github.com/secret-svc/secret-svc/clients/go/gen/secret/v1"
)

// maxKeys is how many keys the service takes in one request.
const maxKeys = 1000

// Get reads one secret with its value. If there is none that the caller may read, the error has REASON_NOT_FOUND.
func (c *Client) Get(ctx context.Context, key string) (Secret, error) {
	secrets, err := c.GetMany(ctx, key)
	return secrets[key], err
}

// GetMany reads secrets with their values, by key: all of them, or it is an error with REASON_NOT_FOUND whose details
// name the missing ones, or one with REASON_INTEGRITY.
func (c *Client) GetMany(ctx context.Context, keys ...string) (map[string]Secret, error) {
	found := make(map[string]Secret, len(keys))
	for some := range slices.Chunk(keys, maxKeys) {
		request := &secretv1.ListSecretsRequest{Keys: unique(some), View: secretv1.SecretView_SECRET_VIEW_FULL}
		for secret, err := range c.pages(ctx, request) {
			if err != nil {
				return nil, err
			}
			found[secret.Key] = secret
		}
	}
	if missing := whichAreMissing(keys, found); len(missing) > 0 {
		return nil, notFound(missing)
	}
	return found, nil
}

func whichAreMissing(keys []string, found map[string]Secret) []ErrorDetail {
	var missing []ErrorDetail
	noted := make(map[string]bool)
	for index, key := range keys {
		if _, ok := found[key]; !ok && !noted[key] {
			noted[key] = true
			missing = append(missing, ErrorDetail{Reason: secretv1.Reason_REASON_NOT_FOUND, Index: index, Key: key})
		}
	}
	return missing
}

// Filter selects secrets of a list; what is empty selects all.
type Filter struct {
	// Namespace is the first segment of the keys.
	Namespace string
	// KeyPattern is a text that the key contains or, when it has a "*", that matches it as a whole.
	KeyPattern string
	State      State
	// View is METADATA, without values, unless set.
	View View
	// PageSize is how many secrets are fetched at a time, up to 1,000; 0 means 100.
	PageSize uint32
}

// List goes through the secrets that the caller can see, ordered by key, page after page to the end. An error ends it;
// a stored document that does not verify does so only after all others, with REASON_INTEGRITY and its key.
func (c *Client) List(ctx context.Context, filter Filter) iter.Seq2[Secret, error] {
	return c.pages(ctx, &secretv1.ListSecretsRequest{
		Namespace: filter.Namespace, KeyPattern: filter.KeyPattern, State: filter.State, View: filter.View, PageSize: filter.PageSize,
	})
}

func (c *Client) pages(ctx context.Context, request *secretv1.ListSecretsRequest) iter.Seq2[Secret, error] {
	return func(yield func(Secret, error) bool) {
		var failures []*secretv1.SecretError
		for token := ""; ; {
			page, err := c.page(ctx, request, token)
			if err != nil {
				yield(Secret{}, err)
				return
			}
			for _, secret := range page.GetSecrets() {
				if !yield(secretFromProto(secret), nil) {
					return
				}
			}
			failures = append(failures, page.GetErrors()...)
			if token = page.GetNextPageToken(); token == "" {
				break
			}
		}
		if len(failures) > 0 {
			yield(Secret{}, unverified(failures))
		}
	}
}

func (c *Client) page(ctx context.Context, request *secretv1.ListSecretsRequest, token string) (*secretv1.ListSecretsResponse, error) {
	next := &secretv1.ListSecretsRequest{
		Keys: request.GetKeys(), Namespace: request.GetNamespace(), KeyPattern: request.GetKeyPattern(),
		State: request.GetState(), View: request.GetView(), PageSize: request.GetPageSize(), PageToken: token,
	}
	return call(ctx, c, true, c.secrets.ListSecrets, next)
}

func unique(keys []string) []string {
	sorted := slices.Sorted(slices.Values(keys))
	return slices.Compact(sorted)
}
