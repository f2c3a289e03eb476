// Fosite-e2e is an authorization server of ory/fosite for authctl's end-to-end
// tests: it reads from stdin whom it knows and listens on the address of its argument.
package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/go-jose/go-jose/v3"
	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/storage"
)

// known is whom the server knows: the keys that sign grants, by their issuer and
// subject, and those of clients that prove themselves by an assertion, by the client's id.
type known struct {
	Grants  map[string]map[string]jose.JSONWebKeySet
	Clients map[string]jose.JSONWebKeySet
}

func main() {
	address := os.Args[1]
	var k known
	if err := json.NewDecoder(os.Stdin).Decode(&k); err != nil {
		log.Fatal(err)
	}
	config := &fosite.Config{
		TokenURL: "http://" + address + "/token", GlobalSecret: []byte(rand.Text() + rand.Text())[:32],
		GrantTypeJWTBearerCanSkipClientAuth: true, // RFC 7521 4.1
		GrantTypeJWTBearerMaxDuration:       5 * time.Minute,
	}
	s := server{compose.Compose(
		config, k.store(), &compose.CommonStrategy{CoreStrategy: compose.NewOAuth2HMACStrategy(config)},
		compose.RFC7523AssertionGrantFactory, compose.OAuth2ClientCredentialsGrantFactory, compose.OAuth2TokenIntrospectionFactory,
	)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", s.token)
	mux.HandleFunc("POST /introspect", s.introspect)
	mux.HandleFunc("GET /", func(http.ResponseWriter, *http.Request) {}) // it listens
	log.Fatal(http.ListenAndServe(address, mux))
}

// store is fosite's own, which remembers each jti.
func (k known) store() *storage.MemoryStore {
	s := storage.NewMemoryStore()
	for issuer, subjects := range k.Grants {
		bySub := map[string]storage.SubjectPublicKeys{}
		for sub, set := range subjects {
			keys := map[string]storage.PublicKeyScopes{}
			for _, key := range named(set).Keys {
				keys[key.KeyID] = storage.PublicKeyScopes{Key: &key, Scopes: []string{"read"}}
			}
			bySub[sub] = storage.SubjectPublicKeys{Subject: sub, Keys: keys}
		}
		s.IssuerPublicKeys[issuer] = storage.IssuerPublicKeys{Issuer: issuer, KeysBySub: bySub}
	}
	for id, set := range k.Clients {
		s.Clients[id] = &fosite.DefaultOpenIDConnectClient{
			DefaultClient:                     &fosite.DefaultClient{ID: id, GrantTypes: []string{"client_credentials"}, Scopes: []string{"read"}},
			TokenEndpointAuthMethod:           "private_key_jwt",
			TokenEndpointAuthSigningAlgorithm: id,
			JSONWebKeys:                       named(set),
		}
	}
	return s
}

// named gives each key the kid of its RFC 7638 thumbprint.
func named(set jose.JSONWebKeySet) *jose.JSONWebKeySet {
	for i := range set.Keys {
		sum, err := set.Keys[i].Thumbprint(crypto.SHA256)
		if err != nil {
			log.Fatal(err)
		}
		set.Keys[i].KeyID, set.Keys[i].Use = base64.RawURLEncoding.EncodeToString(sum), "sig"
	}
	return &set
}

type server struct{ provider fosite.OAuth2Provider }

func (s server) token(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	request, err := s.provider.NewAccessRequest(ctx, r, &fosite.DefaultSession{})
	if err != nil {
		s.provider.WriteAccessError(ctx, w, request, err)
		return
	}
	if request.GetGrantTypes().ExactOne("client_credentials") { // what its handler has let pass
		for _, scope := range request.GetRequestedScopes() {
			request.GrantScope(scope)
		}
	}
	response, err := s.provider.NewAccessResponse(ctx, request)
	if err != nil {
		s.provider.WriteAccessError(ctx, w, request, err)
		return
	}
	s.provider.WriteAccessResponse(ctx, w, request, response)
}

// introspect says what fosite knows of a token, to anyone.
func (s server) introspect(w http.ResponseWriter, r *http.Request) {
	answer := map[string]any{"active": false}
	_, seen, err := s.provider.IntrospectToken(context.Background(), r.FormValue("token"), fosite.AccessToken, &fosite.DefaultSession{})
	if err == nil {
		answer = map[string]any{"active": true, "sub": seen.GetSession().GetSubject(), "client_id": seen.GetClient().GetID(), "scope": seen.GetGrantedScopes()}
	}
	_ = json.NewEncoder(w).Encode(answer)
}
