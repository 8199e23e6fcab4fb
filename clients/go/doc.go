// Package secretsvc is the client of secret-svc, a secrets service.
//
//	client, err := secretsvc.NewClient("", "") // OO_URL and OO_TOKEN
//	secret, err := client.Get(ctx, "payment-svc/STRIPE_KEY")
//	secret.Reveal()
//
// Values and tokens are never printed: fmt, log, slog and encoding/json show "[redacted]" in their place.
// Every refusal of the service is an [Error] with a [Reason].
//
// The package gen/secret/v1 has the whole contract as generated code, for calls that this package does not wrap. It takes
// [Client.Conn] as its connection.
package secretsvc
