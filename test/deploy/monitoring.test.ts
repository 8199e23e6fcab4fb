import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repository } from "../support/docs/markdown.ts";
import { startOtlpReceiver } from "../support/otlp-receiver.ts";
import { type ServerProcess, startServer } from "../support/server-process.ts";

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string };
}

interface Panel {
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly expr: string }[];
}

const read = (name: string) => readFileSync(join(repository, name), "utf8");
const { groups } = load(read("deploy/prometheus/alerts.yaml")) as { groups: readonly { rules: readonly Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(read("deploy/grafana/dashboard.json")) as { readonly panels: readonly Panel[] };
const tested = read("deploy/prometheus/alerts.test.yaml");

let server: ServerProcess;
let receiver: Awaited<ReturnType<typeof startOtlpReceiver>>;
let metrics: string;
beforeAll(async () => {
  receiver = await startOtlpReceiver();
  server = await startServer({
    env: { SECRET_SVC_METRICS_LISTEN: "127.0.0.1:0", OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
  });
  const headers = { authorization: `Bearer ${server.adminToken}` };
  await fetch(`${server.url}/secret-svc/whoami`, { headers });
  const url = /metrics: +(\S+)/.exec(server.output())?.[1] ?? "";
  metrics = await (await fetch(url)).text();
});
afterAll(async () => {
  await server.stop();
  await receiver.close();
});

/** The names of metrics in an expression, and the labels that it matches or groups by. */
function namesIn(expression: string): readonly string[] {
  return expression.match(/\b(?:secret_svc|nodejs|process)_\w+/g) ?? [];
}

const expressions: readonly (readonly [what: string, expression: string])[] = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
  ["the tests of the rules", tested],
];

test.each(expressions)("%s: every metric exists", (_what, expression) => {
  const names = namesIn(expression);
  expect(names).not.toEqual([]);
  // Served only with TLS, and documented so.
  for (const name of names.filter((each) => each !== "secret_svc_tls_certificate_remaining_seconds")) {
    const family = name.replace(/_(?:bucket|count|sum)$/, "");
    expect(metrics, name).toMatch(new RegExp(`^# TYPE (?:${name}|${family}) `, "m"));
  }
  for (const [, name, labels = ""] of expression.matchAll(/\b((?:secret_svc|nodejs)_\w+)\{([^}]*)\}/g)) {
    for (const [, label] of labels.matchAll(/(\w+)\s*(?:=|!=|=~|!~)"/g)) {
      if (label === "job" || label === "instance") continue;
      expect(read("docs/monitoring.md"), `${name}{${label}}`).toMatch(
        new RegExp(`\`${name?.replace(/_(?:bucket|count)$/, "")}\`[^\n]*\`${label}\``),
      );
    }
  }
});

test("every condition of docs/monitoring.md is a rule, and every rule is there", () => {
  const [, table = ""] =
    /\| alert \| condition \|[^\n]*\n\|[-|]+\n((?:\|[^\n]*\n)+)/.exec(read("docs/monitoring.md")) ?? [];
  const documented = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(documented).toEqual(rules.map(({ alert }) => alert));
  for (const { annotations } of rules) expect(annotations.summary).not.toBe("");
});

test("the panels of the dashboard do not overlap", () => {
  const places = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
  );
  expect(new Set(places).size).toBe(places.length);
});
