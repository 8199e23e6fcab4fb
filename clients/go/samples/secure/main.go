// Connects with TLS and a token that is renewed in a file.
package main

import (
	"context"
	"fmt"
	"log"
	"time"

	secretsvc "github.com/secret-svc/secret-svc/clients/go"
)

func main() {
	// snippet
	client, err := secretsvc.NewClient("", "", // the address in OO_URL, which starts with https://
		secretsvc.WithTokenFile("token"),     // read again before each call
		secretsvc.WithCAFile("ca.pem"),       // trust these authorities, and no others
		secretsvc.WithTimeout(3*time.Second), // for a call with all its repetitions
	)
	// end snippet
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	secret, err := client.Get(context.Background(), "API_KEY")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(secret.Key, "is at version", secret.Version)
}
