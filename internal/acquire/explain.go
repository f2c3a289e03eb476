package acquire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/profile"
)

// tolerated is a clock difference that no server minds.
const tolerated = 5 * time.Second

// explain turns what came back into a fault: one line, then what mends it.
func explain(ctx context.Context, p *profile.Profile, url string, err error) error {
	var refused *endpoint.Refusal
	if errors.As(err, &refused) {
		return explainRefusal(p, refused)
	}
	var lost *endpoint.SendError
	if errors.As(err, &lost) {
		return explainLost(ctx, url, lost)
	}
	return err
}

// explainRefusal: an OAuth error or any 4xx is a refusal; a redirect, or a
// 5xx without an OAuth error, is no answer of an authorization server.
func explainRefusal(p *profile.Profile, r *endpoint.Refusal) error {
	kind := fault.Refused
	if r.Code == "" && (r.Status < 400 || r.Status >= 500) {
		kind = fault.Network
	}
	f := &fault.Error{Kind: kind, Code: endpoint.Clean(r.Code), Err: r}
	for _, h := range p.Hints {
		if contains(r, h.Match) {
			f.Hints = append(f.Hints, strings.ReplaceAll(h.Say, "{profile}", p.Name))
		}
	}
	if skew := r.Skew(); skew > tolerated || skew < -tolerated {
		f = f.Hint("%s", SkewText(skew))
	}
	if r.RetryAfter > 0 {
		f = f.Hint("the server asks to wait %s before the next request", r.RetryAfter.Round(time.Second))
	}
	if len(f.Hints) == 0 {
		f.Hints = generic(p, r)
	}
	return f
}

func contains(r *endpoint.Refusal, match string) bool {
	return match != "" && (strings.Contains(r.Code, match) || strings.Contains(r.Description, match) ||
		strings.Contains(r.Detail, match) || strings.Contains(r.Body, match))
}

// SkewText is for a person: by how much our clock is ahead of the server's, or
// behind when skew is negative.
func SkewText(skew time.Duration) string {
	if skew > 10*time.Minute || skew < -10*time.Minute {
		skew = skew.Round(time.Minute) // Date has whole seconds, and took a while to arrive
	}
	if skew > 0 {
		return fmt.Sprintf("this machine's clock is %s ahead of the server's: correct it", skew)
	}
	return fmt.Sprintf("this machine's clock is %s behind the server's: correct it", -skew)
}

// generic is the hint for the error codes of RFC 6749 5.2 where no profile hint fits.
func generic(p *profile.Profile, r *endpoint.Refusal) []string {
	switch {
	case r.Location != "":
		return []string{"check token_url of profile " + p.Name}
	case r.Code == "invalid_client", r.Code == "unauthorized_client", r.Code == "" && r.Status == 401:
		return []string{fmt.Sprintf("check client.id, client.auth (%s) and the client's secret or key in profile %s", p.Client.Auth, p.Name)}
	case r.Code == "invalid_scope":
		return []string{"check scopes in profile " + p.Name}
	case r.Code == "invalid_target":
		return []string{"check audience and resource in profile " + p.Name}
	case r.Code == "unsupported_grant_type":
		return []string{"check grant and request.encoding in profile " + p.Name}
	case r.Code == "use_dpop_nonce", r.Code == "invalid_dpop_proof":
		return []string{"check dpop in profile " + p.Name + "; -v shows the exchange"}
	case r.Status == 404, r.Status == 405, r.Status == 415:
		return []string{"check token_url and request.encoding in profile " + p.Name}
	default:
		return []string{"-v shows the exchange, secrets hidden"}
	}
}

// explainLost is a request without an answer.
func explainLost(ctx context.Context, url string, lost *endpoint.SendError) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	return Lost("token_url", url, lost)
}

// Lost is the fault.Network of a request to url that got no answer: what went
// wrong in a person's words, and a hint. field is where the profile has url.
func Lost(field, url string, err error) error {
	text, hint := lostText(err, field)
	return fault.New(fault.Network, "asking %s: %w", endpoint.WithoutQuery(url), textError{text, err}).Hint("%s", hint)
}

// textError replaces a cause's wording by a person's.
type textError struct {
	text  string
	cause error
}

func (e textError) Error() string { return e.text }
func (e textError) Unwrap() error { return e.cause }

func lostText(err error, field string) (text, hint string) {
	var dns *net.DNSError
	var unknownCA x509.UnknownAuthorityError
	var cert *tls.CertificateVerificationError
	var op *net.OpError
	switch {
	case errors.As(err, &dns):
		return "cannot find the host " + endpoint.Clean(dns.Name), "check the host of " + field + ", and this machine's DNS"
	case errors.As(err, &unknownCA):
		return "the server's certificate is signed by an unknown authority", "set tls.ca to the authority's certificate"
	case errors.As(err, &cert):
		return "the server's certificate is not valid: " + endpoint.Clean(cert.Err.Error()), "check the host of " + field + ", and this machine's clock"
	case isAlert(err):
		return "the server ended the TLS handshake: " + endpoint.Clean(errors.Unwrap(err).Error()), "check tls.client_certificate and tls.client_key"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there: connection refused", "check host and port of " + field
	case errors.Is(err, endpoint.ErrTooLarge):
		return err.Error(), "check " + field + ": this is no token endpoint"
	case isTimeout(err):
		return "no answer in time", "the server is slow or does not answer; --timeout waits longer"
	case errors.As(err, &op):
		return endpoint.Clean(op.Err.Error()), "check the network and the host of " + field
	default:
		return endpoint.Clean(err.Error()), "check the network and the host of " + field
	}
}

// isAlert is a TLS alert of the server, as crypto/tls reports it.
func isAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) || (errors.As(err, &timeout) && timeout.Timeout())
}

// transient is a fault that a new attempt may not meet again.
func transient(err error) bool {
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	switch {
	case errors.Is(err, endpoint.ErrTooLarge), errors.As(err, &cert), isAlert(err):
		return false
	case errors.As(err, &dns):
		return !dns.IsNotFound
	default:
		return true
	}
}
