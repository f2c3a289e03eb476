package render

import (
	"bytes"
	"encoding/json"
	"time"

	"authctl/internal/shown"
	"authctl/internal/token"
)

// object is the contract of -o json (docs/cli). What is unknown is left out.
type object struct {
	AccessToken     string `json:"access_token"`
	TokenType       string `json:"token_type,omitempty"`
	ExpiresAt       string `json:"expires_at,omitempty"` // RFC 3339, UTC
	ExpiresAtUnix   *int64 `json:"expires_at_unix,omitempty"`
	ExpiresIn       *int64 `json:"expires_in,omitempty"` // whole seconds left, 0 when it has expired; absent when not said
	Scope           string `json:"scope,omitempty"`
	IDToken         string `json:"id_token,omitempty"`
	RefreshToken    string `json:"refresh_token,omitempty"`
	IssuedTokenType string `json:"issued_token_type,omitempty"`
	// Extra are the other members of the server's answer, as they are.
	Extra     json.RawMessage `json:"extra,omitempty"`
	Profile   string          `json:"profile"`
	FromStore bool            `json:"from_store"`
}

func writeJSON(b *bytes.Buffer, r Result, o Options) error {
	if _, err := selected(r, o); err != nil {
		return err
	}
	s := r.Set
	v := object{
		AccessToken: s.AccessToken.Reveal(), TokenType: s.TokenType, Scope: s.Scope,
		IDToken: s.IDToken.Reveal(), IssuedTokenType: s.IssuedTokenType,
		Profile: r.Profile, FromStore: r.FromStore, Extra: json.RawMessage(s.Extra.Reveal()),
	}
	if o.Select == selectRefresh {
		v.RefreshToken = s.RefreshToken.Reveal()
	}
	if end, said := s.Expiry(); said {
		unix, left := end.Unix(), int64(max(0, end.Sub(r.Now)/time.Second))
		v.ExpiresAt, v.ExpiresAtUnix, v.ExpiresIn = utc(end), &unix, &left
	}
	if v.IDToken != "" {
		if err := validateCharacters("id token", s.IDToken, token.IsB64Token); err != nil {
			return err
		}
	}
	line, err := shown.JSON(v)
	b.Write(line)
	return err
}

// utc is RFC 3339 in UTC with whole seconds, "" for an unknown time.
func utc(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Truncate(time.Second).Format(time.RFC3339)
}
