// The jobs of GitHub Actions and GitLab CI in the documentation of the old service, run as those run them.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { programPath } from "../support/built-package.ts";
import { openWorkplace, type Workplace } from "../support/docs/workplace.ts";

const workflow = `name: Deploy Secrets
on:
  push:
    paths: ['secrets/**']
    branches: [main]

jobs:
  deploy-secrets:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v2

      - name: Deploy Production Secrets
        env:
          OO_TOKEN: \${{ secrets.ONEBACKEND_TOKEN }}
          OO_URL: \${{ secrets.ONEBACKEND_URL }}
        run: |
          ./oo secret save secrets/production/
          ./oo secret is-secure
`;

const gitlab = `deploy-secrets:
  stage: deploy
  script:
    - oo secret save secrets/$CI_ENVIRONMENT_NAME/
    - oo secret is-secure
  only:
    changes:
      - secrets/**
  environment:
    name: $CI_ENVIRONMENT_NAME
`;

interface ActionsStep {
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

const { jobs } = load(workflow) as { jobs: { "deploy-secrets": { steps: readonly ActionsStep[] } } };
const { "deploy-secrets": job } = load(gitlab) as { "deploy-secrets": { script: readonly string[] } };
const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** As GitHub runs it: each step is a script of its own, which ends with the first command that fails. */
function actionsScript(secrets: Readonly<Record<string, string>>): string {
  const steps = jobs["deploy-secrets"].steps.filter(({ run }) => run !== undefined);
  return steps
    .map(({ env = {}, run = "" }) => {
      const given = Object.entries(env).map(([name, text]) => {
        const value = text.replace(/\$\{\{ secrets\.(\w+) \}\}/g, (_, secret) => secrets[secret] ?? "");
        return `${name}=${quote(value)}`;
      });
      return `env -u OO_TOKEN -u OO_URL ${given.join(" ")} bash --noprofile --norc -eo pipefail -c ${quote(run)}`;
    })
    .join(" && ");
}

/** As GitLab runs it: the lines in one shell, which ends with the first that fails. */
function gitlabScript(environment: string): string {
  return `set -eo pipefail; export CI_ENVIRONMENT_NAME=${environment}\n${job.script.join("\n")}`;
}

let place: Workplace;
let token: string;

beforeAll(async () => {
  place = await openWorkplace();
  const { run, write } = place;
  cpSync(programPath("single file"), join(place.folder, "oo"));
  await run("oo secret encrypt production/DATABASE_URL postgresql://prod > db.yaml");
  await run("mkdir -p secrets/production && mv db.yaml secrets/production/");
  write("secrets/staging/db.yaml", "key: staging/DATABASE_URL\nvalue: postgresql://staging\n");
  const grants = ["create", "save-value", "save-lists"].map((action) => `--can '${action}:*'`);
  token = (await run(`oo user save ci --admin >&2 && oo token create ci ${grants.join(" ")}`)).stdout.trim();
});
afterAll(() => place.stop());

describe("documented 32: pipelines", () => {
  const secrets = () => ({ ONEBACKEND_TOKEN: token, ONEBACKEND_URL: place.server.url });

  test("documented 12, 32: GitHub Actions deploys what is encrypted in the repository, twice", async () => {
    const script = actionsScript(secrets());
    const done = (what: string) => ({ code: 0, stdout: `${what} (version 1)\nService is secure.\n` });
    expect(await place.run(script, "")).toMatchObject(done("created production/DATABASE_URL"));
    expect(await place.run(script, "")).toMatchObject(done("unchanged production/DATABASE_URL"));
    expect((await place.run("oo secret list --show --namespace production")).stdout).toContain("postgresql://prod");
  });

  test("GitLab CI deploys the folder of the environment", async () => {
    expect(await place.run(gitlabScript("staging"), token)).toMatchObject({
      code: 0,
      stdout: "created staging/DATABASE_URL (version 1)\nService is secure.\n",
    });
  });

  test("the job fails, and nothing is stored, when one file is wrong", async () => {
    place.write("secrets/staging/wrong.yaml", "key: staging/WRONG\nvalue: placeholder\nencrypted: true\n");
    place.write("secrets/staging/new.yaml", "key: staging/NEW\nvalue: new\n");
    const { code, stdout, stderr } = await place.run(gitlabScript("staging"), token);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^oo: error: .*staging\/WRONG/);
    expect((await place.run("oo secret list staging/NEW")).stdout).toBe("");
  });

  test("the token of the pipeline reads nothing", async () => {
    expect((await place.run("oo secret list --show", token)).stdout).toBe("[]\n");
  });

  test("the job fails when the service is not secure", async () => {
    const insecure = await openWorkplace({ serverEnv: { OB_ENCRYPTION_KEY: "changeMeToSomethingSecureForReal" } });
    try {
      insecure.write("secrets/dev/a.yaml", "key: dev/A\nvalue: a\n");
      expect(await insecure.run(gitlabScript("dev"))).toEqual({
        code: 1,
        stdout: "created dev/A (version 1)\n",
        stderr: "Error: secret svc is not secure: it is using the default encryption key\n",
      });
    } finally {
      await insecure.stop();
    }
  });
});
