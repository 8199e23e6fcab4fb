/**
 * Variables that a shell sets by itself, or that have another meaning to it: an assignment is an error, is ignored or
 * changes more than the variable. First those of POSIX shells, then of bash, then of zsh (where `path` is PATH). The
 * USERNAME of zsh is left out: it is an ordinary name elsewhere, and zsh reports the error.
 */
const shellNames = new Set(
  `_ OPTIND PPID LINENO
  BASHOPTS BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_CMDS BASH_COMMAND BASH_LINENO BASH_SOURCE BASH_SUBSHELL
  BASH_VERSINFO DIRSTACK EPOCHREALTIME EPOCHSECONDS EUID FUNCNAME GROUPS HISTCMD RANDOM SECONDS SHELLOPTS SHLVL SRANDOM UID
  ARGC COLUMNS EGID FUNCNEST GID HISTCHARS HISTSIZE KEYBOARD_HACK KEYTIMEOUT LINES LISTMAX MAILCHECK SAVEHIST
  TRY_BLOCK_ERROR TRY_BLOCK_INTERRUPT TTYIDLE WATCH ZSH_EVAL_CONTEXT ZSH_SUBSHELL aliases argv builtins cdpath commands
  dirstack dis_aliases dis_builtins dis_functions dis_functions_source dis_galiases dis_patchars dis_reswords dis_saliases
  fignore fpath funcfiletrace funcsourcetrace funcstack functions functions_source functrace galiases histchars history
  historywords jobdirs jobstates jobtexts keymaps mailpath manpath module_path modules nameddirs options parameters
  patchars path pipestatus psvar reswords saliases signals status termcap terminfo userdirs usergroups watch widgets
  zsh_eval_context zsh_scheduled_events`.split(/\s+/),
);

/** Whether a shell reserves this variable for itself. */
export function belongsToShell(name: string): boolean {
  return shellNames.has(name);
}
