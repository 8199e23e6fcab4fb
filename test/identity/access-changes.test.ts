import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { explainAccess } from "../../src/identity/explain-access.ts";
import { saveExplained } from "../../src/identity/save-explained.ts";
import type { IdentityCall } from "../../src/rules/caller.ts";
import type { SaveInput } from "../../src/secrets/save-input.ts";
import { accessListNames, rights } from "../../src/text/access-list-names.ts";
import { startPeople, type TestIdentity } from "../support/identity/fixture.ts";
import { checkRandom } from "../support/random-draws.ts";
import { toInput } from "../support/secrets/direct-driver.ts";

let identity: TestIdentity;
let call: IdentityCall;
beforeAll(async () => {
  identity = await startPeople();
  call = await identity.adminCall();
});
afterAll(() => identity.core.close());

const names = fc.uniqueArray(fc.constantFrom("alice", "bob", "al", "backend", "ops", "boss"), { maxLength: 4 });
const lists = fc.record(Object.fromEntries(accessListNames.map((name) => [name, names])));

function saveOf(
  key: string,
  value: string | undefined,
  wanted: Readonly<Record<string, readonly string[]>>,
): SaveInput {
  const entries = accessListNames.map((name) => [name, wanted[name]?.length === 0 ? "clear" : wanted[name]]);
  return toInput({ key, value, lists: Object.fromEntries(entries) });
}

/** The users that have a right of a secret, as "slug right". */
async function holders(key: string): Promise<Set<string>> {
  const all = new Set<string>();
  for (const right of rights) {
    const request = { key, principal: "", whoCan: right, pageSize: 0, pageToken: "" };
    for (const { slug } of (await explainAccess(identity.context, call, request)).holders) all.add(`${slug} ${right}`);
  }
  return all;
}

test("what a plan says of who gains and loses rights is what who-can says before and after", async () => {
  let run = 0;
  const property = fc.asyncProperty(lists, lists, async (before, after) => {
    run += 1;
    const key = `prod/PLANNED-${run}`;
    const save = (each: SaveInput, validateOnly: boolean) =>
      saveExplained(identity.context, call, {
        secrets: [each],
        remove: [],
        validateOnly,
        explainAccess: validateOnly,
        idempotencyKey: "",
      });
    // A new secret without any name has its creator in all lists.
    await save(
      saveOf(key, "v", { ...before, readers: before.readers?.length === 0 ? ["al"] : (before.readers ?? []) }),
      false,
    );
    const had = await holders(key);
    const change = saveOf(key, undefined, after);
    const [plan] = (await save(change, true)).access;
    await save(change, false);
    const has = await holders(key);
    const said = (plan?.changes ?? []).map(({ slug, right, gains }) => `${gains ? "+" : "-"}${slug} ${right}`);
    const happened = [
      ...[...has].filter((each) => !had.has(each)).map((each) => `+${each}`),
      ...[...had].filter((each) => !has.has(each)).map((each) => `-${each}`),
    ];
    expect(said.toSorted()).toEqual(happened.toSorted());
    expect(plan?.count).toBe(said.length);
  });
  await checkRandom(property, 50);
});
