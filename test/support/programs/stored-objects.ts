import type { Manifest } from "./kubernetes.ts";

type Stored = Manifest & { readonly spec: Readonly<Record<string, unknown>> };

/**
 * Objects as the API server gives them back, by kind and name: with its defaults, and without what differs from one
 * object to the next, what the tools write into them, and the namespace.
 */
export function storedObjects(list: string): Readonly<Record<string, object>> {
  const { items } = JSON.parse(list) as { readonly items: readonly Stored[] };
  return Object.fromEntries(
    items.map(({ apiVersion, kind, metadata, spec }) => [
      `${kind} ${metadata.name}`,
      {
        apiVersion,
        labels: without(metadata.labels, /^app\.kubernetes\.io\/managed-by$/),
        annotations: without(metadata.annotations, /^(?:kubectl\.kubernetes\.io|meta\.helm\.sh)\//),
        spec: without(spec, /^clusterIPs?$/),
      },
    ]),
  );
}

function without(fields: Readonly<Record<string, unknown>> = {}, names: RegExp): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.test(name)));
}
