import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startService } from "../support/api/fixture.ts";
import { rest } from "../support/api/transports.ts";
import { reasons } from "../support/vault/differences.ts";
import { judge, type NormalAnswer, requests, runRequests } from "../support/vault/differential.ts";
import { vaultOn } from "../support/vault/vault-call.ts";

const recorded: Readonly<Record<string, NormalAnswer>> = JSON.parse(
  readFileSync(join(import.meta.dirname, "../support/vault/openbao-answers.json"), "utf8"),
);

test("requests are answered as by OpenBao, but for the differences that are listed", async () => {
  const service = await startService(rest, vaultOn);
  const own = await runRequests({
    port: Number(new URL(service.url).port),
    token: service.admin.token,
    folder: "d1fferential",
    beforeEach: () => service.clock.advance(1000),
  });
  const verdicts = Object.fromEntries(
    requests.map(({ name }) => {
      const [openBao, answer] = [recorded[name], own.get(name)];
      if (openBao === undefined || answer === undefined) throw new Error(`${name} has no answer`);
      return [name, judge(openBao, answer)];
    }),
  );
  const expected = Object.fromEntries(requests.map(({ name, differs }) => [name, differs?.[0] ?? "same"]));
  expect(verdicts).toEqual(expected);
  const given = new Set(requests.flatMap(({ differs }) => differs?.slice(1) ?? []));
  expect([...given].toSorted()).toEqual(Object.keys(reasons).toSorted());
  const types = requests.flatMap(({ name }) => {
    const answer = own.get(name);
    return answer === undefined || answer.status === 204 ? [] : [answer.contentType];
  });
  expect(new Set(types)).toEqual(new Set(["application/json"]));
  await service.stop();
});
