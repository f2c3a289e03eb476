package profile

// Metadata is where discovery begins, and the field that says so: at the
// document itself, else at the issuer; "" where nothing is discovered.
func (p *Profile) Metadata() (field, url string) {
	switch {
	case p.Discovery == "never":
		return "", ""
	case p.DiscoveryURL != "":
		return "discovery_url", p.DiscoveryURL
	case p.Issuer != "":
		return "issuer", p.Issuer
	}
	return "", ""
}
