/**
 * Names of variables that change which code a program loads or runs, or whom it trusts, by the program that reads them.
 * A name that ends in `*` stands for all names with that beginning. Anyone who can add a secret to those that another
 * user exports could run code with most of these names, and intercept traffic with those that change trust.
 */
export const loaderNames: Readonly<Record<string, readonly string[]>> = {
  "the dynamic linker and libc": ["LD_*", "DYLD_*", "GCONV_PATH", "GLIBC_TUNABLES", "LOCPATH", "NLSPATH"],
  shells: [
    "PATH",
    "IFS",
    "ENV",
    "BASH_ENV",
    "BASHOPTS",
    "SHELLOPTS",
    "PS4",
    "PROMPT_COMMAND",
    "CDPATH",
    "FPATH",
    "ZDOTDIR",
  ],
  "programs that start others": ["SHELL", "EDITOR", "VISUAL", "PAGER", "BROWSER", "HOME", "TMPDIR"],
  "Node.js": [
    "NODE_OPTIONS",
    "NODE_PATH",
    "NODE_EXTRA_CA_CERTS",
    "NODE_TLS_REJECT_UNAUTHORIZED",
    "NPM_CONFIG_*",
    "npm_config_*",
  ],
  Python: ["PYTHON*", "PIP_*", "VIRTUAL_ENV"],
  Perl: ["PERL5*", "PERLLIB"],
  Ruby: ["RUBYOPT", "RUBYLIB", "GEM_HOME", "GEM_PATH", "BUNDLE_GEMFILE"],
  PHP: ["PHPRC", "PHP_INI_SCAN_DIR"],
  Java: [
    "JAVA_HOME",
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "_JAVA_OPTIONS",
    "CLASSPATH",
    "MAVEN_OPTS",
    "GRADLE_OPTS",
  ],
  ".NET": ["DOTNET_STARTUP_HOOKS", "DOTNET_ADDITIONAL_DEPS", "CORECLR_*", "COR_*"],
  Go: ["GODEBUG", "GOFLAGS", "GOPROXY"],
  Lua: ["LUA_INIT*", "LUA_PATH*", "LUA_CPATH*"],
  git: [
    "GIT_CONFIG*",
    "GIT_EXEC_PATH",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_ASKPASS",
    "GIT_EDITOR",
    "GIT_PAGER",
    "GIT_EXTERNAL_DIFF",
    "GIT_PROXY_COMMAND",
  ],
  OpenSSL: ["OPENSSL_CONF", "OPENSSL_ENGINES", "OPENSSL_MODULES", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"],
};

const patterns = Object.entries(loaderNames);

/** The programs that a variable of this name changes, such as `shells`; undefined when none is known. */
export function loaderOf(name: string): string | undefined {
  return patterns.find(([, names]) => names.some((each) => matches(name, each)))?.[0];
}

function matches(name: string, pattern: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
