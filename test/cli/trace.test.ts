import { afterAll, beforeAll, expect, test } from "vitest";
import { runOo } from "../support/cli/run-oo.ts";
import { type CliService, startCliService } from "../support/cli/service.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;

let service: CliService;
let token: string;
beforeAll(async () => {
  service = await startCliService();
  token = await service.addUser("in-a-pipeline");
});
afterAll(() => service.stop());

/** The request id of a save. */
async function idOfSave(env: Readonly<Record<string, string>>): Promise<string> {
  const user = { OO_URL: service.server.url, OO_TOKEN: token, ...env };
  const saved = await runOo(["secret", "save", "KEY", crypto.randomUUID()], { env: user, cwd: service.folder });
  expect(saved.code, saved.stderr).toBe(0);
  const listed = await service.admin(["audit", "list", "--principal", "in-a-pipeline", "-o", "json"]);
  return /"requestId": ?"([^"]+)"/.exec(listed.stdout)?.[1] ?? "";
}

test("calls of oo are part of the trace in TRACEPARENT", async () => {
  expect(await idOfSave({ TRACEPARENT: traceparent })).toMatch(/^4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}$/);
});

test.each(["", "00-0-0-0", traceparent.toUpperCase(), `${traceparent}\r\nx-evil: 1`, `${traceparent}\u00e4`])(
  "TRACEPARENT=%j is ignored",
  async (text) => {
    expect(await idOfSave({ TRACEPARENT: text })).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-/);
  },
);
