/** The samples are what README.md shows. They run against the package as it is published. */
import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { environment, hasSurroundings, tokenOf } from "./cases.ts";

const samples = join(import.meta.dirname, "../samples");
const folder = mkdtempSync(join(tmpdir(), "secret-svc-samples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const printed: Readonly<Record<string, string>> = {
  read: "DATABASE_URL has 35 characters\n",
  environment: "the program connects to redis://localhost:6379\n",
  secure: "API_KEY is at version 1\n",
  seal: "app/STRIPE_KEY SAVE_OUTCOME_CREATED\n",
  tour: `app/billing/STRIPE_KEY SAVE_OUTCOME_CREATED
app/billing/WEBHOOK_KEY SAVE_OUTCOME_CREATED
app/billing/STRIPE_KEY app billing
app/billing/WEBHOOK_KEY app
another caller was faster: app/billing/STRIPE_KEY
2 versions
removed 1
`,
  watch: `watching
uses a value of 3 characters
app/watched/KEY changed
uses a value of 5 characters
`,
  "grpc-js": "8 characters\n",
};

test("all samples are here", () => {
  const programs = readdirSync(samples).filter((name) => name !== "app.ts");
  expect(programs.sort()).toEqual(
    Object.keys(printed)
      .map((name) => `${name}.ts`)
      .sort(),
  );
});

test.skipIf(!hasSurroundings).each(Object.keys(printed))("%s", async (sample) => {
  const isSecure = sample === "secure";
  copyFileSync(environment("SECRET_CA_FILE"), join(folder, "ca.pem"));
  copyFileSync(environment("SECRET_SEALING_KEY_FILE"), join(folder, "sealing-key.json"));
  writeFileSync(join(folder, "token"), tokenOf("app"));
  const variables = isSecure
    ? { OO_URL: environment("SECRET_TLS_URL") }
    : { OO_URL: environment("SECRET_URL"), OO_TOKEN: tokenOf("app") };
  // Node warns of its ML-KEM. Fault C15: it must not do so for programs that seal nothing.
  const flags = sample === "seal" ? ["--disable-warning=ExperimentalWarning"] : [];
  const args = [...flags, join(samples, `${sample}.ts`)];
  const done = await promisify(execFile)(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...variables },
  });
  expect(done).toEqual({ stdout: printed[sample], stderr: "" });
});
