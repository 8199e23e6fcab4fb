import type { User } from "../../gen/secret/v1/identity_service_pb.ts";
import { accessListNames } from "../../src/text/access-list-names.ts";
import { compareBytes } from "../../src/text/byte-order.ts";
import { joinWords } from "../model/gains.ts";
import { columns } from "../model/grid.ts";
import { folderOf, lastPart } from "../model/tree.ts";
import { countOf } from "../model/words.ts";
import { links } from "../route.ts";
import { allEntries } from "../store.ts";
import { Dialog } from "./dialog.tsx";
import { Bdi } from "./text.tsx";

/** A group of more secrets than these is folded. */
const unfoldedMax = 8;

/** Of more folders than these the rest is counted, not listed. */
const foldersShown = 200;

interface Group {
  readonly rights: readonly string[];
  readonly keys: readonly string[];
}

interface RoleDialogProps {
  readonly role: string;
  readonly users: readonly User[];
  readonly onUser: (user: User) => void;
  readonly onClose: () => void;
}

/** The members of a role, and on which secrets it gives which rights. */
export function RoleDialog({ role, users, onUser, onClose }: RoleDialogProps) {
  const members = users.filter(({ roles }) => roles.includes(role));
  const groups = groupsOf(role);
  return (
    <Dialog title={`Role ${role}`} label={`Role ${role}`} onClose={onClose}>
      <section class="field">
        <h2>{countOf(members.length, "member")}</h2>
        <p>
          {members.map((user, at) => (
            <>
              {at > 0 && ", "}
              <button type="button" class="link" onClick={() => onUser(user)}>
                <Bdi text={user.slug} />
              </button>
            </>
          ))}
        </p>
      </section>
      <section>
        <h2>Access to secrets</h2>
        {groups.length === 0 && <p>None: it is in no list of a secret.</p>}
        {groups.map((group) => (
          <details key={group.rights.join()} class="group" open={group.keys.length <= unfoldedMax}>
            <summary>
              <b>{countOf(group.keys.length, "secret")}:</b> {joinWords(group.rights)}
            </summary>
            <Folders keys={group.keys} onOpen={onClose} />
          </details>
        ))}
      </section>
    </Dialog>
  );
}

/** Secrets on which the role has the same rights, the largest group first. */
function groupsOf(role: string): readonly Group[] {
  const groups = new Map<string, { readonly rights: readonly string[]; readonly keys: string[] }>();
  for (const { key, secret } of allEntries.value) {
    const lists = accessListNames.filter((list) => secret[list].includes(role));
    if (lists.length === 0) continue;
    const rights = columns.filter(({ list }) => lists.includes(list)).map(({ about }) => about);
    const group = groups.get(rights.join()) ?? { rights, keys: [] };
    group.keys.push(key);
    groups.set(rights.join(), group);
  }
  return [...groups.values()].sort((a, b) => b.keys.length - a.keys.length);
}

/** Keys by the folder that they are in. */
function Folders({ keys, onOpen }: { keys: readonly string[]; onOpen: () => void }) {
  const folders = [...Map.groupBy(keys.toSorted(compareBytes), folderOf)];
  const more = folders.length - foldersShown;
  return (
    <ul class="folders">
      {folders.slice(0, foldersShown).map(([folder, inside]) => (
        <li key={folder}>
          {folder !== "" && (
            <b class="key">
              <Bdi text={folder} />/
            </b>
          )}
          <div class="row">
            {inside.map((key) => (
              <a key={key} href={links.secret(key)} onClick={onOpen}>
                <bdi class="key">{lastPart(key)}</bdi>
              </a>
            ))}
          </div>
        </li>
      ))}
      {more > 0 && <li class="muted">and {countOf(more, "more folder")}</li>}
    </ul>
  );
}
