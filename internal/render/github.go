package render

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/files"
)

// leastMask is the shortest header value that is masked: GitHub replaces every
// occurrence in the log, and hiding each "1" would make it unreadable.
const leastMask = 4

func needGithubEnv(o Options) error {
	if o.GithubEnv == "" {
		return fault.New(fault.Usage, "-o github needs the GITHUB_ENV variable, which GitHub Actions sets").
			Hint("outside GitHub Actions use -o env or -o dotenv")
	}
	return nil
}

// writeGithubMasks prints the workflow commands that hide each value in the log.
func writeGithubMasks(b *bytes.Buffer, r Result, o Options) error {
	if _, err := variables(r, o); err != nil {
		return err
	}
	// The runner undoes these escapes of a workflow command's data.
	escape := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	b.WriteString("::add-mask::" + escape.Replace(r.Set.AccessToken.Reveal()) + "\n")
	for _, h := range r.Headers {
		if v := h.Value.Reveal(); len(v) >= leastMask {
			b.WriteString("::add-mask::" + escape.Replace(v) + "\n")
		}
	}
	return nil
}

// deliverGithub prints the masks, then fills GITHUB_ENV: the runner must know what
// to hide before any step can print it. Without the file there are no masks,
// which show what they are about.
func deliverGithub(w io.Writer, masks []byte, r Result, o Options) error {
	env, err := files.Append(o.GithubEnv)
	if err != nil {
		return fault.New(fault.Config, "opening GITHUB_ENV: %w", err)
	}
	if err := writeAll(w, masks); err != nil {
		_ = env.Close()
		return err
	}
	if err := errors.Join(appendGithubEnv(env, r, o), env.Close()); err != nil {
		return fault.New(fault.Internal, "appending to GITHUB_ENV: %w", err)
	}
	return nil
}

// appendGithubEnv adds the variables to the runner's file, each between two
// delimiter lines, so that no value can be read as another variable.
func appendGithubEnv(env io.Writer, r Result, o Options) error {
	vars, err := variables(r, o)
	if err != nil {
		return err
	}
	end := "AUTHCTL_END"
	for i := 0; i < len(vars); i++ {
		if strings.Contains(vars[i].value, end) {
			end, i = end+"_", -1
		}
	}
	var b bytes.Buffer
	for _, v := range vars {
		b.WriteString(v.name + "<<" + end + "\n" + v.value + "\n" + end + "\n")
	}
	_, err = env.Write(b.Bytes())
	return err
}
