package cmd

import (
	"strings"

	"github.com/spf13/cobra"
)

// environment is every variable that authctl reads or sets: `help environment`
// shows it, and its manual page and docs/environment.md are made of it. It is one
// text, which costs less than a table of Go; Environment reads it.
const environment = `Environment variables that authctl reads or sets. Beside them env:NAME in a
profile reads whichever it names.

Settings, where no flag says otherwise:

  AUTHCTL_CONFIG: the profiles file (--config)
  AUTHCTL_PROFILE: the name of the profile (--profile), before default_profile of the file
  AUTHCTL_STORE: where tokens are kept: keyring, file, none, vault or kubernetes (--store)
  AUTHCTL_TIMEOUT: how long a command may take, such as 30s or 5m (--timeout)
  AUTHCTL_VERBOSE: a trace of each request on stderr: true or false (--verbose)
  AUTHCTL_QUIET: no progress and no warnings: true or false (--quiet)

Secrets and keys:

  AUTHCTL_SECRET_<PROFILE>_<NAME>: keyring:NAME of a profile, before the keyring; both names in capitals, _ for what is no letter or digit
  AUTHCTL_STORE_KEY_FILE: a file with the key that seals the store, instead of one that authctl makes
  AUTHCTL_STORE_KEY: that key itself, for a store that machines share
  AUTHCTL_STORE_PATH: MOUNT/PREFIX in the vault
  CREDENTIALS_DIRECTORY: systemd's folder of credentials, in which the key may stand
  SSH_AUTH_SOCK: the ssh-agent that an ssh-agent: reference asks
  DBUS_SESSION_BUS_ADDRESS: the user's D-Bus, over which the keyring is reached on Linux

Terminal:

  NO_COLOR: not empty: no colour, whatever else is set
  CLICOLOR_FORCE: neither empty nor 0: colour in a pipe too
  CLICOLOR: 0: no colour
  TERM: dumb: no colour

Editor of profile edit:

  VISUAL: the editor, with its arguments, where the terminal is not dumb
  EDITOR: the editor else; without it vi, on Windows notepad

Network:

  HTTPS_PROXY, https_proxy: the proxy for https; the lower-case name counts where the other is empty
  HTTP_PROXY, http_proxy: the proxy for http
  ALL_PROXY, all_proxy: the proxy where there is none for the scheme
  NO_PROXY, no_proxy: hosts that are reached without a proxy
  REQUEST_METHOD: set by web servers for CGI programs: HTTP_PROXY is refused then
  SSL_CERT_FILE: a file of authorities instead of the system's
  SSL_CERT_DIR: folders of authorities instead of the system's

Logging in:

  BROWSER: the program that opens a page
  DISPLAY, WAYLAND_DISPLAY: a desktop is there, so that a browser can be opened
  WSL_DISTRO_NAME, WSL_INTEROP: the shell is one of WSL's, and the browser Windows'
  SSH_CONNECTION, SSH_TTY: the shell is on another machine than the browser
  SystemRoot: where Windows has its own programs

Folders:

  XDG_CONFIG_HOME, AppData: profiles.yaml is in its folder authctl; else in ~/.config, ~/Library/Application Support or %AppData%
  XDG_STATE_HOME, LocalAppData: tokens are in its folder authctl; else in ~/.local/state, ~/Library/Application Support or %LocalAppData%
  XDG_CACHE_HOME: what servers published is in its folder authctl; else in ~/.cache, ~/Library/Caches or %LocalAppData%
  HOME, USERPROFILE: what ~ stands for

Jobs, pods and stores that machines share:

  BAO_ADDR, VAULT_ADDR: the vault's address, where the file names none
  BAO_NAMESPACE, VAULT_NAMESPACE: its namespace
  BAO_CACERT, VAULT_CACERT: a file of authorities for it
  BAO_TOKEN, VAULT_TOKEN: the token for it, where the file names no way to log in
  KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT: the cluster's API, as a pod is told it
  USER, LOGNAME, USERNAME: who is about to change a shared token, for other machines to see
  CI_JOB_URL, BUILD_URL, GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID: in which job that is
  GITHUB_ACTIONS: true in a job of GitHub Actions
  GITHUB_ENV: the file that -o github adds variables to
  ACTIONS_ID_TOKEN_REQUEST_URL, ACTIONS_ID_TOKEN_REQUEST_TOKEN: where and with what a job asks GitHub for its JWT ({github_actions: AUDIENCE})

Set for the programs that authctl runs:

  AUTHCTL_ACCESS_TOKEN: of exec, -o env, dotenv and github: the access token (--env-prefix begins the name with something else)
  AUTHCTL_TOKEN_TYPE: its type
  AUTHCTL_EXPIRES_AT: when it expires (RFC 3339, UTC), empty where that is not known
  AUTHCTL_AUTHORIZATION: the value of the header Authorization
  AUTHCTL_HEADER_<NAME>: a header of api.headers
  AUTHCTL_SIGN_ALG, AUTHCTL_SIGN_HASH: of a signer: the algorithm, and the digest's
  AUTHCTL_SANDBOX_URL: of sandbox: its address
`

func newEnvironmentTopic(*cli) *cobra.Command {
	return &cobra.Command{Use: "environment", Short: "Environment variables", Long: environment}
}

// Group is variables of the environment that are about one thing.
type Group struct {
	Title     string
	Variables []Variable
}

// Variable is one variable, or several that stand for each other or belong together.
type Variable struct {
	Names []string // with <WHAT> where a part is the user's
	Says  string
}

// Environment is the table of all variables.
func Environment() (groups []Group) {
	for _, line := range strings.Split(environment, "\n") {
		title, isTitle := strings.CutSuffix(line, ":")
		names, says, _ := strings.Cut(strings.TrimPrefix(line, "  "), ": ")
		switch last := len(groups) - 1; {
		case isTitle:
			groups = append(groups, Group{Title: title})
		case last >= 0 && says != "":
			groups[last].Variables = append(groups[last].Variables, Variable{strings.Split(names, ", "), says})
		}
	}
	return groups
}
