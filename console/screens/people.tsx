import { useSignal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { Token, User } from "../../gen/secret/v1/identity_service_pb.ts";
import { limits } from "../../src/limits.ts";
import { viewer, who } from "../account.ts";
import { identityService, problemFrom } from "../api.ts";
import { hasWords } from "../model/filter.ts";
import { relative } from "../model/time.ts";
import { numberText, type Problem } from "../model/words.ts";
import { Icon } from "../parts/icon.tsx";
import { Empty, Note, ProblemNote, Skeleton } from "../parts/note.tsx";
import { Passkeys } from "../parts/passkeys.tsx";
import { Permits } from "../parts/permits.tsx";
import { Region } from "../parts/region.tsx";
import { RoleDialog } from "../parts/role-dialog.tsx";
import { Bdi, msOf } from "../parts/text.tsx";
import { TokenMaker } from "../parts/token-maker.tsx";
import { TokenTable } from "../parts/token-table.tsx";
import { UserDialog } from "../parts/user-dialog.tsx";
import { UserForm } from "../parts/user-form.tsx";
import { UserTable } from "../parts/user-table.tsx";
import { links, type PeopleSection, peopleSections, route } from "../route.ts";
import { serviceNow } from "../session.ts";

interface People {
  readonly users: readonly User[];
  readonly tokens: readonly Token[];
}

/** People and programs, their roles, sessions and tokens. Others than admins see what is their own. */
export function PeopleScreen() {
  const { isNarrowed, slug, ...me } = viewer.value;
  // A narrowed session manages no one.
  const admin = me.admin && !isNarrowed;
  const [found, setFound] = useState<People | Problem | undefined>(undefined);
  const editedSlug = useSignal<string | undefined>(undefined);
  const isNew = useSignal(false);
  const role = useSignal<string | undefined>(undefined);
  const makesToken = useSignal(false);
  const load = () => {
    readPeople(admin).then(setFound, (error: unknown) => setFound(problemFrom(error)));
  };
  useEffect(() => {
    document.title = `${admin ? "People" : "You"} · Secrets`;
    if (!isNarrowed) load();
  }, []);
  const people = found !== undefined && "users" in found ? found : undefined;
  const edited = people?.users.find((user) => user.slug === editedSlug.value);
  const done = () => {
    editedSlug.value = undefined;
    isNew.value = false;
    load();
  };
  const open = (user: User) => {
    role.value = undefined;
    editedSlug.value = user.slug;
  };
  return (
    <Region label={admin ? "People" : "You"} class="page">
      <div class="bar">
        <h1>{admin ? "People" : "You"}</h1>
        {!isNarrowed && (
          <button type="button" onClick={() => (makesToken.value = true)}>
            <Icon name="key" />
            New token
          </button>
        )}
        {admin && (
          <button type="button" class="first" onClick={() => (isNew.value = true)}>
            <Icon name="plus" />
            Add user
          </button>
        )}
      </div>
      <div class="inner">
        {isNarrowed && (
          <>
            <OwnFacts />
            <Note>This session is narrowed: it manages neither people nor tokens.</Note>
          </>
        )}
        {!isNarrowed && found === undefined && <Skeleton />}
        {found !== undefined && "sentence" in found && <ProblemNote problem={found} retry={load} />}
        {people !== undefined && admin && (
          <Sections people={people} onOpen={open} onRole={(name) => (role.value = name)} onChange={load} />
        )}
        {people !== undefined && !admin && (
          <>
            <OwnFacts />
            <TokenTable tokens={people.tokens.filter((token) => token.slug === slug)} onChange={load} hasSlug={false} />
            <Passkeys />
          </>
        )}
      </div>
      {isNew.value && <UserForm user={undefined} onClose={() => (isNew.value = false)} onDone={done} />}
      {edited !== undefined && people !== undefined && (
        <UserDialog
          key={edited.slug}
          user={edited}
          tokens={people.tokens.filter(isLive)}
          onClose={() => (editedSlug.value = undefined)}
          onChange={load}
          onDone={done}
        />
      )}
      {role.value !== undefined && people !== undefined && (
        <RoleDialog role={role.value} users={people.users} onUser={open} onClose={() => (role.value = undefined)} />
      )}
      {makesToken.value && (
        <TokenMaker users={people?.users ?? []} onClose={() => (makesToken.value = false)} onDone={load} />
      )}
    </Region>
  );
}

const sectionWords: Readonly<Record<PeopleSection, string>> = {
  users: "Users",
  permits: "Permits",
  tokens: "Tokens and sessions",
  you: "You",
};

/** By what each part is searched. */
const searched: Readonly<Record<PeopleSection, string>> = {
  users: "a name or a role",
  permits: "a name or keys",
  tokens: "a user or a description",
  you: "",
};

interface SectionsProps {
  readonly people: People;
  readonly onOpen: (user: User) => void;
  readonly onRole: (role: string) => void;
  readonly onChange: () => void;
}

/** What an admin manages, a part at a time, narrowed by what is typed. */
function Sections({ people, onOpen, onRole, onChange }: SectionsProps) {
  const query = useSignal("");
  const at = route.value;
  const section = at.screen === "people" ? at.section : "users";
  const users = people.users.filter(({ slug, displayName, roles }) =>
    hasWords(query.value, [slug, displayName, ...roles]),
  );
  const live = people.tokens.filter(isLive);
  const tokens = live.filter(({ slug, description, client, id }) =>
    hasWords(query.value, [slug, description, client, id]),
  );
  const counts: Readonly<Partial<Record<PeopleSection, number>>> = { users: users.length, tokens: tokens.length };
  const nothing = (
    <Empty title="Nothing matches">
      <div class="row">
        <button type="button" onClick={() => (query.value = "")}>
          Clear the search
        </button>
      </div>
    </Empty>
  );
  return (
    <>
      <nav class="chips field" aria-label="Parts of this page">
        {peopleSections.map((each) => (
          <a
            key={each}
            class="button"
            href={links.people(each)}
            {...(each === section ? { "aria-current": "page" } : {})}
          >
            {sectionWords[each]} {counts[each] !== undefined && numberText(counts[each] ?? 0)}
          </a>
        ))}
      </nav>
      {section !== "you" && (
        <div class="search short field">
          <Icon name="search" />
          <input
            type="search"
            aria-label={`Find in ${sectionWords[section].toLowerCase()}`}
            placeholder={`Find ${searched[section]}`}
            autocomplete="off"
            spellcheck={false}
            value={query.value}
            onInput={(event) => (query.value = event.currentTarget.value)}
          />
        </div>
      )}
      {section === "users" &&
        (users.length === 0 ? nothing : <UserTable users={users} tokens={live} onOpen={onOpen} onRole={onRole} />)}
      {section === "permits" && <Permits query={query.value} />}
      {section === "tokens" &&
        (tokens.length === 0 ? nothing : <TokenTable tokens={tokens} onChange={onChange} hasSlug />)}
      {section === "you" && (
        <>
          <OwnFacts />
          <Passkeys />
        </>
      )}
    </>
  );
}

async function readPeople(isAdmin: boolean): Promise<People> {
  const readUsers = async (pageToken: string) => {
    const { users, nextPageToken } = await identityService.listUsers({ pageSize: limits.pageMax, pageToken });
    return { items: users, nextPageToken };
  };
  const readTokens = async (pageToken: string) => {
    const { tokens, nextPageToken } = await identityService.listTokens({ pageSize: limits.pageMax, pageToken });
    return { items: tokens, nextPageToken };
  };
  const [users, tokens] = await Promise.all([isAdmin ? allPages(readUsers) : [], allPages(readTokens)]);
  return { users, tokens };
}

/** More pages than this are not a table that a person reads. */
const pagesMax = 10;

async function allPages<Item>(
  read: (pageToken: string) => Promise<{ readonly items: readonly Item[]; readonly nextPageToken: string }>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let pageToken = "";
  for (let page = 0; page < pagesMax; page += 1) {
    const answer = await read(pageToken);
    items.push(...answer.items);
    pageToken = answer.nextPageToken;
    if (pageToken === "") break;
  }
  return items;
}

export function isLive({ revokedAt, expireAt }: Token): boolean {
  const ends = msOf(expireAt);
  return revokedAt === undefined && (ends === undefined || ends > serviceNow());
}

function OwnFacts() {
  const me = who.value;
  if (me === undefined) return null;
  const ends = msOf(me.tokenExpireAt);
  return (
    <div class="facts field">
      <span>
        You are{" "}
        <b>
          <Bdi text={me.slug} />
        </b>
      </span>
      <span>Tenant {me.tenant}</span>
      <span>{me.roles.length === 0 ? "No roles" : `Roles ${me.roles.join(", ")}`}</span>
      {ends !== undefined && <span>Session ends {relative(ends, serviceNow())}</span>}
    </div>
  );
}
