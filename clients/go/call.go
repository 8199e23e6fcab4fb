package secretsvc

import (
	"context"
	"math/rand/v2"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
)

const (
	maxTries     = 4
	firstBackoff = 100 * time.Millisecond
)

// call makes a call with the token and within the timeout. One that is safe to repeat is tried up to four times while
// the service is UNAVAILABLE, after waits that double and vary at random.
func call[Request, Response any](
	ctx context.Context,
	client *Client,
	isRepeatable bool,
	method func(context.Context, Request, ...grpc.CallOption) (Response, error),
	request Request,
) (Response, error) {
	ctx, cancel := context.WithTimeout(ctx, client.timeout)
	defer cancel()
	wait := firstBackoff
	for try := 1; ; try++ {
		var none Response
		token, err := client.token()
		if err != nil {
			return none, err
		}
		response, err := method(withToken(ctx, token), request)
		if err == nil {
			return response, nil
		}
		failure := errorFromCall(err)
		if !isRepeatable || failure.Code != codes.Unavailable || try == maxTries || !pause(ctx, wait) {
			return none, failure
		}
		wait *= 2
	}
}

// pause waits for between half of the time and all of it; false when the deadline comes first.
func pause(ctx context.Context, wait time.Duration) bool {
	wait = wait/2 + rand.N(wait/2)
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < wait {
		return false
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
