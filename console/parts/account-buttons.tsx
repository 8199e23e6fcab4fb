import { signOut } from "../account.ts";
import { chooseTheme, theme } from "../session.ts";
import { Icon } from "./icon.tsx";

const themes = { system: "light", light: "dark", dark: "system" } as const;
const themeWords = { system: "System colours", light: "Light colours", dark: "Dark colours" } as const;

async function leave(): Promise<void> {
  const elsewhere = await signOut("You have signed out.");
  if (elsewhere !== "" && confirm("Also sign out of the provider of your account?")) location.assign(elsewhere);
}

/** What a person chooses for themselves. On a phone it is where the page says who they are, not among the places. */
export function AccountButtons({ class: className }: { class?: string }) {
  const word = themeWords[theme.value];
  return (
    <>
      <button type="button" class={className} title={word} onClick={() => chooseTheme(themes[theme.value])}>
        <Icon name="sun" />
        <span class="word">{word}</span>
      </button>
      <button type="button" class={className} title="Sign out" onClick={() => void leave()}>
        <Icon name="out" />
        <span class="word">Sign out</span>
      </button>
    </>
  );
}
