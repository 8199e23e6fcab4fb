/**
 * The scripts call the same `oo` that the user types. It prints only names without characters that are special to a
 * shell.
 */
const bash = `# Completion of oo for bash: eval "$(oo completion bash)"
_oo_complete() {
  local IFS=$'\\n'
  COMPREPLY=($("$1" __complete bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _oo_complete oo
`;

const zsh = `#compdef oo
# Completion of oo for zsh: eval "$(oo completion zsh)" after compinit, or as the file _oo in a folder of $fpath
_oo() {
  local -a found
  found=(\${(f)"$("\${words[1]}" __complete zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( $#found )); then compadd -a found; else _files; fi
}
if [[ "\${funcstack[1]}" == _oo ]]; then _oo "$@"; else compdef _oo oo; fi
`;

const fish = `# Completion of oo for fish: oo completion fish > ~/.config/fish/completions/oo.fish
function __oo_complete
    set -l typed (commandline -opc)
    set -l found (command $typed[1] __complete fish -- $typed[2..-1] (commandline -ct) 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c oo -f -a '(__oo_complete)'
`;

/** Scripts by the name of the shell. When `oo` offers nothing, the shell offers files. */
export const completionScripts = { bash, zsh, fish } as const;

export type Shell = keyof typeof completionScripts;
