import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Code } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startService, type TestService } from "../support/api/fixture.ts";
import { connectJson } from "../support/api/transports.ts";
import { readBlocks } from "../support/docs/markdown.ts";
import { type LocalIssuer, startIssuer } from "../support/oidc/local-issuer.ts";

const folder = mkdtempSync(join(tmpdir(), "secret-svc-oidc-"));
let issuer: LocalIssuer;
beforeAll(async () => {
  issuer = await startIssuer();
  writeFileSync(join(folder, "kubernetes-jwks.json"), JSON.stringify(issuer.jwks()));
});
afterAll(async () => {
  await issuer.close();
  rmSync(folder, { recursive: true });
});

/** Runs the service with an example of the document, in which only the place of the keys is another. */
async function withExample(
  name: string,
  use: (service: TestService, nowSeconds: number) => Promise<void>,
): Promise<void> {
  const block = readBlocks("docs/oidc.md").find(({ marks }) => marks.includes(`example ${name}`));
  if (block === undefined) throw new Error(`docs/oidc.md has no example ${name}`);
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, block.text.replace(/jwksUrl: .*/, `jwksUrl: ${issuer.jwksUrl}`));
  const service = await startService(connectJson, { environment: { SECRET_SVC_ISSUERS: file } });
  try {
    await use(service, service.clock.now() / 1000);
  } finally {
    await service.stop();
  }
}

/** What calls with a token answer to "who am I"; undefined when it is refused. */
async function whoIs(service: TestService, token: string) {
  try {
    const { tenant, slug, roles, admin, operator, grants } = await service.as(token).identity.whoAmI({});
    return {
      tenant,
      slug,
      roles,
      admin,
      operator,
      grants: grants.map(({ action, keyPatterns }) => ({ action, keyPatterns })),
    };
  } catch (error) {
    expect(error).toMatchObject({ code: Code.Unauthenticated });
    return undefined;
  }
}

const nobodySpecial = { tenant: "default", admin: false, operator: false, grants: [] as object[] };

describe("the example for GitHub Actions", () => {
  const claimsAt = (now: number) => ({
    jti: "8b2f6a7e-6f0c-4a52-9f5e-0d1e2c3b4a59",
    sub: "repo:acme/payments:ref:refs/heads/main",
    aud: "secret-svc",
    ref: "refs/heads/main",
    sha: "5f3c6e1d2b4a59687f0e1d2c3b4a59687f0e1d2c",
    repository: "acme/payments",
    repository_owner: "acme",
    actor_id: "42",
    repository_visibility: "private",
    repository_id: "555",
    repository_owner_id: "1234567",
    run_id: "9000000001",
    run_number: "10",
    run_attempt: "1",
    runner_environment: "github-hosted",
    actor: "alice",
    workflow: "Deploy",
    head_ref: "",
    base_ref: "",
    event_name: "push",
    ref_protected: "true",
    ref_type: "branch",
    workflow_ref: "acme/payments/.github/workflows/deploy.yml@refs/heads/main",
    job_workflow_ref: "acme/payments/.github/workflows/deploy.yml@refs/heads/main",
    iss: "https://token.actions.githubusercontent.com",
    nbf: now - 600,
    iat: now - 300,
    exp: now + 600,
  });
  const header = { typ: "JWT", x5t: "eBZ_cn3sXYAd0ch4THBKHIgOwOE" };

  test("lets jobs on the main branch read what names them under prod/, and nothing else", async () => {
    await withExample("github", async (service, now) => {
      const token = issuer.sign(claimsAt(now), header);
      expect(await whoIs(service, token)).toEqual({
        ...nobodySpecial,
        slug: "gh-repo-payments",
        roles: ["gh-all-main-branches"],
        grants: [{ action: "read", keyPatterns: ["prod/*"] }],
      });
      const lists = { readers: ["gh-repo-payments"], writers: ["gh-repo-payments"] };
      const role = { readers: ["gh-all-main-branches"] };
      await service.admin.secrets.saveSecrets({
        secrets: [
          { key: "prod/A", value: "value-a", ...lists },
          { key: "prod/B", value: "value-b", ...role },
          { key: "prod/C", value: "value-c" },
          { key: "dev/A", value: "value-d", ...lists },
        ],
      });
      const job = service.as(token);
      const keys = ["prod/A", "prod/B", "prod/C", "dev/A"];
      const { secrets, missingKeys } = await job.secrets.listSecrets({ keys });
      expect(secrets.map(({ value }) => value)).toEqual(["value-a", "value-b"]);
      expect([...missingKeys].sort()).toEqual(["dev/A", "prod/C"]);
      await expect(job.secrets.saveSecrets({ secrets: [{ key: "prod/A", value: "x" }] })).rejects.toMatchObject({
        code: Code.PermissionDenied,
      });
      const { rights } = await job.secrets.explainAccess({ key: "prod/A" });
      expect(rights.find(({ right }) => right === "read")).toMatchObject({ allowed: true, grant: "read:prod/*" });
      const events = await service.auditEvents();
      expect(events).toContainEqual(expect.objectContaining({ principal: "gh-repo-payments", key: "prod/A" }));
    });
  });

  test("keeps out other branches, owners, former owners and odd names", async () => {
    await withExample("github", async (service, now) => {
      const asNumber = issuer.sign({ ...claimsAt(now), repository_owner_id: 1234567 }, header);
      expect(await whoIs(service, asNumber), "fault C6").toMatchObject({ slug: "gh-repo-payments" });
      for (const change of [
        { ref: "refs/heads/feature" },
        { ref: "refs/heads/main/x" },
        { ref: "refs/pull/7/merge" },
        { repository: "mallory/payments" },
        { repository: "acme/Payments" },
        { repository: "acme/payments/x" },
        { repository_owner_id: "7654321" },
        { repository_owner_id: 7654321 },
        { repository_owner_id: 1234567.5 },
        { aud: "https://github.com/acme" },
        { iss: "https://token.actions.githubusercontent.com/acme" },
      ]) {
        expect(await whoIs(service, issuer.sign({ ...claimsAt(now), ...change }, header))).toBeUndefined();
      }
    });
  });
});

