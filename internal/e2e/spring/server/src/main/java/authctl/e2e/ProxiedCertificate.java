package authctl.e2e;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Puts the client certificate that nginx saw where a servlet container puts its own. Spring takes a
 * chain for tls_client_auth and a lone certificate for self_signed_tls_client_auth, and nginx passes
 * on the leaf alone: the issuer goes behind it when nginx verified it ("SUCCESS").
 */
final class ProxiedCertificate extends OncePerRequestFilter {

    private final Settings settings;

    ProxiedCertificate(Settings settings) {
        this.settings = settings;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String escaped = request.getHeader("ssl-client-cert");
        if (escaped != null && !escaped.isEmpty()) {
            String pem = URLDecoder.decode(escaped.replace("+", "%2B"), StandardCharsets.UTF_8);
            X509Certificate leaf = parse(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
            boolean issued = "SUCCESS".equals(request.getHeader("ssl-client-verify"));
            request.setAttribute("jakarta.servlet.request.X509Certificate",
                    issued ? new X509Certificate[] {leaf, authority()} : new X509Certificate[] {leaf});
        }
        chain.doFilter(request, response);
    }

    private X509Certificate authority() throws IOException {
        try (InputStream in = Files.newInputStream(Path.of(settings.ca()))) {
            return parse(in);
        }
    }

    private static X509Certificate parse(InputStream in) throws IOException {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        } catch (CertificateException e) {
            throw new IOException(e);
        }
    }
}
