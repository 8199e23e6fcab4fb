// Who may do what, with the file that the documentation of the old service has for a secret of several teams.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openWorkplace, type Workplace } from "../support/docs/workplace.ts";

const file = `# shared-infrastructure-secrets.yaml
- key: "MONITORING_API_KEY"
  value: "the monitoring key"
  readers: ["platform-team", "sre-team", "monitoring-svc"]
  writers: ["platform-team"]
  deleters: ["platform-team"]
  canChangeReaders: ["platform-team", "sre-team"]  # Both teams can add readers
  canChangeWriters: ["platform-team"]              # Only platform team controls writers
`;

let place: Workplace;
let platform: string;
let sre: string;
let monitoring: string;
let stranger: string;

beforeAll(async () => {
  place = await openWorkplace();
  place.write("shared-infrastructure-secrets.yaml", file);
  await place.run("oo secret save shared-infrastructure-secrets.yaml");
  platform = await place.addUser("pat", "--role platform-team");
  sre = await place.addUser("sam", "--role sre-team");
  monitoring = await place.addUser("monitoring-svc");
  stranger = await place.addUser("api-gateway");
});
afterAll(() => place.stop());

const save = "oo secret save MONITORING_API_KEY";
const done = { code: 0 };
const lacks = (right: string) => ({ code: 1, stdout: "", stderr: expect.stringContaining(right) });

describe("documented 36: six lists", () => {
  test("readers see the value, and the others do not see the secret", async () => {
    for (const token of [platform, sre, monitoring]) {
      const { stdout } = await place.run("oo secret list MONITORING --show", token);
      expect(stdout).toContain('  value: "the monitoring key"\n');
    }
    expect((await place.run("oo secret list --show", stranger)).stdout).toBe("[]\n");
  });

  test("writers change the value", async () => {
    expect(await place.run(`${save} changed`, monitoring)).toMatchObject(lacks("write"));
    expect(await place.run(`${save} changed`, platform)).toMatchObject(done);
  });

  test("each list is changed by whom its list of changers names", async () => {
    const more = "--readers platform-team,sre-team,monitoring-svc,api-gateway";
    expect(await place.run(`${save} --keep-value ${more}`, monitoring)).toMatchObject(lacks("change-readers"));
    expect(await place.run(`${save} --keep-value --writers sre-team`, sre)).toMatchObject(lacks("change-writers"));
    expect(await place.run(`${save} --keep-value ${more}`, sre)).toMatchObject(done);
    expect((await place.run("oo secret list", stranger)).stdout).toContain("MONITORING_API_KEY");
    expect(await place.run(`${save} --keep-value --writers platform-team,sre-team`, platform)).toMatchObject(done);
  });

  test("deleters remove it", async () => {
    expect(await place.run("oo secret remove --key MONITORING_API_KEY", sre)).toMatchObject(lacks("delete"));
    expect(await place.run("oo secret remove --key MONITORING_API_KEY", platform)).toMatchObject(done);
  });
});

describe("documented 36: users and admins", () => {
  test("threat 7: a user creates keys under the own slug only, and is in all lists of them", async () => {
    expect((await place.run("oo secret save api-gateway/TOKEN t", stranger)).stdout).toMatch(/^created /);
    const { stdout } = await place.run("oo secret list --show api-gateway/TOKEN", stranger);
    expect(stdout.match(/: \[api-gateway\]$/gm)).toHaveLength(6);
    const foreign = await place.run("oo secret save api-gateway-2/TOKEN t", stranger);
    expect(foreign).toMatchObject({ code: 1, stdout: "" });
    expect(foreign.stderr).toContain("the key does not start with 'api-gateway/'");
  });

  test("an admin creates any key, and does anything with a secret whose lists are empty", async () => {
    const lists = "--readers '' --writers '' --deleters ''";
    expect(await place.run(`oo secret save ANY_NAME v ${lists} && oo secret save ANY_NAME w`)).toMatchObject(done);
    expect(await place.run("oo secret save ANY_NAME --keep-value --readers sre-team")).toMatchObject(done);
    expect((await place.run("oo secret list --show ANY_NAME", sre)).stdout).toContain("value: w\n");
    expect(await place.run("oo secret remove --key ANY_NAME")).toMatchObject(done);
  });
});
