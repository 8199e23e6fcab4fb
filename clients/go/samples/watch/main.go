// Reads a secret again whenever it changes.
package main

import (
	"context"
	"fmt"
	"log"

	secretsvc "github.com/secret-svc/secret-svc/clients/go"
)

const key = "app/watched/KEY"

func main() {
	client, err := secretsvc.NewClient("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	ctx := context.Background()
	if err := save(ctx, client, "one"); err != nil {
		log.Fatal(err)
	}
	if err := watch(ctx, client); err != nil {
		log.Fatal(err)
	}
	if _, err := client.Remove(ctx, key); err != nil {
		log.Fatal(err)
	}
}

func watch(ctx context.Context, client *secretsvc.Client) error {
	// snippet
	for event, err := range client.Watch(ctx, secretsvc.WatchFilter{Keys: []string{key}}) {
		if err != nil {
			return err
		}
		if event.Change == nil { // the first event: from now on no change is missed
			fmt.Println("watching")
		} else {
			fmt.Println(event.Change.Key, event.Change.Kind)
		}
		secret, err := client.Get(ctx, key)
		if err != nil || !use(ctx, client, secret) {
			return err
		}
	}
	// end snippet
	return nil
}

// use reports whether it wants more events.
func use(ctx context.Context, client *secretsvc.Client, secret secretsvc.Secret) bool {
	fmt.Println("uses a value of", len(secret.Reveal()), "characters")
	return secret.Reveal() != "other" && save(ctx, client, "other") == nil
}

func save(ctx context.Context, client *secretsvc.Client, value string) error {
	_, err := client.Save(ctx, secretsvc.SecretInput{Key: key, Value: secretsvc.Text(value)})
	return err
}
