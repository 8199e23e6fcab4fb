import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Token, User } from "../../gen/secret/v1/identity_service_pb.ts";
import { viewer, who } from "../account.ts";
import { identityService, problemFrom } from "../api.ts";
import { tokenSpans } from "../model/expiry.ts";
import { type GrantDraft, grantActions, grantsOf, meaningOf } from "../model/tokens.ts";
import type { Problem } from "../model/words.ts";
import { serviceNow } from "../session.ts";
import { allEntries } from "../store.ts";
import { copyText } from "./copy-text.ts";
import { Dialog } from "./dialog.tsx";
import { ExpiryField } from "./expiry-field.tsx";
import { Icon } from "./icon.tsx";
import { Note, ProblemNote } from "./note.tsx";
import { Pair, PairHead, type PairHeads } from "./pair.tsx";
import { Bdi, msOf, Time } from "./text.tsx";
import { mayDiscard } from "./use-leave-guard.ts";

interface TokenMakerProps {
  readonly users: readonly User[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}

const heads: PairHeads = ["Action", "Keys"];

/** Makes a token for a program, and says what it could do before it exists. */
export function TokenMaker({ users, onClose, onDone }: TokenMakerProps) {
  const { slug: me, admin } = viewer.value;
  const problem = useSignal<Problem | undefined>(undefined);
  const slug = useSignal(me);
  const grants = useSignal<readonly GrantDraft[]>([]);
  const made = useSignal<Token | undefined>(undefined);
  const isCopied = useSignal(false);
  const isBusy = useSignal(false);
  const description = useRef<HTMLInputElement>(null);
  const expireAt = useSignal<number | undefined>(undefined);
  const expiry = useRef<HTMLInputElement>(null);
  const token = useRef<HTMLElement>(null);
  const secrets = allEntries.value.map(({ secret }) => secret);
  const isAdmin = slug.value === me ? admin : users.some((user) => user.slug === slug.value && user.admin);
  const actsAsAdmin = isAdmin && grantsOf(grants.value).length === 0;
  const meanings = meaningOf(grants.value, secrets, slug.value === me, isAdmin ? slug.value : undefined);

  const make = async () => {
    // A time of which a part is missing would be taken for none.
    if (expiry.current?.reportValidity() === false) return;
    isBusy.value = true;
    problem.value = undefined;
    const seconds = Math.ceil(((expireAt.value ?? 0) - serviceNow()) / 1000);
    try {
      const { secret, token: stored } = await identityService.createToken({
        slug: slug.value,
        ...(expireAt.value === undefined ? {} : { ttl: { seconds: BigInt(seconds), nanos: 0 } }),
        description: description.current?.value ?? "",
        grants: grantsOf(grants.value),
      });
      // Only in the document, like a value.
      if (token.current !== null) token.current.textContent = secret;
      made.value = stored;
      onDone();
    } catch (error) {
      problem.value = problemFrom(error);
    } finally {
      isBusy.value = false;
    }
  };
  const close = () => {
    token.current?.replaceChildren();
    onClose();
  };
  const isMade = made.value !== undefined;
  const isDirty = () => isBusy.value || (isMade ? !isCopied.value : grants.value.length > 0);
  const question = isMade ? "Close it? The token is not copied, and not shown again." : undefined;
  const copy = async () => {
    if (await copyText(token.current?.textContent ?? "")) isCopied.value = true;
  };
  const change = (at: number, next: GrantDraft) => {
    grants.value = grants.value.with(at, next);
  };
  return (
    <Dialog
      title="New token"
      label="New token"
      isDirty={isDirty}
      isBusy={isBusy.value}
      {...(question === undefined ? {} : { question })}
      onClose={close}
      foot={
        isMade ? (
          <button type="button" onClick={() => mayDiscard(isDirty(), question) && close()}>
            Done
          </button>
        ) : (
          <>
            <button type="button" disabled={isBusy.value} onClick={() => mayDiscard(isDirty()) && close()}>
              Cancel
            </button>
            <button type="button" class="first" disabled={isBusy.value} onClick={() => void make()}>
              Create the token
            </button>
          </>
        )
      }
    >
      {problem.value !== undefined && <ProblemNote problem={problem.value} />}
      <div hidden={!isMade}>
        <Note kind="warn">Copy the token now: it is not shown again.</Note>
        <code ref={token} class="command" />
        <div class="row picker">
          <button type="button" class="first" onClick={() => void copy()}>
            <Icon name="copy" />
            Copy
          </button>
        </div>
      </div>
      <div hidden={isMade}>
        {admin && (
          <div class="field">
            <label for="token-slug">User</label>
            <input
              id="token-slug"
              class="mono"
              list="token-users"
              autocomplete="off"
              value={slug.value}
              onInput={(event) => (slug.value = event.currentTarget.value.trim())}
            />
            <datalist id="token-users">
              {users.map((user) => (
                <option key={user.slug} value={user.slug} />
              ))}
            </datalist>
          </div>
        )}
        <div class="field">
          <label for="token-description">Description</label>
          <input
            ref={description}
            id="token-description"
            autocomplete="off"
            placeholder="e.g. deploy job of checkout"
            maxLength={128}
          />
        </div>
        <div class="field">
          <label for="token-expires">Expires</label>
          <ExpiryField
            id="token-expires"
            at={expireAt.value}
            lastMs={msOf(who.value?.tokenExpireAt)}
            spans={tokenSpans}
            none="With this session"
            field={expiry}
            onChange={(at) => (expireAt.value = at)}
          />
          <p class="hint">
            A token never outlives the session that makes it. For a longer one, a program uses the account of its
            platform, or an admin runs <code>oo token create</code> with a token.
          </p>
        </div>
        <fieldset class="field">
          <legend>Narrowed to</legend>
          {grants.value.length > 0 && <PairHead heads={heads} />}
          {grants.value.map(({ action, patterns }, at) => (
            <Pair
              key={at}
              heads={heads}
              fields={[
                <select
                  aria-label={`Action ${at + 1}`}
                  value={action}
                  onChange={(event) => change(at, { action: event.currentTarget.value, patterns })}
                >
                  {grantActions.map((each) => (
                    <option key={each.action} value={each.action}>
                      {each.action}
                    </option>
                  ))}
                </select>,
                <input
                  class="mono"
                  aria-label={`Keys ${at + 1}`}
                  placeholder="e.g. prod/checkout/*"
                  spellcheck={false}
                  value={patterns}
                  onInput={(event) => change(at, { action, patterns: event.currentTarget.value })}
                />,
              ]}
              what={`row ${at + 1}`}
              onRemove={() => (grants.value = grants.value.toSpliced(at, 1))}
            />
          ))}
          <button type="button" onClick={() => (grants.value = [...grants.value, { action: "read", patterns: "" }])}>
            <Icon name="plus" />
            {grants.value.length === 0 ? "Narrow it" : "Add another"}
          </button>
        </fieldset>
      </div>
      <div class={actsAsAdmin ? "changes losses" : "changes"} role="status">
        <h2>This token</h2>
        <ul>
          {made.value !== undefined && (
            <li>
              <Bdi text={made.value.description || "Without a description"} /> ({made.value.id}), of{" "}
              <Bdi text={made.value.slug} />, expires <Time at={made.value.expireAt} />:{" "}
              <Time at={made.value.expireAt} isExact />
            </li>
          )}
          {meanings.map((sentence) => (
            <li key={sentence}>
              <bdi>{sentence}</bdi>
            </li>
          ))}
        </ul>
      </div>
    </Dialog>
  );
}
