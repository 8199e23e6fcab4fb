package secretsvc_test

import (
	"context"
	"strings"
	"testing"

	secretsvc "github.com/secret-svc/secret-svc/clients/go"
	secretv1 "github.com/secret-svc/secret-svc/clients/go/gen/secret/v1"
)

func TestHeadersOfAProgramAreSentAndNeverReplaceTheToken(t *testing.T) {
	trace := "ccccf2f3577b34da6a3ce929d0e0e473"
	client := newClient(t, environment(t, "SECRET_URL"), tokenOf(t, "admin"),
		secretsvc.WithHeaders(func(context.Context) map[string]string {
			return map[string]string{"Traceparent": "00-" + trace + "-00f067aa0ba902b7-01", "Authorization": "Bearer none"}
		}))
	for _, err := range client.List(t.Context(), secretsvc.Filter{KeyPattern: "API_KEY"}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	page, err := secretv1.NewAuditServiceClient(client.Conn()).
		ListAuditEvents(t.Context(), &secretv1.ListAuditEventsRequest{PageSize: 20})
	if err != nil {
		t.Fatal(err)
	}
	for _, event := range page.GetEvents() {
		if strings.HasPrefix(event.GetRequestId(), trace+"-") {
			return
		}
	}
	t.Errorf("no record is in the trace: %v", page.GetEvents())
}
