import { describe } from "vitest";
import { testBehindProxy } from "../../suites/behind-proxy.ts";
import { caddy } from "../../support/programs/debian-program.ts";

describe("Caddy, as docs/operations.md has it", () => {
  testBehindProxy({
    program: caddy,
    example: "caddy",
    settings: { SECRET_SVC_FORWARDED_HEADER: "x-forwarded-for" },
    args: (file) => ["run", "--config", file, "--adapter", "caddyfile"],
    configure: (text) => `{\n  admin off\n  auto_https disable_redirects\n}\n\n${text}`,
  });
});
