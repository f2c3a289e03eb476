package wstrust

// Namespace declarations. Each part declares what it uses where it first does, in
// the order of the prefixes, and attributes without a prefix come first: that is
// the canonical form, whatever the part is put into.
const (
	declareSOAP = ` xmlns:soap="%"`
	declareWSA  = ` xmlns:wsa="` + nsWSA + `"`
	declareWSSE = ` xmlns:wsse="` + nsWSSE + `"`
	declareWSU  = ` xmlns:wsu="` + nsWSU + `"`
	declareWST  = ` xmlns:wst="` + nsWST + `"`
	declareDS   = ` xmlns:ds="` + nsDSig + `"`
)

// The parts that are signed, each with its wsu:Id.
const (
	partAction    = `<wsa:Action` + declareWSA + declareWSU + ` wsu:Id="action">` + actionIssue + `</wsa:Action>`
	partMessageID = `<wsa:MessageID` + declareWSA + declareWSU + ` wsu:Id="message-id">%</wsa:MessageID>`
	partTo        = `<wsa:To` + declareWSA + declareWSU + ` wsu:Id="to">%</wsa:To>`
	partReplyTo   = `<wsa:ReplyTo` + declareWSA + declareWSU + ` wsu:Id="reply-to"><wsa:Address>` + anonymous + `</wsa:Address></wsa:ReplyTo>`
	partToken     = `<wsse:BinarySecurityToken` + declareWSSE + declareWSU + tokenAttrs + ` wsu:Id="token">%</wsse:BinarySecurityToken>`
	partTimestamp = `<wsu:Timestamp` + declareWSU + ` wsu:Id="timestamp">` + span + `</wsu:Timestamp>`
	partBody      = `<soap:Body` + declareSOAP + declareWSU + ` wsu:Id="body">`
	partBodyEnd   = `</soap:Body>`

	anonymous = nsWSA + "/anonymous" // WS-Addressing 1.0 Core, 2.1
	span      = `<wsu:Created>%</wsu:Created><wsu:Expires>%</wsu:Expires>`

	// WSS X.509 Token Profile 1.1, 3.1, and WSS 1.1, 6.3.
	x509v3     = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
	tokenAttrs = ` EncodingType="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary" ValueType="` + x509v3 + `"`
)

// The request within the Body (WS-Trust 1.3, 4.1).
const (
	request = `<wst:RequestSecurityToken` + declareWST + ` Context="%"><wst:TokenType>` + tokenType + `</wst:TokenType><wst:RequestType>` + issue + `</wst:RequestType>` +
		`<wsp:AppliesTo xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy"><wsa:EndpointReference` + declareWSA + `><wsa:Address>%</wsa:Address></wsa:EndpointReference></wsp:AppliesTo>`
	requestKeyType  = `<wst:KeyType>%</wst:KeyType>`
	requestLifetime = `<wst:Lifetime>` + span + `</wst:Lifetime>`
	requestEnd      = `</wst:RequestSecurityToken>`

	// WS-Federation 1.2, 9.3, and Identity Metasystem Interoperability 1.0, 3.3.
	claimsAuth     = `<wst:Claims Dialect="` + dialectAuth + `/authclaims">`
	claimAuth      = `<auth:ClaimType xmlns:auth="` + dialectAuth + `" Optional="false" Uri="%"><auth:Value>%</auth:Value></auth:ClaimType>`
	claimsIdentity = `<wst:Claims Dialect="` + dialectIdentity + `">`
	claimIdentity  = `<ic:ClaimValue xmlns:ic="` + dialectIdentity + `" Uri="%"><ic:Value>%</ic:Value></ic:ClaimValue>`
	claimsEnd      = `</wst:Claims>`

	useToken = `<wst:UseKey><wsse:BinarySecurityToken` + declareWSSE + tokenAttrs + `>%</wsse:BinarySecurityToken></wst:UseKey>`
	useData  = `<wst:UseKey><ds:KeyInfo` + declareDS + `><ds:X509Data><ds:X509Certificate>%</ds:X509Certificate></ds:X509Data></ds:KeyInfo></wst:UseKey>`
)

// The signature, whose key is the one of partToken (WSS 1.1, 8; X.509 Token Profile 1.1, 3.3).
const (
	signedInfo = `<ds:SignedInfo` + declareDS + `><ds:CanonicalizationMethod Algorithm="` + exclusive + `"></ds:CanonicalizationMethod>` +
		`<ds:SignatureMethod Algorithm="` + rsaSHA256 + `"></ds:SignatureMethod>`
	reference = `<ds:Reference URI="#%"><ds:Transforms><ds:Transform Algorithm="` + exclusive + `"></ds:Transform></ds:Transforms>` +
		`<ds:DigestMethod Algorithm="` + digest256 + `"></ds:DigestMethod><ds:DigestValue>%</ds:DigestValue></ds:Reference>`
	signedInfoEnd  = `</ds:SignedInfo>`
	signature      = `<ds:Signature` + declareDS + `>`
	signatureValue = `<ds:SignatureValue>%</ds:SignatureValue><ds:KeyInfo><wsse:SecurityTokenReference` + declareWSSE +
		`><wsse:Reference URI="#token" ValueType="` + x509v3 + `"></wsse:Reference></wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>`
)

// What is around the parts.
const (
	envelope    = `<soap:Envelope` + declareSOAP + `><soap:Header>`
	security    = `<wsse:Security` + declareWSSE + ` soap:mustUnderstand="1">`
	envelopeMid = `</wsse:Security></soap:Header>`
	envelopeEnd = `</soap:Envelope>`
)
