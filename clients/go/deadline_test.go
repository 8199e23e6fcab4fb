package secretsvc_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	secretsvc "github.com/secret-svc/secret-svc/clients/go"
	secretv1 "github.com/secret-svc/secret-svc/clients/go/gen/secret/v1"
)

// watchUntilEnd reads a watch to its end and returns the error that ended it.
func watchUntilEnd(ctx context.Context, client *secretsvc.Client, onStart func()) error {
	for event, err := range client.Watch(ctx, secretsvc.WatchFilter{}) {
		if err != nil {
			return err
		}
		if event.Change == nil {
			onStart()
		}
	}
	return nil
}

// Fault C7: errors of a deadline and of a canceled context are those of package context.
func TestContextErrors(t *testing.T) {
	client := connect(t, "plain", clientSettings{}, "app", "")
	t.Run("the deadline of a watch", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
		defer cancel()
		checkContextError(t, watchUntilEnd(ctx, client, func() {}), context.DeadlineExceeded, codes.DeadlineExceeded)
	})
	t.Run("a watch whose context is canceled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		checkContextError(t, watchUntilEnd(ctx, client, cancel), context.Canceled, codes.Canceled)
	})
	t.Run("the deadline of a call", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Nanosecond)
		defer cancel()
		_, err := client.Get(ctx, "DATABASE_URL")
		checkContextError(t, err, context.DeadlineExceeded, codes.DeadlineExceeded)
	})
	t.Run("the timeout of the client", func(t *testing.T) {
		control(t, "POST", "/silent")
		defer control(t, "POST", "/none")
		silent := connect(t, "plain", clientSettings{Through: "faulty", TimeoutMs: 200}, "app", "")
		_, err := silent.Get(context.Background(), "DATABASE_URL")
		checkContextError(t, err, context.DeadlineExceeded, codes.DeadlineExceeded)
	})
	t.Run("the deadline of a watch while there is no service", func(t *testing.T) {
		defer control(t, "POST", "/none")
		faulty := connect(t, "plain", clientSettings{Through: "faulty"}, "app", "")
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		err := watchUntilEnd(ctx, faulty, func() {
			control(t, "POST", "/gone")
		})
		checkContextError(t, err, context.DeadlineExceeded, codes.DeadlineExceeded)
	})
}

func checkContextError(t *testing.T, err, wanted error, code codes.Code) {
	t.Helper()
	if !errors.Is(err, wanted) || !errors.Is(fmt.Errorf("wrapped: %w", err), wanted) {
		t.Errorf("%v is not %v", err, wanted)
	}
	if status.Code(err) != code {
		t.Errorf("the code is %v, not %v", status.Code(err), code)
	}
	for _, other := range []error{context.DeadlineExceeded, context.Canceled} {
		if other != wanted && errors.Is(err, other) {
			t.Errorf("%v is %v", err, other)
		}
	}
}

// Fault C7: a generated client, without this package, sees the end of a watch at its deadline as an error.
func TestGeneratedClientAtDeadline(t *testing.T) {
	address := environment(t, "SECRET_URL")
	connection, err := grpc.NewClient("dns:///"+address[len("http://"):], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+tokenOf(t, "app"))
	stream, err := secretv1.NewSecretServiceClient(connection).WatchSecrets(ctx, &secretv1.WatchSecretsRequest{})
	for err == nil {
		_, err = stream.Recv()
	}
	if status.Code(err) != codes.DeadlineExceeded {
		t.Errorf("the watch ended with %v", err)
	}
}
