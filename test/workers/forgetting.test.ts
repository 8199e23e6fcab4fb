import { afterAll, beforeAll, expect, test } from "vitest";
import { hasEnded, type Line, lineTo, startTeamService, type TeamService } from "../support/workers/team-service.ts";

const cleanups: (() => unknown)[] = [];
let service: TeamService;
let lines: Line[];

beforeAll(async () => {
  service = await startTeamService(cleanups, { workers: 3 });
  lines = await Promise.all(service.workers().map((pid) => lineTo(service, pid)));
});
afterAll(async () => {
  for (const line of lines) line.close();
  for (const clean of cleanups.reverse()) await clean();
});

const whoAmI = async (line: Line | undefined, token: string) =>
  (await line?.call(token, "GET", "/secret-svc/whoami"))?.status;

async function aToken(line: Line | undefined, slug: string) {
  await line?.call(service.token, "PUT", "/secret-svc/users", { users: [{ slug }] });
  const made = await line?.call(service.token, "PUT", "/secret-svc/tokens", { slug });
  expect(made?.status).toBe(200);
  const { secret, token } = { ...made?.body };
  return { secret: String(secret), id: String((token as { readonly id: string }).id) };
}

test("what one worker has saved all others read, and each says whether it is ready", async () => {
  const secrets = [{ key: "shared/A", value: "päss" }];
  const saved = await lines[0]?.call(service.token, "PUT", "/secret-svc/secrets", { secrets });
  expect(saved?.status).toBe(200);
  for (const line of lines) {
    const read = await line.call(service.token, "POST", "/secret-svc/secrets", { keys: ["shared/A"] });
    expect(read.body).toMatchObject({ secrets: [{ key: "shared/A", value: "päss" }] });
    expect((await line.call("", "GET", "/readyz")).status).toBe(200);
  }
});

test("threat 325: a token that is revoked with one worker is refused by all others from then on", async () => {
  for (let round = 0; round < 12; round += 1) {
    const [through, ...others] = [...lines.slice(round % lines.length), ...lines.slice(0, round % lines.length)];
    const { secret, id } = await aToken(through, `revoked-${round}`);
    // From here on each of them has the caller in its memory.
    for (const line of lines) expect(await whoAmI(line, secret)).toBe(200);
    const revoked = await through?.call(service.token, "DELETE", "/secret-svc/tokens", { id });
    expect(revoked?.status).toBe(200);
    expect(await Promise.all(others.map((line) => whoAmI(line, secret)))).toEqual([401, 401]);
    expect(await whoAmI(through, secret)).toBe(401);
  }
});

test("threat 325: so is a user who was removed, and a former admin has no right of one", async () => {
  const { secret } = await aToken(lines[1], "leaving");
  for (const line of lines) expect(await whoAmI(line, secret)).toBe(200);
  const removed = await lines[0]?.call(service.token, "DELETE", "/secret-svc/users", { slugs: ["leaving"] });
  expect(removed?.status).toBe(200);
  expect(await Promise.all(lines.map((line) => whoAmI(line, secret)))).toEqual([401, 401, 401]);

  const saveUser = (slug: string, isAdmin: boolean) =>
    lines[0]?.call(service.token, "PUT", "/secret-svc/users", { users: [{ slug, admin: isAdmin }] });
  await saveUser("deputy", true);
  const deputy = await aToken(lines[2], "other-deputy");
  await saveUser("other-deputy", true);
  const isAdmin = async (line: Line) =>
    (await line.call(deputy.secret, "GET", "/secret-svc/whoami")).body.admin === true;
  expect(await Promise.all(lines.map(isAdmin))).toEqual([true, true, true]);
  await saveUser("other-deputy", false);
  expect(await Promise.all(lines.map(isAdmin))).toEqual([false, false, false]);
});

test("threat 325: a quota that was set with one worker is in force with all others", async () => {
  const save = (line: Line | undefined, key: string) =>
    line?.call(service.token, "PUT", "/secret-svc/secrets", { secrets: [{ key, value: "v" }] });
  for (const [at, line] of lines.entries()) expect((await save(line, `quota/${at}`))?.status).toBe(200);
  const set = await lines[0]?.call(service.token, "PUT", "/secret-svc/quotas", { quotas: { userSecrets: "1" } });
  expect(set?.status).toBe(200);
  for (const [at, line] of lines.entries()) expect((await save(line, `quota/more-${at}`))?.status).not.toBe(200);
  await lines[0]?.call(service.token, "PUT", "/secret-svc/quotas", { clear: ["userSecrets"] });
});

test("threat 326: a worker that does not answer is killed before a revocation is acknowledged, and replaced", async () => {
  const [first = 0, second = 0, third = 0] = service.workers();
  const [through, silent] = [await lineTo(service, first), await lineTo(service, second)];
  const { secret, id } = await aToken(through, "of-the-silent");
  expect(await whoAmI(silent, secret)).toBe(200);
  process.kill(second, "SIGSTOP");
  const asked = whoAmI(silent, secret).catch(() => "no answer");
  const revoked = await through.call(service.token, "DELETE", "/secret-svc/tokens", { id });
  expect(revoked.status).toBe(200);
  expect(hasEnded(second)).toBe(true);
  expect(await asked).toBe("no answer");
  for (const pid of [first, third])
    if (!hasEnded(pid)) expect(await whoAmI(await lineTo(service, pid), secret)).toBe(401);
  await service.printed("worker 2 has not answered within 500 ms, and is killed before a change is acknowledged");
  await expect.poll(async () => (await service.metrics()).get("secret_svc_workers"), { timeout: 60_000 }).toBe(3);
  for (const pid of service.workers()) expect(await whoAmI(await lineTo(service, pid), secret)).toBe(401);
  through.close();
  silent.close();
});
