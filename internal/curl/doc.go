// Package curl runs the user's own curl with a profile's token and headers.
//
// The secrets reach curl as a config on an inherited pipe (-K /dev/fd/3):
// never in argv, never in the environment, and stdin stays the user's. What
// the user typed is never handed on as it stands. It is parsed by an
// allow-list of curl's options, every URL is held to the profile's api.hosts,
// and curl gets a command line written anew from the result, with full option
// names and one URL: so there is one reading of it, ours, whatever version of
// curl runs. One curl run is one request: a token for a single use, a DPoP
// proof and a repeat after a 401 each belong to exactly one.
package curl
