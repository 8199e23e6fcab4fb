// Reads one secret.
package main

import (
	"context"
	"fmt"
	"log"

	secretsvc "github.com/secret-svc/secret-svc/clients/go"
)

func main() {
	// snippet
	client, err := secretsvc.NewClient("", "") // the address in OO_URL, the token in OO_TOKEN
	if err != nil {
		log.Fatal(err)
	}
	secret, err := client.Get(context.Background(), "DATABASE_URL")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(secret.Key, "has", len(secret.Reveal()), "characters")
	// end snippet
}
