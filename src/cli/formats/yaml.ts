import {
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
} from "js-yaml";
import { FileError, type FileRule } from "./file-error.ts";
import { limitNodes, requireFewEmptyItems, TooManyNodesError } from "./yaml-limits.ts";
import { explainYaml } from "./yaml-reasons.ts";

/** A scalar, taken as a string with nothing interpreted: `0123`, `no` and `~` are just these characters. */
export interface YamlText {
  readonly kind: "text";
  /** Offset in the file. */
  readonly at: number;
  /** Offset after the last character, including a closing quote. For a block scalar (`|`, `>`), after its last line. */
  readonly end: number;
  /** Whether it is a block scalar (`|`, `>`), which begins on the line before `at`. */
  readonly isBlock: boolean;
  readonly text: string;
  /** Whether it is in quotes. */
  readonly isQuoted: boolean;
  /**
   * Whether it has the tag `!!binary`: base64, in place of a text. Its `at` is then that of the tag, unless it is a
   * block.
   */
  readonly isBinary: boolean;
  /** False when nothing follows the name, which is not the same as `""`. */
  readonly isWritten: boolean;
}

export interface YamlList {
  readonly kind: "list";
  readonly at: number;
  readonly items: readonly YamlNode[];
}

export interface YamlMap {
  readonly kind: "map";
  readonly at: number;
  /** Whether it is in braces. */
  readonly isFlow: boolean;
  readonly fields: readonly YamlField[];
}

/** Names are unique within a map. */
export interface YamlField {
  readonly name: string;
  readonly at: number;
  readonly value: YamlNode;
}

export type YamlNode = YamlText | YamlList | YamlMap;

/** Turns the offsets of a file into places that its reader can find. */
export interface Places {
  /** The file and line, such as `app.yaml:4`. */
  readonly line: (at: number) => string;
  /** An error of the form `app.yaml:4:3: problem`. The problem must not quote the file, which holds values. */
  readonly complain: Complain;
}

/** Makes an error about an offset of the file, with its line and column. */
export type Complain = (at: number, problem: string, rule?: FileRule) => FileError;

/** An entry, a list in it, an item of that list: valid files are not deeper. */
const maxDepth = 8;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Finds where each line of the text starts, once for all places. `\r\n`, `\r` and `\n` end a line. */
export function createPlaces(file: string, text: string): Places {
  const starts = lineStarts(text);
  const lineOf = (at: number) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle;
    }
    return low;
  };
  return {
    line: (at) => `${file}:${lineOf(at) + 1}`,
    complain: (at, problem, rule = "structure") => {
      const line = lineOf(at);
      return new FileError({ file, line: line + 1, column: at - (starts[line] ?? 0) + 1, rule, problem });
    },
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (char === lineFeed || (char === carriageReturn && text.charCodeAt(at + 1) !== lineFeed)) starts.push(at + 1);
  }
  return starts;
}

export interface YamlOptions {
  /** The one field of maps that may have the tag `!!binary`, or `*` for each. No other tag is supported. */
  readonly binaryField?: string;
}

/**
 * The documents of a YAML file, without the empty ones. Schemas, tags, anchors, aliases and merge keys are not
 * supported: secrets do not need them, and each can make a file mean something other than it seems to.
 * @throws FileError with line and column, and without any text of the file
 */
export function readYaml(text: string, complain: Complain, options: YamlOptions = {}): YamlNode[] {
  if (text.startsWith("\ufeff")) throw complain(0, "starts with a byte order mark: save it as UTF-8 without one");
  const nodes: YamlNode[] = [];
  for (const node of readDocuments(parse(text, complain), text, complain, options)) {
    if (node.kind !== "text" || node.isWritten) nodes.push(node);
  }
  return nodes;
}

function parse(text: string, complain: Complain): readonly Event[] {
  try {
    requireFewEmptyItems(text);
    return parseEvents(text, { maxDepth: limitNodes(maxDepth) });
  } catch (error) {
    if (error instanceof TooManyNodesError) throw complain(error.at, error.message);
    if (!(error instanceof YAMLException)) throw error;
    const at = error.mark?.position ?? 0;
    throw complain(at, explainYaml(error.reason, text, at));
  }
}

interface OpenMap {
  readonly at: number;
  readonly isFlow: boolean;
  readonly fields: YamlField[];
  readonly names: Set<string>;
  pending: { readonly name: string; readonly at: number } | undefined;
}

