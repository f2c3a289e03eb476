package render

import "bytes"

// authorization is the value of the Authorization header, spelled as the API wants it.
func authorization(r Result) string {
	return r.Scheme + " " + r.Set.AccessToken.Reveal()
}

// lines is every header of the API request: Authorization, the profile's, the DPoP proof.
func lines(r Result) [][2]string {
	all := [][2]string{{"Authorization", authorization(r)}}
	for _, h := range r.Headers {
		all = append(all, [2]string{h.Name, h.Value.Reveal()})
	}
	if r.Proof != "" {
		all = append(all, [2]string{"DPoP", r.Proof})
	}
	return all
}

func writeHeader(b *bytes.Buffer, r Result, _ Options) error {
	b.WriteString("Authorization: " + authorization(r) + "\n")
	return nil
}
