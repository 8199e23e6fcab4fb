import { expect, test } from "vitest";
import { columns } from "../../console/model/grid.ts";
import { SecretInputSchema, SecretSchema } from "../../gen/secret/v1/secret_service_pb.ts";
import { accessListNames } from "../../src/text/access-list-names.ts";

test.each([SecretSchema, SecretInputSchema])(
  "$typeName has the access lists of the table, in its order",
  ({ fields }) => {
    const names = fields.map(({ localName }) => localName);
    expect(names.filter((name) => /(?:readers|writers|deleters)$/i.test(name))).toEqual(accessListNames);
  },
);

test("the console has a column for each access list, in the order of the table", () => {
  expect(columns.map(({ list }) => list)).toEqual(accessListNames);
});
