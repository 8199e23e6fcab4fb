import type { Signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { type Secret, SecretChangeKind, SecretView } from "../../gen/secret/v1/secret_service_pb.ts";
import { limits } from "../../src/limits.ts";
import { problemFrom, secretService } from "../api.ts";
import { matchSecret } from "../model/filter.ts";
import { lengthOf } from "../model/time.ts";
import { lastPart } from "../model/tree.ts";
import type { Problem } from "../model/words.ts";
import { Empty, ProblemNote, Skeleton } from "../parts/note.tsx";
import { Region } from "../parts/region.tsx";
import { Bdi, Key, msOf, Time } from "../parts/text.tsx";
import { links } from "../route.ts";
import { serviceNow } from "../session.ts";
import { loadState, onChange } from "../store.ts";

interface RemovedListProps {
  readonly query: string;
  /** How many of them are shown is written here, for the foot of the list. */
  readonly count: Signal<number | undefined>;
}

async function readAll(signal: AbortSignal): Promise<readonly Secret[]> {
  const found: Secret[] = [];
  let pageToken = "";
  do {
    const request = { removed: true, view: SecretView.METADATA, pageSize: limits.pageMax, pageToken };
    const page = await secretService.listSecrets(request, { signal });
    found.push(...page.secrets);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return found;
}

/** Removed secrets that the viewer may bring back. */
export function RemovedList({ query, count }: RemovedListProps) {
  const [found, setFound] = useState<readonly Secret[] | Problem | undefined>(undefined);
  const { done } = loadState.value;
  useEffect(() => {
    // While the list is read anew, what is shown stays. It is read again afterwards: changes may have been missed.
    if (!done && found !== undefined) return undefined;
    const stopping = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = () => {
      timer = undefined;
      readAll(stopping.signal).then(setFound, (error: unknown) => {
        if (!stopping.signal.aborted) setFound(problemFrom(error));
      });
    };
    read();
    const stopListening = onChange(({ kind }) => {
      if (kind === SecretChangeKind.GONE || kind === SecretChangeKind.APPEARED) timer ??= setTimeout(read, 200);
    });
    return () => {
      stopping.abort();
      stopListening();
      clearTimeout(timer);
    };
  }, [done]);
  const all = found === undefined || "sentence" in found ? undefined : found;
  const shown = all?.filter((secret) => matchSecret(query, secret) !== undefined) ?? [];
  const shownCount = all === undefined ? undefined : shown.length;
  useEffect(() => {
    count.value = shownCount;
    return () => {
      count.value = undefined;
    };
  }, [shownCount]);
  if (found === undefined) return <Skeleton rows={4} />;
  if ("sentence" in found) {
    return (
      <div class="rows-space">
        <ProblemNote problem={found} />
      </div>
    );
  }
  if (shown.length === 0) {
    return (
      <div class="rows-space">
        <Empty title={found.length === 0 ? "Nothing to bring back" : "Nothing matches"}>
          <p>A removed secret can be brought back for 30 days by those who may write it.</p>
        </Empty>
      </div>
    );
  }
  return (
    <>
      <div class="heads removed-heads" aria-hidden="true">
        <span>Key</span>
        <span class="by">Removed by</span>
        <span class="when">When</span>
        <span class="left">Can come back</span>
        <span />
      </div>
      <Region label="Removed secrets" class="rows" id="rows">
        <ul>
          {shown.map(({ key, updatedBy, updatedAt }) => (
            <li key={key} class="removed-row">
              <a class="grow" href={links.secret(key)}>
                <Key text={key} />
              </a>
              <span class="by">
                <Bdi text={updatedBy} />
              </span>
              <span class="when">
                <Time at={updatedAt} />
              </span>
              <span class="left">for {lengthOf((msOf(updatedAt) ?? 0) + limits.undeleteMs - serviceNow())}</span>
              <a class="button" href={links.secret(key)}>
                Restore…<span class="sr"> {lastPart(key)}</span>
              </a>
            </li>
          ))}
        </ul>
      </Region>
    </>
  );
}
