import { Bdi } from "./text.tsx";

/** Names that enter a list, and names that leave it. */
export function NameChanges({ added, removed }: { added: readonly string[]; removed: readonly string[] }) {
  return (
    <>
      {added.map((name) => (
        <span key={name} class="plus">
          +<Bdi text={name} />{" "}
        </span>
      ))}
      {removed.map((name) => (
        <span key={name} class="minus">
          −<Bdi text={name} />{" "}
        </span>
      ))}
    </>
  );
}
