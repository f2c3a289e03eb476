package acquire

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/jwt"
	"authctl/internal/keys"
	"authctl/internal/profile"
	"authctl/internal/store"
)

// Proof makes a DPoP proof (RFC 9449 4) with the profile's key: dpop.key, else the one
// its kept token is bound to, else a new one, which is kept with the token.
// accessToken "" is for requests to the authorization server.
func (a *Acquirer) Proof(ctx context.Context, p *profile.Profile, method, url, accessToken, nonce string) (string, error) {
	if err := a.haveKey(ctx, p); err != nil {
		return "", err
	}
	var jti [16]byte
	if _, err := io.ReadFull(a.Rand, jti[:]); err != nil {
		return "", fmt.Errorf("random bytes for a DPoP proof: %w", err)
	}
	return jwt.DPoPProof(a.key.During(ctx), jwt.ProofOptions{
		Method: method, URL: url, Nonce: nonce, AccessToken: accessToken,
		Now: a.Now(), JTI: hex.EncodeToString(jti[:]), Alg: p.DPoP.Alg,
	})
}

// JKT is the thumbprint of the key of the profile's proofs, for dpop_jkt in an
// authorization request (RFC 9449 10).
func (a *Acquirer) JKT(ctx context.Context, p *profile.Profile) (string, error) {
	if err := a.haveKey(ctx, p); err != nil {
		return "", err
	}
	return a.key.Thumbprint()
}

// haveKey loads dpop.key, or makes the key where no kept one was adopted.
func (a *Acquirer) haveKey(ctx context.Context, p *profile.Profile) error {
	if a.key != nil {
		return nil
	}
	if !p.DPoP.Key.IsZero() {
		key, err := keys.Of(ctx, a.Secrets, p.Name, "dpop.key", p.DPoP.Key, keys.Options{})
		if err != nil {
			return err
		}
		if err := key.CheckSigning(p.DPoP.Alg); err != nil {
			return fault.New(fault.Config, "dpop.key: %w", err).Hint("dpop.key and dpop.alg of profile %s must fit each other", p.Name)
		}
		a.key, a.named = key, true
		return nil
	}
	key, err := keys.Generate(p.DPoP.Alg, a.Rand)
	if err != nil {
		return fault.New(fault.Config, "dpop.alg %s: %w", p.DPoP.Alg, err)
	}
	a.key = key
	return nil
}

// adopt makes the key that a kept token is bound to the key of the proofs.
func (a *Acquirer) adopt(rec store.Record) {
	if len(rec.PrivateKey) == 0 || a.key != nil {
		return
	}
	if key, err := keys.Load(rec.PrivateKey, keys.Options{}); err == nil {
		a.key = key
	}
}

// wantsNonce is RFC 9449 8: the server asks for a nonce and gives one.
func (a *Acquirer) wantsNonce(p *profile.Profile, err error) bool {
	var refused *endpoint.Refusal
	if !p.DPoP.Enabled || !errors.As(err, &refused) || refused.Code != "use_dpop_nonce" || refused.Nonce == "" {
		return false
	}
	a.nonce = refused.Nonce
	return true
}

// noteNonce keeps the nonce for the next request (RFC 9449 8.2).
func (a *Acquirer) noteNonce(answer endpoint.Answer) {
	if nonce := answer.Header.Get("DPoP-Nonce"); nonce != "" {
		a.nonce = nonce
	}
}

// privateKey is the DPoP key for a record, nil when there is none, or it is dpop.key.
func (a *Acquirer) privateKey() ([]byte, error) {
	if a.key == nil || a.named {
		return nil, nil
	}
	return a.key.PKCS8()
}
