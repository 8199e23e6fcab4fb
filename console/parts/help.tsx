import { Dialog } from "./dialog.tsx";

const keys: readonly (readonly [keys: readonly string[], does: string])[] = [
  [["/"], "Search"],
  [["j", "k", "↓", "↑"], "Next or previous row"],
  [["PgUp", "PgDn"], "A page up or down"],
  [["Home", "End"], "First or last row"],
  [["→", "←"], "Open or close a folder, or go to the one above"],
  [["Enter"], "Open the row"],
  [["Esc"], "Back to the list, or close"],
  [["v"], "Reveal or hide the value"],
  [["c"], "Copy the value without showing it"],
  [["e"], "Edit the secret"],
  [["n"], "New secret"],
  [["g s"], "Go to Secrets"],
  [["g i"], "Go to Import"],
  [["g c"], "Go to Compare"],
  [["g a"], "Go to Audit"],
  [["g p"], "Go to People"],
  [["g h"], "Go to Health"],
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
