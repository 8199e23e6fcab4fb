import { createHash, hkdfSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { encodePlace, parseSealed } from "../../src/crypto/sealed-text.ts";
import { readVectors } from "../support/sealed-format/vector.ts";

const page = readFileSync(new URL("../../docs/sealed-format.md", import.meta.url), "utf8");

test("the example in docs/sealed-format.md is that of the vectors", () => {
  const example = /<!-- example -->\n```text\n(.*?)\n```/s.exec(page)?.[1] ?? "";
  const rows = new Map<string, string>();
  let name = "";
  for (const line of example.split("\n")) {
    const label = line.slice(0, 17).trim();
    if (label !== "") name = label;
    rows.set(name, (rows.get(name) ?? "") + line.slice(17));
  }
  const vectors = new Map(readVectors().map((each) => [each.name, each.vector]));
  const [derives, opens] = [vectors.get("derives-key"), vectors.get("opens-key")];
  if (derives?.expect !== "derives" || opens?.expect !== "opens") throw new Error("the vectors are not there");
  const place = opens.places[0];
  if (place === undefined) throw new Error("the vector names no place");
  const kid = Buffer.from(derives.kid, "hex");
  const material = hkdfSync(
    "sha256",
    Buffer.from(derives.keyringKey, "hex"),
    "",
    Buffer.concat([Buffer.from("secret-svc/sealing-key/v1"), kid]),
    32,
  );
  const header = encodePlace(place);
  expect(parseSealed(opens.text).header).toEqual(header);
  const start = `seal.v1.${derives.kid}.${header.toString("base64url")}.`;
  expect(opens.text.startsWith(start)).toBe(true);
  expect(Object.fromEntries(rows)).toEqual({
    "keyring key": derives.keyringKey,
    kid: derives.kid,
    material: Buffer.from(material).toString("hex"),
    seed: derives.seed,
    "SHA-256 of pk": createHash("sha256").update(Buffer.from(derives.publicKey, "base64")).digest("hex"),
    header: header.toString("hex"),
    info: Buffer.concat([Buffer.from("secret-svc/seal/v1"), kid, header]).toString("hex"),
    "text begins with": start,
  });
});
