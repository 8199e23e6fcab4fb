import type { Page } from "playwright-core";

export interface Moves {
  /** Goes to a screen by its address. */
  readonly go: (hash: string) => Promise<void>;
  /** Closes the dialog that is open. */
  readonly close: () => Promise<void>;
}

/** What a person does on every screen. From now on, questions of the browser are answered with yes. */
export function movesOn(page: Page): Moves {
  page.on("dialog", (dialog) => dialog.accept());
  return {
    go: (hash) =>
      page.evaluate((to) => {
        location.hash = to;
      }, hash),
    close: async () => {
      await page.getByRole("button", { name: "Close" }).click();
      await page.getByRole("dialog").waitFor({ state: "detached" });
    },
  };
}
