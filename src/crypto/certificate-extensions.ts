/** What Node does not say about a certificate, read from its bytes. */
export interface CertificateExtensions {
  readonly names: CertificateNames;
  /** How many authorities may come between this one and the certificate of a client. Undefined: any number. */
  readonly pathLength: number | undefined;
  readonly hasNameConstraints: boolean;
}

/** The subject alternative names. Those of other kinds, such as addresses, name no caller. */
export interface CertificateNames {
  readonly uri: readonly string[];
  readonly dns: readonly string[];
  readonly email: readonly string[];
}

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

const sequence = 0x30;
const objectId = 0x06;
const boolean = 0x01;
const integer = 0x02;
const octets = 0x04;
/** The field `[3]` of a certificate. */
const extensionsTag = 0xa3;

/** `2.5.29.N`, the object ids of X.509 extensions, without their last byte. */
const extensionArc = "551d";
const ids = { names: `${extensionArc}11`, basic: `${extensionArc}13`, nameConstraints: `${extensionArc}1e` } as const;
/** `[1]`, `[2]` and `[6]` of a GeneralName. */
const nameTags = { 129: "email", 130: "dns", 134: "uri" } as const;

/** Reads the extensions of a certificate in DER. Throws when it has none, or one that is not as RFC 5280 says. */
export function readCertificateExtensions(raw: Uint8Array): CertificateExtensions {
  const [certificate] = elementsOf(Buffer.from(raw));
  const [signed] = elementsOf(contentOf(certificate, sequence));
  const field = elementsOf(contentOf(signed, sequence)).find(({ tag }) => tag === extensionsTag);
  const [list] = elementsOf(contentOf(field, extensionsTag));
  const found = new Map<string, Buffer>();
  for (const extension of elementsOf(contentOf(list, sequence))) {
    const [id, ...rest] = elementsOf(contentOf(extension, sequence));
    const name = contentOf(id, objectId).toString("hex");
    if (found.has(name)) throw malformed();
    found.set(name, contentOf(rest.at(-1), octets));
  }
  return {
    names: readNames(found.get(ids.names)),
    pathLength: readPathLength(found.get(ids.basic)),
    hasNameConstraints: found.has(ids.nameConstraints),
  };
}

function readNames(value: Buffer | undefined): CertificateNames {
  const names: Record<keyof CertificateNames, string[]> = { uri: [], dns: [], email: [] };
  if (value === undefined) return names;
  const [list] = elementsOf(value);
  for (const { tag, content } of elementsOf(contentOf(list, sequence))) {
    const kind = nameTags[tag as keyof typeof nameTags];
    if (kind === undefined) continue;
    // Readers disagree about what these bytes mean: some end a name at a zero, some ignore blanks.
    if (content.length === 0 || content.some((byte) => byte <= 0x20 || byte >= 0x7f)) throw malformed();
    names[kind].push(content.toString("latin1"));
  }
  return names;
}

function readPathLength(value: Buffer | undefined): number | undefined {
  if (value === undefined) return undefined;
  const [basic] = elementsOf(value);
  const last = elementsOf(contentOf(basic, sequence)).at(-1);
  if (last === undefined || last.tag === boolean) return undefined;
  const bytes = contentOf(last, integer);
  // More than 127 would not be one byte, and no chain is as long.
  return bytes.length === 1 && bytes.readInt8() >= 0 ? bytes.readInt8() : 0;
}

/** The elements that follow each other in these bytes. Every length is a definite one, as DER asks for. */
function elementsOf(bytes: Buffer): readonly Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at];
    const first = bytes[at + 1];
    // Tags of several bytes are in no certificate.
    if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw malformed();
    const lengthBytes = first < 0x80 ? 0 : first - 0x80;
    if (first === 0x80 || lengthBytes > 3 || at + 2 + lengthBytes > bytes.length) throw malformed();
    const length = lengthBytes === 0 ? first : bytes.readUIntBE(at + 2, lengthBytes);
    const start = at + 2 + lengthBytes;
    if (start + length > bytes.length) throw malformed();
    found.push({ tag, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return found;
}

function contentOf(element: Element | undefined, tag: number): Buffer {
  if (element?.tag !== tag) throw malformed();
  return element.content;
}

function malformed(): Error {
  return new Error("the certificate has an extension that cannot be read");
}
