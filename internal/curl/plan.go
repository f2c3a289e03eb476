package curl

import (
	"context"
	"strings"

	"authctl/internal/fault"
)

// Check reads the command line and says what would be refused: wrong usage, a
// foreign host, an unsafe option. It asks for no token and runs nothing.
func (j Job) Check() error {
	_, err := j.plan(context.Background(), false) // pipes are not read, so it waits for nothing
	return err
}

// plan is the requests of the job, each allowed. Headers from a pipe are read
// and looked at when they are about to be sent.
func (j Job) plan(ctx context.Context, sends bool) ([]transfer, error) {
	l, err := parse(j.Argv, j.AllowUnsafe)
	if err != nil {
		return nil, err
	}
	if err := l.readHeaderFiles(ctx, headerReader{j.In, sends, j.Wait}); err != nil {
		return nil, err
	}
	at := target{j.Hosts, j.BaseURL, j.InsecureHTTP}
	all, err := l.transfers(at)
	if err != nil {
		return nil, err
	}
	for _, t := range all {
		if err := t.checkDescriptors(); err != nil {
			return nil, err
		}
		if err := t.checkHeaders(); err != nil {
			return nil, err
		}
		if j.ByStdin && t.stdin {
			return nil, fault.New(fault.Usage, "on this system the token travels on curl's stdin, so the request cannot read from there").
				Hint("put the body into a file: -d @FILE or -T FILE")
		}
		if err := t.checkURLs(at); err != nil {
			return nil, err
		}
		if err := t.checkHost(at); err != nil && !j.AllowUnsafe {
			return nil, err
		}
		if err := j.checkRedirects(t); err != nil && !j.AllowUnsafe {
			return nil, err
		}
		if err := j.checkRetry(t); err != nil && !j.AllowUnsafe {
			return nil, err
		}
	}
	return all, nil
}

// checkURLs: a whole URL as the request target says where the request goes as
// well (RFC 9112 3.2.2), and so may an option that is not known.
func (t transfer) checkURLs(at target) error {
	urls := []arg{}
	for _, a := range t.options {
		if a.name == "request-target" {
			urls = append(urls, a)
		}
	}
	for _, a := range append(urls, t.unknown...) {
		if !strings.Contains(a.value, "://") {
			continue
		}
		if _, err := at.resolve(a.value); err != nil {
			return err
		}
	}
	return nil
}

// checkRedirects: curl sends Authorization to no other host, but every other
// header it was given goes wherever a redirect points.
func (j Job) checkRedirects(t transfer) error {
	if t.follows && (len(j.HeaderNames) > 0 || j.Prover != nil) {
		names := append([]string(nil), j.HeaderNames...)
		if j.Prover != nil {
			names = append(names, "DPoP")
		}
		return fault.New(fault.Usage, "curl's -L would send %s to wherever a redirect points", strings.Join(names, ", ")).
			Hint("call the final URL, or put --allow-unsafe-curl before the --")
	}
	return nil
}

// checkRetry: curl's own --retry would send the same token and proof again.
func (j Job) checkRetry(t transfer) error {
	n, asked := last(t.options, "retry")
	switch {
	case !asked || n == "0":
	case j.SingleUse:
		return fault.New(fault.Usage, "curl's --retry would use a token twice that is good for one request (token.single_use)")
	case j.Prover != nil:
		return fault.New(fault.Usage, "curl's --retry would send the same DPoP proof twice (RFC 9449 11.1)")
	}
	return nil
}
