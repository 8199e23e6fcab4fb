import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";

/** The cases of `clients/testdata`, whose README has the meaning of each field. Unknown fields are errors. */
export interface Case {
  readonly name: string;
  readonly only: string;
  readonly client: ClientSettings;
  readonly steps: readonly Step[];
}

export interface ClientSettings {
  readonly token: string;
  readonly tokenFile: boolean;
  readonly ca: string;
  readonly through: string;
  readonly timeoutMs: number;
}

export interface Numbered {
  readonly prefix: string;
  readonly count: number;
  readonly bytes: number;
}

export interface Step {
  readonly writeTokenOf: string;
  readonly fault: string;
  readonly call: string;
  readonly as: string;
  readonly key: string;
  readonly value: string;
  readonly keys: readonly string[];
  readonly numberedKeys: Numbered | undefined;
  readonly secrets: readonly Fields[];
  readonly numberedSecrets: Numbered | undefined;
  readonly remove: readonly Fields[];
  readonly validateOnly: boolean;
  readonly idempotencyKey: string;
  readonly namespace: string;
  readonly keyPattern: string;
  readonly state: string;
  readonly view: string;
  readonly pageSize: number;
  readonly resumeToken: string;
  readonly during: readonly Step[];
  readonly expect: Fields;
}

export type Fields = Readonly<Record<string, unknown>>;

const folder = join(import.meta.dirname, "../../testdata");

export const caseFiles = readdirSync(folder).filter((name) => name.endsWith(".yaml"));

/** All cases of a file, with `run` for `{run}`. */
export function readCases(file: string, run: string): Case[] {
  const list = load(readFileSync(join(folder, file), "utf8").replaceAll("{run}", run)) as Fields[];
  return list.map((fields) => {
    const { name, steps, only, client } = withDefaults(fields, { name: "", steps: [], only: "", client: {} });
    const settings = { token: "", tokenFile: false, ca: "", through: "", timeoutMs: 0 };
    return { name, only, client: withDefaults(client, settings), steps: (steps as Fields[]).map(readStep) };
  });
}

/** One case, with its own run. */
export function readCase(file: string, index: number): Case {
  const found = readCases(file, `ts${randomUUID().replaceAll("-", "")}`)[index];
  if (found === undefined) throw new Error(`${file} has no case ${index}`);
  return found;
}

function readStep(fields: object): Step {
  const step = withDefaults<Step>(fields, {
    writeTokenOf: "",
    fault: "",
    call: "",
    as: "app",
    key: "",
    value: "",
    keys: [],
    numberedKeys: undefined,
    secrets: [],
    numberedSecrets: undefined,
    remove: [],
    validateOnly: false,
    idempotencyKey: "",
    namespace: "",
    keyPattern: "",
    state: "SECRET_STATE_UNSPECIFIED",
    view: "SECRET_VIEW_UNSPECIFIED",
    pageSize: 0,
    resumeToken: "",
    during: [],
    expect: {},
  });
  return {
    ...step,
    during: step.during.map(readStep),
    numberedKeys: readNumbered(step.numberedKeys),
    numberedSecrets: readNumbered(step.numberedSecrets),
  };
}

function readNumbered(fields: object | undefined): Numbered | undefined {
  return fields === undefined ? undefined : withDefaults(fields, { prefix: "", count: 0, bytes: 0 });
}

export function keysOf({ prefix, count }: Numbered): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

function withDefaults<Wanted extends object>(fields: object, defaults: Wanted): Wanted {
  for (const name of Object.keys(fields)) {
    if (!(name in defaults)) throw new Error(`there is no field ${name}`);
  }
  return { ...defaults, ...fields };
}

/** A variable of the surroundings; empty outside `npm run test:clients typescript`. */
export function environment(name: string): string {
  return process.env[name] ?? "";
}

export const hasSurroundings = environment("SECRET_URL") !== "";

export function tokenOf(who: string): string {
  return who === "nobody" ? `oo_${"A".repeat(43)}` : environment(`SECRET_TOKEN_${who.toUpperCase()}`);
}

/** Talks to the proxy that fails calls. */
export async function control(method: string, path: string): Promise<string> {
  const response = await fetch(`${environment("SECRET_FAULTY_CONTROL_URL")}/${path}`, { method });
  return response.text();
}
