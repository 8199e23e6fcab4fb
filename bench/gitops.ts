import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sealValue } from "../src/crypto/sealed-value.ts";
import { parseSealingKeyFile } from "../src/crypto/sealing-key-file.ts";
import { startServer } from "../test/support/server-process.ts";

// How long a folder of sealed secrets takes to deploy, the first time and again, and how long others wait meanwhile.

const secretCount = 500;
const secretsPerFile = 10;
const valueBytes = 64;
const oo = fileURLToPath(new URL("../bin/oo", import.meta.url));

const server = await startServer();
const folder = mkdtempSync(join(tmpdir(), "gitops-"));
try {
  const env = { PATH: process.env.PATH ?? "", OO_URL: server.url, OO_TOKEN: server.adminToken };
  const run = async (args: readonly string[]) => {
    const startedAt = performance.now();
    const child = spawn(oo, args, { env, cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (more: string) => {
      text += more;
    });
    const [code] = await once(child, "close");
    return { code: Number(code), text, seconds: (performance.now() - startedAt) / 1000 };
  };
  const key = parseSealingKeyFile((await run(["secret", "sealing-key"])).text);
  for (let first = 0; first < secretCount; first += secretsPerFile) {
    const entries: string[] = [];
    for (let i = first; i < first + secretsPerFile; i++) {
      const target = `prod/team-${i % 7}/KEY_${i}`;
      const place = { tenant: key.tenant ?? "default", scope: "key", target } as const;
      const sealed = await sealValue(key, place, `${i}`.padEnd(valueBytes, "x"));
      entries.push(`- key: ${target}\n  value: ${sealed}\n  encrypted: true\n  readers: [shop-svc]\n`);
    }
    mkdirSync(join(folder, "secrets", `part-${first % 100}`), { recursive: true });
    writeFileSync(join(folder, "secrets", `part-${first % 100}`, `${first}.yaml`), entries.join(""));
  }

  const waits = watchOthers(server.url, env.OO_TOKEN);
  const first = await run(["secret", "save", "secrets"]);
  const longestMs = await waits.stop();
  const second = await run(["secret", "save", "secrets"]);
  const plan = await run(["secret", "plan", "secrets"]);
  const count = (text: string, word: string) => text.split("\n").filter((line) => line.startsWith(word)).length;
  const rows = [
    [
      `\`oo secret save\` of ${secretCount} sealed secrets`,
      `${count(first.text, "created")} created`,
      first.seconds.toFixed(2),
    ],
    ["the longest that another caller waited for a read meanwhile", "", (longestMs / 1000).toFixed(3)],
    ["the same `oo secret save` again", `${count(second.text, "unchanged")} unchanged`, second.seconds.toFixed(2)],
    ["`oo secret plan` of them", `exit code ${plan.code}`, plan.seconds.toFixed(2)],
  ];
  process.stdout.write(`node ${process.version}, ${availableParallelism()} cores; times of whole commands\n\n`);
  process.stdout.write("| step | result | seconds |\n|---|---|---|\n");
  for (const row of rows) process.stdout.write(`| ${row.join(" | ")} |\n`);
} finally {
  rmSync(folder, { recursive: true });
  await server.stop();
}

/** Reads again and again, one call at a time, and measures the longest. */
function watchOthers(url: string, token: string): { stop(): Promise<number> } {
  let isOver = false;
  let longestMs = 0;
  const read = async () => {
    const startedAt = performance.now();
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const response = await fetch(`${url}/secret-svc/secrets`, { method: "POST", headers, body: '{"keys":["NONE"]}' });
    await response.arrayBuffer();
    longestMs = Math.max(longestMs, performance.now() - startedAt);
  };
  const loop = (async () => {
    while (!isOver) await read();
  })();
  return {
    stop: async () => {
      isOver = true;
      await loop;
      return longestMs;
    },
  };
}
