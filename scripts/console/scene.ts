/** A tenant as a small shop would have it: what the pictures of the console and its tests show. */

/** Calls a path for scripts. Throws with the answer when the service refuses. */
export type CallPath = (verb: string, path: string, body: unknown, token?: string) => Promise<Record<string, unknown>>;

export function callerOf(url: string, adminToken: string): CallPath {
  return async (method, path, body, token = adminToken) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const response = await fetch(`${url}/secret-svc/${path}`, { method, headers, body: JSON.stringify(body) });
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  };
}

export interface Scene {
  /** A token of each user. */
  readonly tokens: Readonly<Record<string, string>>;
}

const users = [
  { slug: "alice", roles: ["platform"], admin: true },
  { slug: "bob", roles: ["payments", "platform"] },
  { slug: "checkout-svc", roles: ["payments"] },
  { slug: "dave" },
  { slug: "erin", roles: ["payments"] },
];

const day = 24 * 3600 * 1000;

/** A date that is so many days from now. */
function inDays(days: number): string {
  return new Date(Date.now() + days * day).toISOString().slice(0, 10);
}

const services: Readonly<Record<string, readonly string[]>> = {
  checkout: ["ADYEN_API_KEY", "DATABASE_URL", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "VAT_SERVICE_TOKEN"],
  reports: ["S3_ACCESS_KEY", "S3_SECRET_KEY", "WAREHOUSE_URL"],
  shared: ["SENTRY_DSN", "SMTP_PASSWORD"],
  storefront: ["ALGOLIA_ADMIN_KEY", "CDN_SIGNING_KEY", "REDIS_URL", "SENTRY_DSN", "SESSION_SECRET"],
};

const metadataOf: Readonly<Record<string, Record<string, string>>> = {
  "prod/checkout/ADYEN_API_KEY": { expires: inDays(-2), issuer: "adyen.com" },
  "prod/checkout/STRIPE_SECRET_KEY": { expires: inDays(8), issuer: "stripe.com", rotation_interval: "180d" },
  "prod/storefront/CDN_SIGNING_KEY": { expires: inDays(11) },
};

/** Makes users and secrets, and a little history on one of them. */
export async function makeScene(call: CallPath): Promise<Scene> {
  await call("PUT", "users", { users });
  const tokens: Record<string, string> = {};
  for (const { slug } of users) {
    const { secret } = await call("PUT", "tokens", { slug, description: `console of ${slug}` });
    tokens[slug] = String(secret);
  }
  const keys = ["prod", "staging", "dev"].flatMap((stage) =>
    Object.entries(services).flatMap(([service, names]) => names.map((name) => `${stage}/${service}/${name}`)),
  );
  const missing = ["staging/storefront/CDN_SIGNING_KEY", "dev/shared/SMTP_PASSWORD"];
  const secrets = [
    ...keys.filter((key) => !missing.includes(key)),
    "ci/DEPLOY_KEY",
    "alice/laptop/NOTES",
    "LICENSE_KEY",
  ].map((key) => ({
    key,
    value: `${key.split("/").at(-1)?.toLowerCase()}-4f9d2c71e8`,
    readers: ["payments", "checkout-svc"],
    writers: ["payments"],
    deleters: ["alice"],
    canChangeReaders: ["bob"],
    canChangeWriters: ["bob"],
    metadata: metadataOf[key] ?? {},
    owner: "bob",
  }));
  await call("PUT", "secrets", { secrets });
  const key = "prod/checkout/STRIPE_SECRET_KEY";
  const bob = tokens.bob;
  await call("PUT", "secrets", { secrets: [{ key, readers: ["payments", "checkout-svc", "dave"] }] }, bob);
  await call("PUT", "secrets", { secrets: [{ key, value: "sk_live_51HqLyjWDarjtT1zdp7dcXV2bQ" }] }, bob);
  await call("PUT", "secrets", { secrets: [{ key, readers: ["payments", "checkout-svc"] }] });
  await call("PUT", "secrets", { secrets: [{ key, readers: ["payments", "checkout-svc", "dave"] }] });
  await call("PUT", "secrets", { secrets: [{ key, value: "sk_live_51HqLyjWDarjtT1zdp7dcXV2bR" }] }, bob);
  for (const slug of ["dave", "checkout-svc", "erin"]) {
    await call("POST", "secrets", { keys: [key] }, tokens[slug]);
  }
  await call("POST", "secrets", { keys: ["prod/checkout/DATABASE_URL"] }, tokens["checkout-svc"]);
  await call("DELETE", "secrets", { key: "dev/reports/S3_ACCESS_KEY" });
  return { tokens };
}
