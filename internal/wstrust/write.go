package wstrust

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"time"

	"authctl/internal/fault"
	"authctl/internal/profile"
)

const (
	// fresh is how long the message may be on its way: some services refuse more (WSS 1.1, 10).
	fresh   = 5 * time.Minute
	instant = "2006-01-02T15:04:05Z"
)

// soapMessage signs every part: services differ in which they demand, and what
// is not signed may be changed on the way, such as the claims of the body.
func (a *Asking) soapMessage() (Message, error) {
	if err := a.checkKey(); err != nil {
		return Message{}, err
	}
	m := Message{ContentType: "application/soap+xml; charset=utf-8", Accept: "application/soap+xml"}
	soap := nsSOAP12
	if a.STS.Protocol == profile.SOAP11 {
		m.ContentType, m.Accept, m.SOAPAction = "text/xml; charset=utf-8", "text/xml", `"`+actionIssue+`"`
		soap = nsSOAP11
	}
	for _, id := range []*string{&m.ID, &m.Context} {
		uuid, err := newUUID(a.Rand)
		if err != nil {
			return Message{}, err
		}
		*id = "urn:uuid:" + uuid
	}
	now := a.Now().UTC()
	var w signer
	text := w.fill(envelope, soap)
	text += w.part("action", partAction)
	text += w.part("message-id", partMessageID, m.ID)
	text += w.part("to", partTo, a.STS.URL)
	text += w.part("reply-to", partReplyTo)
	text += security
	text += w.part("token", partToken, a.der())
	text += w.part("timestamp", partTimestamp, now.Format(instant), now.Add(fresh).Format(instant))
	body := w.signed("body", w.fill(partBody, soap)+a.request(&w, m.Context, now)+partBodyEnd)
	signature, err := w.signature(a)
	if err != nil {
		return Message{}, err
	}
	m.Body = []byte(text + signature + envelopeMid + body + envelopeEnd)
	if w.bad != nil {
		return Message{}, fault.New(fault.Config, "no request can be written to %s: %w", a.STS.URL, w.bad)
	}
	return m, nil
}

// checkKey: rsa-sha256 is the one signature that every service takes.
func (a *Asking) checkKey() error {
	if a.Key == nil || a.Certificate == nil {
		return fault.New(fault.Config, "sts.protocol %s signs the request: it needs a key and its certificate", a.STS.Protocol)
	}
	public, ok := a.Key.Public().(*rsa.PublicKey)
	switch {
	case !ok:
		return fault.New(fault.Config, "sts.protocol %s signs the request with rsa-sha256, and the key is no RSA key", a.STS.Protocol).
			Hint("get a certificate of an RSA key from the operator of sts.url")
	case !public.Equal(a.Certificate.PublicKey):
		return fault.New(fault.Config, "the certificate for the security token service (%.120q) is of another key", a.Certificate.Subject.String())
	}
	return nil
}

func (a *Asking) request(w *signer, context string, now time.Time) string {
	text := w.fill(request, context, a.STS.AppliesTo)
	if len(a.STS.Claims) > 0 {
		dialect, one := claimsAuth, claimAuth
		if a.STS.Dialect == "identity" {
			dialect, one = claimsIdentity, claimIdentity
		}
		text += dialect
		for _, claim := range a.STS.Claims {
			text += w.fill(one, claim.Name, claim.Value)
		}
		text += claimsEnd
	}
	text += w.fill(requestKeyType, a.keyType())
	if a.names() {
		use := useToken
		if a.STS.UseKey == "x509_data" {
			use = useData
		}
		text += w.fill(use, a.der())
	}
	if a.STS.Lifetime > 0 {
		text += w.fill(requestLifetime, now.Format(instant), now.Add(a.STS.Lifetime).Format(instant))
	}
	return text + requestEnd
}

func (a *Asking) der() string { return base64.StdEncoding.EncodeToString(a.Certificate.Raw) }

// newUUID is of version 4 (RFC 9562 5.4).
func newUUID(rand io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return "", err
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:], nil
}

// signer collects the references to the parts that one signature is over.
type signer struct {
	canonical
	references string
}

// part fills a part and signs it.
func (w *signer) part(id, text string, values ...string) string {
	return w.signed(id, w.fill(text, values...))
}

func (w *signer) signed(id, part string) string {
	sum := sha256.Sum256([]byte(part))
	w.references += w.fill(reference, id, base64.StdEncoding.EncodeToString(sum[:]))
	return part
}

func (w *signer) signature(a *Asking) (string, error) {
	info := signedInfo + w.references + signedInfoEnd
	value, err := crypto.SignMessage(a.Key, a.Rand, []byte(info), crypto.SHA256) // some keys elsewhere want the message
	if known := (*fault.Error)(nil); errors.As(err, &known) {                    // of a signer, with its own kind and hint
		return "", err
	}
	if err != nil {
		return "", fault.New(fault.Config, "cannot sign the request to the security token service: %w", err)
	}
	return signature + info + w.fill(signatureValue, base64.StdEncoding.EncodeToString(value)), nil
}
