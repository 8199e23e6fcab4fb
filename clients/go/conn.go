package secretsvc

import (
	"context"
	"errors"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

// Conn is the connection of this client for generated code, such as secretv1.NewAuditServiceClient(client.Conn()). Each
// call sends the token of the client, and ends after its timeout or at an earlier deadline of its context; a stream ends
// only with its context. Nothing is repeated. Errors are of type *Error.
func (c *Client) Conn() grpc.ClientConnInterface { return authorizedConn{c} }

type authorizedConn struct{ client *Client }

func (a authorizedConn) Invoke(ctx context.Context, method string, request, response any, options ...grpc.CallOption) error {
	ctx, cancel := context.WithTimeout(ctx, a.client.timeout)
	defer cancel()
	ctx, err := a.authorized(ctx)
	if err != nil {
		return err
	}
	return failureOf(a.client.connection.Invoke(ctx, method, request, response, options...))
}

func (a authorizedConn) NewStream(
	ctx context.Context, description *grpc.StreamDesc, method string, options ...grpc.CallOption,
) (grpc.ClientStream, error) {
	ctx, err := a.authorized(ctx)
	if err != nil {
		return nil, err
	}
	stream, err := a.client.connection.NewStream(ctx, description, method, options...)
	if err != nil {
		return nil, failureOf(err)
	}
	return failingStream{stream}, nil
}

func (a authorizedConn) authorized(ctx context.Context) (context.Context, error) {
	token, err := a.client.token()
	return withToken(ctx, token), err
}

// withToken sends no header for an empty token: a certificate counts only without one.
func withToken(ctx context.Context, token string) context.Context {
	if token == "" {
		return ctx
	}
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
}

// failingStream reports errors as a client does.
type failingStream struct{ grpc.ClientStream }

func (s failingStream) RecvMsg(message any) error { return failureOf(s.ClientStream.RecvMsg(message)) }

// failureOf leaves the end of a stream as it is.
func failureOf(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return errorFromCall(err)
}
