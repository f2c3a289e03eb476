package acquire

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/saml"
	"authctl/internal/secret"
	"authctl/internal/store"
	"authctl/internal/token"
)

// Issued is an assertion of the profile's security token service and how it came.
type Issued struct {
	Assertion *saml.Assertion
	FromStore bool
}

// wanted is an assertion that a profile wants, and where it is kept.
type wanted struct {
	p      *profile.Profile
	holder tls.Certificate
	key    string
}

// Assertion gives an assertion of the profile's security token service (WS-Trust 1.3,
// 4.1): the kept one until its end, else a new one, which N processes ask for once.
func (a *Acquirer) Assertion(ctx context.Context, p *profile.Profile, o Options) (Issued, error) {
	w, err := a.wanted(ctx, p)
	if err != nil {
		return Issued{}, err
	}
	rec, err := a.read(ctx, p, w.key)
	if err != nil {
		return Issued{}, err
	}
	if kept := a.keptAssertion(w, rec, o); kept != nil {
		return Issued{kept, true}, nil
	}
	issued, err := a.issueOnce(ctx, w, rec.Set.ObtainedAt, o)
	for overtaken(err) {
		issued, err = a.issueOnce(ctx, w, rec.Set.ObtainedAt, o)
	}
	return issued, err
}

// wanted reads who asks: an assertion is for the holder of one certificate.
func (a *Acquirer) wanted(ctx context.Context, p *profile.Profile) (wanted, error) {
	if p.STS.URL == "" {
		return wanted{}, fault.New(fault.Config, "the profile has no security token service").Hint("set sts.url in profile %s", p.Name)
	}
	holder, err := a.STS.Holder(ctx, p)
	if err != nil {
		return wanted{}, err
	}
	return wanted{p, holder, assertionKey(p, thumbprint(holder))}, nil
}

// thumbprint is the SHA-256 of the holder's certificate, hex.
func thumbprint(holder tls.Certificate) string {
	sum := sha256.Sum256(holder.Leaf.Raw)
	return hex.EncodeToString(sum[:])
}

// assertionKey is where the assertion is kept that the holder of a certificate gets
// by p.
func assertionKey(p *profile.Profile, thumbprint string) string {
	raw, err := json.Marshal(struct {
		Version    int
		Profile    string
		Wish       *assertionWish
		Lifetime   time.Duration
		Thumbprint string
		Pins       string // what was taken without one must not serve with one
	}{keyVersion, p.Name, wishOf(p.STS), p.STS.Lifetime, thumbprint, fmt.Sprint(p.STS.SigningCertificates)})
	if err != nil {
		panic("authctl: a profile that is no JSON: " + err.Error()) // as Key
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// keptAssertion is the assertion of rec where it may be used, else nil.
func (a *Acquirer) keptAssertion(w wanted, rec store.Record, o Options) *saml.Assertion {
	now := a.Now()
	if o.Force || rec.Value.IsZero() || rec.Value.Reveal() == o.unfit || rec.Set.ObtainedAt.Sub(now) > time.Minute ||
		rec.Set.ExpiresAt.Sub(now) <= minTTL(w.p, o) {
		return nil
	}
	kept, err := saml.Read([]byte(rec.Value.Reveal()))
	if err != nil {
		return nil
	}
	return &kept
}

// issueOnce asks under the lock, unless another process has done so since before.
func (a *Acquirer) issueOnce(ctx context.Context, w wanted, before time.Time, o Options) (Issued, error) {
	lease, err := a.lock(ctx, w.key)
	if err != nil {
		return Issued{}, err
	}
	defer lease.Unlock()
	rec, err := a.read(ctx, w.p, w.key)
	if err != nil {
		return Issued{}, err
	}
	o.Force = o.Force && rec.Set.ObtainedAt.Equal(before) // another one's serves a --force too
	if kept := a.keptAssertion(w, rec, o); kept != nil {
		return Issued{kept, true}, nil
	}
	issued, err := a.issue(ctx, w, func() error { return locked{lease, w.key}.hold(ctx) })
	if err != nil {
		return Issued{}, err
	}
	err = a.Store.Put(context.WithoutCancel(ctx), w.key, store.Record{
		Profile: w.p.Name, Grant: store.GrantAssertion, Server: stsServer(w.p), Value: secret.New(string(issued.Raw)),
		Set: token.Set{TokenType: "SAML 2.0", ObtainedAt: a.Now(), ExpiresAt: issued.NotOnOrAfter}, Subject: thumbprint(w.holder), Aux: besideClaims(w.p),
	})
	if err != nil && !overtaken(err) { // whose assertion is as good
		a.Warn(fmt.Sprintf("the assertion could not be kept: %v", err))
	}
	return Issued{Assertion: issued}, nil
}

func stsServer(p *profile.Profile) string {
	u, err := url.Parse(p.STS.URL)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
