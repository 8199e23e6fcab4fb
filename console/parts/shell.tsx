import { useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { viewer, who } from "../account.ts";
import { day, relative } from "../model/time.ts";
import { goTo, links, type Route, route } from "../route.ts";
import { SecretsScreen } from "../screens/secrets.tsx";
import { serviceNow } from "../session.ts";
import { AccountButtons } from "./account-buttons.tsx";
import { Icon, type IconName } from "./icon.tsx";
import { Lazy } from "./lazy.tsx";
import { Skeleton } from "./note.tsx";
import { Bdi, msOf } from "./text.tsx";
import { useShortcuts } from "./use-shortcuts.ts";

type Screen = Exclude<Route["screen"], "secrets">;

/** Screens that are loaded when they are first opened. */
const screens: Readonly<Record<Screen, () => Promise<ComponentType>>> = {
  import: () => import("../screens/import.tsx").then((module) => module.ImportScreen),
  audit: () => import("../screens/audit.tsx").then((module) => module.AuditScreen),
  people: () => import("../screens/people.tsx").then((module) => module.PeopleScreen),
  health: () => import("../screens/health.tsx").then((module) => module.HealthScreen),
  compare: () => import("../screens/compare.tsx").then((module) => module.CompareScreen),
};

const loadHelp = () => import("./help.tsx").then((module) => module.Help);

interface Place {
  readonly screen: Route["screen"];
  readonly word: string;
  readonly icon: IconName;
  readonly hash: string;
}

export function Shell() {
  const isHelpOpen = useSignal(false);
  const { screen } = route.value;
  const { isNarrowed, admin } = viewer.value;
  const isOperator = who.value?.operator === true;
  const places: Place[] = [
    { screen: "secrets", word: "Secrets", icon: "key", hash: links.secrets },
    { screen: "import", word: "Import", icon: "import", hash: "#/import" },
    { screen: "compare", word: "Compare", icon: "compare", hash: "#/compare" },
    { screen: "audit", word: "Audit", icon: "audit", hash: links.audit() },
    admin && !isNarrowed
      ? { screen: "people", word: "People", icon: "people", hash: "#/people" }
      : { screen: "people", word: "You", icon: "person", hash: "#/people" },
    ...(isOperator ? [{ screen: "health", word: "Health", icon: "health", hash: "#/health" } as const] : []),
  ];
  useShortcuts({
    "g s": () => goTo(links.secrets),
    "g i": () => goTo("#/import"),
    "g c": () => goTo("#/compare"),
    "g a": () => goTo(links.audit()),
    "g p": () => goTo("#/people"),
    "g h": () => who.value?.operator === true && goTo("#/health"),
    "?": () => {
      isHelpOpen.value = true;
    },
  });
  return (
    <div class="shell">
      {/* biome-ignore lint/a11y/useValidAnchor: it leads to a place, but the fragment is where the page is */}
      <a class="skip" href="#content" onClick={skipToContent}>
        To the content
      </a>
      <Whose />
      <nav class="rail" aria-label="Places" tabIndex={-1}>
        <div class="brand">
          <Icon name="brand" />
          <span class="word">secrets</span>
        </div>
        {places.map(({ word, icon, hash, ...place }) => (
          <a key={word} href={hash} title={word} aria-current={place.screen === screen ? "page" : undefined}>
            <Icon name={icon} />
            <span class="word">{word}</span>
          </a>
        ))}
        <span class="rest" />
        <button type="button" class="only-wide" title="Keyboard shortcuts" onClick={() => (isHelpOpen.value = true)}>
          <Icon name="help" />
          <span class="word">Shortcuts</span>
        </button>
        <AccountButtons class="only-wide" />
        <Me />
      </nav>
      <main id="content" tabIndex={-1}>
        {screen === "secrets" ? (
          <SecretsScreen />
        ) : (
          <Lazy key={screen} load={screens[screen]} props={{}} meanwhile={<Skeleton />} />
        )}
      </main>
      {isHelpOpen.value && <Lazy load={loadHelp} props={{ onClose: () => (isHelpOpen.value = false) }} />}
    </div>
  );
}

/** On a phone there is no room for it among the places, and it is to be seen wherever one is. */
function Whose() {
  const me = who.value;
  if (me === undefined) return null;
  return (
    <header class="whose only-phone">
      <Icon name="person" />
      <span class="grow">
        <b>
          <Bdi text={me.slug} />
        </b>{" "}
        <span class="muted">Tenant {me.tenant}</span>
        <Ends isNearOnly />
      </span>
      <AccountButtons class="plain" />
    </header>
  );
}

function skipToContent(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}

/** When the session ends. Where there is little room, it is only said in the last hour. */
function Ends({ isNearOnly = false }: { isNearOnly?: boolean }) {
  const [, setMinute] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setMinute((minute) => minute + 1), 30_000);
    return () => clearInterval(timer);
  }, []);
  const ends = msOf(who.value?.tokenExpireAt);
  if (ends === undefined) return null;
  const now = serviceNow();
  const isNear = ends - now < day / 24;
  if (isNearOnly && !isNear) return null;
  const kind = isNear ? "near" : "muted";
  return <div class={`ends ${kind}`}>Session ends {relative(ends, now)}</div>;
}

function Me() {
  const me = who.value;
  if (me === undefined) return null;
  const flags = [`Tenant ${me.tenant}`, ...(me.admin ? ["Admin"] : []), ...(me.grants.length > 0 ? ["Narrowed"] : [])];
  return (
    <div class="me">
      <Icon name="person" />
      <div class="grow">
        <b>
          <Bdi text={me.displayName || me.slug} />
        </b>
        <div class="muted flags">
          {(me.displayName === "" ? flags : [me.slug, ...flags]).map((flag) => (
            <span key={flag}>
              <Bdi text={flag} />
            </span>
          ))}
        </div>
        <Ends />
      </div>
    </div>
  );
}
