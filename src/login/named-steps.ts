import { hash, randomBytes } from "node:crypto";
import { addStep, findStep, replaceStep, type Step, type StepContext, takeStep } from "./steps.ts";

/** Steps of one kind, found by a secret or a name, of which the store has only the hash. */
export interface Steps<Content> {
  /** False when there is one already. */
  add(name: string, content: Content, endAtMs: number): Promise<boolean>;
  /** Undefined when there is none, when it is over, or when it is not what the service wrote. */
  find(name: string): Promise<Step<Content> | undefined>;
  /** False when it has changed since it was found. */
  replace(found: Step<Content>, content: Content): Promise<boolean>;
  /** Finds it and removes it. Of several who take it at once, one gets it. */
  take(name: string): Promise<Content | undefined>;
}

/** A secret for one step. */
export function newStepSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** `isOwn`: steps that the service takes by itself, which are not limited by how many logins are under way. */
export function createSteps<Content>(context: StepContext, kind: string, isOwn = false): Steps<Content> {
  const idOf = (name: string) => `${kind} ${hash("sha256", name)}`;
  const find = (name: string) => findStep<Content>(context, idOf(name));
  return {
    find,
    async add(name, content, endAtMs) {
      const id = idOf(name);
      if (await addStep(context, id, content, endAtMs, isOwn)) return true;
      // One that is over may not have been dropped yet.
      const row = await context.store.findLogin(id);
      if (row !== undefined && context.now() < row.endAtMs) return false;
      if (row !== undefined) await context.store.writeLogin({ id, former: row.sealed, next: undefined });
      return addStep(context, id, content, endAtMs, isOwn);
    },
    replace: (found, content) => replaceStep(context, found, content),
    async take(name) {
      const found = await find(name);
      return found !== undefined && (await takeStep(context, found)) ? found.content : undefined;
    },
  };
}
