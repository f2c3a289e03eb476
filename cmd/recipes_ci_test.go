package cmd_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// These play a CI system as far as the recipes use it: variables and secrets
// filled in, one shell a step, what a step hands to the next.

func (k *kitchen) parse(b block, into any) {
	k.t.Helper()
	if err := yaml.Unmarshal([]byte(b.text), into); err != nil {
		k.t.Fatal(err)
	}
}

// set gives variables to the steps, with the CI system's own expressions filled in.
func (k *kitchen) set(vars map[string]string) {
	k.t.Helper()
	config := k.env["AUTHCTL_CONFIG"]
	fill := strings.NewReplacer(
		"${{ github.workspace }}/ci/profiles.yaml", config, "$CI_PROJECT_DIR/ci/profiles.yaml", config,
		"$(Build.SourcesDirectory)/ci/profiles.yaml", config, "https://api.example.org", k.base,
		"${{ secrets.SALUS_CLIENT_SECRET }}", k.secrets["AUTHCTL_SECRET_SALUS_CLIENT_SECRET"],
		"$(SALUS_CLIENT_SECRET)", k.secrets["AUTHCTL_SECRET_SALUS_CLIENT_SECRET"], "$(API_TOKEN)", k.env["pipeline API_TOKEN"],
	)
	for name, value := range vars {
		k.env[name] = fill.Replace(value)
		if strings.ContainsAny(k.env[name], "${(") {
			k.t.Errorf("%s: %s is not filled in", name, value)
		}
	}
}

func (k *kitchen) unset(vars map[string]string) {
	for name := range vars {
		delete(k.env, name)
	}
}

func (k *kitchen) github(b block) {
	var flow struct {
		Jobs map[string]struct {
			Env   map[string]string
			Steps []struct {
				Uses, Name, Run string
				Env             map[string]string
			}
		}
	}
	k.parse(b, &flow)
	k.without()
	var masks []string
	log := ""
	file := k.file("github_env", "")
	k.env["GITHUB_PATH"] = k.file("github_path", "")
	k.release()
	for _, job := range flow.Jobs {
		k.set(job.Env)
		k.env["GITHUB_ENV"] = file
		for _, step := range job.Steps {
			if step.Run == "" {
				continue
			}
			k.set(step.Env)
			out := k.run("bash", "-e", k.file("step.sh", k.swap(step.Run)))
			for line := range strings.Lines(out) {
				if value, ok := strings.CutPrefix(strings.TrimSpace(line), "::add-mask::"); ok {
					masks = append(masks, value)
					continue
				}
				log += line
			}
			k.unset(step.Env)
			k.set(githubEnv(k.read("github_env")))
			k.prepend(k.read("github_path"))
		}
	}
	k.isMe(k.read("me.json"))
	token := k.env["AUTHCTL_ACCESS_TOKEN"]
	if token == "" || !slices.Contains(masks, token) || strings.Contains(log, token) {
		k.t.Errorf("%d masks, log %q", len(masks), log)
	}
}

// githubEnv reads NAME<<END, lines, END as the runner does.
func githubEnv(text string) map[string]string {
	vars := map[string]string{}
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		name, end, ok := strings.Cut(lines[i], "<<")
		if !ok {
			continue
		}
		var value []string
		for i++; i < len(lines) && lines[i] != end; i++ {
			value = append(value, lines[i])
		}
		vars[name] = strings.Join(value, "\n")
	}
	return vars
}

func (k *kitchen) gitlab(b block) {
	type job struct {
		Before    []string `yaml:"before_script"`
		Script    []string
		Artifacts struct{ Reports struct{ Dotenv string } }
	}
	var flow struct {
		Variables map[string]string
		Token     job
		Call      job
	}
	k.parse(b, &flow)
	k.release()
	k.checkOutForAll("ci", "profiles.yaml")
	k.set(flow.Variables) // and the secrets, as GitLab has them in every job's environment
	for _, j := range []job{flow.Token, flow.Call} {
		k.run("sh", "-euc", k.swap(strings.Join(slices.Concat(j.Before, j.Script), "\n")))
		if file := j.Artifacts.Reports.Dotenv; file != "" {
			for line := range strings.Lines(k.read(file)) {
				name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
				k.env[name] = value
			}
			k.without() // the job that calls needs none
		}
	}
	k.isMe(k.read("me.json"))
}

