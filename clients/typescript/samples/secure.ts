/** Connects with TLS and a token that is renewed in a file. */
import { SecretClient } from "@secret-svc/client";

const url = process.env.OO_URL;
// snippet
const client = new SecretClient(url, undefined, {
  tokenFile: "token", // read again before each call
  caFile: "ca.pem", // trust these authorities, and no others
  timeoutMs: 3000, // for a call with all its repetitions
  protocol: "connect", // in place of gRPC
});
// end snippet
const secret = await client.get("API_KEY");
console.log(secret.key, "is at version", secret.version);
