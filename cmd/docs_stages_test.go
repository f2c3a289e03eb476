package cmd_test

import (
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// stages says what stands ready where the steps of a page, or of one part of
// it, begin, beside the sandbox's profiles.
func stages() map[string]func(k *kitchen) {
	return map[string]func(*kitchen){
		"help": (*kitchen).helpFiles,
		"help#authctl decode": func(k *kitchen) {
			k.tokenFiles()
			k.saidFiles()
			k.swaps = append(k.swaps, "-p example", "-p work", "n-0S6", strings.TrimSpace(k.run("authctl", "decode", "--claim", "nonce", "id_token.jwt")))
		},
		"help#authctl profile add": func(k *kitchen) {
			k.env["AUTHCTL_SECRET_WORK_CLIENT_SECRET"], k.stdin = "s3cret", k.example+"\nmy-client\n\n\n"
			k.run("rm", "profiles.d/work.yaml")
		},
		"help#authctl profile import": func(k *kitchen) { k.run("rm", "profiles.d/work.yaml") },
		"help#authctl profile edit":   (*kitchen).editors,
		"help#authctl profile remove": func(k *kitchen) { k.swaps = append(k.swaps, "remove work", "remove --yes work") }, // nobody is there to be asked
		"help#authctl key new": func(k *kitchen) { // of two, the first is thrown away
			k.rotation()
			k.swaps = append(k.swaps, "authctl key new", "rm -f key.pem.new; authctl key new")
		},
		"help#authctl key list":   (*kitchen).rotation,
		"help#authctl key forget": func(k *kitchen) { k.newKey(); k.run("authctl", "key", "use", "-p", "work") },
		"help#authctl key use":    (*kitchen).newKey,
		"help#authctl refresh": func(k *kitchen) {
			k.run("sh", "-euc", `authctl exchange -p gateway --subject-token assertion.xml >/dev/null
				./fetch-assertion | AUTHCTL_STORE=none authctl exchange -p gateway --subject-token - --select refresh_token >token.txt`)
		},
		"help#authctl login-password": func(k *kitchen) { k.clinic(); k.swaps = append(k.swaps, "-p work", "-p clinic") },
		"help#authctl secret set":     func(k *kitchen) { k.stdin = "s3cret\n" },
		"help#authctl secret delete": func(k *kitchen) {
			k.run("sh", "-c", "echo s3cret | authctl secret set client_secret -p work")
		},
		"docs/another-provider.md": func(k *kitchen) {
			k.example = grantor(k.page).URL
			k.env["AUTHCTL_SECRET_WORK_CLIENT_SECRET"], k.stdin = "s3cret", k.example+"\nmy-client\norders.read\n\n"
		},
		"docs/azure-certificate.md#A certificate for Azure": func(k *kitchen) { k.named("work", "ardengem-cert") },
		"docs/from-a-curl-script.md":                        (*kitchen).curlScript,
		"docs/install.md":                                   func(k *kitchen) { k.named("work", "salus") },
		"docs/kl-gateway.md":                                (*kitchen).userSystem,
		"docs/kl-gateway.md#A new certificate":              (*kitchen).renewed,
		"docs/kl-gateway.md#Pinning the STS":                (*kitchen).pinned,
		"docs/no-keyring.md":                                (*kitchen).container,
		"docs/no-keyring.md#A container, a CI job": func(k *kitchen) {
			k.env["AUTHCTL_CONFIG"] = k.folder + "/profiles.yaml"
			k.env["AUTHCTL_SECRET_SALUS_CLIENT_SECRET"] = k.secrets["AUTHCTL_SECRET_SALUS_CLIENT_SECRET"]
		},
		"docs/proxy.md":          (*kitchen).behindProxy,
		"docs/rotating-a-key.md": (*kitchen).rotation,
		"docs/tenants.md":        func(k *kitchen) { k.named("orders-test", "ardengem"); k.named("orders-prod", "klg-service") },
		"README.md": func(k *kitchen) {
			k.container()
			k.warned = "no revocation endpoint of the server is known" // Guardian's documentation has none
			k.want = []string{"salus\n", "\neyJ", `"client":"client_333"`, "ok    salus", "authorization_code", "salus: "}
		},
		"docs/keys.md":                                   func(k *kitchen) { k.keyFiles(); k.named("work", "klg-service"); k.agent() },
		"docs/keys.md#Replacing a key":                   (*kitchen).rotation,
		"docs/keys.md#Importing what a portal hands out": func(k *kitchen) { k.portalFile(); k.run("rm", "profiles.d/work.yaml") },
		"docs/keys.md#What does my client send?":         func(k *kitchen) { k.named("work", "klg-service") },
		"docs/keys.md#Is it valid?":                      (*kitchen).tokenFiles,
		"docs/keys.md#What does this token say?":         (*kitchen).saidFiles,
		"docs/login.md":                                  func(k *kitchen) { k.anyProfile("work", "") },
		"docs/login.md#User name and password":           (*kitchen).clinic,
		"docs/login.md#One login, many APIs":             func(k *kitchen) { k.run("authctl", "login", "-p", "work") },
		"docs/profiles.md":                               (*kitchen).oneCall,
		"docs/store.md":                                  func(k *kitchen) { k.named("work", "klg-service"); k.keyFiles(); k.stdin = "s3cret\n" },
	}
}

// copied puts a file of the sandbox, or of the tests, into the page's folder.
func (k *kitchen) copied(from, to string) {
	k.t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		k.t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(filepath.Join(k.dir, to)), 0o700); err != nil {
		k.t.Fatal(err)
	}
	k.file(to, string(text))
}

