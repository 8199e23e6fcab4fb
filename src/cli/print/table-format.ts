/** The formats of a list, and of anything else that is shown as a table; see `formatResult`. */
export const tableFormats = ["table", "json", "yaml"] as const;

export type TableFormat = (typeof tableFormats)[number];
