import { expect, test } from "vitest";
import { isListed } from "../../src/text/address.ts";
import { errorOf, read } from "../support/config/fixture.ts";

const networks = "SECRET_SVC_TRUSTED_PROXIES";
const header = "SECRET_SVC_FORWARDED_HEADER";
const protocol = "SECRET_SVC_PROXY_PROTOCOL";

test("nothing is believed by default", () => {
  expect(read().proxies).toBeUndefined();
  expect(read({ [networks]: " ", [header]: "", [protocol]: "off" }).proxies).toBeUndefined();
});

test("networks are those of IPv4 and IPv6, and single addresses", () => {
  const { proxies } = read({ [networks]: "10.1.0.0/16, fd00:1::/64,192.0.2.7", [header]: "X-Forwarded-For" });
  if (proxies === undefined) throw new Error("there are no proxies");
  expect(proxies).toMatchObject({ header: "x-forwarded-for", sendsProxyProtocol: false });
  const listed = ["10.1.0.0", "10.1.255.255", "fd00:1::", "fd00:1::ffff:1", "192.0.2.7", "::ffff:10.1.2.3"];
  expect(listed.filter((address) => !isListed(proxies.networks, address))).toEqual([]);
  const others = ["10.2.0.0", "10.0.255.255", "fd00:1:0:1::", "192.0.2.8", "::1", "", "name"];
  expect(others.filter((address) => isListed(proxies.networks, address))).toEqual([]);
});

test("the PROXY protocol is a setting of its own", () => {
  const { proxies } = read({ [networks]: "10.1.0.0/16", [protocol]: "on" });
  expect(proxies).toMatchObject({ header: undefined, sendsProxyProtocol: true });
});

test.each([
  ["10.1.0.0/33"],
  ["10.1.0.0/"],
  ["10.1.0.0/-1"],
  ["10.1.0.0/8/8"],
  ["10.1.0.0/1e1"],
  ["10.1"],
  ["fd00::/129"],
  ["fe80::1%eth0"],
  ["proxy.example.com"],
  ["*"],
])("%s is not a network", (text) => {
  const message = errorOf({ [networks]: `192.0.2.1,${text}`, [header]: "forwarded" });
  expect(message).toContain(`${networks} must be addresses or networks such as`);
  expect(message).toContain(`${text} is not one`);
});

test.each(["0.0.0.0/0", "::/0"])("%s would believe anyone", (text) => {
  const message = `${networks} must not have ${text}: anyone could then claim any address`;
  expect(errorOf({ [networks]: text, [header]: "forwarded" })).toBe(message);
});

test("each setting needs the other", () => {
  expect(errorOf({ [header]: "forwarded" })).toMatch(`${header} needs ${networks}`);
  expect(errorOf({ [protocol]: "on" })).toMatch(`${protocol} needs ${networks}`);
  expect(errorOf({ [networks]: "10.1.0.0/16" })).toMatch(`${networks} needs ${header}`);
  expect(errorOf({ [networks]: "10.1.0.0/16", [protocol]: "maybe" })).toBe(`${protocol} must be one of off, on`);
  expect(errorOf({ [networks]: "10.1.0.0/16", [header]: "a, b" })).toContain("must be the name of one header");
});
