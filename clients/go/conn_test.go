package secretsvc_test

import (
	"errors"
	"testing"

	secretsvc "github.com/secret-svc/secret-svc/clients/go"
	secretv1 "github.com/secret-svc/secret-svc/clients/go/gen/secret/v1"
)

// Fault C15: generated code over the connection of the client.
func TestGeneratedCodeUsesTheConnectionOfTheClient(t *testing.T) {
	for target, url := range map[string]string{"plain": "SECRET_URL", "tls": "SECRET_TLS_URL"} {
		t.Run(target, func(t *testing.T) {
			options := []secretsvc.Option{}
			if target == "tls" {
				options = append(options, secretsvc.WithCAFile(environment(t, "SECRET_CA_FILE")))
			}
			admin := newClient(t, environment(t, url), tokenOf(t, "admin"), options...)
			events, err := secretv1.NewAuditServiceClient(admin.Conn()).
				ListAuditEvents(t.Context(), &secretv1.ListAuditEventsRequest{PageSize: 1})
			if err != nil || len(events.GetEvents()) != 1 {
				t.Fatalf("expected one event, got %v, %v", events, err)
			}
			stream, err := secretv1.NewAuditServiceClient(admin.Conn()).VerifyAudit(t.Context(), &secretv1.VerifyAuditRequest{})
			if err != nil {
				t.Fatal(err)
			}
			for isDone := false; !isDone; {
				message, err := stream.Recv()
				if err != nil {
					t.Fatal(err)
				}
				isDone = message.GetDone()
			}
			mustNotShow(t, tokenOf(t, "admin"), admin.Conn(), stream)
		})
	}
}

func TestFailuresOfGeneratedCodeHaveTheReason(t *testing.T) {
	app := newClient(t, environment(t, "SECRET_URL"), tokenOf(t, "app"))
	audit := secretv1.NewAuditServiceClient(app.Conn())
	_, err := audit.ListAuditEvents(t.Context(), &secretv1.ListAuditEventsRequest{})
	if secretsvc.ReasonOf(err) != secretv1.Reason_REASON_ADMIN_ONLY {
		t.Errorf("expected ADMIN_ONLY, got %v", err)
	}
	stream, err := audit.VerifyAudit(t.Context(), &secretv1.VerifyAuditRequest{})
	if err == nil {
		_, err = stream.Recv()
	}
	if failure, ok := errors.AsType[*secretsvc.Error](err); !ok || failure.Reason != secretv1.Reason_REASON_OPERATOR_ONLY {
		t.Errorf("expected OPERATOR_ONLY, got %v", err)
	}
}

func newClient(t *testing.T, url, token string, options ...secretsvc.Option) *secretsvc.Client {
	t.Helper()
	client, err := secretsvc.NewClient(url, token, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}
