import type { User } from "../../gen/secret/v1/identity_service_pb.ts";
import { accessListNames } from "../../src/text/access-list-names.ts";
import { compareBytes } from "../../src/text/byte-order.ts";
import { columns } from "../model/grid.ts";
import { countOf } from "../model/words.ts";
import { links } from "../route.ts";
import { allEntries } from "../store.ts";
import { Dialog } from "./dialog.tsx";
import { Bdi } from "./text.tsx";

/** More secrets than these are counted, not listed. */
const secretsShown = 200;

/** The members of a role, and on which secrets it gives which right. */
export function RoleDialog({ role, users, onClose }: { role: string; users: readonly User[]; onClose: () => void }) {
  const members = users.filter(({ roles }) => roles.includes(role));
  const listed = allEntries.value
    .map(({ key, secret }) => ({ key, lists: accessListNames.filter((list) => secret[list].includes(role)) }))
    .filter(({ lists }) => lists.length > 0)
    .sort((a, b) => compareBytes(a.key, b.key));
  return (
    <Dialog title={`Role ${role}`} label={`Role ${role}`} onClose={onClose}>
      <section class="field">
        <h2>{countOf(members.length, "member")}</h2>
        <p>
          {members.map(({ slug }, at) => (
            <>
              {at > 0 && ", "}
              <Bdi text={slug} />
            </>
          ))}
        </p>
      </section>
      <section>
        <h2>On {countOf(listed.length, "secret")}</h2>
        <ul class="history">
          {listed.slice(0, secretsShown).map(({ key, lists }) => (
            <li key={key}>
              <div class="grow">
                <a href={links.secret(key)} onClick={onClose}>
                  <bdi class="key">{key}</bdi>
                </a>
                <div class="muted small">
                  {columns
                    .filter(({ list }) => lists.includes(list))
                    .map(({ about }) => about)
                    .join(", ")}
                </div>
              </div>
            </li>
          ))}
        </ul>
        {listed.length > secretsShown && (
          <p class="muted">and {countOf(listed.length - secretsShown, "more secret")}</p>
        )}
      </section>
    </Dialog>
  );
}
