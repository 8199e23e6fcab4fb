/** HTML that is safe to send. Only this file makes it, and it escapes every text that is put in. */
export interface Html {
  readonly html: string;
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Characters that reorder or hide text. They are shown as their number. */
const unshown = /[\p{C}\p{Zl}\p{Zp}]/gu;

function escapeText(text: string): string {
  return text
    .replace(unshown, (char) => `[U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`)
    .replace(/[&<>"']/g, (char) => escapes[char] ?? "");
}

type Part = string | Html | readonly Html[];

/** A template for HTML: texts are escaped, HTML stays. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const put = (part: Part): string => {
    if (typeof part === "string") return escapeText(part);
    return "html" in part ? part.html : part.map(put).join("");
  };
  return { html: strings.map((text, index) => (index === 0 ? text : put(parts[index - 1] ?? "") + text)).join("") };
}
