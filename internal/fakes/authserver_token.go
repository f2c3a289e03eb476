package fakes

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"authctl/internal/jwt"
)

func (s *AuthServer) token(w http.ResponseWriter, r *http.Request) {
	p := s.note(r)
	if s.Token != nil && s.Token(w, p) {
		return
	}
	nonce := ""
	switch p["grant_type"] {
	case "authorization_code":
		q := s.take(p["code"])
		if q == nil || !proven(q, p) ||
			p["redirect_uri"] != "" && p["redirect_uri"] != q.Get("redirect_uri") {
			refuse(w, "invalid_grant")
			return
		}
		nonce = q.Get("nonce")
	case "refresh_token":
		s.mu.Lock()
		good := s.refresh[p["refresh_token"]]
		delete(s.refresh, p["refresh_token"])
		s.mu.Unlock()
		if !good {
			refuse(w, "invalid_grant")
			return
		}
	case "urn:ietf:params:oauth:grant-type:device_code":
		if q := s.take(p["device_code"]); q == nil || !proven(q, p) {
			refuse(w, "invalid_grant")
			return
		}
	case "password":
		if p["username"] != "alice" || p["password"] != Password {
			refuse(w, "invalid_grant")
			return
		}
	default:
		refuse(w, "unsupported_grant_type")
		return
	}
	s.grant(w, r, p["client_id"], nonce)
}

// proven is RFC 7636 4.6.
func proven(asked url.Values, p map[string]string) bool {
	sum := sha256.Sum256([]byte(p["code_verifier"]))
	return asked.Get("code_challenge") == base64.RawURLEncoding.EncodeToString(sum[:])
}

func (s *AuthServer) grant(w http.ResponseWriter, r *http.Request, client, nonce string) {
	s.mu.Lock()
	s.serial++
	access, refresh := fmt.Sprint("access-", s.serial), fmt.Sprint("refresh-", s.serial)
	s.refresh[refresh] = true
	s.mu.Unlock()
	kind, life := "Bearer", s.ExpiresIn
	if r.Header.Get("DPoP") != "" {
		kind = "DPoP"
	}
	if life == 0 {
		life = 300
	}
	id, err := s.idToken(client, nonce)
	if err != nil {
		panic(err)
	}
	answer(w, http.StatusOK, map[string]any{
		"access_token": access, "refresh_token": refresh, "token_type": kind, "expires_in": life, "id_token": id,
	})
}

func (s *AuthServer) idToken(client, nonce string) (string, error) {
	now := s.now().Unix()
	claims := map[string]any{"iss": s.URL, "sub": "alice", "aud": client, "iat": now, "exp": now + 300}
	if nonce != "" {
		claims["nonce"] = nonce
	}
	if s.IDToken != nil {
		s.IDToken(claims)
	}
	if s.Sign != nil {
		return s.Sign(claims)
	}
	return s.SignK1(claims)
}

// SignK1 signs as the server does.
func (s *AuthServer) SignK1(claims map[string]any) (string, error) {
	return jwt.Sign(s.Key, "ES256", map[string]any{"kid": "k1"}, claims)
}

func refuse(w http.ResponseWriter, code string) {
	answer(w, http.StatusBadRequest, map[string]any{"error": code})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
