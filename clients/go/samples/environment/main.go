// Loads secrets into the environment, then starts the program that needs them.
package main

import (
	"context"
	"log"
	"os"
	"os/exec"

	secretsvc "github.com/secret-svc/secret-svc/clients/go"
)

func main() {
	if err := loadSecrets("DATABASE_URL", "REDIS_URL", "API_KEY"); err != nil {
		log.Fatal("Failed to load secrets: ", err)
	}
	program := exec.Command("sh", "-c", "echo the program connects to ${REDIS_URL}")
	program.Stdout = os.Stdout
	if err := program.Run(); err != nil {
		log.Fatal(err)
	}
}

// snippet
func loadSecrets(keys ...string) error {
	client, err := secretsvc.NewClient("", "")
	if err != nil {
		return err
	}
	defer client.Close()
	secrets, err := client.GetMany(context.Background(), keys...)
	for key, secret := range secrets {
		os.Setenv(key, secret.Reveal())
	}
	return err
}

// end snippet
