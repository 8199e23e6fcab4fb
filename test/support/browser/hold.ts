import type { Page } from "playwright-core";

/** A call of the page that waits. */
export interface HeldCall {
  /** Resolves once the call is there and, for `holdAnswer`, once the service has done it. */
  readonly reached: Promise<void>;
  /** Lets it go on, and resolves once the page has handled the answer. */
  release(): Promise<void>;
}

/** Holds the next call of a method before the service sees it. */
export function holdCall(page: Page, method: string): Promise<HeldCall> {
  return hold(page, method, false);
}

/** Lets the service do the next call of a method, and holds its answer. */
export function holdAnswer(page: Page, method: string): Promise<HeldCall> {
  return hold(page, method, true);
}

async function hold(page: Page, method: string, isDoneFirst: boolean): Promise<HeldCall> {
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  const { promise: reached, resolve: noteReached } = Promise.withResolvers<void>();
  const { promise: answered, resolve: noteAnswered } = Promise.withResolvers<void>();
  await page.route(
    `**/${method}`,
    async (route) => {
      const response = isDoneFirst ? await route.fetch() : undefined;
      noteReached();
      await held;
      await (response === undefined ? route.continue() : route.fulfill({ response }));
      await route.request().response();
      noteAnswered();
    },
    { times: 1 },
  );
  return {
    reached,
    async release() {
      letGo();
      await answered;
      // A later answer is handled after it.
      await page.evaluate(async () => (await fetch("/healthz")).text());
    },
  };
}
