import { describe, expect, test } from "vitest";
import { parsePublicUrl } from "../../src/config/public-url.ts";
import { cookieName, readCookie, setCookie } from "../../src/login/cookies.ts";
import { createPlaces, isOwnPage } from "../../src/login/host.ts";

function placesOf(options: { publicUrl?: string; hasTls?: boolean; isLoopback?: boolean }, port = 11337) {
  const places = createPlaces({ publicUrl: undefined, hasTls: false, isLoopback: false, ...options });
  places.listensOn(port);
  return (host: string) => places.placeOf({ host })?.origin;
}

describe("where browsers may sign in", () => {
  test("on loopback at the port, by each of its names", () => {
    const at = placesOf({ isLoopback: true });
    expect(at("127.0.0.1:11337")).toBe("http://127.0.0.1:11337");
    expect(at("[::1]:11337")).toBe("http://[::1]:11337");
    expect(at("localhost:11337")).toBe("http://localhost:11337");
    for (const host of [
      "127.0.0.1",
      "127.0.0.2:11337",
      "localhost.:11337",
      "evil.example:11337",
      "a@localhost:11337",
      "localhost:11337/x",
      "",
      "%",
    ]) {
      expect(at(host), host).toBeUndefined();
    }
    expect(placesOf({ isLoopback: true }, 80)("localhost")).toBe("http://localhost");
  });

  test("nowhere beyond loopback without TLS", () => {
    const at = placesOf({});
    for (const host of ["127.0.0.1:11337", "secrets.example.com", "10.0.0.1:11337"]) expect(at(host)).toBeUndefined();
  });

  test("with a certificate of its own at every name, or only at SECRET_SVC_URL when that is set", () => {
    expect(placesOf({ hasTls: true })("secrets.example.com:8443")).toBe("https://secrets.example.com:8443");
    const at = placesOf({ hasTls: true, publicUrl: "https://secrets.example.com" });
    expect(at("secrets.example.com")).toBe("https://secrets.example.com");
    expect(at("secrets.example.com:443")).toBe("https://secrets.example.com");
    expect(at("SECRETS.example.com")).toBe("https://secrets.example.com");
    expect(at("other.example.com")).toBeUndefined();
  });

  test("behind a proxy with TLS, and on loopback besides", () => {
    const at = placesOf({ isLoopback: true, publicUrl: "https://secrets.example.com" });
    expect(at("secrets.example.com")).toBe("https://secrets.example.com");
    expect(at("secrets.example.com:80")).toBeUndefined();
    expect(at("localhost:11337")).toBe("http://localhost:11337");
  });

  test("HTTP/2 names the host in another way", () => {
    const places = createPlaces({ publicUrl: "https://a.example", hasTls: false, isLoopback: false });
    expect(places.placeOf({ ":authority": "a.example" })?.isSecure).toBe(true);
    expect(places.main?.origin).toBe("https://a.example");
  });
});

test("a page is one of this place if both headers of a browser say so", () => {
  const place = { origin: "https://a.example", isSecure: true };
  expect(isOwnPage(place, { origin: "https://a.example", "sec-fetch-site": "same-origin" })).toBe(true);
  expect(isOwnPage(place, {})).toBe(true);
  expect(isOwnPage(place, { origin: "https://a.example", "sec-fetch-site": "same-site" })).toBe(false);
  expect(isOwnPage(place, { origin: "https://b.example", "sec-fetch-site": "same-origin" })).toBe(false);
});

test("cookies are bound to the host where TLS allows it, and one that is there twice is not read", () => {
  const [secure, loopback] = [
    { origin: "", isSecure: true },
    { origin: "", isSecure: false },
  ];
  expect(cookieName("session", secure)).toBe("__Host-oo_session");
  expect(setCookie("session", "v", secure, { sameSite: "Strict" })).toBe(
    "__Host-oo_session=v; Path=/; HttpOnly; SameSite=Strict; Secure",
  );
  expect(setCookie("login", "v", loopback, { sameSite: "Lax", seconds: 600 })).toBe(
    "oo_login=v; Path=/; HttpOnly; SameSite=Lax; Max-Age=600",
  );
  expect(readCookie("a=b; oo_session=1; c=d", "session", loopback)).toBe("1");
  expect(readCookie("oo_session=1; oo_session=2", "session", loopback)).toBeUndefined();
  expect(readCookie("oo_session=1", "session", secure)).toBeUndefined();
  expect(readCookie("xoo_session=1", "session", loopback)).toBeUndefined();
  expect(readCookie(undefined, "session", loopback)).toBeUndefined();
});

describe("SECRET_SVC_URL", () => {
  test("is an origin with TLS, or on loopback", () => {
    expect(parsePublicUrl("")).toBeUndefined();
    expect(parsePublicUrl("https://secrets.example.com/")).toBe("https://secrets.example.com");
    expect(parsePublicUrl("https://secrets.example.com:443")).toBe("https://secrets.example.com");
    expect(parsePublicUrl("http://localhost:11337")).toBe("http://localhost:11337");
    expect(parsePublicUrl("http://[::1]:11337")).toBe("http://[::1]:11337");
  });

  test.each([
    ["secrets.example.com", "must be the address of the service"],
    ["ftp://secrets.example.com", "must be the address of the service"],
    ["https://a:b@secrets.example.com", "must be the address of the service"],
    ["https://secrets.example.com/vault", "must have no path"],
    ["https://secrets.example.com/#a", "must have no path"],
    ["http://secrets.example.com", "must begin with https:"],
    ["http://127.0.0.1.evil.example", "must begin with https:"],
  ])("%s is refused", (text, message) => {
    expect(() => parsePublicUrl(text)).toThrow(message);
  });
});