// checkOutForAll puts the profiles into a folder as runners with Docker or
// Kubernetes check a repository out: umask 0000, writable by everybody.
func (k *kitchen) checkOutForAll(folder, name string) {
	k.t.Helper()
	text, err := os.ReadFile(k.env["AUTHCTL_CONFIG"])
	if err != nil {
		k.t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(k.dir, folder), 0o700); err != nil {
		k.t.Fatal(err)
	}
	k.env["AUTHCTL_CONFIG"] = k.file(filepath.Join(folder, name), string(text))
	for path, mode := range map[string]os.FileMode{folder: 0o777, filepath.Join(folder, name): 0o666} {
		if err := os.Chmod(filepath.Join(k.dir, path), mode); err != nil {
			k.t.Fatal(err)
		}
	}
}

func (k *kitchen) azure(b block) {
	var flow struct {
		Variables map[string]string
		Steps     []struct {
			Bash string
			Env  map[string]string
		}
	}
	k.parse(b, &flow)
	k.without()
	k.set(flow.Variables)
	k.release()
	command := regexp.MustCompile(`##vso\[task\.setvariable variable=(\w+);issecret=true\](\S+)`)
	path := regexp.MustCompile(`##vso\[task\.prependpath\](\S+)`)
	for _, step := range flow.Steps {
		k.set(step.Env)
		out := k.run("bash", k.file("step.sh", k.swap(step.Bash)))
		if m := path.FindStringSubmatch(out); m != nil {
			k.prepend(m[1])
		}
		for _, m := range command.FindAllStringSubmatch(out, -1) {
			k.env["pipeline "+m[1]] = m[2] // a secret variable is in no environment
		}
		k.unset(step.Env)
	}
	k.isMe(k.read("me.json"))
	if _, err := os.Stat(filepath.Join(k.dir, "step.sh")); err != nil || k.env["pipeline API_TOKEN"] == "" {
		k.t.Error("nothing was run")
	}
}

// githubOIDC plays GitHub and a server that trusts its JWTs.
func (k *kitchen) githubOIDC(b block) {
	var flow struct {
		Permissions map[string]string
		Jobs        map[string]struct {
			Env   map[string]string
			Steps []struct{ Run string }
		}
	}
	k.parse(b, &flow)
	k.without()
	delete(k.env, "AUTHCTL_CONFIG")
	job := "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.URL.Path == "/job" && r.Header.Get("Authorization") == "Bearer the-job" && r.FormValue("audience") == "api://as.example.org":
			fmt.Fprintf(w, `{"value":%q}`, job)
		case r.URL.Path == "/token" && r.FormValue("client_assertion") == job && r.FormValue("client_id") == "ci":
			fmt.Fprint(w, `{"access_token":"granted","token_type":"Bearer","expires_in":60}`)
		default:
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	defer server.Close()
	if flow.Permissions["id-token"] == "write" { // what GitHub gives such a job alone
		k.env["GITHUB_ACTIONS"], k.env["ACTIONS_ID_TOKEN_REQUEST_URL"], k.env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "true", server.URL+"/job?v=1", "the-job"
	}
	k.file("deploy.sh", "#!/bin/sh\necho \"$AUTHCTL_ACCESS_TOKEN ${ACTIONS_ID_TOKEN_REQUEST_TOKEN-none}\"\n")
	k.run("chmod", "700", "deploy.sh")
	k.env["GITHUB_PATH"] = k.file("github_path", "")
	k.release()
	k.swaps = append(k.swaps, "https://as.example.org/token", server.URL+"/token")
	out := ""
	for _, job := range flow.Jobs {
		k.set(job.Env)
		for _, step := range job.Steps {
			out = k.run("bash", "-e", k.file("step.sh", k.swap(step.Run)))
			k.prepend(k.read("github_path"))
		}
	}
	if out != "granted none\n" {
		k.t.Errorf("%q", out)
	}
}
