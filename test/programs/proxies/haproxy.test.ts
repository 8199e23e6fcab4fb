import { describe } from "vitest";
import { testBehindProxy } from "../../suites/behind-proxy.ts";
import type { ProxyProgram } from "../../support/programs/behind-proxy.ts";
import { haproxy } from "../../support/programs/debian-program.ts";

const haproxyWith = (example: string, settings: Readonly<Record<string, string>>): ProxyProgram => ({
  program: haproxy,
  example,
  settings,
  args: (file) => ["-db", "-f", file],
  configure: (text) => `global\n  maxconn 200\n\n${text}`,
});

describe("HAProxy, as docs/operations.md has it for TCP", () => {
  testBehindProxy(haproxyWith("haproxy-tcp", { SECRET_SVC_PROXY_PROTOCOL: "on" }));
});

describe("HAProxy, as docs/operations.md has it for HTTP", () => {
  testBehindProxy(haproxyWith("haproxy-http", { SECRET_SVC_FORWARDED_HEADER: "x-forwarded-for" }));
});
