package authctl.e2e;

import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.util.Map;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.http.MediaType;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.core.oidc.OidcScopes;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.config.annotation.web.configurers.OAuth2AuthorizationServerConfigurer;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.util.matcher.MediaTypeRequestMatcher;

import static org.springframework.security.config.Customizer.withDefaults;

/**
 * Spring Authorization Server for authctl's end-to-end tests: every endpoint that it offers to a
 * client, a person who logs in by the form, and clients of every kind. The settings come as
 * application.properties in the working folder.
 */
@SpringBootApplication
@ConfigurationPropertiesScan
public class Server {

    public static void main(String[] args) {
        SpringApplication.run(Server.class, args);
    }

    @Bean
    RegisteredClientRepository clients(Settings settings) {
        return new InMemoryRegisteredClientRepository(Clients.all(settings));
    }

    @Bean
    AuthorizationServerSettings endpoints(Settings settings) {
        return AuthorizationServerSettings.builder().issuer(settings.issuer()).build();
    }

    @Bean
    @Order(1)
    SecurityFilterChain protocol(HttpSecurity http, Settings settings) throws Exception {
        // RFC 8705 5: where clients that authenticate by certificate go instead.
        Map<String, String> aliases = Map.of(
                "token_endpoint", settings.mtls() + "/oauth2/token",
                "revocation_endpoint", settings.mtls() + "/oauth2/revoke",
                "introspection_endpoint", settings.mtls() + "/oauth2/introspect",
                "device_authorization_endpoint", settings.mtls() + "/oauth2/device_authorization",
                "pushed_authorization_request_endpoint", settings.mtls() + "/oauth2/par");
        var server = OAuth2AuthorizationServerConfigurer.authorizationServer();
        return http.securityMatcher(server.getEndpointsMatcher())
                .with(server, s -> s
                        .authorizationServerMetadataEndpoint(m -> m.authorizationServerMetadataCustomizer(
                                b -> b.claim("mtls_endpoint_aliases", aliases)))
                        .pushedAuthorizationRequestEndpoint(withDefaults())
                        .oidc(o -> o.providerConfigurationEndpoint(m -> m.providerConfigurationCustomizer(
                                b -> b.claim("mtls_endpoint_aliases", aliases)))))
                .addFilterBefore(new ProxiedCertificate(settings), SecurityContextHolderFilter.class)
                .authorizeHttpRequests(a -> a.anyRequest().authenticated())
                .oauth2ResourceServer(r -> r.jwt(withDefaults())) // the userinfo endpoint
                .exceptionHandling(e -> e.defaultAuthenticationEntryPointFor(
                        new LoginUrlAuthenticationEntryPoint("/login"), new MediaTypeRequestMatcher(MediaType.TEXT_HTML)))
                .build();
    }

    @Bean
    @Order(2)
    SecurityFilterChain pages(HttpSecurity http) throws Exception {
        return http.authorizeHttpRequests(a -> a.anyRequest().authenticated()).formLogin(withDefaults()).build();
    }

    /** What a person's token allows: client "actor" may act for the person (RFC 8693 4.4). */
    @Bean
    OAuth2TokenCustomizer<JwtEncodingContext> mayAct(Settings settings) throws MalformedURLException {
        URL issuer = URI.create(settings.issuer()).toURL(); // Spring compares it with an iss of this type
        return token -> {
            if (OAuth2TokenType.ACCESS_TOKEN.equals(token.getTokenType())
                    && token.getAuthorizedScopes().contains(OidcScopes.OPENID)) {
                token.getClaims().claim("may_act", Map.of("iss", issuer, "sub", "actor"));
            }
        };
    }
}