func (k *kitchen) keyFiles() {
	k.copied(filepath.Join(k.folder, "klg-key.pem"), "key.pem")
	k.copied(filepath.Join(k.folder, "klg-cert.pem"), "certificate.pem")
	k.copied(filepath.Join(k.folder, "klg-key.pem"), "old.pem")
	k.copied(filepath.Join(k.folder, "nhs-key.pem"), "new.pem")
	k.copied(filepath.Join(k.folder, "helseid-login.json"), "client.json")
}

func (k *kitchen) portalFile() {
	k.copied(filepath.Join(k.folder, "helseid-dpop.json"), "home/Downloads/client.json")
}

func (k *kitchen) saidFiles() {
	k.tokenFiles()
	k.run("sh", "-euc", `authctl assert --key key.pem --client-id me --audience https://as.example --claim 'realm_access={"roles":["reader"]}' >token.txt`)
}

// tokenFiles are what the examples of decode look at.
func (k *kitchen) tokenFiles() {
	k.named("work", "helseid-login")
	k.copied("testdata/vectors/klg-assertion.xml", "response.xml")
	k.run("sh", "-euc", `
		authctl login-pkce -p work --select id_token >id_token.jwt 2>/dev/null
		authctl token -p work >token.txt
		cat token.txt id_token.jwt >tokens.txt
		printf '{"id_token": "%s", "access_token": "any", "token_type": "Bearer"}' "$(cat id_token.jwt)" >response.json
		authctl kid --pem key.pem >public.pem
		authctl assert --key key.pem --client-id me --audience https://as.example >assertion.jwt
		printf '%s' '{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}' >shared.jwk
		printf '%s' 'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk' >message.jws
		chmod 600 shared.jwk`)
	audience := strings.TrimSpace(k.run("authctl", "decode", "--claim", "aud", "token.txt"))
	k.swaps = append(k.swaps, "--audience api", "--audience '"+audience+"'", "https://as.example/jwks", k.root+"/helseid-fapi/.well-known/openid-configuration/jwks")
}

// clinic: a test has no terminal to be asked at; TestLoginPassword is asked there.
func (k *kitchen) clinic() {
	k.named("clinic", "santedb")
	k.file("password.txt", k.secrets["AUTHCTL_SECRET_SANTEDB_USER_PASSWORD"]+"\n")
	k.swaps = append(k.swaps, "--username anna", "--username kari",
		"authctl login-password -p clinic  ", "authctl login-password -p clinic --username kari --password-stdin < password.txt  ")
}

func (k *kitchen) oneCall() {
	k.keyFiles()
	k.anyProfile("work", "client: {id: any, auth: private_key_jwt, key: 'file:../key.pem'}\ngrant: client_credentials\n")
	k.env["CLIENT_SECRET"] = "s3cret"
	k.swaps = append(k.swaps, "https://as.example.org", k.example)
}

