/** Reads a secret again whenever it changes. */
import { SecretClient, Value } from "@secret-svc/client";

const client = new SecretClient();
await client.save([{ key: "app/watched/KEY", value: new Value("one") }]);
const ending = new AbortController();
const { signal } = ending;

async function use(value: string): Promise<void> {
  console.log("uses a value of", value.length, "characters");
  if (value === "other") ending.abort();
  else await client.save([{ key: "app/watched/KEY", value: new Value("other") }]);
}

// snippet
// The first event has no change: from now on no change is missed.
for await (const { change } of client.watch({ keys: ["app/watched/KEY"], signal })) {
  console.log(change === undefined ? "watching" : `${change.key} changed`);
  await use((await client.get("app/watched/KEY")).reveal());
}
// end snippet
await client.remove(["app/watched/KEY"]);