interface OpenList {
  readonly at: number;
  readonly items: YamlNode[];
}

function readDocuments(
  events: readonly Event[],
  text: string,
  complain: Complain,
  { binaryField }: YamlOptions,
): YamlNode[] {
  const documents: YamlNode[] = [];
  const open: (OpenMap | OpenList | undefined)[] = [];
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) {
      open.push(undefined);
      continue;
    }
    if (event.type === EVENT_ID.POP) {
      const closed = open.pop();
      if (closed !== undefined) addNode(finish(closed), open.at(-1), documents, complain);
      continue;
    }
    const isBinary = binaryField !== undefined && isBinaryField(event, text, open.at(-1), binaryField);
    refuseExtras(event, complain, isBinary);
    if (event.type === EVENT_ID.MAPPING) {
      refuseAsName(open.at(-1), event.start, complain);
      const isFlow = event.style === COLLECTION_STYLE.FLOW;
      open.push({ at: event.start, isFlow, fields: [], names: new Set(), pending: undefined });
    } else if (event.type === EVENT_ID.SEQUENCE) {
      refuseAsName(open.at(-1), event.start, complain);
      open.push({ at: event.start, items: [] });
    } else if (event.type === EVENT_ID.SCALAR) {
      addNode(readText(event, text, open.at(-1), isBinary), open.at(-1), documents, complain);
    }
  }
  return documents;
}

function isBinaryField(
  event: Exclude<Event, { type: 1 | 6 }>,
  text: string,
  parent: OpenMap | OpenList | undefined,
  name: string,
): boolean {
  if (event.type !== EVENT_ID.SCALAR || event.tagStart < 0) return false;
  const field = parent !== undefined && "fields" in parent ? parent.pending?.name : undefined;
  const isField = field !== undefined && (name === "*" || field === name);
  return isField && text.slice(event.tagStart, event.tagEnd) === "!!binary";
}

function refuseExtras(event: Exclude<Event, { type: 1 | 6 }>, complain: Complain, isBinary: boolean): void {
  if (event.type === EVENT_ID.ALIAS)
    throw complain(event.anchorStart, "aliases (*) are not supported: write the value out");
  if (event.anchorStart >= 0) throw complain(event.anchorStart, "anchors (&) are not supported: write the value out");
  if (event.tagStart >= 0 && !isBinary)
    throw complain(event.tagStart, "tags (!) are not supported: put the text in quotes");
}

function refuseAsName(parent: OpenMap | OpenList | undefined, at: number, complain: Complain): void {
  if (parent !== undefined && "fields" in parent && parent.pending === undefined) {
    throw complain(at, "the name of a field must be a text");
  }
}

function readText(
  event: Extract<Event, { type: 4 }>,
  text: string,
  parent: OpenMap | OpenList | undefined,
  isBinary: boolean,
): YamlText {
  const isQuoted = event.style === SCALAR_STYLE.DOUBLE_QUOTED || event.style === SCALAR_STYLE.SINGLE_QUOTED;
  const isWritten = event.valueStart >= 0;
  const fallback = parent === undefined ? 0 : "pending" in parent ? (parent.pending?.at ?? parent.at) : parent.at;
  const end = isWritten ? event.valueEnd + (isQuoted ? 1 : 0) : fallback;
  const isBlock = event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK;
  const start = isWritten ? event.valueStart - (isQuoted ? 1 : 0) : fallback;
  const at = isBinary && !isBlock ? event.tagStart : start;
  return { kind: "text", at, end, isBlock, isBinary, isQuoted, text: getScalarValue(text, event), isWritten };
}

function addNode(
  node: YamlNode,
  parent: OpenMap | OpenList | undefined,
  documents: YamlNode[],
  complain: Complain,
): void {
  if (parent === undefined) {
    documents.push(node);
  } else if ("items" in parent) {
    parent.items.push(node);
  } else if (parent.pending !== undefined) {
    parent.fields.push({ ...parent.pending, value: node });
    parent.pending = undefined;
  } else {
    const name = node.kind === "text" ? node.text : "";
    if (parent.names.has(name)) throw complain(node.at, "duplicate field");
    parent.names.add(name);
    parent.pending = { name, at: node.at };
  }
}

function finish(closed: OpenMap | OpenList): YamlNode {
  if ("items" in closed) return { kind: "list", at: closed.at, items: closed.items };
  return { kind: "map", at: closed.at, isFlow: closed.isFlow, fields: closed.fields };
}
