import { useSignal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { CredentialKind, type Token, type User } from "../../gen/secret/v1/identity_service_pb.ts";
import { limits } from "../../src/limits.ts";
import { viewer, who } from "../account.ts";
import { identityService, problemFrom } from "../api.ts";
import { relative } from "../model/time.ts";
import { countOf, type Problem } from "../model/words.ts";
import { Icon } from "../parts/icon.tsx";
import { Note, ProblemNote, Skeleton } from "../parts/note.tsx";
import { Passkeys } from "../parts/passkeys.tsx";
import { Permits } from "../parts/permits.tsx";
import { Region } from "../parts/region.tsx";
import { RoleDialog } from "../parts/role-dialog.tsx";
import { Bdi, msOf, Time } from "../parts/text.tsx";
import { TokenMaker } from "../parts/token-maker.tsx";
import { TokenTable } from "../parts/token-table.tsx";
import { UserDialog } from "../parts/user-dialog.tsx";
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
  const edited = useSignal<User | "new" | undefined>(undefined);
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
  const done = (dialog: typeof edited | typeof makesToken) => {
    if (dialog === edited) edited.value = undefined;
    else makesToken.value = false;
    load();
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
          <button type="button" class="first" onClick={() => (edited.value = "new")}>
            <Icon name="plus" />
            Add user
          </button>
        )}
      </div>
      <div class="inner">
        <OwnFacts />
        {isNarrowed && <Note>This session is narrowed: it manages neither people nor tokens.</Note>}
        {!isNarrowed && found === undefined && <Skeleton />}
        {found !== undefined && "sentence" in found && <ProblemNote problem={found} retry={load} />}
        {people !== undefined && (
          <>
            {admin && (
              <UserTable
                people={people}
                onOpen={(user) => (edited.value = user)}
                onRole={(name) => (role.value = name)}
              />
            )}
            {admin && <Permits />}
            <TokenTable
              tokens={people.tokens.filter((token) => admin || token.slug === slug)}
              onChange={load}
              hasSlug={admin}
            />
            <Passkeys />
          </>
        )}
      </div>
      {edited.value !== undefined && (
        <UserDialog
          user={edited.value === "new" ? undefined : edited.value}
          sessions={people?.tokens.filter(isLiveSession) ?? []}
          onClose={() => (edited.value = undefined)}
          onDone={() => done(edited)}
        />
      )}
      {role.value !== undefined && people !== undefined && (
        <RoleDialog
          role={role.value}
          users={people.users}
          onUser={(user) => {
            role.value = undefined;
            edited.value = user;
          }}
          onClose={() => (role.value = undefined)}
        />
      )}
      {makesToken.value && (
        <TokenMaker users={people?.users ?? []} onClose={() => (makesToken.value = false)} onDone={load} />
      )}
    </Region>
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

function isLiveSession(token: Token): boolean {
  return token.kind === CredentialKind.SESSION && isLive(token);
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
      {ends !== undefined && <span>Session expires {relative(ends, serviceNow())}</span>}
    </div>
  );
}

interface UserTableProps {
  readonly people: People;
  readonly onOpen: (user: User) => void;
  readonly onRole: (role: string) => void;
}

function UserTable({ people: { users, tokens }, onOpen, onRole }: UserTableProps) {
  const live = tokens.filter(isLive);
  const count = (slug: string, kind: CredentialKind) =>
    live.filter(
      (token) => token.slug === slug && (token.kind === CredentialKind.SESSION) === (kind === CredentialKind.SESSION),
    ).length;
  return (
    <section class="field" aria-labelledby="users-title">
      <h2 id="users-title">{countOf(users.length, "user")}</h2>
      <Region label="Users" class="scroll">
        <table class="cards">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Roles</th>
              <th scope="col">Sessions</th>
              <th scope="col">Tokens</th>
              <th scope="col">Changed</th>
            </tr>
          </thead>
          <tbody>
            {users.map((user) => (
              <tr key={user.slug}>
                <td data-head="Name">
                  <button type="button" class="link" onClick={() => onOpen(user)}>
                    <Bdi text={user.slug} />
                  </button>{" "}
                  {user.displayName !== "" && (
                    <span class="muted">
                      <Bdi text={user.displayName} />{" "}
                    </span>
                  )}
                  {user.admin && <span class="chip info">admin</span>}{" "}
                  {user.operator && <span class="chip info">operator</span>}
                </td>
                <td data-head="Roles">
                  {user.roles.map((name, at) => (
                    <>
                      {at > 0 && ", "}
                      <button type="button" class="link" onClick={() => onRole(name)}>
                        {name}
                      </button>
                    </>
                  ))}
                </td>
                <td data-head="Sessions">{count(user.slug, CredentialKind.SESSION)}</td>
                <td data-head="Tokens">{count(user.slug, CredentialKind.TOKEN)}</td>
                <td data-head="Changed" class="muted">
                  <Time at={user.updatedAt} /> by <Bdi text={user.updatedBy} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Region>
    </section>
  );
}
