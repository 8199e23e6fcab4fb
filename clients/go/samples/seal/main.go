// Seals a value without the service, and saves what was sealed.
package main

import (
	"context"
	"fmt"
	"log"

	secretsvc "github.com/secret-svc/secret-svc/clients/go"
)

func main() {
	sealed, err := seal()
	if err != nil {
		log.Fatal(err)
	}
	client, err := secretsvc.NewClient("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	// snippet save
	results, err := client.Save(context.Background(), secretsvc.SecretInput{
		Key: "app/STRIPE_KEY", Value: secretsvc.Text(sealed), Encrypted: true,
	})
	// end snippet
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(results[0].Key, results[0].Outcome)
}

// snippet
func seal() (string, error) {
	key, err := secretsvc.ReadSealingKey("sealing-key.json") // what 'oo secret sealing-key' prints
	if err != nil {
		return "", err
	}
	return key.Seal("app/STRIPE_KEY", "sk_live_4711")
}

// end snippet
