import { closeSync, constants, existsSync, openSync, rmSync, writeSync } from "node:fs";
import nodePath, { isAbsolute, join, type posix } from "node:path";
import type { SecretValue } from "../../text/secret-value.ts";
import { bytesOf } from "../../text/secret-value.ts";
import { makePrivateFolder } from "../files/private-folder.ts";
import { CliError, systemCode, systemReason, usageError } from "../frame/errors.ts";

/** `NAME=KEY:FILE` of `--mount`. */
export interface Mount {
  /** The variable that gets the path. */
  readonly name: string;
  readonly key: string;
  readonly file: string;
}

/** `SOURCE:FILE` of `--template`. */
export interface TemplateFile {
  readonly source: string;
  readonly file: string;
}

/** `paths` are those of this system, other than in tests. */
export function parseMount(text: string, paths: typeof posix = nodePath): Mount {
  const [, name = "", key = "", file = ""] = /^([A-Za-z_][A-Za-z0-9_]*)=([^:]+):(.+)$/s.exec(text) ?? [];
  if (name === "") throw usageError("--mount must be of the form NAME=KEY:FILE, such as CERT=tls/CERT:cert.p12");
  return { name, key, file: checkFile("--mount", file, paths) };
}

/** `paths` are those of this system, other than in tests. */
export function parseTemplate(text: string, paths: typeof posix = nodePath): TemplateFile {
  const last = text.lastIndexOf(":");
  // On Windows the last colon may be that of a drive.
  const isDrive = paths.sep === "\\" && /:[A-Za-z]$/.test(text.slice(0, last)) && /^[\\/]/.test(text.slice(last + 1));
  const at = isDrive ? last - 2 : last;
  if (at < 1) throw usageError("--template must be of the form TEMPLATE:FILE, such as app.conf.tmpl:/run/app.conf");
  return { source: text.slice(0, at), file: checkFile("--template", text.slice(at + 1), paths) };
}

function checkFile(option: string, file: string, paths: typeof posix): string {
  const isName = paths.basename(file) === file && file !== "." && file !== ".." && file !== "";
  if (isName || paths.isAbsolute(file)) return file;
  throw usageError(`the file of ${option} must be a plain name, for the private folder, or an absolute path`);
}

/** Files with values, for as long as the command runs. */
export interface PrivateFiles {
  /** Returns the path of the file. Throws CliError when it is there already or cannot be written. */
  write(file: string, content: SecretValue): string;
  /** Returns the paths of files that cannot be removed. */
  remove(): readonly string[];
}

/**
 * A plain name is made in a folder of its own, in memory where the system has a file system there; it goes even if this
 * process is killed. An absolute path is made anew and never replaces anything; it goes when this process ends by
 * itself.
 */
export function createPrivateFiles(): PrivateFiles {
  const folder = makePrivateFolder();
  const made: string[] = [];
  return {
    write(file, content) {
      const path = isAbsolute(file) ? file : join(folder.path, file);
      try {
        const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants;
        const fd = openSync(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600);
        made.push(path);
        try {
          const bytes = bytesOf(content);
          for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
        } finally {
          closeSync(fd);
        }
      } catch (error) {
        const isTaken = systemCode(error) === "EEXIST";
        throw new CliError(
          isTaken ? `${path} exists, and is not replaced` : `cannot write ${path}: ${systemReason(error)}`,
        );
      }
      return path;
    },
    remove() {
      const left = made.filter((path) => !isRemoved(path));
      folder.remove();
      return left.filter((path) => existsSync(path));
    },
  };
}

/** The command may have made a folder of it, or taken away the right to remove it. */
function isRemoved(path: string): boolean {
  try {
    rmSync(path, { force: true });
    return true;
  } catch {
    return false;
  }
}
