import { useSignal } from "@preact/signals";
import { CredentialKind, type Grant, type Token } from "../../gen/secret/v1/identity_service_pb.ts";
import { compareBytes } from "../../src/text/byte-order.ts";
import { who } from "../account.ts";
import { identityService, problemFrom } from "../api.ts";
import { countOf, type Problem } from "../model/words.ts";
import { links } from "../route.ts";
import { serviceNow } from "../session.ts";
import { leave } from "./account-buttons.tsx";
import { ConfirmButton } from "./confirm-button.tsx";
import { ProblemNote, say } from "./note.tsx";
import { Region } from "./region.tsx";
import { Bdi, msOf, Time } from "./text.tsx";
import { useMore } from "./use-more.tsx";

interface TokenTableProps {
  readonly tokens: readonly Token[];
  readonly hasSlug: boolean;
  readonly onChange: () => void;
}

function isOver({ revokedAt, expireAt }: Token): boolean {
  return revokedAt !== undefined || (msOf(expireAt) ?? Number.POSITIVE_INFINITY) <= serviceNow();
}

/** Tokens and sessions that can be used now. A token itself is never shown again. */
export function TokenTable({ tokens, hasSlug, onChange }: TokenTableProps) {
  const problem = useSignal<Problem | undefined>(undefined);
  const own = who.value?.tokenId;
  // The one of this page first; then by user, the newest first.
  const live = tokens
    .filter((token) => !isOver(token))
    .sort(
      (a, b) =>
        Number(b.id === own) - Number(a.id === own) ||
        compareBytes(a.slug, b.slug) ||
        (msOf(b.createdAt) ?? 0) - (msOf(a.createdAt) ?? 0),
    );
  const { shown, more } = useMore(live, "token");
  const revoke = async (id: string) => {
    problem.value = undefined;
    try {
      await identityService.revokeToken({ id });
      say("It can no longer be used.");
      onChange();
    } catch (error) {
      problem.value = problemFrom(error);
    }
  };
  return (
    <section class="field" aria-labelledby="tokens-title">
      <h2 id="tokens-title">{countOf(live.length, "token or session", "tokens and sessions")}</h2>
      {problem.value !== undefined && <ProblemNote problem={problem.value} />}
      <Region label="Tokens and sessions" class="scroll">
        <table class="cards">
          <thead>
            <tr>
              {hasSlug && <th scope="col">User</th>}
              <th scope="col">Description</th>
              <th scope="col">Created</th>
              <th scope="col">Expires</th>
              <th scope="col">May</th>
              <th scope="col">
                <span class="sr">Revoke</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ id, slug, kind, client, description, createdAt, expireAt, grants }) => (
              <tr key={id}>
                {hasSlug && (
                  <td data-head="User">
                    <Bdi text={slug} />
                  </td>
                )}
                <td data-head="Description">
                  {kind === CredentialKind.SESSION && <span class="chip info">session</span>}{" "}
                  <Bdi text={client === "" ? description : `“${client}”`} />{" "}
                  {id === own ? <span class="chip ok">this one</span> : <span class="muted small mono">{id}</span>}
                </td>
                <td data-head="Created">
                  <Time at={createdAt} />
                </td>
                <td data-head="Expires">
                  {expireAt === undefined ? <span class="chip warn">never</span> : <Time at={expireAt} />}
                </td>
                <td data-head="May">
                  {grants.length === 0 ? <span class="whole">{wholeWords}</span> : <Bdi text={grantWords(grants)} />}
                </td>
                <td class="do">
                  {id === own ? (
                    <button type="button" onClick={() => void leave()}>
                      Sign out<span class="sr"> of this session</span>
                    </button>
                  ) : (
                    <ConfirmButton word="Revoke" what={id} sure="Revoke it" onConfirm={() => void revoke(id)} />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Region>
      {more}
      <p class="hint">
        When one of them was last used is not stored.{" "}
        {hasSlug && (
          <>
            What its user did, and from where, is under <a href={links.audit()}>Audit</a>.
          </>
        )}
      </p>
    </section>
  );
}

/** Of a token that is not narrowed. */
const wholeWords = "all that the user may";

function grantWords(grants: readonly Grant[]): string {
  return grants.map(({ action, keyPatterns }) => `${action}: ${keyPatterns.join(", ")}`).join("; ");
}
