/** Saves, lists and removes secrets, and meets an error. */
import { createClient } from "@connectrpc/connect";
import { nameOfOutcome, Reason, SecretClient, SecretServiceError, Value } from "@secret-svc/client";
import { SecretService } from "@secret-svc/client/v1";

const client = new SecretClient();

// snippet save
const results = await client.save([
  { key: "app/billing/STRIPE_KEY", value: new Value("sk_test_abc123"), readers: ["app", "billing"] },
  { key: "app/billing/WEBHOOK_KEY", value: new Value("whsec_xyz789") },
]);
for (const result of results) console.log(result.key, nameOfOutcome(result.outcome));
// end snippet

// snippet list
for await (const secret of client.list({ keyPattern: "app/billing/*" })) {
  console.log(secret.key, ...secret.readers);
}
// end snippet

// snippet error
try {
  const ifVersion = 0; // only if it does not exist
  await client.save([{ key: "app/billing/STRIPE_KEY", value: new Value("sk_test_other"), ifVersion }]);
} catch (error) {
  if (!(error instanceof SecretServiceError) || error.reason !== Reason.STALE_VERSION) throw error;
  console.log("another caller was faster:", ...error.details.map((detail) => detail.key));
}
// end snippet

// snippet batch
await client.save([{ key: "app/billing/STRIPE_KEY", value: new Value("sk_test_new") }], {
  remove: [{ key: "app/billing/WEBHOOK_KEY" }],
  idempotencyKey: "deploy-4711",
});
// end snippet

// snippet contract
const service = createClient(SecretService, client.transport); // the whole contract, with the token of the client
const { versions } = await service.listVersions({ key: "app/billing/STRIPE_KEY" });
console.log(versions.length, "versions");
// end snippet

// snippet remove
const removed = await client.remove(["app/billing/STRIPE_KEY"]);
// end snippet
console.log("removed", removed.length);
