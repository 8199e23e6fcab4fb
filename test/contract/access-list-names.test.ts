import { expect, test } from "vitest";
import { columns } from "../../console/model/grid.ts";
import { SecretInputSchema, SecretSchema } from "../../gen/secret/v1/secret_service_pb.ts";
import { accessListNames } from "../../src/text/access-list-names.ts";

test.each([SecretSchema, SecretInputSchema])("$typeName has the six access lists under the names of the table", (message) => {
  const lists = message.fields.filter(({ fieldKind }) => fieldKind === "list" || fieldKind === "message");
  const names: readonly string[] = accessListNames;
  expect(lists.map(({ localName }) => localName).filter((name) => names.includes(name))).toEqual(accessListNames);
});

test("the console has a column for each access list, in the order of the table", () => {
  expect(columns.map(({ list }) => list)).toEqual(accessListNames);
});
