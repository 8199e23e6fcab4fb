import { expect, test } from "vitest";
import {
  goProgram,
  mavenProgram,
  needToolchain,
  npmProgram,
  pathWith,
  pythonProgram,
} from "../../support/programs/program.ts";
import { makeWorkplace, type Workplace } from "../../support/programs/workplace.ts";
import { startServer } from "../../support/server-process.ts";

const oapiCodegen = goProgram("oapi-codegen", "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen", "v2.8.2");
const openapiTypescript = npmProgram("openapi-typescript", "7.13.0");
const openapiPythonClient = pythonProgram("openapi-python-client", "0.29.1", "openapi_python_client.cli:app");
const generator = mavenProgram("openapi-generator-cli", "org.openapitools:openapi-generator-cli", "7.25.0", {
  isJar: true,
});

test("fault C10: what oapi-codegen makes compiles, and reads a secret", async (context) => {
  const path = await pathWith(context, oapiCodegen);
  using workplace = makeWorkplace();
  await workplace.follow("oapi-codegen", path);
  workplace.write("out/go.mod", "module example.com/secretsvc\n\ngo 1.26\n");
  workplace.write("out/client_test.go", goProgramText);
  await using service = await startService();
  const commands = `cd out && go mod tidy && OO_URL=${service.url} OO_TOKEN=${service.adminToken} go test -count=1 .`;
  expect(await workplace.run(commands, path)).toMatch(/^ok\b/m);
});

const goProgramText = `package secretsvc

import (
	"context"
	"net/http"
	"os"
	"testing"
)

func TestList(t *testing.T) {
	client, err := NewClientWithResponses(os.Getenv("OO_URL"), WithRequestEditorFn(func(_ context.Context, request *http.Request) error {
		request.Header.Set("authorization", "Bearer "+os.Getenv("OO_TOKEN"))
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{"generated/A"}
	answer, err := client.ListSecretsWithResponse(t.Context(), ListSecretsRequest{Keys: &keys})
	if err != nil || answer.JSON200 == nil || *answer.JSON200.Secrets[0].Value != "x" {
		t.Fatalf("%v, %v", answer, err)
	}
}
`;

test("fault C10: what openapi-typescript makes compiles", async (context) => {
  const path = await pathWith(context, openapiTypescript);
  using workplace = makeWorkplace();
  await workplace.follow("openapi-typescript", path);
  workplace.write(
    "out/use.ts",
    `import type { components } from "./secret-svc.ts";
export const request: components["schemas"]["ListVersionsRequest"] = { key: "a" };
export const count = (reply: components["schemas"]["ListSecretsReply"]): number => reply.secrets.length;
`,
  );
  await compile(workplace, "out/use.ts", path);
});

test("fault C10: what openapi-python-client makes is imported, and reads a secret", async (context) => {
  const path = await pathWith(context, openapiPythonClient);
  using workplace = makeWorkplace();
  const printed = await workplace.follow("openapi-python-client", path);
  expect(printed).not.toMatch(/warning|unsupported|unable/i);
  workplace.write("out/use.py", pythonProgramText);
  await using service = await startService();
  const environment = `OO_URL=${service.url} OO_TOKEN=${service.adminToken}`;
  // It comes with what its clients need.
  const packages = `PYTHONPATH=python:"$(dirname "$(command -v openapi-python-client)")/packages"`;
  expect(await workplace.run(`cd out && ${environment} ${packages} python3 use.py`, path)).toBe("x\n");
});

const pythonProgramText = `
import importlib, os, pkgutil
import secret_svc_client
from secret_svc_client import AuthenticatedClient
from secret_svc_client.api.secret_service import list_secrets
from secret_svc_client.models import ListSecretsRequest

for module in pkgutil.walk_packages(secret_svc_client.__path__, "secret_svc_client."):
    importlib.import_module(module.name)
client = AuthenticatedClient(base_url=os.environ["OO_URL"], token=os.environ["OO_TOKEN"])
answer = list_secrets.sync(client=client, body=ListSecretsRequest(keys=["generated/A"]))
print(answer.secrets[0].value)
`;

test("fault C10: what openapi-generator makes in Go compiles", async (context) => {
  const path = await pathWith(context, generator);
  await needToolchain(context, "go", "version");
  using workplace = makeWorkplace();
  await workplace.follow("openapi-generator-go", path);
  await workplace.run("cd out/go && rm -rf test && go mod tidy && go vet .", path);
});

test("fault C10: what openapi-generator makes in TypeScript compiles", async (context) => {
  const path = await pathWith(context, generator);
  using workplace = makeWorkplace();
  await workplace.follow("openapi-generator-typescript", path);
  await compile(workplace, "out/typescript/index.ts", path, "--moduleResolution", "bundler");
});

test("fault C10: what openapi-generator makes in Java compiles", async (context) => {
  const path = await pathWith(context, generator);
  await needToolchain(context, "mvn", "--version");
  using workplace = makeWorkplace();
  await workplace.follow("openapi-generator-java", path);
  await workplace.run("cd out/java && mvn --quiet --batch-mode -DskipTests compile", path);
});

async function compile(workplace: Workplace, file: string, path: string, ...more: readonly string[]): Promise<void> {
  const options = ["--noEmit", "--strict", "--target", "es2024", "--module", "esnext", "--allowImportingTsExtensions"];
  const resolution = more.length === 0 ? ["--moduleResolution", "bundler"] : more;
  const args = ["node", "node_modules/typescript/bin/tsc", ...options, "--lib", "es2024,dom", "--types", "''"];
  await workplace.run([...args, ...resolution, file].join(" "), path);
}

async function startService() {
  const service = await startServer();
  const headers = { authorization: `Bearer ${service.adminToken}`, "content-type": "application/json" };
  const body = JSON.stringify({ secrets: [{ key: "generated/A", value: "x" }] });
  const saved = await fetch(`${service.url}/secret-svc/secrets`, { method: "PUT", headers, body });
  expect(saved.status).toBe(200);
  return { ...service, [Symbol.asyncDispose]: () => service.stop() };
}
