import { parseAst } from "vitest/node";

/** One small change of a source file that the tests should notice. */
export interface Place {
  readonly file: string;
  readonly line: number;
  /** Offsets of what is replaced. */
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly after: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

const operators: Readonly<Record<string, string>> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
  "&&": "||",
  "||": "&&",
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "??": "&&",
};
/** A map: an object would also have `toString` and `constructor`. */
const methods: ReadonlyMap<string, string> = new Map([
  ["some", "every"],
  ["every", "some"],
  ["min", "max"],
  ["max", "min"],
]);

/** All places of a file that can be changed, in their order. Types, imports and texts are left alone. */
export function findPlaces(file: string, source: string): Place[] {
  const found: Place[] = [];
  // The parser counts in UTF-16 units, as texts do.
  const add = (start: number, end: number, after: string) => {
    const line = source.slice(0, start).split("\n").length;
    found.push({ file, line, start, end, before: source.slice(start, end), after });
  };
  visit(parseAst(source, { lang: "ts" }, file) as unknown as Node, (node) => change(node, source, add));
  return found;
}

/** The file with the change in it. */
export function applyPlace(source: string, { start, end, after }: Place): string {
  return source.slice(0, start) + after + source.slice(end);
}

function visit(node: Node, look: (node: Node) => void): void {
  if (node.type === "ImportDeclaration" || isOnlyType(node.type)) return;
  look(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) visit(child, look);
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

function isOnlyType(type: string): boolean {
  return type.startsWith("TS") && !["TSAsExpression", "TSSatisfiesExpression", "TSNonNullExpression"].includes(type);
}

type Add = (start: number, end: number, after: string) => void;

function change(node: Node, source: string, add: Add): void {
  switch (node.type) {
    case "BinaryExpression":
    case "LogicalExpression":
      changeOperator(node, source, add);
      break;
    case "UnaryExpression":
      if (node.operator === "!" && isNode(node.argument)) add(node.start, node.argument.start, "");
      break;
    case "IfStatement":
    case "ConditionalExpression":
      if (isNode(node.test)) add(node.test.start, node.test.end, `!(${source.slice(node.test.start, node.test.end)})`);
      break;
    case "Literal":
      if (typeof node.value === "boolean") add(node.start, node.end, String(!node.value));
      if (typeof node.value === "number") add(node.start, node.end, `(${source.slice(node.start, node.end)} + 1)`);
      break;
    case "ThrowStatement":
      add(node.start, node.end, ";");
      break;
    case "ExpressionStatement":
      // What is done for its effect: a check, a record, a message.
      if (isCall(node.expression)) add(node.start, node.end, ";");
      break;
    case "MemberExpression": {
      const { property } = node;
      const other = isNode(property) && typeof property.name === "string" ? methods.get(property.name) : undefined;
      if (other !== undefined && isNode(property)) add(property.start, property.end, other);
    }
  }
}

function changeOperator({ left, right, operator }: Node, source: string, add: Add): void {
  const other = operators[String(operator)];
  if (other === undefined || !isNode(left) || !isNode(right)) return;
  // Texts are joined, not subtracted.
  if (
    operator === "+" &&
    [left, right].some((side) => side.type === "TemplateLiteral" || typeof side.value === "string")
  )
    return;
  const at = source.indexOf(String(operator), left.end);
  if (at < right.start) add(at, at + String(operator).length, other);
}

function isCall(expression: unknown): boolean {
  if (!isNode(expression)) return false;
  if (expression.type === "AwaitExpression") return isCall(expression.argument);
  return expression.type === "CallExpression";
}
