import { createHash } from "node:crypto";
import { type Entry, gzip, tar } from "./tar.ts";

/** An image for one kind of machine. */
export interface Image {
  readonly architecture: string;
  /** What its containers start with, as the OCI image specification names it. */
  readonly config: object;
  /** The files, the lowest layer first. */
  readonly layers: readonly (readonly Entry[])[];
}

interface Blob {
  readonly content: Buffer;
  readonly digest: string;
}

const types = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
};

/**
 * An archive of the OCI image layout with one image of several kinds of machines, which `docker load`, `podman load`
 * and `skopeo copy oci-archive:…` read. The same images of the same time give the same bytes.
 */
export function ociArchive(images: readonly Image[], name: string, tag: string, seconds: number): Buffer {
  const blobs = new Map<string, Blob>();
  const add = (content: Buffer): Blob => {
    const blob = { content, digest: digestOf(content) };
    blobs.set(blob.digest, blob);
    return blob;
  };
  const manifests = images.map((image) => ({
    ...descriptor(types.manifest, addImage(image, seconds, add)),
    platform: { architecture: image.architecture, os: "linux" },
  }));
  const index = add(json({ schemaVersion: 2, mediaType: types.index, manifests }));
  const annotations = { "org.opencontainers.image.ref.name": tag, "io.containerd.image.name": `${name}:${tag}` };
  const top = {
    schemaVersion: 2,
    mediaType: types.index,
    manifests: [{ ...descriptor(types.index, index), annotations }],
  };
  const file = (path: string, content: Buffer): Entry => ({ path, kind: "file", mode: 0o644, content });
  const folder = (path: string): Entry => ({ path, kind: "folder", mode: 0o755 });
  const entries = [
    file("oci-layout", json({ imageLayoutVersion: "1.0.0" })),
    file("index.json", json(top)),
    folder("blobs"),
    folder("blobs/sha256"),
    ...[...blobs.values()].map(({ digest, content }) => file(`blobs/${digest.replace(":", "/")}`, content)),
  ];
  return tar(entries, seconds);
}

function addImage({ architecture, config, layers }: Image, seconds: number, add: (content: Buffer) => Blob): Blob {
  const archives = layers.map((entries) => tar(withFolders(entries), seconds));
  const created = new Date(seconds * 1000).toISOString();
  const configBlob = add(
    json({
      created,
      architecture,
      os: "linux",
      config,
      rootfs: { type: "layers", diff_ids: archives.map(digestOf) },
      history: archives.map(() => ({ created, created_by: "npm run release" })),
    }),
  );
  const layerBlobs = archives.map((archive) => descriptor(types.layer, add(gzip(archive))));
  return add(
    json({
      schemaVersion: 2,
      mediaType: types.manifest,
      config: descriptor(types.config, configBlob),
      layers: layerBlobs,
    }),
  );
}

/** With the folders above each entry: what makes them otherwise chooses their mode. */
function withFolders(entries: readonly Entry[]): readonly Entry[] {
  const all = new Map<string, Entry>();
  for (const { path } of entries) {
    for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) {
      all.set(path.slice(0, at), { path: path.slice(0, at), kind: "folder", mode: 0o755 });
    }
  }
  for (const entry of entries) all.set(entry.path, entry);
  return [...all.values()];
}

function descriptor(mediaType: string, { digest, content }: Blob) {
  return { mediaType, digest, size: content.length };
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}
