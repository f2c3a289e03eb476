package cmd

import (
	"slices"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/keys"
	"authctl/internal/shown"
)

// render is the whole of stdout.
func (o kidOptions) render(found []namedKey) (out []byte, err error) {
	if o.jwks {
		out, err = o.publicJWKS(found)
	} else if out, err = o.one(found[0].Key); err != nil {
		err = fault.New(fault.Config, "%s: %w", found[0].name, err)
	}
	return out, err
}

// publicJWKS is what a provider fetches from the client (RFC 7591 2, jwks_uri): while keys change, the old and the new.
func (o kidOptions) publicJWKS(found []namedKey) ([]byte, error) {
	set := map[string][]keys.JWK{}
	seen := map[string]string{}
	for _, k := range found {
		one, err := o.jwkOf(k.Key)
		if err != nil {
			return nil, fault.New(fault.Config, "%s: %w", k.name, err)
		}
		if other, twice := seen[one.Kid]; twice {
			return nil, fault.New(fault.Config, "%s has the kid of %s, %s", k.name, other, one.Kid).
				Hint("a JWKS needs a kid for each key: --as thumbprint makes one of the key; or are they one key?")
		}
		seen[one.Kid] = k.name
		set["keys"] = append(set["keys"], one)
	}
	return shown.JSON(set)
}

func (o kidOptions) one(key *keys.Key) ([]byte, error) {
	switch {
	case o.pem:
		return key.PublicPEM()
	case o.jwk:
		one, err := o.jwkOf(key)
		if err != nil {
			return nil, err
		}
		return shown.JSON(one)
	case o.as == "all":
		return o.table(key)
	}
	name := o.as
	if name == "" {
		name = kidForms()[0]
	}
	id, err := kidAs(key, name)
	if err != nil {
		return nil, err
	}
	if o.output == "json" {
		return shown.JSON(map[string]string{name: id})
	}
	return []byte(id + "\n"), nil
}

func kidAs(key *keys.Key, form string) (string, error) {
	switch form {
	case "thumbprint":
		return key.Thumbprint()
	case "x5t":
		return key.X5T()
	case "x5t#S256":
		return key.X5TS256()
	default:
		return key.SPKISHA256()
	}
}

// jwkOf is the JWK to register with a provider (RFC 7517 4).
func (o kidOptions) jwkOf(key *keys.Key) (keys.JWK, error) {
	jwk, err := key.PublicJWK()
	if err != nil {
		return jwk, err
	}
	jwk.Kid = key.KID
	if o.as != "" || jwk.Kid == "" {
		if jwk.Kid, err = kidAs(key, o.as); err != nil {
			return jwk, err
		}
	}
	jwk.Use, jwk.Alg = key.Use, key.Alg
	if jwk.Use == "" {
		jwk.Use = "sig"
	}
	if jwk.Alg == "" && !slices.Contains(key.Algs(), "RS256") {
		jwk.Alg = keys.DefaultAlg(key) // a curve has one algorithm, RSA has six
	}
	return jwk, nil
}

// table is --as all: every id that this key has.
func (o kidOptions) table(key *keys.Key) ([]byte, error) {
	ids := map[string]string{}
	var text strings.Builder
	var w shown.Table
	for _, form := range kidForms() {
		if form == "all" || strings.HasPrefix(form, "x5t") && key.Certificate == nil {
			continue
		}
		id, err := kidAs(key, form)
		if err != nil {
			return nil, err
		}
		ids[form] = id
		w.Row(form, id)
	}
	if key.KID != "" {
		ids["kid"] = key.KID
		w.Row("kid", key.KID)
	}
	ids["key"] = key.Describe()
	w.Row("key", key.Describe())
	if o.output == "json" {
		ids[formerForm] = ids[kidForms()[0]]
		return shown.JSON(ids)
	}
	_ = w.Write(&text, shown.Screen{}) // ids are one word each
	return []byte(text.String()), nil
}
