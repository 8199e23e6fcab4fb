import { timedNames, walkFolder } from "../../folder.ts";
import { requireFolder, requireFolderCount } from "../../guard.ts";
import { highest } from "../../key-range.ts";
import type { FolderCount, FolderCountQuery, FolderPage, FolderQuery } from "../../secret-store.ts";
import { toSecret } from "../rows/documents.ts";
import { rangeFilters } from "./range-filters.ts";
import { namesOf, type PageQueries } from "./secret-pages.ts";

export interface FolderReader {
  listFolder(query: FolderQuery): Promise<FolderPage>;
  countFolder(query: FolderCountQuery): Promise<FolderCount>;
}

/** Names that are read at a time: a round trip takes as long as reading some hundreds of them. */
const chunk = 1_000;

export function createFolderReader(queries: PageQueries): FolderReader {
  const { db, maxTimeMs } = queries;
  const secrets = db.collection("secrets");
  return {
    async listFolder(query) {
      requireFolder(query);
      if (query.limit === 0 || query.visibleTo.length === 0) return { entries: [], next: undefined };
      return walkFolder(query, chunk, (range, limit) => namesOf(queries, query, { ...range, glob: undefined }, limit));
    },
    async countFolder(query) {
      requireFolderCount(query);
      if (query.visibleTo.length === 0) return { secrets: 0, more: false, timed: [] };
      const { prefix, limit } = query;
      const range = { from: prefix, to: prefix + highest, glob: undefined };
      const names = await namesOf(queries, query, range, limit + 1);
      const more = names.length > limit;
      const last = names[Math.min(names.length, limit) - 1];
      if (last === undefined) return { secrets: 0, more, timed: [] };
      const timed = rangeFilters(query, { ...range, to: `${last.key}\0` }).map(({ filter, hint }) =>
        secrets
          .find({ ...filter, "metadata.k": { $in: [...timedNames] } }, { hint, projection, maxTimeMS: maxTimeMs })
          .toArray(),
      );
      const byKey = new Map((await Promise.all(timed)).flat().map((document) => [String(document.key), document]));
      return {
        secrets: Math.min(names.length, limit),
        more,
        timed: [...byKey.values()]
          .map(toSecret)
          .map(({ metadata, valueChangedAtMs }) => ({ metadata, valueChangedAtMs })),
      };
    },
  };
}

const projection = { _id: 0, key: 1, metadata: 1, valueChangedAtMs: 1 } as const;
