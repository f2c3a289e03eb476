package klg

import (
	"cmp"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"authctl/internal/sandbox/core"
)

const (
	nsAssertion = "urn:oasis:names:tc:SAML:2.0:assertion"
	nsSignature = "http://www.w3.org/2000/09/xmldsig#"
	nsInstance  = "http://www.w3.org/2001/XMLSchema-instance"
	holderOfKey = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"

	stsIssuer   = "https://saml.adgangsstyring.example"
	gateway     = "http://ehealth.sundhed.dk/service/CareGateway/1" // the page's entity id
	cvr         = "29189846"
	samlLife    = 8 * time.Hour
	samlInstant = "2006-01-02T15:04:05.000Z"
	// privileges are the system roles that the agreement gives (OIO Basic Privilege Profile 1.0).
	privileges = `<bpp:PrivilegeList xmlns:bpp="http://itst.dk/oiosaml/basic_privilege_profile"><PrivilegeGroup Scope="urn:dk:gov:saml:cvrNumberIdentifier:%s">` +
		`<Privilege>http://ehealth.sundhed.dk/roles/systemrole/care_delivery_reporter_system/1</Privilege></PrivilegeGroup></bpp:PrivilegeList>`
)

// sts signs assertions with a key made on first use.
type sts struct{ make func() stsKey }

type stsKey struct {
	key         *rsa.PrivateKey
	certificate *x509.Certificate
}

func newSTS(c *core.Core) *sts {
	return &sts{make: sync.OnceValue(func() stsKey {
		key, certificate, err := core.NewCertificate("authctl-sandbox-sts", c.Now())
		if err != nil {
			panic("sandbox: no STS key: " + err.Error())
		}
		return stsKey{key, certificate}
	})}
}

// wish is what an assertion shall say; tests ask for wrong ones.
type wish struct {
	issuer, audience, recipient, cvr string
	life                             time.Duration
	holder                           *x509.Certificate
	crlf                             bool // the line ends of Java's base64 in what is signed
}

// assertion is GET /klg/sts/assertion: a holder-of-key assertion of the page's
// shape for the sandbox's client. ?expires_in=SECONDS, ?audience=URI, ?recipient=URI,
// ?issuer=URI, ?cvr=NUMBER and ?holder=other change it.
func (p *Provider) assertion(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	want := wish{issuer: stsIssuer, audience: gateway, cvr: cvr, life: samlLife, holder: p.certificate}
	if text := q.Get("expires_in"); text != "" {
		seconds, err := strconv.Atoi(text)
		if err != nil {
			core.OAuthError(w, http.StatusBadRequest, "invalid_request", "expires_in is not a number of seconds")
			return
		}
		want.life = time.Duration(seconds) * time.Second
	}
	for parameter, member := range map[string]*string{"audience": &want.audience, "recipient": &want.recipient, "issuer": &want.issuer, "cvr": &want.cvr} {
		*member = cmp.Or(q.Get(parameter), *member)
	}
	if q.Get("holder") != "" {
		want.holder = p.sts.make().certificate // not the client's
	}
	root, err := p.signed(want)
	if err != nil {
		core.OAuthError(w, http.StatusInternalServerError, "server_error", err.Error())
		return
	}
	doc := etree.NewDocument()
	doc.CreateProcInst("xml", `version="1.0" encoding="UTF-8"`)
	doc.AddChild(root)
	w.Header().Set("Content-Type", "application/samlassertion+xml")
	_, _ = doc.WriteTo(w)
}

// signed builds the assertion and puts the signature where the page has it, after the Issuer.
func (p *Provider) signed(want wish) (*etree.Element, error) {
	key := p.sts.make()
	root := p.unsigned(want)
	ctx, err := dsig.NewSigningContext(crypto.Signer(key.key), [][]byte{key.certificate.Raw})
	if err != nil {
		return nil, err
	}
	ctx.Prefix, ctx.IdAttribute = "", "ID"
	ctx.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	signature, err := ctx.ConstructSignature(root, true)
	if err != nil {
		return nil, err
	}
	root.InsertChildAt(1, signature)
	return root, nil
}

func (p *Provider) unsigned(want wish) *etree.Element {
	now := p.core.Now().UTC()
	issued, until := now.Format(samlInstant), now.Add(want.life).Format(samlInstant)
	from := now.Add(min(0, want.life-time.Second)).Format(samlInstant)
	root := etree.NewElement("Assertion")
	root.CreateAttr("xmlns", nsAssertion)
	root.CreateAttr("ID", "_"+p.core.UUID())
	root.CreateAttr("IssueInstant", issued)
	root.CreateAttr("Version", "2.0")
	add(root, "Issuer", want.issuer, "Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:entity")

	subject := add(root, "Subject", "")
	add(subject, "NameID", want.holder.Subject.String(), "Format", "urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName")
	confirmation := add(subject, "SubjectConfirmation", "", "Method", holderOfKey)
	data := add(confirmation, "SubjectConfirmationData", "", "xmlns:a", nsInstance, "NotBefore", from, "NotOnOrAfter", until,
		"Recipient", cmp.Or(want.recipient, want.audience), "a:type", "KeyInfoConfirmationDataType")
	info := add(data, "KeyInfo", "", "xmlns", nsSignature)
	holder := base64.StdEncoding.EncodeToString(want.holder.Raw)
	if want.crlf {
		holder = holder[:76] + "\r\n" + holder[76:]
	}
	add(add(info, "X509Data", ""), "X509Certificate", holder)

	conditions := add(root, "Conditions", "", "NotBefore", from, "NotOnOrAfter", until)
	add(add(conditions, "AudienceRestriction", ""), "Audience", want.audience)
	attributes := add(root, "AttributeStatement", "")
	for _, a := range [][2]string{
		{cvrClaim, want.cvr},
		{"dk:gov:saml:attribute:AssuranceLevel", "3"},
		{"dk:gov:saml:attribute:SpecVer", "DK-SAML-2.0"},
		{"dk:gov:saml:attribute:KombitSpecVer", "1.0"},
		{"dk:gov:saml:attribute:Privileges_intermediate", base64.StdEncoding.EncodeToString([]byte(fmt.Sprintf(privileges, want.cvr)))},
	} {
		attribute := add(attributes, "Attribute", "", "Name", a[0], "NameFormat", "urn:oasis:names:tc:SAML:2.0:attrname-format:basic")
		add(attribute, "AttributeValue", a[1])
	}
	statement := add(root, "AuthnStatement", "", "AuthnInstant", issued)
	add(add(statement, "AuthnContext", ""), "AuthnContextClassRef", "urn:oasis:names:tc:SAML:2.0:ac:classes:X509")
	return root
}

// stsCertificate is GET /klg/sts/certificate: what the STS signs with, to be pinned.
func (p *Provider) stsCertificate(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/x-pem-file")
	_, _ = w.Write(core.CertificatePEM(p.sts.make().certificate))
}

// add appends a child with a text and attributes given as name, value.
func add(to *etree.Element, tag, text string, attributes ...string) *etree.Element {
	child := to.CreateElement(tag)
	for i := 0; i < len(attributes); i += 2 {
		child.CreateAttr(attributes[i], attributes[i+1])
	}
	if text != "" {
		child.SetText(text)
	}
	return child
}
