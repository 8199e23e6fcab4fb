package secretsvc

import (
	"context"
	"errors"
	"io"
	"iter"
	"sync/atomic"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	secretv1 "github.com/secret-svc/secret-svc/clients/go/gen/secret/v1"
)

const (
	heartbeatSeconds = 15
	// After this long without a heartbeat the connection counts as dead.
	silence         = 3 * heartbeatSeconds * time.Second
	maxWatchBackoff = 10 * time.Second
)

// ChangeKind is what happened to a secret.
type ChangeKind = secretv1.SecretChangeKind

// WatchFilter selects changes; what is empty selects all.
type WatchFilter struct {
	// Keys are up to 1,000.
	Keys []string
	// Namespace is the first segment of the keys.
	Namespace string
	// KeyPattern is a text that the key contains or, when it has a "*", that matches it as a whole.
	KeyPattern string
	// ResumeToken of an earlier event: sends what happened since. Empty: what happens from now on.
	ResumeToken string
}

// WatchEvent is one event of a watch.
type WatchEvent struct {
	// Change is nil in the first event: the watch has started, so later reads do not become outdated unnoticed.
	Change *SecretChange
	// ResumeToken lets a later watch of the same caller continue after this event.
	ResumeToken string
}

// SecretChange is one change of one secret. It never holds a value.
type SecretChange struct {
	Kind ChangeKind
	Key  string
	ID   string
	// Secret as the change left it; nil when it is GONE.
	Secret *Secret
}

// Watch yields every change of the secrets that the caller can see, in order, without values. The first event, without a
// change, says that the watch has started. After a lost connection, and when the token ended and the token file holds
// another one, it continues without a gap, until the loop ends. An error ends it: that of the context, UNAUTHENTICATED, or
// REASON_START_OVER if the resume token is too old.
func (c *Client) Watch(ctx context.Context, filter WatchFilter) iter.Seq2[WatchEvent, error] {
	return func(yield func(WatchEvent, error) bool) {
		request := &secretv1.WatchSecretsRequest{
			Keys: filter.Keys, Namespace: filter.Namespace, KeyPattern: filter.KeyPattern, ResumeToken: filter.ResumeToken,
			HeartbeatSeconds: heartbeatSeconds,
		}
		hasStarted := false
		failures := 0
		take := func(message *secretv1.WatchSecretsResponse) bool {
			failures = 0
			request.ResumeToken = message.GetResumeToken()
			isReported := message.GetChange() != nil || !hasStarted
			hasStarted = true
			return !isReported || yield(eventFromProto(message), nil)
		}
		for {
			token, err := c.token()
			if err == nil {
				err = c.watchOnce(ctx, token, request, take)
			}
			if err == nil {
				return
			}
			if isRefusedToken(err) && c.isRenewed(ctx, token) {
				continue
			}
			failures++
			if ctx.Err() == nil && isPassing(err, hasStarted) && (hasStarted || failures < maxTries) {
				if pause(ctx, watchBackoff(failures)) {
					continue
				}
				if hasStarted {
					// The deadline comes before the next try. What lies between is not worth an error of its own.
					<-ctx.Done()
				}
			}
			if hasStarted && ctx.Err() != nil {
				err = errorFromCall(status.FromContextError(ctx.Err()).Err())
			}
			yield(WatchEvent{}, err)
			return
		}
	}
}

// watchOnce is the part of a watch that one connection serves. It returns nil when take wants no more, else an error.
func (c *Client) watchOnce(
	ctx context.Context, token string, request *secretv1.WatchSecretsRequest, take func(*secretv1.WatchSecretsResponse) bool,
) error {
	ctx, cancel := context.WithCancel(withToken(ctx, token))
	defer cancel()
	var isSilent atomic.Bool
	timer := time.AfterFunc(c.timeout, func() {
		isSilent.Store(true)
		cancel()
	})
	defer timer.Stop()
	stream, err := c.secrets.WatchSecrets(ctx, request)
	for err == nil {
		var message *secretv1.WatchSecretsResponse
		if message, err = stream.Recv(); err == nil {
			timer.Stop()
			if !take(message) {
				return nil
			}
			timer.Reset(silence)
		}
	}
	if errors.Is(err, io.EOF) {
		return &Error{Code: codes.Unavailable, Message: "the service ended the watch"}
	}
	if isSilent.Load() {
		return &Error{Code: codes.DeadlineExceeded, Message: "the service did not say anything in time"}
	}
	return errorFromCall(err)
}

func isRefusedToken(err error) bool {
	failure, ok := errors.AsType[*Error](err)
	return ok && failure.Code == codes.Unauthenticated
}

// isRenewed waits a moment for the token file to hold another token than the refused one: it may be written just after the
// old one was revoked.
func (c *Client) isRenewed(ctx context.Context, refused string) bool {
	if !c.isTokenFile {
		return false
	}
	for try, wait := 1, firstBackoff; ; try, wait = try+1, wait*2 {
		// A file that cannot be read may be in the middle of being written.
		if token, err := c.token(); err == nil && token != refused {
			return true
		}
		if try == maxTries || !pause(ctx, wait) {
			return false
		}
	}
}

// isPassing reports whether connecting again can help: a refusal by the service is final; any other failure is temporary, once
// the watch has worked.
func isPassing(err error, hasStarted bool) bool {
	failure, ok := errors.AsType[*Error](err)
	return ok && (failure.Code == codes.Unavailable || (hasStarted && failure.Reason == secretv1.Reason_REASON_UNSPECIFIED))
}

func watchBackoff(failures int) time.Duration {
	return min(maxWatchBackoff, firstBackoff<<min(failures-1, 10))
}

func eventFromProto(message *secretv1.WatchSecretsResponse) WatchEvent {
	event := WatchEvent{ResumeToken: message.GetResumeToken()}
	if change := message.GetChange(); change != nil {
		event.Change = &SecretChange{Kind: change.GetKind(), Key: change.GetKey(), ID: change.GetId()}
		if change.GetSecret() != nil {
			secret := secretFromProto(change.GetSecret())
			event.Change.Secret = &secret
		}
	}
	return event
}
