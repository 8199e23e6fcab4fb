/** Seals a value without the service, and saves what was sealed. */
import { nameOfOutcome, readSealingKey, SecretClient, Value } from "@secret-svc/client";

// snippet
const key = await readSealingKey("sealing-key.json"); // what 'oo secret sealing-key' prints
const sealed = await key.seal("app/STRIPE_KEY", "sk_live_4711");
// end snippet

const client = new SecretClient();
// snippet save
const results = await client.save([{ key: "app/STRIPE_KEY", value: new Value(sealed), encrypted: true }]);
// end snippet
for (const result of results) console.log(result.key, nameOfOutcome(result.outcome));
