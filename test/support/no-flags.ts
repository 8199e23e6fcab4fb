import type { Settings } from "../../src/config/config.ts";

/** Of a service that is started without any flag. */
export const noFlags: Settings = {
  store: undefined,
  dataDir: undefined,
  listen: undefined,
  tlsCert: undefined,
  tlsKey: undefined,
  auditSync: undefined,
  reflection: undefined,
};