// container has nothing of ours and no keyring, and SALUS over https as its customers
// have it: the API at /api/me, what is Guardian's beside it.
func (k *kitchen) container() {
	to, _ := url.Parse(k.root)
	front := httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		path := r.In.URL.Path
		if !strings.HasPrefix(path, "/salus/") {
			path = "/salus" + path
		}
		r.Out.URL.Path = path
		r.SetURL(to)
	}})
	k.page.Cleanup(front.Close)
	k.env["SSL_CERT_FILE"] = k.file("ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: front.Certificate().Raw})))
	k.file("deploy.sh", "#!/bin/sh\ntest -n \"$AUTHCTL_ACCESS_TOKEN\"\n")
	k.run("sh", "-euc", "chmod 700 deploy.sh; rm profiles.yaml")
	secret := k.env["AUTHCTL_SECRET_SALUS_CLIENT_SECRET"]
	k.without()
	delete(k.env, "AUTHCTL_CONFIG")
	host := strings.TrimPrefix(front.URL, "https://")
	k.stdin = strings.Join([]string{front.URL + "/token", "client_333", host, front.URL + "/authorize", secret, ""}, "\n")
}

func (k *kitchen) rotation() {
	k.stdin = "s3cret\n"
	k.keyFiles()
	k.anyProfile("work", "client: {id: any, auth: private_key_jwt, key: 'file:../key.pem'}\ngrant: client_credentials\n")
}

// newKey is a key that was made and is registered; the next one is so by a certificate.
func (k *kitchen) newKey() {
	k.rotation()
	k.run("sh", "-euc", `authctl key new -p work >new.pub
		openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj /CN=CA 2>/dev/null
		printf '#!/bin/sh\nset -e\nmv key.pem.old key.pem\nsed -i "s|auth: private_key_jwt|&, certificate: file:../certificate.pem|" profiles.d/work.yaml\nauthctl key new -p work --csr CN=work >request.pem\nopenssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -out issued.pem\n' >issue
		chmod 700 issue`)
	k.swaps = append(k.swaps, "authctl key use -p work --certificate", "./issue && authctl key use -p work --certificate")
}

// agent: a test has no ssh-agent; internal/keys has one of its own.
func (k *kitchen) agent() {
	k.swaps = append(k.swaps, "authctl kid ssh-agent:me@example.org", "true")
}

func (k *kitchen) editors() {
	k.file("code", "#!/bin/sh\n")
	k.run("chmod", "700", "code")
	k.env["EDITOR"] = "true"
}

func (k *kitchen) curlScript() {
	k.anyProfile("work", "client: {id: any, auth: client_secret_post, secret: 'env:CLIENT_SECRET'}\ngrant: client_credentials\n")
	k.env["CLIENT_SECRET"] = "s3cret"
	k.swaps = append(k.swaps, "https://as.example/token", k.example+"/token", "https://api.example/", k.example+"/")
}

// behindProxy is a network in which nothing but the proxy knows login.example.com.
func (k *kitchen) behindProxy() {
	k.anyProfile("any", "")
	to, _ := url.Parse(k.example)
	front := httptest.NewTLSServer(nil)
	front.Config.Handler = &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }}
	k.page.Cleanup(front.Close)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || r.Host != "login.example.com:443" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		k.tunnel(w, front.Listener.Addr().String())
	}))
	k.page.Cleanup(proxy.Close)
	ca := k.file("ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: front.Certificate().Raw})))
	k.own("work", "token_url: https://login.example.com/token\nclient: {id: any, auth: client_secret_post, secret: 'env:CLIENT_SECRET'}\n"+
		"api: {hosts: [login.example.com]}\ntls: {ca: 'file:"+ca+"'}\n")
	k.env["CLIENT_SECRET"] = "s3cret"
	k.swaps = append(k.swaps, "http://proxy.example.com:3128", proxy.URL)
	k.want = []string{`"path":"/me"`, "login.example.com"}
}

// tunnel joins a CONNECT to an address, until both ends have said all.
func (k *kitchen) tunnel(w http.ResponseWriter, address string) {
	far, err := net.Dial("tcp", address)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	near, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		k.page.Error(err)
		return
	}
	_, _ = io.WriteString(near, "HTTP/1.1 200 OK\r\n\r\n")
	go func() { _, _ = io.Copy(far, near); _ = far.Close() }()
	_, _ = io.Copy(near, far)
	_ = near.Close()
}
