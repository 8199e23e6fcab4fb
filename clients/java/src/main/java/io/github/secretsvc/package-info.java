/**
 * The client of secret-svc, a secrets service.
 *
 * <pre>{@code
 * try (SecretClient client = new SecretClient()) { // OO_URL and OO_TOKEN
 *   client.get("payment-svc/STRIPE_KEY").reveal();
 * }
 * }</pre>
 *
 * <p>Values and tokens are never printed: {@code toString} shows {@code [redacted]} in their place. Every refusal of the
 * service is a {@link io.github.secretsvc.SecretServiceException} with a reason. {@code io.github.secretsvc.v1} is the whole
 * contract as generated code, for calls that the client does not wrap; its stubs take {@link
 * io.github.secretsvc.SecretClient#channel}.
 */
package io.github.secretsvc;
