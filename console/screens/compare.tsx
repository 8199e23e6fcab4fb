import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { compareBytes } from "../../src/text/byte-order.ts";
import { compareFolders } from "../model/compare.ts";
import { foldersAbove } from "../model/tree.ts";
import { countOf, countOrNo } from "../model/words.ts";
import { Empty, Note, say } from "../parts/note.tsx";
import { Region } from "../parts/region.tsx";
import { Key } from "../parts/text.tsx";
import { links } from "../route.ts";
import { allEntries, loadState } from "../store.ts";
import { draftImport } from "./import-draft.ts";

/** More names than these in both say nothing more. */
const namesShown = 500;

/** What one folder has and another lacks, such as prod and staging. By names only: no value is read. */
export function CompareScreen() {
  const left = useSignal("");
  const right = useSignal("");
  const entries = allEntries.value;
  const folders = useMemo(
    () => [...new Set(entries.flatMap(({ key }) => foldersAbove(key)))].sort(compareBytes),
    [entries],
  );
  const { onlyLeft, onlyRight, both } = useMemo(
    () =>
      compareFolders(
        entries.map(({ key }) => key),
        left.value,
        right.value,
      ),
    [entries, left.value, right.value],
  );
  useEffect(() => {
    document.title = "Compare · Secrets";
  }, []);
  const isChosen = left.value !== "" && right.value !== "" && left.value !== right.value;
  return (
    <Region label="Compare" class="page">
      <div class="bar">
        <h1>Compare</h1>
      </div>
      <div class="inner form">
        <p class="prose">Which keys one folder has and the other lacks. Only names are compared: no value is read.</p>
        {!loadState.value.done && <Note>Not all secrets are loaded yet.</Note>}
        {loadState.value.more && <Note kind="warn">Only the secrets that are loaded are compared.</Note>}
        <div class="filters">
          <FolderField
            label="Compare folder"
            example="prod"
            value={left.value}
            onInput={(path) => (left.value = path)}
          />
          <FolderField
            label="With folder"
            example="staging"
            value={right.value}
            onInput={(path) => (right.value = path)}
          />
          <datalist id="compare-folders">
            {folders.map((path) => (
              <option key={path} value={path} />
            ))}
          </datalist>
        </div>
        {!isChosen && <Empty title="Choose two folders">For example prod and staging.</Empty>}
        {isChosen && (
          <>
            <Missing from={left.value} to={right.value} parts={onlyLeft} />
            <Missing from={right.value} to={left.value} parts={onlyRight} />
            <details class="group">
              <summary>{countOf(both.length, "name")} in both (values are not compared)</summary>
              <ul class="folders">
                {both.slice(0, namesShown).map((part) => (
                  <li key={part}>
                    <a href={links.secret(`${left.value}/${part}`)}>
                      <bdi class="key">{part}</bdi>
                    </a>
                  </li>
                ))}
              </ul>
            </details>
          </>
        )}
      </div>
    </Region>
  );
}

interface FolderFieldProps {
  readonly label: string;
  readonly example: string;
  readonly value: string;
  readonly onInput: (path: string) => void;
}

function FolderField({ label, example, value, onInput }: FolderFieldProps) {
  return (
    <label class="short">
      {label}
      <input
        class="mono"
        list="compare-folders"
        autocomplete="off"
        spellcheck={false}
        placeholder={`e.g. ${example}`}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value.trim())}
      />
    </label>
  );
}

function Missing({ from, to, parts }: { from: string; to: string; parts: readonly string[] }) {
  const bring = () => {
    draftImport(to, parts);
    say("Fill in the values. Nothing was copied but names.");
    location.hash = "#/import";
  };
  return (
    <section class="field" aria-label={`Missing in ${to}`}>
      <h2>
        {countOrNo(parts.length, "key")} missing in <bdi>{to}</bdi>
      </h2>
      {parts.length > 0 && (
        <>
          <div class="scroll">
            <table>
              <tbody>
                {parts.map((part) => (
                  <tr key={part}>
                    <td>
                      <a href={links.secret(`${from}/${part}`)}>
                        <Key text={`${from}/${part}`} />
                      </a>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <div class="row picker">
            <button type="button" onClick={bring}>
              Add {parts.length === 1 ? "it" : "them"} to {to}…
            </button>
            <span class="muted grow">No value is copied: you type a new one for each name.</span>
          </div>
        </>
      )}
    </section>
  );
}
