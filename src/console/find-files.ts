import { readdir, readFile } from "node:fs/promises";

/** The files of the page by name, such as `index.html` and `main-ABC123.js`. */
export type PageFiles = ReadonlyMap<string, Uint8Array>;

let built: Promise<PageFiles> | undefined;

/**
 * The files of the page: in the published package those that were built into it. From a checkout they are built in
 * memory, once for each process and only when a browser asks for them. Undefined: there are no built files, and nothing
 * to build them with.
 */
export async function findPageFiles(): Promise<PageFiles | undefined> {
  const isCheckout = import.meta.url.endsWith(".ts");
  if (!isCheckout) return readFolder(new URL("../../console/", import.meta.url));
  const build = (await import(new URL("../../scripts/console/build.ts", import.meta.url).href).catch(
    () => undefined,
  )) as { readonly buildConsole: () => Promise<{ readonly files: PageFiles }> } | undefined;
  if (build === undefined) return readFolder(new URL("../../dist/console/", import.meta.url));
  built ??= build.buildConsole().then(
    ({ files }) => files,
    (error: unknown) => {
      built = undefined;
      throw error;
    },
  );
  return built;
}

async function readFolder(folder: URL): Promise<PageFiles | undefined> {
  const names: readonly string[] = await readdir(folder).catch(() => []);
  if (!names.includes("index.html")) return undefined;
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(new URL(name, folder))] as const)));
}
