package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"authctl/internal/fault"
	"authctl/internal/secret"
)

// Login is how a token of Vault's is had. Its zero Method is a token that
// somebody else got.
type Login struct {
	Method string // jwt, kubernetes, approle; "" or token: Secret is the token itself
	Mount  string // where the method is mounted; "" is the method's name
	Role   string // role, or approle's role_id
	// Secret is the token, the JWT, the service account's token or the secret_id,
	// read anew at each login.
	Secret func(ctx context.Context) (secret.Text, error)
}

// Token is one that a login gave.
type Token struct {
	Text  secret.Text
	Until time.Time // half of its life is over then; zero: for no other run
}

// members are what each method calls a login's parts.
func members(method string) (role, proof string, ok bool) {
	switch method {
	case "jwt", "kubernetes":
		return "role", "jwt", true
	case "approle":
		return "role_id", "secret_id", true
	}
	return "", "", false
}

// authorize gives the token to use, by a login where none is kept that is good.
func (v *Vault) authorize(ctx context.Context) (string, error) {
	v.mu.Lock()
	t := v.token
	v.mu.Unlock()
	if !t.Text.IsZero() && (t.Until.IsZero() || v.Now().Before(t.Until)) {
		return t.Text.Reveal(), nil
	}
	if v.login.Secret == nil {
		return "", fault.New(fault.Store, "the store has no token of its engine").Hint("set store.auth, store.token or VAULT_TOKEN")
	}
	proof, err := v.login.Secret(ctx)
	if err != nil {
		return "", err
	}
	t = Token{Text: proof}
	if _, _, ok := members(v.login.Method); ok {
		if t, err = v.logIn(ctx, proof.Reveal()); err != nil {
			return "", err
		}
	}
	v.mu.Lock()
	v.token = t
	v.mu.Unlock()
	if v.keep != nil && !t.Until.IsZero() {
		v.keep(t)
	}
	return t.Text.Reveal(), nil
}

func (v *Vault) logIn(ctx context.Context, proof string) (Token, error) {
	role, member, _ := members(v.login.Method)
	body, err := json.Marshal(map[string]string{role: v.login.Role, member: proof})
	if err != nil {
		return Token{}, err
	}
	r := &request{method: http.MethodPost, path: "/v1/auth/" + strings.Trim(cmp.Or(v.login.Mount, v.login.Method), "/") + "/login", body: body, doing: "logging in at"}
	r.header = v.header("")
	a, _, err := v.ask(ctx, r)
	if err != nil {
		return Token{}, err
	}
	var got struct {
		Errors []string `json:"errors"`
		Auth   struct {
			Token string `json:"client_token"`
			Lease int64  `json:"lease_duration"`
		} `json:"auth"`
	}
	bad := json.Unmarshal(a.body, &got)
	if a.status/100 == 4 && bad == nil {
		said := strconv.Itoa(a.status) + " " + strings.ReplaceAll(words(got.Errors), proof, "[secret]")
		hint := "check store.auth." + v.login.Method + ", and that its role there takes this token's issuer, audience and subject"
		if v.login.Method == "approle" {
			hint = "check store.auth.approle: role_id and secret_id, and its mount"
		}
		return Token{}, LoginFailed.trouble(r.doing, a.url, said, hint)
	}
	if a.status != http.StatusOK || bad != nil || got.Auth.Token == "" {
		return Token{}, v.refused(r.doing, a)
	}
	t := Token{Text: secret.New(got.Auth.Token)}
	if got.Auth.Lease > 0 {
		t.Until = v.Now().Add(time.Duration(min(got.Auth.Lease, 1<<32)) * time.Second / 2)
	}
	return t, nil
}

func (v *Vault) header(token string) http.Header {
	h := http.Header{}
	for _, pair := range [...][2]string{{"X-Vault-Request", "true"}, {"X-Vault-Token", token}, {"X-Vault-Namespace", v.namespace}} {
		if pair[1] != "" {
			h[pair[0]] = []string{pair[1]}
		}
	}
	return h
}

// call asks with a token, and once more with a new one where the token is dead:
// 403 is both that and a policy.
func (v *Vault) call(ctx context.Context, r *request) (a *answer, lost bool, err error) {
	a = &answer{}
	used := ""
	for {
		token, err := v.authorize(ctx)
		if err != nil {
			return a, lost, err
		}
		if token == used {
			return a, lost, TokenDead.trouble(r.doing, a.url, "", "log in there again and renew what store.auth, store.token or VAULT_TOKEN names")
		}
		again := used != ""
		used, r.header = token, v.header(token)
		var once bool
		a, once, err = v.ask(ctx, r)
		lost = lost || once
		if err != nil || a.status != http.StatusForbidden {
			return a, lost, err
		}
		if !json.Valid(a.body) { // a gateway's page knows nothing of tokens
			return a, lost, strangeVault(r.doing, a)
		}
		dead, err := v.dead(ctx, token)
		switch {
		case err != nil:
			return a, lost, err
		case !dead || again:
			return a, lost, v.refused(r.doing, a)
		}
		v.mu.Lock()
		v.token = Token{}
		v.mu.Unlock()
	}
}

// dead is true for a token that the engine does not know (any more). It may not
// look itself up where its policies are few; then the words tell.
func (v *Vault) dead(ctx context.Context, token string) (bool, error) {
	a, _, err := v.ask(ctx, &request{method: http.MethodGet, path: "/v1/auth/token/lookup-self", header: v.header(token), doing: "asking about the token at"})
	if err != nil {
		return false, err
	}
	text := string(a.body)
	return a.status == http.StatusForbidden && (!strings.Contains(text, "occurred") || strings.Contains(text, "invalid token")), nil
}

// active asks all addresses at once which node leads: the others' reads may be behind.
func (v *Vault) active(ctx context.Context) int {
	ctx, cancel := context.WithTimeout(ctx, connecting)
	defer cancel()
	type node struct{ at, status int }
	nodes := make(chan node, len(v.addresses))
	for i, address := range v.addresses {
		go func() {
			a, _, _ := v.try(ctx, address, &request{method: http.MethodGet, path: "/v1/sys/health"})
			nodes <- node{i, a.status}
		}()
	}
	best := -1
	for range v.addresses {
		switch n := <-nodes; n.status {
		case http.StatusOK:
			return n.at
		case http.StatusTooManyRequests, 473: // standbys
			best = n.at
		}
	}
	return best
}
