/** Reads one secret. */
// snippet
import { SecretClient } from "@secret-svc/client";

const client = new SecretClient(); // the address in OO_URL, the token in OO_TOKEN
const secret = await client.get("DATABASE_URL");
console.log(secret.key, "has", secret.reveal().length, "characters");
// end snippet
