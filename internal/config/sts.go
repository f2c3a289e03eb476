package config

import (
	"reflect"

	"go.yaml.in/yaml/v3"

	"authctl/internal/profile"
	"authctl/internal/strict"
)

// stsBlock is not written where it says nothing: few profiles have a security token service.
func stsBlock(s *profile.STS) strict.Member {
	block := strict.Object("sts", []strict.Member{
		strict.Fixed(strict.Text("url", &s.URL)),
		strict.Text("protocol", &s.Protocol),
		strict.Fixed(strict.Text("applies_to", &s.AppliesTo)),
		strict.Objects("claims", &s.Claims, func(c *profile.STSClaim) []strict.Member {
			return []strict.Member{strict.Text("name", &c.Name), strict.Text("value", &c.Value)}
		}, anything),
		strict.Text("claims_dialect", &s.Dialect),
		strict.Text("key_type", &s.KeyType),
		strict.Text("use_key", &s.UseKey),
		strict.Span("lifetime", &s.Lifetime),
		ref("key", &s.Key, signing),
		ref("key_passphrase", &s.KeyPassphrase, private),
		ref("certificate", &s.Certificate, public),
		refs("signing_certificates", &s.SigningCertificates, public),
	})
	write := block.Write
	block.Write = func() *yaml.Node {
		if reflect.DeepEqual(*s, profile.DefaultSTS()) {
			return nil
		}
		return write()
	}
	return block
}
