import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runOoProcess } from "../support/cli/run-process.ts";
import { expectNoCanary, type Scene, startScene } from "../support/hostile/canary-scene.ts";
import { canaryOf, createCanary, tracesIn } from "../support/hostile/traces.ts";
import { startServer } from "../support/server-process.ts";

let scene: Scene;

beforeAll(async () => {
  scene = await startScene();
});

afterAll(() => scene.stop());

const expectNoTrace = (seen: string) => expectNoCanary(seen, scene);

describe("canaries and the programs", () => {
  it("threats 20, 28, 79: an encryption key or token file that is refused is not shown", async () => {
    const { forms } = createCanary("");
    const wrong = forms[0]?.toString() ?? "";
    const canaries = [canaryOf("refused key", wrong)];
    const file = join(scene.tempDir, "..", "wrong");
    writeFileSync(file, wrong, { mode: 0o600 });
    for (const env of [
      { OB_ENCRYPTION_KEY: wrong },
      { OB_ENCRYPTION_KEY_FILE: file },
      { OB_ENCRYPTION_KEY: Buffer.alloc(32).toString("base64"), OB_PREVIOUS_ENCRYPTION_KEYS: wrong },
      { OB_ADMIN_TOKEN_FILE: file },
    ]) {
      const error = await startServer({ env }).then(
        () => "it started",
        (thrown: unknown) => String(thrown),
      );
      expect(error).toMatch(/secret-svc: error: .*(OB_|previous encryption key)/);
      expect(tracesIn(error, canaries)).toEqual([]);
    }
  });

  it("threat 79: `oo` shows a value only where it is asked to", async () => {
    const { text } = scene.value;
    const oo = (args: readonly string[], input = "") =>
      runOoProcess(args, { env: { OO_URL: scene.server.url, OO_TOKEN: scene.admin }, input, cwd: scene.tempDir });
    const files = {
      "typo.yaml": `- key: oo/A\n  valeu: ${text}\n`,
      "broken.yaml": `- key: oo/A\n  value: "${text}\n`,
      "tag.yaml": `- key: oo/A\n  value: !!js/function ${text}\n`,
      "twice.yaml": `- key: oo/A\n  value: ${text}\n  value: ${text}\n`,
      "list.yaml": `- key: oo/A\n  value: ["${text}"]\n`,
      "checksum.yaml": `- key: oo/A\n  value: "${text}"\n  checksum: "00000000"\n`,
    };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(scene.tempDir, "..", name), content);
    const quiet = [
      await oo(["secret", "save", "oo/A", "-"], text),
      await oo(["secret", "list"]),
      await oo(["secret", "list", "-o", "json"]),
      await oo(["audit", "list"]),
      await oo(["secret", "save", "!bad key", "-"], text),
    ];
    for (const name of Object.keys(files)) quiet.push(await oo(["secret", "save", join(scene.tempDir, "..", name)]));
    for (const { stdout, stderr } of quiet) expectNoTrace(stdout + stderr);
    expect(quiet.map(({ code }) => code !== 0)).toEqual([
      false,
      false,
      false,
      false,
      true,
      ...Object.keys(files).map(() => true),
    ]);
    const shown = await oo(["secret", "list", "oo/A", "--show"]);
    expect(tracesIn(shown.stdout, scene.canaries)).toEqual(["value"]);
    const refused = await runOoProcess(["user", "whoami"], {
      env: { OO_URL: scene.server.url, OO_TOKEN: `${scene.bob}x` },
    });
    expect(refused.code).toBe(1);
    expectNoTrace(refused.stdout + refused.stderr);
  });
});
