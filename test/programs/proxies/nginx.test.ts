import { describe, expect, test } from "vitest";
import { testBehindProxy } from "../../suites/behind-proxy.ts";
import { startProgram } from "../../support/cli/long-run.ts";
import { ooPath, runProgram } from "../../support/cli/run-process.ts";
import { startBehindProxy } from "../../support/programs/behind-proxy.ts";
import { needDebianProgram, nginx } from "../../support/programs/debian-program.ts";
import { nginxWith } from "../../support/programs/nginx.ts";

const header = { SECRET_SVC_FORWARDED_HEADER: "x-forwarded-for" };

describe("nginx, as docs/operations.md has it for HTTP", () => {
  testBehindProxy(nginxWith("http", "nginx-http", header));
});

describe("nginx, as docs/operations.md has it for TCP", () => {
  testBehindProxy(nginxWith("stream", "nginx-stream", { SECRET_SVC_PROXY_PROTOCOL: "on" }));
});

/**
 * What anyone writes who reads only the first page of its manual: buffers are on, and it speaks HTTP/1.0 to the
 * service.
 */
const careless = {
  text: `server {
  listen 443 ssl;
  ssl_certificate /etc/proxy/tls.crt;
  ssl_certificate_key /etc/proxy/tls.key;
  client_max_body_size 5m;
  location / {
    proxy_pass https://10.1.0.11:11337;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  }
}`,
};

describe("fault C8: nginx with its defaults", () => {
  testBehindProxy(nginxWith("http", careless, header), { hasGrpc: false });

  test("passes on to oo secret run --watch what changes", async (context) => {
    const behind = await startBehindProxy(nginxWith("http", careless, header), await needDebianProgram(context, nginx));
    const env = { OO_URL: behind.url, OO_TOKEN: behind.adminToken, NODE_EXTRA_CA_CERTS: behind.caFile };
    const save = (value: string) => runProgram(ooPath, ["secret", "save", "run/A", value], { env });
    try {
      expect((await save("one")).code).toBe(0);
      const args = ["secret", "run", "--watch", "-n", "run", "--", "sh", "-c", 'echo "value $A"; exec sleep 1000'];
      const run = startProgram(ooPath, args, { env });
      await run.printed("value one\n");
      await save("two");
      await run.printed("value two\n");
      run.signal("SIGTERM");
      await run.ended;
    } finally {
      await behind.stop();
    }
  });
});
