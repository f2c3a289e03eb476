package engine

import (
	"net"
	"net/url"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/shown"
)

func newWire(w Wire, addresses []string) (*wire, error) {
	wait := patience
	if w.Timeout > 0 {
		wait = min(wait, w.Timeout)
	}
	made := &wire{Wire: w, patience: wait, lag: wait}
	for _, raw := range addresses {
		a, err := shown.ParseAddress(raw)
		if err != nil {
			said := raw
			if i := strings.LastIndexByte(raw, '@'); i >= 0 { // a password may stand before it
				said = "[...]" + raw[i:]
			}
			return nil, fault.New(fault.Config, "store.address: %w: %s", err, shown.Clean(said)).Hint("write it as https://HOST:PORT")
		}
		if strings.ContainsAny(raw, "?#") { // what is asked for stands behind it
			return nil, fault.New(fault.Config, "store.address: it has a query or a fragment: %s", shown.Clean(raw[:strings.IndexAny(raw, "?#")])).Hint("write it as https://HOST:PORT")
		}
		if scheme, _, _ := strings.Cut(strings.ToLower(raw), "://"); scheme != "https" && !(scheme == "http" && loopback(a)) {
			return nil, fault.New(fault.Config, "store.address: %s has no TLS, and the engine's token would cross the network in the clear", a).Hint("write it as https://HOST:PORT")
		}
		made.addresses = append(made.addresses, strings.TrimRight(a.String(), "/"))
	}
	if len(addresses) == 0 {
		return nil, fault.New(fault.Config, "the store has no address").Hint("set store.address, or VAULT_ADDR")
	}
	return made, nil
}

// loopback is this machine, to which a token may go in the clear.
func loopback(a shown.Address) bool {
	u, err := url.Parse(a.String())
	return err == nil && (u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback())
}
