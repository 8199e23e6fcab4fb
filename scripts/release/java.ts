import { copyFileSync, globSync } from "node:fs";
import { basename, join } from "node:path";
import { run } from "./run.ts";
import type { Source } from "./source.ts";

/** The jars of the client for Java (classes, sources, documentation) and its pom. */
export function packJava({ folder, version, seconds }: Source, to: string): void {
  const cwd = join(folder, "clients/java");
  const time = new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
  const options = ["--quiet", "--batch-mode", "-Prelease", "-Dmaven.test.skip=true"];
  run("mvn", [...options, `-Dproject.build.outputTimestamp=${time}`, "package"], { cwd });
  // The others have it from the resources of the client.
  const documentation = `target/secret-svc-client-${version}-javadoc.jar`;
  run("jar", ["--update", "--file", documentation, "--date", time, "LICENSE"], { cwd });
  for (const jar of globSync("target/*.jar", { cwd })) copyFileSync(join(cwd, jar), join(to, basename(jar)));
  copyFileSync(join(cwd, "pom.xml"), join(to, `secret-svc-client-${version}.pom`));
}
