package authctl.e2e;

import java.util.List;

import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.jose.jws.JwsAlgorithm;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;

import static org.springframework.security.oauth2.core.AuthorizationGrantType.AUTHORIZATION_CODE;
import static org.springframework.security.oauth2.core.AuthorizationGrantType.CLIENT_CREDENTIALS;
import static org.springframework.security.oauth2.core.AuthorizationGrantType.DEVICE_CODE;
import static org.springframework.security.oauth2.core.AuthorizationGrantType.REFRESH_TOKEN;
import static org.springframework.security.oauth2.core.AuthorizationGrantType.TOKEN_EXCHANGE;

/** The registered clients. An id says what the client is for. */
final class Clients {

    private Clients() {
    }

    static List<RegisteredClient> all(Settings s) {
        return List.of(
                client("basic", ClientAuthenticationMethod.CLIENT_SECRET_BASIC, CLIENT_CREDENTIALS)
                        .clientSecret(stored(s, "basic")).build(),
                client("post", ClientAuthenticationMethod.CLIENT_SECRET_POST, CLIENT_CREDENTIALS)
                        .clientSecret(stored(s, "post")).build(),
                // The secret is the HMAC's key and stored as it is.
                client("secret-jwt", ClientAuthenticationMethod.CLIENT_SECRET_JWT, CLIENT_CREDENTIALS)
                        .clientSecret(secret(s, "secret-jwt")).clientSettings(signed(MacAlgorithm.HS256).build()).build(),
                key("rs256", s, SignatureAlgorithm.RS256).build(),
                key("ps256", s, SignatureAlgorithm.PS256).build(),
                key("es256", s, SignatureAlgorithm.ES256).build(),
                key("rs384", s, SignatureAlgorithm.RS384).build(),
                key("es384", s, SignatureAlgorithm.ES384).build(),
                tls("tls").build(),
                // Spring binds only the tokens of clients that authenticate by certificate.
                tls("bound").tokenSettings(tokens().x509CertificateBoundAccessTokens(true).build()).build(),
                client("self-signed", ClientAuthenticationMethod.SELF_SIGNED_TLS_CLIENT_AUTH, CLIENT_CREDENTIALS)
                        .clientSettings(ClientSettings.builder().jwkSetUrl(s.keys() + "/self-signed").build()).build(),
                client("actor", ClientAuthenticationMethod.CLIENT_SECRET_BASIC, CLIENT_CREDENTIALS)
                        .clientSecret(stored(s, "actor")).build(),
                client("public", ClientAuthenticationMethod.NONE, AUTHORIZATION_CODE, REFRESH_TOKEN, DEVICE_CODE)
                        .clientSettings(ClientSettings.builder().requireProofKey(true).build()).build(),
                client("web", ClientAuthenticationMethod.CLIENT_SECRET_BASIC,
                        AUTHORIZATION_CODE, REFRESH_TOKEN, DEVICE_CODE, TOKEN_EXCHANGE)
                        .clientSecret(stored(s, "web"))
                        .clientSettings(ClientSettings.builder().requireProofKey(true).build()).build());
    }

    /** The client's secret: Spring wants each to have its own. */
    private static String secret(Settings s, String id) {
        return s.secret() + "-" + id;
    }

    private static String stored(Settings s, String id) {
        return "{noop}" + secret(s, id);
    }

    private static RegisteredClient.Builder key(String id, Settings s, JwsAlgorithm alg) {
        return client(id, ClientAuthenticationMethod.PRIVATE_KEY_JWT, CLIENT_CREDENTIALS)
                .clientSettings(signed(alg).jwkSetUrl(s.keys() + "/" + id).build());
    }

    private static RegisteredClient.Builder tls(String id) {
        return client(id, ClientAuthenticationMethod.TLS_CLIENT_AUTH, CLIENT_CREDENTIALS)
                .clientSettings(ClientSettings.builder().x509CertificateSubjectDN("CN=" + id).build());
    }

    private static ClientSettings.Builder signed(JwsAlgorithm alg) {
        return ClientSettings.builder().tokenEndpointAuthenticationSigningAlgorithm(alg);
    }

    /** A refresh token is good for one use. */
    private static TokenSettings.Builder tokens() {
        return TokenSettings.builder().reuseRefreshTokens(false);
    }

    private static RegisteredClient.Builder client(String id, ClientAuthenticationMethod auth, AuthorizationGrantType... grants) {
        return RegisteredClient.withId(id).clientId(id)
                .clientAuthenticationMethod(auth)
                .authorizationGrantTypes(g -> g.addAll(List.of(grants)))
                .redirectUri("http://127.0.0.1/callback") // any port of it: RFC 8252 7.3
                .scope("openid").scope("api")
                .tokenSettings(tokens().build());
    }
}