describe("the example for GitLab", () => {
  const claimsAt = (now: number) => ({
    namespace_id: "72",
    namespace_path: "acme/backend",
    project_id: "20",
    project_path: "acme/backend/payments",
    user_id: "1",
    user_login: "alice",
    user_email: "alice@example.com",
    user_access_level: "developer",
    user_identities: [{ provider: "github", extern_uid: "2435223452345" }],
    pipeline_id: "574",
    pipeline_source: "push",
    job_id: "302",
    ref: "main",
    ref_type: "branch",
    ref_path: "refs/heads/main",
    ref_protected: "true",
    groups_direct: ["acme/backend"],
    environment: "production",
    environment_protected: "true",
    runner_id: 1,
    runner_environment: "self-hosted",
    sha: "714a629c0b401fdce83e847fc9589983fc6f46bc",
    project_visibility: "private",
    jti: "235b3a54-b797-45c7-ae9a-f72d7bc6ef5b",
    iss: "https://gitlab.example.com",
    iat: now,
    nbf: now - 5,
    exp: now + 3_600,
    sub: "project_path:acme/backend/payments:ref_type:branch:ref:main",
    aud: "secret-svc",
  });
  const header = { typ: "JWT" };

  test("lets in jobs of protected branches, and makes those of one project admins in production", async () => {
    await withExample("gitlab", async (service, now) => {
      const claims = claimsAt(now);
      const payments = { ...nobodySpecial, slug: "gitlab-project-payments", roles: ["gitlab-backend"] };
      expect(await whoIs(service, issuer.sign(claims, header))).toEqual(payments);
      const secrets = { ...claims, project_path: "acme/backend/secrets" };
      const admins = { ...payments, slug: "gitlab-project-secrets", admin: true };
      expect(await whoIs(service, issuer.sign(secrets, header))).toEqual(admins);
      const staging = issuer.sign({ ...secrets, environment: "staging" }, header);
      expect(await whoIs(service, staging)).toMatchObject({ admin: false });
      const saved = await service.as(issuer.sign(secrets, header)).secrets.saveSecrets({
        secrets: [{ key: "prod/A", value: "a", readers: ["gitlab-project-payments"] }],
      });
      expect(saved.results).toMatchObject([{ key: "prod/A", version: 1 }]);
    });
  });

  test("keeps out other groups, tags and branches that are not protected", async () => {
    await withExample("gitlab", async (service, now) => {
      for (const change of [
        { project_path: "acme/frontend/payments" },
        { project_path: "acme/backend" },
        { project_path: "acme/backend/sub/payments" },
        { ref_type: "tag" },
        { ref_protected: "false" },
        { ref_protected: undefined },
      ]) {
        expect(await whoIs(service, issuer.sign({ ...claimsAt(now), ...change }, header))).toBeUndefined();
      }
    });
  });
});

describe("the example for Kubernetes", () => {
  const claimsAt = (now: number, namespace = "payments", account = "api") => ({
    aud: ["secret-svc"],
    exp: now + 3_607,
    iat: now,
    iss: "https://kubernetes.default.svc.cluster.local",
    jti: "3c1d2e4f-5a6b-4c7d-8e9f-0a1b2c3d4e5f",
    "kubernetes.io": {
      namespace,
      node: { name: "node-1", uid: "b1a2c3d4-0000-4000-8000-000000000001" },
      pod: { name: `${account}-7d9c5-x2x4z`, uid: "b1a2c3d4-0000-4000-8000-000000000002" },
      serviceaccount: { name: account, uid: "b1a2c3d4-0000-4000-8000-000000000003" },
    },
    nbf: now,
    sub: `system:serviceaccount:${namespace}:${account}`,
  });

  test("names service accounts and their namespaces, in one way only", async () => {
    await withExample("kubernetes", async (service, now) => {
      const who = (namespace: string, account: string) =>
        whoIs(service, issuer.sign(claimsAt(now, namespace, account)));
      expect(await who("payments", "api")).toEqual({
        ...nobodySpecial,
        slug: "k8s-payments-sa-api",
        roles: ["k8s-ns-payments"],
      });
      expect(await who("payment-svc", "api-v2")).toMatchObject({ slug: "k8s-payment-svc-sa-api-v2" });
      // What the owner of one namespace could make to be someone else.
      expect(await who("a-sa-b", "c")).toBeUndefined();
      expect(await who("a", "b-sa-c")).toBeUndefined();
      expect(await who("ns-a", "b")).toBeUndefined();
      expect(await who("payments-sa-api", "x")).toBeUndefined();
    });
  });

  test("keeps out nodes, users and tokens for the cluster itself", async () => {
    await withExample("kubernetes", async (service, now) => {
      for (const change of [
        { sub: "system:node:node-1" },
        { sub: "system:serviceaccount:payments" },
        { sub: "system:serviceaccount:payments:api:x" },
        { aud: ["https://kubernetes.default.svc.cluster.local"] },
        { aud: [] },
      ]) {
        expect(await whoIs(service, issuer.sign({ ...claimsAt(now), ...change }))).toBeUndefined();
      }
    });
  });
});
