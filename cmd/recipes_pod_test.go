package cmd_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// object is what a pod's own command sees of a manifest.
type object struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string
	Data       map[string]string
	Spec       struct {
		Containers []struct {
			Command      []string
			Env          []struct{ Name, Value string }
			VolumeMounts []struct {
				Name      string
				MountPath string `yaml:"mountPath"`
			} `yaml:"volumeMounts"`
		}
		Volumes []struct {
			Name      string
			ConfigMap struct{ Name string } `yaml:"configMap"`
			Projected struct {
				Sources []struct {
					Token struct{ Path, Audience string } `yaml:"serviceAccountToken"`
				}
			}
		}
	}
}

// manifest plays a cluster: it projects the files of the pod's volumes and runs
// the command of its container, with the sandbox's Entra for Microsoft's.
func (k *kitchen) manifest(b block) {
	sandbox := k.read(k.env["AUTHCTL_CONFIG"])
	delete(k.env, "AUTHCTL_CONFIG")
	k.file("report", "#!/bin/sh\necho \"token $AUTHCTL_ACCESS_TOKEN\"\n")
	k.run("chmod", "700", "report")
	data, mounted, ran := map[string]string{}, []string{}, ""
	for _, part := range strings.Split(b.text, "\n---\n") {
		var o object
		if err := yaml.Unmarshal([]byte(part), &o); err != nil || o.APIVersion == "" || o.Kind == "" {
			k.t.Fatal(err, part)
		}
		for name, text := range o.Data {
			data[name] = text
		}
		for _, c := range o.Spec.Containers {
			for _, m := range c.VolumeMounts {
				mounted = append(mounted, m.MountPath, filepath.Join(k.dir, m.Name))
			}
			for _, v := range o.Spec.Volumes {
				if err := os.Mkdir(filepath.Join(k.dir, v.Name), 0o700); err != nil {
					k.t.Fatal(err)
				}
				if v.ConfigMap.Name != "" {
					k.file(v.Name+"/profiles.yaml", entra(sandbox, strings.NewReplacer(mounted...).Replace(data["profiles.yaml"])))
				}
				for _, s := range v.Projected.Sources {
					workload := regexp.MustCompile(`\S+workload\.jwt`).FindString(sandbox)
					k.copied(strings.TrimPrefix(strings.Trim(workload, `"`), "file:"), v.Name+"/"+s.Token.Path)
				}
			}
			for _, e := range c.Env {
				k.env[e.Name] = strings.NewReplacer(mounted...).Replace(e.Value)
			}
			ran = k.run(c.Command[0], c.Command[1:]...)
		}
	}
	if !strings.HasPrefix(ran, "token eyJ") {
		k.t.Errorf("the pod says %q: %s", ran, k.said)
	}
}

// entra makes of a profile for Microsoft's one for the sandbox's.
func entra(sandbox, text string) string {
	_, federated, _ := strings.Cut(sandbox, "\n  ardengem-federated:\n")
	of := func(field string) string {
		return regexp.MustCompile(` ` + field + `: .*`).FindString(federated)
	}
	for page, field := range map[string]string{`issuer`: "token_url", `id`: "id", `scopes`: "scopes"} {
		text = regexp.MustCompile(` `+page+`: .*`).ReplaceAllLiteralString(text, of(field))
	}
	return text
}
