package authctl.e2e;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What a test chooses.
 *
 * @param issuer the issuer identifier
 * @param mtls   the prefix of the endpoints that ask for a client certificate
 * @param ca     the PEM file of the authority whose certificates count as issued, not self-signed
 * @param secret the beginning of every secret; its end is "-" and the client's id
 * @param keys   where the clients' JWK sets are: this, "/" and the client's id
 */
@ConfigurationProperties("e2e")
public record Settings(String issuer, String mtls, String ca, String secret, String keys) {
}
