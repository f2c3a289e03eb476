package profile

import (
	"net/url"
	"strings"
)

// sts: what a request to the security token service cannot do without.
func (c *checker) sts() {
	s := &c.p.STS
	c.oneOf("sts.protocol", s.Protocol, STSProtocols())
	c.oneOf("sts.claims_dialect", s.Dialect, STSDialects())
	c.oneOf("sts.key_type", s.KeyType, STSKeyTypes())
	c.oneOf("sts.use_key", s.UseKey, STSUseKeys())
	if s.Lifetime < 0 {
		c.add("sts.lifetime", "must not be negative")
	}
	c.stsClaims(s)
	switch wrong := unmeant(s.AppliesTo); {
	case wrong != "":
		c.add("sts.applies_to", "%s", wrong)
	case s.URL == "" && len(s.Claims) > 0:
		c.add("sts.url", "is missing, and sts.claims is for it alone").Hint = "sts.url: https://... of the security token service, or take sts.claims out"
	case s.URL != "" && s.AppliesTo == "":
		c.add("sts.applies_to", "is needed by sts.url").Hint = "sts.applies_to: the service that the assertion is for, as its operator writes it"
	}
	if s.URL == "" {
		return
	}
	switch key, certificate := c.p.STSKey(), c.p.STSCertificate(); {
	case key.Ref.IsZero():
		c.add("sts.key", "is missing, and there is no client.key").Hint = "client.key: file:PATH of the certificate's private key (PEM, PKCS#12)"
	case certificate.Ref.IsZero() && key.Ref.Signs(): // a file may have both
		c.add(certificate.Path, "is needed: %s has the key alone", key.Path).Hint = certificate.Path + ": file:PATH"
	}
}

func (c *checker) stsClaims(s *STS) {
	seen := map[string]bool{}
	for i, claim := range s.Claims {
		at := index("sts.claims", i)
		switch {
		case claim.Name == "":
			c.add(at+".name", "is missing")
		case seen[claim.Name]:
			c.add(at+".name", "%q is given twice", claim.Name)
		}
		if claim.Value == "" {
			c.add(at+".value", "is missing")
		}
		seen[claim.Name] = true
	}
	if s.URL != "" && s.Protocol == MTLSJSON && len(s.Claims) != 1 {
		c.add("sts.claims", "must be one claim with sts.protocol: %s, which has a place for one alone", MTLSJSON)
	}
}

// environments: a test system knows nobody of the real one, and what is sent to the
// wrong one of the two is shown to it.
func (c *checker) environments() {
	p := c.p
	first, its := "", ""
	of := func(path, host string) {
		for _, e := range p.Environments {
			switch {
			case !e.has(host):
			case its == "":
				first, its = path, e.Name
			case its != e.Name:
				c.add(path, "is of the %s environment, and %s of the %s one", e.Name, first, its).Hint = "give all addresses of one environment"
			}
		}
	}
	for _, at := range []struct{ path, url string }{{"issuer", p.Issuer}, {"token_url", p.TokenURL}, {"discovery_url", p.DiscoveryURL}, {"sts.url", p.STS.URL}} {
		if u, err := url.Parse(at.url); err == nil {
			of(at.path, u.Hostname())
		}
	}
	for i, host := range p.API.Hosts {
		name, _, _ := strings.Cut(host, ":")
		of(index("api.hosts", i), name)
	}
}
