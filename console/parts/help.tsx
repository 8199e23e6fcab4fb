import { Dialog } from "./dialog.tsx";

const keys: readonly (readonly [keys: readonly string[], does: string])[] = [
  [["/"], "Search"],
  [["j", "k", "↓", "↑"], "Next, previous row"],
  [["PgUp", "PgDn", "Home", "End"], "Far in the list"],
  [["→", "←"], "Open, close, to the folder above"],
  [["Enter"], "Open the secret"],
  [["Esc"], "Back"],
  [["v"], "Reveal or hide the value"],
  [["c"], "Copy the value"],
  [["e"], "Edit"],
  [["n"], "New secret"],
  [["g s", "g i", "g c"], "Secrets, Import, Compare"],
  [["g a", "g p", "g h"], "Audit, People, Health"],
  [["?"], "This help"],
];

export function Help({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" label="Keyboard shortcuts" isSmall onClose={onClose}>
      <dl class="keys">
        {keys.map(([names, does]) => (
          <>
            <dt>
              {names.map((name, at) => (
                <>
                  {at > 0 && " "}
                  <kbd>{name}</kbd>
                </>
              ))}
            </dt>
            <dd>{does}</dd>
          </>
        ))}
      </dl>
    </Dialog>
  );
}
