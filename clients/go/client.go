package secretsvc

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"

	secretv1 "github.com/secret-svc/secret-svc/clients/go/gen/secret/v1"
)

const (
	defaultURL = "http://127.0.0.1:11337"
	// The service ends a response at 3 MiB; what is around it fits into the rest.
	maxAnswerBytes = 8 << 20
)

// Client calls the service. It is safe for use by many goroutines; one is enough for a program.
type Client struct {
	connection *grpc.ClientConn
	secrets    secretv1.SecretServiceClient
	token      tokenSource
	// isTokenFile says that the token may change from call to call.
	isTokenFile bool
	timeout     time.Duration
}

// NewClient makes a client of the service at address, http://HOST:PORT or https://HOST:PORT. When address is empty it
// is that in OO_URL, else http://127.0.0.1:11337; when token is empty it is that in OO_TOKEN, unless WithTokenFile
// names a file. With OO_CLIENT_CERT and OO_CLIENT_KEY, the certificate in these files is shown over https, and no token is
// needed. It does not connect yet. Without https the token and the values are readable on the network.
func NewClient(address, token string, options ...Option) (*Client, error) {
	set := settings{timeout: DefaultTimeout}
	for _, option := range options {
		if err := option(&set); err != nil {
			return nil, err
		}
	}
	target, isTLS, err := parseAddress(address)
	if err != nil {
		return nil, err
	}
	certificate, err := clientCertificate(isTLS)
	if err != nil {
		return nil, err
	}
	source, err := newTokenSource(token, set.tokenFile, certificate != nil)
	if err != nil {
		return nil, err
	}
	transport := insecure.NewCredentials()
	if isTLS {
		transport = credentials.NewTLS(&tls.Config{
			RootCAs: set.roots, MinVersion: tls.VersionTLS12, GetClientCertificate: certificate,
		})
	} else if set.roots != nil {
		return nil, errors.New("secret-svc: certificate authorities are of no use without https")
	}
	connection, err := grpc.NewClient(target, append(set.dialOptions(),
		grpc.WithTransportCredentials(transport),
		grpc.WithDisableServiceConfig(),
		// A proxy that the environment names for other purposes would see the token.
		grpc.WithNoProxy(),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxAnswerBytes)),
		// Shorter waits than by default, so that a call that is repeated finds a service that is back.
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 5 * time.Second},
			MinConnectTimeout: 5 * time.Second,
		}),
	)...)
	if err != nil {
		return nil, fmt.Errorf("secret-svc: %w", err)
	}
	return &Client{
		connection: connection, secrets: secretv1.NewSecretServiceClient(connection), token: source,
		isTokenFile: set.tokenFile != "", timeout: set.timeout,
	}, nil
}

// Close ends the connection; running calls fail.
func (c *Client) Close() error { return c.connection.Close() }

// String names the service, and never shows the token.
func (c *Client) String() string { return "secretsvc.Client(" + c.connection.Target() + ")" }

// Format is String, with any verb.
func (c *Client) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, c.String()) }

func parseAddress(address string) (target string, isTLS bool, err error) {
	if address == "" {
		address = os.Getenv("OO_URL")
	}
	if address == "" {
		address = defaultURL
	}
	parsed, err := url.Parse(address)
	wrong := err != nil || (parsed.Scheme != "http" && parsed.Scheme != "https") || parsed.Hostname() == "" ||
		(parsed.Path != "" && parsed.Path != "/") || parsed.RawQuery != "" || parsed.Fragment != "" || parsed.User != nil
	if wrong {
		// The address is not quoted: it may have a password in it.
		return "", false, errors.New("secret-svc: the address of the service must look like https://HOST:PORT, with nothing after it")
	}
	isTLS = parsed.Scheme == "https"
	port := parsed.Port()
	if port == "" {
		port = map[bool]string{true: "443", false: "80"}[isTLS]
	}
	return "dns:///" + net.JoinHostPort(parsed.Hostname(), port), isTLS, nil
}
