import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ProxyProgram } from "./behind-proxy.ts";
import { nginx } from "./debian-program.ts";

/** nginx with an example in its block `http` or `stream`, as one process that writes to its folder only. */
export function nginxWith(
  kind: "http" | "stream",
  example: ProxyProgram["example"],
  settings: ProxyProgram["settings"],
): ProxyProgram {
  return {
    program: nginx,
    example,
    settings,
    args: (file, folder) => ["-p", folder, "-e", "stderr", "-c", file],
    configure: (text, folder, root) => {
      const stream = join(root, "usr/lib/nginx/modules/ngx_stream_module.so");
      mkdirSync(join(folder, "temporary"));
      const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
        (name) => `${name}_temp_path temporary;`,
      );
      const own = kind === "http" ? `access_log off; ${temporary.join(" ")}` : "";
      return [
        ...(kind === "stream" && existsSync(stream) ? [`load_module ${stream};`] : []),
        "daemon off; master_process off; pid nginx.pid; error_log stderr;",
        "events { worker_connections 512; }",
        `${kind} {`,
        own,
        text,
        "}",
      ].join("\n");
    },
  };
}
