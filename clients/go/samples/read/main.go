// Reads one secret.
package main

import (
	"context"
	"fmt"
	"log"

	secretsvc "github.com/secret-svc/secret-svc/clients/go"
)

func main() {
	if err := read(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func read(ctx context.Context) error {
	// snippet
	client, err := secretsvc.NewClient("", "") // the address in OO_URL, the token in OO_TOKEN
	if err != nil {
		return err
	}
	secret, err := client.Get(ctx, "DATABASE_URL")
	// end snippet
	if err != nil {
		return err
	}
	fmt.Println(secret.Key, "has", len(secret.Reveal()), "characters")
	return client.Close()
}
