package store

import (
	"encoding/json"
	"time"

	"authctl/internal/secret"
	"authctl/internal/token"
)

// disk is a record as it stands inside the seal. It is spelled out, because a
// secret.Text hides itself from every encoder.
type disk struct {
	Profile    string            `json:"p,omitempty"`
	Grant      string            `json:"g,omitempty"`
	Server     string            `json:"as,omitempty"`
	Access     string            `json:"at,omitempty"`
	Type       string            `json:"tt,omitempty"`
	Refresh    string            `json:"rt,omitempty"`
	ID         string            `json:"id,omitempty"`
	Scope      string            `json:"sc,omitempty"`
	Missing    string            `json:"ms,omitempty"`
	Issued     string            `json:"it,omitempty"`
	Obtained   time.Time         `json:"o,omitzero"`
	Expires    time.Time         `json:"e,omitzero"`
	Keep       time.Time         `json:"ku,omitzero"`
	RefreshEnd time.Time         `json:"re,omitzero"`
	Extra      string            `json:"ex,omitempty"`
	Session    string            `json:"s,omitempty"`
	Subject    string            `json:"su,omitempty"`
	Intent     time.Time         `json:"in,omitzero"`
	Pending    []byte            `json:"pe,omitempty"`
	PendType   string            `json:"pt,omitempty"`
	PrivateKey []byte            `json:"k,omitempty"`
	Value      string            `json:"v,omitempty"`
	Aux        map[string]string `json:"x,omitempty"`
}

func encode(r Record) ([]byte, error) {
	return json.Marshal(disk{
		Profile: r.Profile, Grant: r.Grant, Server: r.Server,
		Access: r.Set.AccessToken.Reveal(), Type: r.Set.TokenType,
		Refresh: r.Set.RefreshToken.Reveal(), ID: r.Set.IDToken.Reveal(),
		Scope: r.Set.Scope, Missing: r.Set.Missing, Issued: r.Set.IssuedTokenType, Extra: r.Set.Extra.Reveal(),
		Obtained: r.Set.ObtainedAt.UTC(), Expires: r.Set.ExpiresAt.UTC(), Keep: r.Set.KeepUntil.UTC(), RefreshEnd: r.Set.RefreshExpires.UTC(),
		Session: r.Session, Subject: r.Subject, Intent: r.Intent.UTC(),
		Pending: r.Pending, PendType: r.PendingType, PrivateKey: r.PrivateKey, Value: r.Value.Reveal(), Aux: r.Aux,
	})
}

// decode is total: any bytes give a record or errDamaged.
func decode(b []byte) (Record, error) {
	var d disk
	if err := json.Unmarshal(b, &d); err != nil {
		return Record{}, errDamaged
	}
	return Record{
		Profile: d.Profile, Grant: d.Grant, Server: d.Server,
		Set: token.Set{
			AccessToken: text(d.Access), TokenType: d.Type, RefreshToken: text(d.Refresh), IDToken: text(d.ID),
			Scope: d.Scope, Missing: d.Missing, IssuedTokenType: d.Issued, Extra: text(d.Extra),
			ObtainedAt: d.Obtained, ExpiresAt: d.Expires, KeepUntil: d.Keep, RefreshExpires: d.RefreshEnd,
		},
		Session: d.Session, Subject: d.Subject, Intent: d.Intent,
		Pending: d.Pending, PendingType: d.PendType, PrivateKey: d.PrivateKey, Value: text(d.Value), Aux: d.Aux,
	}, nil
}

func text(s string) secret.Text {
	if s == "" {
		return secret.Text{}
	}
	return secret.New(s)
}
