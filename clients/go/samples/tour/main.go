// Saves, lists and removes secrets, and meets an error.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"

	secretsvc "github.com/secret-svc/secret-svc/clients/go"
	secretv1 "github.com/secret-svc/secret-svc/clients/go/gen/secret/v1"
)

func main() {
	client, err := secretsvc.NewClient("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	if err := tour(context.Background(), client); err != nil {
		log.Fatal(err)
	}
}

func tour(ctx context.Context, client *secretsvc.Client) error {
	// snippet save
	results, err := client.Save(ctx,
		secretsvc.SecretInput{Key: "app/billing/STRIPE_KEY", Value: secretsvc.Text("sk_test_abc123"), Readers: []string{"app", "billing"}},
		secretsvc.SecretInput{Key: "app/billing/WEBHOOK_KEY", Value: secretsvc.Text("whsec_xyz789")},
	)
	if err != nil {
		return err
	}
	for _, result := range results {
		fmt.Println(result.Key, result.Outcome)
	}
	// end snippet

	// snippet list
	for secret, err := range client.List(ctx, secretsvc.Filter{KeyPattern: "app/billing/*"}) {
		if err != nil {
			return err
		}
		fmt.Println(secret.Key, secret.Readers)
	}
	// end snippet

	// snippet error
	_, err = client.Save(ctx, secretsvc.SecretInput{
		Key: "app/billing/STRIPE_KEY", Value: secretsvc.Text("sk_test_other"), IfVersion: new(uint32(0)), // only if it does not exist
	})
	if secretsvc.ReasonOf(err) == secretv1.Reason_REASON_STALE_VERSION {
		fmt.Println("another caller was faster")
	}
	if failure, ok := errors.AsType[*secretsvc.Error](err); ok {
		for _, detail := range failure.Details {
			fmt.Println(detail.Key, detail.Reason)
		}
	}
	// end snippet

	// snippet batch
	_, err = client.SaveBatch(ctx, secretsvc.Batch{
		Secrets:        []secretsvc.SecretInput{{Key: "app/billing/STRIPE_KEY", Value: secretsvc.Text("sk_test_new")}},
		Remove:         []secretsvc.Removal{{Key: "app/billing/WEBHOOK_KEY"}},
		IdempotencyKey: "deploy-4711",
	})
	// end snippet
	if err != nil {
		return err
	}

	// snippet contract
	service := secretv1.NewSecretServiceClient(client.Conn()) // the whole contract, with the token of the client
	answer, err := service.ListVersions(ctx, &secretv1.ListVersionsRequest{Key: "app/billing/STRIPE_KEY"})
	if err != nil {
		return err
	}
	fmt.Println(len(answer.GetVersions()), "versions")
	// end snippet

	// snippet remove
	removed, err := client.Remove(ctx, "app/billing/STRIPE_KEY")
	// end snippet
	fmt.Println("removed", len(removed))
	return err
}
