package pictures

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"time"
)

// host is where the authorization server of the pictures seems to be.
const host = "login.example.org"

// server is a proxy behind which every host is one authorization server, so that
// the pictures show no random port.
type server struct {
	*httptest.Server
	authority []byte // in PEM
}

func newServer() (*server, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(90*24*time.Hour + time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	inside := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
	s := &server{authority: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			http.Error(w, "a proxy for https", http.StatusBadRequest)
			return
		}
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
		answers(tls.Server(conn, inside))
	}))
	return s, nil
}

// answers serves one connection until its client closes it.
func answers(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	in := bufio.NewReader(conn)
	for {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		w := httptest.NewRecorder()
		w.Header().Set("Date", time.Now().UTC().Format(http.TimeFormat))
		answer(w, r)
		_, _ = io.Copy(io.Discard, r.Body)
		answered := w.Result()
		answered.ContentLength = int64(w.Body.Len())
		if answered.Write(conn) != nil {
			return
		}
	}
}

func answer(w http.ResponseWriter, r *http.Request) {
	const issuer = "https://" + host
	say := func(status int, body string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
	_ = r.ParseForm()
	id, _, _ := r.BasicAuth()
	switch {
	case r.URL.Path == "/.well-known/openid-configuration":
		say(http.StatusOK, `{"issuer":"`+issuer+`","token_endpoint":"`+issuer+`/token","jwks_uri":"`+issuer+`/keys",`+
			`"device_authorization_endpoint":"`+issuer+`/device","grant_types_supported":["client_credentials","refresh_token","urn:ietf:params:oauth:grant-type:device_code"],`+
			`"token_endpoint_auth_methods_supported":["client_secret_basic","none"],"id_token_signing_alg_values_supported":["ES256"],"response_types_supported":["code"],"subject_types_supported":["public"]}`)
	case r.URL.Path == "/keys":
		say(http.StatusOK, `{"keys":[{"kty":"EC","crv":"P-256","kid":"2026-10","use":"sig","alg":"ES256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}`)
	case r.URL.Path == "/device":
		say(http.StatusOK, `{"device_code":"`+r.PostForm.Get("client_id")+`","user_code":"WDJB-MJHT","verification_uri":"`+issuer+`/device",`+
			`"verification_uri_complete":"`+issuer+`/device?code=WDJB-MJHT","expires_in":600,"interval":1}`)
	case r.URL.Path != "/token":
		say(http.StatusNotFound, `{}`)
	case id == "billing":
		say(http.StatusUnauthorized, `{"error":"invalid_client","error_description":"The secret of client billing is wrong or has expired."}`)
	case r.PostForm.Get("device_code") == "waiting":
		say(http.StatusBadRequest, `{"error":"authorization_pending"}`)
	default:
		say(http.StatusOK, `{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer","expires_in":6600,"refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA"}`)
	}
}
