import { CredentialKind, type Token, type User } from "../../gen/secret/v1/identity_service_pb.ts";
import { invitationKind } from "./invitation.tsx";
import { Region } from "./region.tsx";
import { Bdi, Time } from "./text.tsx";
import { useMore } from "./use-more.tsx";

interface UserTableProps {
  readonly users: readonly User[];
  /** Those that can be used now. */
  readonly tokens: readonly Token[];
  readonly onOpen: (user: User) => void;
  readonly onRole: (role: string) => void;
}

const invitationWords = { open: "open invitation", expired: "invitation expired", used: undefined } as const;

/** Users with their roles, and how many sessions and tokens they have. */
export function UserTable({ users, tokens, onOpen, onRole }: UserTableProps) {
  const { shown, more } = useMore(users, "user");
  const count = (slug: string, kind: CredentialKind) =>
    tokens.filter(
      (token) => token.slug === slug && (token.kind === CredentialKind.SESSION) === (kind === CredentialKind.SESSION),
    ).length;
  return (
    <>
      <Region label="Users" class="scroll">
        <table class="cards">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Rights</th>
              <th scope="col">Roles</th>
              <th scope="col">Sessions</th>
              <th scope="col">Tokens</th>
              <th scope="col">Changed</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((user) => (
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
                  <Invited user={user} />
                </td>
                <td data-head="Rights">
                  {user.admin && <span class="chip info">admin</span>}
                  {user.admin && user.operator && " "}
                  {user.operator && <span class="chip info">operator</span>}
                </td>
                <td data-head="Roles">
                  {user.roles.length === 0 && <span class="muted">none</span>}
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
      {more}
    </>
  );
}

/** Nothing has to be done about an invitation that was used. */
function Invited({ user }: { user: User }) {
  const words = invitationWords[invitationKind(user) ?? "used"];
  return words === undefined ? null : <span class="chip warn">{words}</span>;
}
