package doctor

import (
	"strings"

	"authctl/internal/fault"
)

// use: where and how the token would be sent.
func (e *exam) use() {
	api, dpop := e.p.API, e.p.DPoP.Enabled
	switch asDPoP := strings.EqualFold(api.Scheme, "DPoP"); {
	case dpop && !asDPoP:
		// RFC 9449 7.1: a bound token is refused as Bearer.
		e.fail("api.scheme", fault.New(fault.Config, "dpop.enabled binds the token to a key, but api.scheme is %s", api.Scheme).
			Hint("set api.scheme: DPoP in profile %s, or dpop.enabled: false", e.p.Name))
	case asDPoP && !dpop:
		e.fail("api.scheme", fault.New(fault.Config, "api.scheme is %s, but dpop is not enabled", api.Scheme).
			Hint("set dpop.enabled: true in profile %s, or api.scheme: Bearer", e.p.Name))
	case dpop:
		e.ok("api.scheme", "%s, proofs signed %s", api.Scheme, e.p.DPoP.Alg)
	default:
		e.ok("api.scheme", "%s", api.Scheme)
	}
	if len(api.Hosts) == 0 {
		e.warn("api.hosts", "empty: authctl curl may send the token nowhere", "set api.hosts: [HOST] in profile "+e.p.Name)
		return
	}
	e.ok("api.hosts", "%s", strings.Join(api.Hosts, ", "))
}
