import type { Command } from "commander";
import { checkNamespace, withNamespace } from "./namespace.ts";

const argumentNames: readonly string[] = ["key", "keys"];

/** Gives `--namespace` to every command below `group` that takes keys and has no namespace of another meaning. */
export function addKeyNamespaces(group: Command): void {
  for (const child of group.commands) addKeyNamespaces(child);
  const at = group.registeredArguments.findIndex((each) => argumentNames.includes(each.name()));
  if (at < 0 || group.options.some(({ long }) => long === "--namespace")) return;
  group
    .option("-n, --namespace <namespace>", "prefix the key with this and '/', unless it already begins with them")
    .hook("preAction", (_, command) => {
      const { namespace } = command.opts<{ namespace?: string }>();
      checkNamespace(namespace);
      command.processedArgs = command.processedArgs.map((given: unknown, index) =>
        index === at ? inNamespace(given, namespace) : given,
      );
    });
}

function inNamespace(given: unknown, namespace: string | undefined): unknown {
  if (Array.isArray(given)) return given.map((each) => inNamespace(each, namespace));
  return typeof given === "string" ? withNamespace(given, namespace) : given;
}
