import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SecretView } from "../../gen/secret/v1/secret_service_pb.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { rest } from "../support/api/transports.ts";
import { type Intruder, intrude } from "../support/hostile/database.ts";

// Views without values trust the index, so a tampered row may show what someone made of it; but it must not take the
// rest of a page with it, in JSON, which cannot say everything.

let service: TestService;
let intruder: Intruder;
let api: Api;

beforeAll(async () => {
  service = await startService(rest);
  api = service.admin;
  await api.secrets.saveSecrets({
    secrets: ["a/GOOD", "b/TAMPERED", "c/GOOD"].map((key) => ({ key, value: "v", metadata: { team: "x" } })),
  });
  intruder = intrude(service.dataDir);
});

afterAll(async () => {
  intruder.close();
  await service.stop();
});

async function expectOthers(): Promise<void> {
  for (const view of [SecretView.KEYS, SecretView.METADATA, SecretView.FULL]) {
    const { secrets, errors } = await api.secrets.listSecrets({ view });
    const others = secrets.map(({ key }) => key).filter((key) => key !== "b/TAMPERED");
    expect(others).toEqual(["a/GOOD", "c/GOOD"]);
    if (view === SecretView.FULL) {
      expect(errors.map(({ key }) => key)).toEqual(["b/TAMPERED"]);
      expect(secrets).toHaveLength(2);
    }
  }
}

describe("a page with a tampered row", () => {
  it.each([
    ["created_at_ms", -1],
    ["created_at_ms", -Number.MAX_SAFE_INTEGER],
    ["created_at_ms", Number.MAX_SAFE_INTEGER],
    ["updated_at_ms", Number.MAX_SAFE_INTEGER],
    ["value_changed_at_ms", -Number.MAX_SAFE_INTEGER],
    ["value_changed_at_ms", Number.MAX_SAFE_INTEGER],
    ["version", -1],
    ["version", Number.MAX_SAFE_INTEGER],
    ["version", 2 ** 32],
    ["document", '[[],[],[],[],[],[],[["expires","9999-12-31"]]]'],
    ["document", '[[],[],[],[],[],[],[["expires","0000-01-01"]]]'],
    ["document", '[["\\ud800"],[],[],[],[],[],[]]'],
    ["document", '[[],[],[],[],[],[],[["\\ud800","\\udfff"]]]'],
    ["document", '[[],[],[],[],[],[],[["__proto__","x"],["__proto__","y"]]]'],
    ["owner", "\ud800"],
    ["owner", "a\u0000b\u001b[31m"],
    ["kid", "x"],
    ["envelope", new Uint8Array(0)],
  ])("threats 15, 104: shows the others when %s is %j", async (column, value) => {
    const original = intruder.row("SELECT * FROM secret WHERE key = 'b/TAMPERED'")[column];
    if (original === undefined) throw new Error(`no column ${column}`);
    await intruder.run(`UPDATE secret SET ${column} = ? WHERE key = 'b/TAMPERED'`, value);
    try {
      await expectOthers();
    } finally {
      await intruder.run(`UPDATE secret SET ${column} = ? WHERE key = 'b/TAMPERED'`, original);
    }
  });

  it("threat 15: fault B9: shows the others when a number is beyond 2^53", async () => {
    await intruder.run("UPDATE secret SET created_at_ms = ? WHERE key = 'b/TAMPERED'", 2n ** 62n);
    await expectOthers();
  });
});
