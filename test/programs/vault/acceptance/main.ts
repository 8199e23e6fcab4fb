/**
 * The acceptance checks of the API of Vault, with real programs: `scripts/vault-acceptance [NUMBER…]`. Prints one line
 * for each check. What cannot be had is not run, with the reason. Exits with 1 when a check fails.
 */
import { findOpenBao } from "../../../../bench/find-openbao.ts";
import { templates } from "./agents.ts";
import { listsAmongManyKeys, listsOnEveryWay } from "./lists.ts";
import { externalSecretsOperator, javaPrograms, sessionOfHvac, sessionOfNodeVault } from "./programs.ts";
import {
  guessing,
  hiddenIsMissing,
  narrowedToken,
  onePartOfAnEnvironment,
  oneRecordEach,
  pathsAndCrashes,
} from "./rights.ts";
import { destroy } from "./storage.ts";
import { bothSidesOfAValue, checkAndSet, difficultTexts, loginsOfBao, numbersAsWritten, theSetting } from "./values.ts";
import { putKeepsReaders, rollback, settingsAreRefused, undelete, wrappingIsRefused } from "./versions.ts";
import { NotRun, openWorld, type World } from "./world.ts";

interface Check {
  readonly title: string;
  /** May return what it leaves to other tests. */
  run(world: World): Promise<unknown>;
}

/** In the order of their numbers, from 1. */
const checks: readonly Check[] = [
  { title: "the setting turns the API on, and is-secure names it", run: theSetting },
  { title: "bao: status, token lookup, login and list", run: loginsOfBao },
  { title: "bao and oo see the same values", run: bothSidesOfAValue },
  { title: "numbers come back as they were written", run: numbersAsWritten },
  { title: "difficult texts come back as the field value", run: difficultTexts },
  { title: "check-and-set, also by 20 writers at once", run: checkAndSet },
  { title: "delete and undelete", run: undelete },
  { title: "delete and put keep the readers", run: putKeepsReaders },
  { title: "rollback, also after delete", run: rollback },
  { title: "destroy, by admins only, in the file and in a new backup", run: destroy },
  { title: "settings that there are not are refused", run: settingsAreRefused },
  { title: "response wrapping is refused before anything is read", run: wrappingIsRefused },
  { title: "hvac", run: sessionOfHvac },
  { title: "node-vault lists over one connection; a body like a request stays", run: sessionOfNodeVault },
  { title: "LIST over HTTP/1.1, HTTP/2 and TLS, and behind a proxy", run: listsOnEveryWay },
  { title: "LIST among 200,000 keys", run: listsAmongManyKeys },
  { title: "External Secrets Operator", run: externalSecretsOperator },
  { title: "consul-template and an agent", run: templates },
  { title: "Spring Vault, vault-java-driver, vault-action", run: javaPrograms },
  { title: "what is hidden answers like what is missing", run: hiddenIsMissing },
  { title: "env/ has what the caller may read, and refuses put", run: onePartOfAnEnvironment },
  { title: "a narrowed token", run: narrowedToken },
  { title: "guessing is slowed down and recorded", run: guessing },
  { title: "one record for each request, and no log names a secret", run: oneRecordEach },
  { title: "paths, namespaces, and a kill among writes", run: pathsAndCrashes },
];

process.exitCode = await main(process.argv.slice(2).map(Number));

async function main(wanted: readonly number[]): Promise<number> {
  const world = await openWorld(findOpenBao);
  let failures = 0;
  try {
    for (const [at, check] of checks.entries()) {
      if (wanted.length > 0 && !wanted.includes(at + 1)) continue;
      const verdict = await verdictOf(check, world);
      if (verdict.startsWith("FAILED")) failures++;
      process.stdout.write(`${String(at + 1).padStart(2)} ${check.title}: ${verdict}\n`);
    }
  } finally {
    await world.stop();
  }
  return failures === 0 ? 0 : 1;
}

async function verdictOf({ run }: Check, world: World): Promise<string> {
  try {
    const rest = await run(world);
    return typeof rest === "string" ? `ok (${rest})` : "ok";
  } catch (error) {
    if (error instanceof NotRun) return `not run: ${oneLine(error)}`;
    return `FAILED: ${oneLine(error)}`;
  }
}

function oneLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, " ").slice(0, 400);
}
