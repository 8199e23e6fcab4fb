package secretsvc

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

// DefaultTimeout is how long a call may take, including its retries; in a list, each page.
const DefaultTimeout = 10 * time.Second

// Option changes how a client connects.
type Option func(*settings) error

type settings struct {
	tokenFile string
	timeout   time.Duration
	roots     *x509.CertPool
	headers   func(context.Context) map[string]string
}

// WithHeaders asks for more headers before each try, such as traceparent, with the context of the call. They never
// replace the token.
func WithHeaders(headers func(context.Context) map[string]string) Option {
	return func(s *settings) error {
		s.headers = headers
		return nil
	}
}

func (s *settings) dialOptions() []grpc.DialOption {
	if s.headers == nil {
		return nil
	}
	add := func(ctx context.Context) context.Context {
		for name, value := range s.headers(ctx) {
			if !strings.EqualFold(name, "authorization") {
				ctx = metadata.AppendToOutgoingContext(ctx, name, value)
			}
		}
		return ctx
	}
	return []grpc.DialOption{
		grpc.WithUnaryInterceptor(func(
			ctx context.Context, method string, request, response any, connection *grpc.ClientConn, call grpc.UnaryInvoker,
			options ...grpc.CallOption,
		) error {
			return call(add(ctx), method, request, response, connection, options...)
		}),
		grpc.WithStreamInterceptor(func(
			ctx context.Context, description *grpc.StreamDesc, connection *grpc.ClientConn, method string, open grpc.Streamer,
			options ...grpc.CallOption,
		) (grpc.ClientStream, error) {
			return open(add(ctx), description, connection, method, options...)
		}),
	}
}

// WithTokenFile takes the token from a file, which is read again before each call, and when the token of a watch ends: a
// renewed token is used at once.
func WithTokenFile(path string) Option {
	return func(s *settings) error {
		s.tokenFile = path
		return nil
	}
}

// WithTimeout sets how long a call may take, including its retries; the context's own deadline counts as well.
func WithTimeout(timeout time.Duration) Option {
	return func(s *settings) error {
		if timeout <= 0 {
			return fmt.Errorf("secret-svc: the timeout must be positive, and is %s", timeout)
		}
		s.timeout = timeout
		return nil
	}
}

// WithCAFile trusts the certificate authorities of a PEM file, and no others.
func WithCAFile(path string) Option {
	return func(s *settings) error {
		pem, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("secret-svc: cannot read the certificate authorities: %w", err)
		}
		s.roots = x509.NewCertPool()
		if !s.roots.AppendCertsFromPEM(pem) {
			return fmt.Errorf("secret-svc: there is no certificate in %s", path)
		}
		return nil
	}
}

// tokenSource is a function so that printing a client cannot show the token.
type tokenSource func() (string, error)

// newTokenSource gives "" for a client that shows a certificate in place of a token.
func newTokenSource(token, file string, hasCertificate bool) (tokenSource, error) {
	if token != "" && file != "" {
		return nil, errors.New("secret-svc: give a token or a token file, not both")
	}
	if file != "" {
		return func() (string, error) {
			content, err := os.ReadFile(file)
			if err != nil {
				return "", fmt.Errorf("secret-svc: cannot read the token file: %w", err)
			}
			return checkToken(strings.TrimSpace(string(content)), "the token file")
		}, nil
	}
	source := "the token"
	if token == "" {
		token, source = os.Getenv("OO_TOKEN"), "OO_TOKEN"
		if token == "" && hasCertificate {
			return func() (string, error) { return "", nil }, nil
		}
		if token == "" {
			return nil, errors.New("secret-svc: there is no token: give one, or a token file, or set OO_TOKEN")
		}
	}
	token, err := checkToken(token, source)
	return func() (string, error) { return token, nil }, err
}

func checkToken(token, source string) (string, error) {
	isBad := func(r rune) bool { return r < '!' || r > '~' }
	if token == "" || strings.ContainsFunc(token, isBad) {
		return "", fmt.Errorf("secret-svc: %s does not hold a token: that is one line without spaces, such as oo_…", source)
	}
	return token, nil
}
