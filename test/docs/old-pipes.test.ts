// Lists that are piped into other programs, and calls over HTTP, as the documentation of the old service shows them.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildMs, findGoProgram, yq } from "../support/docs/go-program.ts";
import { openWorkplace, type Workplace } from "../support/docs/workplace.ts";

let place: Workplace;
let missing: string | undefined;

beforeAll(async () => {
  const found = await findGoProgram(yq);
  missing = "missing" in found ? found.missing : undefined;
  place = await openWorkplace({ programs: "folder" in found ? [found.folder] : [] });
  await place.run("oo secret save docker/OPEN a --readers '' --writers '' --deleters ''");
  await place.run(
    "oo secret save docker/BROAD b --readers api-svc,cache-svc,worker-svc --writers team --deleters team",
  );
  await place.run("oo secret save other/NARROW c --readers api-svc --writers team --deleters team");
  await place.run("oo secret save OWN d", await place.addUser("owner-svc"));
}, buildMs + 60_000);
afterAll(() => place.stop());

describe("documented 14: grep", () => {
  test("secrets with an empty list", async () => {
    const { code, stdout } = await place.run(
      'oo secret list --show | grep -E "(readers|writers|deleters): \\[\\]" | sort | uniq -c',
    );
    expect(code).toBe(0);
    expect(stdout.replace(/^ +/gm, "")).toBe("1   deleters: []\n1   readers: []\n1   writers: []\n");
  });

  test("secrets that many may read", async () => {
    const { code, stdout } = await place.run('oo secret list --show | grep -E "readers.*\\[.*,.*,.*\\]"');
    expect({ code, stdout }).toEqual({ code: 0, stdout: "  readers: [api-svc, cache-svc, worker-svc]\n" });
  });

  test("lists with the lines around them", async () => {
    const { code, stdout } = await place.run(
      String.raw`oo secret list --show | grep -A 10 -B 5 "readers\|writers\|deleters"`,
    );
    expect(code).toBe(0);
    for (const key of ["docker/OPEN", "docker/BROAD", "other/NARROW", "owner-svc/OWN"]) {
      expect(stdout).toContain(`key: ${key}\n`);
    }
  });

  test("documented 16: the third column of the table is the owner", async () => {
    const { stdout } = await place.run("oo secret list | awk '{print $3}' | sort | uniq -c");
    expect(stdout.replace(/^ +/gm, "")).toBe("1 OWNER\n3 admin\n1 owner-svc\n");
  });
});

describe("documented 15: yq", () => {
  test("to JSON", async (context) => {
    context.skip(missing !== undefined, missing);
    const { code, stdout } = await place.run("oo secret list --show --namespace docker | yq -o=json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      { key: "docker/BROAD", value: "b", readers: ["api-svc", "cache-svc", "worker-svc"] },
      { key: "docker/OPEN", value: "a", readers: [] },
    ]);
  });

  test("to lines of names and values", async (context) => {
    context.skip(missing !== undefined, missing);
    const { code, stdout } = await place.run(
      `oo secret list --show --namespace docker | \\\n  yq -r '.[] | .key + "=" + .value' > .env && cat .env`,
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: "docker/BROAD=b\ndocker/OPEN=a\n" });
  });
});

describe("documented 34: HTTP", () => {
  const call = async (method: string, path: string, body: string) => {
    const content = method === "GET" ? "" : `-H 'content-type: application/json' -d '${body}'`;
    const { stdout } = await place.run(
      `curl -sS --fail -X ${method} -H "Authorization: Bearer $OO_TOKEN" ${content} $OO_URL/secret-svc/${path}`,
    );
    return JSON.parse(stdout);
  };

  test("save, list, remove and is-secure have their paths, verbs and field names", async () => {
    const secret = { key: "http/KEY", value: "v", readers: ["api-svc"], canChangeReaders: ["team"] };
    await call("PUT", "secrets", JSON.stringify({ secrets: [secret] }));
    const { secrets } = await call("POST", "secrets", JSON.stringify({ keys: [secret.key] }));
    expect(secrets).toMatchObject([secret]);
    expect(await call("POST", "secrets", JSON.stringify({ key: secret.key }))).toMatchObject({ secrets: [secret] });
    expect(await call("GET", "is-secure", "")).toMatchObject({ isSecure: true, reasons: [] });
    await call("DELETE", "secrets", JSON.stringify({ keys: [secret.key] }));
    expect((await call("POST", "secrets", JSON.stringify({ keys: [secret.key] }))).missingKeys).toEqual([secret.key]);
  });

  test("encrypt and decrypt, what was encrypted for a key and what for whatever the caller saves", async () => {
    const { value } = await call("POST", "encrypt", JSON.stringify({ value: "sk_live" }));
    expect(await call("POST", "decrypt", JSON.stringify({ value }))).toMatchObject({ value: "sk_live" });
    const { values } = await call("POST", "encrypt", JSON.stringify({ values: ["one", "two"], key: "http/SEALED" }));
    expect(await call("POST", "decrypt", JSON.stringify({ values }))).toMatchObject({ values: ["one", "two"] });
    const secrets = [{ key: "http/SEALED", value: values[0], encrypted: true }];
    await call("PUT", "secrets", JSON.stringify({ secrets }));
    expect(await call("POST", "secrets", JSON.stringify({ key: "http/SEALED" }))).toMatchObject({
      secrets: [{ value: "one", encrypted: false }],
    });
  });
});
