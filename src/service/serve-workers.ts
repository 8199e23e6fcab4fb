import { stat } from "node:fs/promises";
import type { Config, Settings } from "../config/config.ts";
import { ConfigError } from "../config/config-error.ts";
import type { TakenSecrets } from "../config/load-config.ts";
import { httpTimeouts } from "../http/call/request-limits.ts";
import { requireFreePort } from "../http/connection/listen.ts";
import type { MergedMetrics } from "../metrics/merge-metrics.ts";
import type { MeasuredMetrics } from "../metrics/metrics.ts";
import { startTeam, type Team } from "../workers/team.ts";
import { healthOf } from "./health.ts";
import { serveMetrics } from "./metrics-server.ts";
import type { RunningServer } from "./server.ts";

/** A worker that is busy for longer is shown with what it had counted before. */
const measuredWithinMs = 2_000;

export interface ServeWorkersOptions {
  readonly config: Config;
  readonly flags: Settings;
  readonly secrets: TakenSecrets;
  /** The file of the program, which is started once for each worker. */
  readonly program: string;
  /** Whether a person reads the greeting. */
  readonly wantsLink: boolean;
}

/**
 * Starts several processes that serve one port, and resolves when all of them accept calls. This one serves none: it
 * starts them again, passes on what all must forget, and serves the metrics of all.
 */
export async function serveWithWorkers(options: ServeWorkersOptions): Promise<Omit<RunningServer, "recheckSessions">> {
  const { config, flags, secrets, program, wantsLink } = options;
  const { workers = 1, metricsListen } = config;
  await requireFile(config.auditExport);
  // The workers cannot see whether another program has it: they share it.
  await requireFreePort({ host: config.host, port: config.port });
  const health = healthOf();
  let team: Team | undefined;
  const isReady = () => isTeamReady(team);
  const merged = await mergedOf(metricsListen !== undefined, () => team);
  const started = await startTeam({
    size: workers,
    program,
    start: { flags, secrets, port: undefined, wantsLink },
    onChange: () => health.setServing(isReady()),
    onEnd: (member) => merged?.retire(member),
  });
  team = started;
  health.setServing(isReady());
  const served = await serveMerged({ config, health, isReady, merged, team: started });
  const { facts } = started;
  return {
    url: facts.url,
    port: facts.port,
    encryptionKey: facts.encryptionKey,
    adminTokenFile: facts.adminTokenFile,
    consoleUrl: facts.consoleUrl,
    createFirstLink: async () => facts.firstLink,
    metricsUrl: served?.url,
    finished: started.failed,
    reload: async () => started.reload(),
    async close(graceMs = httpTimeouts.shutdownMs) {
      health.setServing(false);
      const code = await started.stop(graceMs);
      if (code !== 0) process.exitCode = code;
      health.close();
      await served?.close();
    },
  };
}

/** Several processes would cut each other's lines in a pipe. */
async function requireFile(auditExport: string | undefined): Promise<void> {
  const found = auditExport === undefined ? undefined : await stat(auditExport).catch(() => undefined);
  if (found === undefined || found.isFile()) return;
  throw new ConfigError(
    `SECRET_SVC_AUDIT_EXPORT: ${auditExport} is not a file, and with SECRET_SVC_WORKERS several processes would cut each ` +
      "other's lines there; set it to the path of a file, or SECRET_SVC_WORKERS to 1",
  );
}

/** One that is started again has no port open, and gets no calls. */
function isTeamReady(team: Team | undefined): boolean {
  const serving = (team?.members ?? []).filter(({ facts }) => facts !== undefined);
  return serving.length > 0 && serving.every((member) => member.isReady);
}

/** Loaded only when used, so that a service without metrics starts faster. */
async function mergedOf(isMeasured: boolean, team: () => Team | undefined): Promise<MergedMetrics | undefined> {
  if (!isMeasured) return undefined;
  const { createMergedMetrics } = await import("../metrics/merge-metrics.ts");
  return createMergedMetrics({
    running: () => (team()?.members ?? []).filter(({ facts }) => facts !== undefined).length,
    ended: () => team()?.ended ?? 0,
  });
}

interface ServeMergedOptions {
  readonly config: Pick<Config, "metricsListen">;
  readonly health: ReturnType<typeof healthOf>;
  readonly isReady: () => boolean;
  readonly merged: MergedMetrics | undefined;
  readonly team: Team;
}

async function serveMerged({ config, health, isReady, merged, team }: ServeMergedOptions) {
  if (config.metricsListen === undefined || merged === undefined) return undefined;
  try {
    return await serveMetrics({
      at: config.metricsListen,
      health,
      isReady,
      async read() {
        await Promise.all(team.members.map((member) => measure(member, merged)));
        return merged.read();
      },
    });
  } catch (error) {
    await team.stop(0);
    throw error;
  }
}

async function measure(member: Team["members"][number], merged: MergedMetrics): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, measuredWithinMs, undefined);
  const metrics = await Promise.race([member.ask({ type: "metrics" }), late]);
  clearTimeout(timer);
  if (metrics !== undefined && !member.hasExited) merged.note(member, metrics as MeasuredMetrics);
}
