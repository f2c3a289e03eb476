package authctl.e2e;

import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Map;

import javax.net.ssl.KeyManagerFactory;
import javax.xml.namespace.QName;

import org.apache.cxf.BusFactory;
import org.apache.cxf.configuration.jsse.TLSServerParameters;
import org.apache.cxf.jaxws.EndpointImpl;
import org.apache.cxf.transport.http_jetty.JettyHTTPServerEngineFactory;
import org.apache.cxf.ws.security.SecurityConstants;
import org.apache.wss4j.common.crypto.Crypto;

/**
 * A security token service of Apache CXF for authctl's end-to-end tests. Its arguments are the port of
 * 127.0.0.1 that it serves by TLS and the folder that has its keys, see {@link Keys}. sts.wsdl says what
 * each endpoint demands of a request.
 */
public class Server {

    static final String NAMESPACE = "urn:authctl:e2e";

    public static void main(String[] args) throws Exception {
        String at = "https://127.0.0.1:" + args[0];
        Keys keys = new Keys(Path.of(args[1]));
        Crypto crypto = keys.crypto("sts");
        tls(Integer.parseInt(args[0]), keys.own("server"));
        for (String endpoint : new String[] {"asym", "certificatemixed", "soap11"}) {
            publish(at + "/sts/" + endpoint, endpoint, new Service(crypto, endpoint.equals("certificatemixed")));
        }
    }

    private static void publish(String url, String endpoint, Service service) {
        EndpointImpl e = new EndpointImpl(BusFactory.getDefaultBus(), service);
        e.setWsdlLocation("classpath:/sts.wsdl");
        e.setServiceName(new QName(NAMESPACE, "STS"));
        e.setEndpointName(new QName(NAMESPACE, endpoint));
        e.setProperties(Map.of(
                SecurityConstants.SIGNATURE_CRYPTO, service.crypto(),
                SecurityConstants.SIGNATURE_USERNAME, "sts",
                SecurityConstants.CALLBACK_HANDLER, Keys.password(),
                // The suite Basic256Sha256 of WS-SecurityPolicy still signs with SHA-1.
                SecurityConstants.ASYMMETRIC_SIGNATURE_ALGORITHM, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                // The answer would be encrypted, if at all, for the certificate that signed the request.
                SecurityConstants.ENCRYPT_USERNAME, "useReqSigCert"));
        e.publish(url);
    }

    private static void tls(int port, KeyStore own) throws Exception {
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(own, Keys.PASSWORD);
        TLSServerParameters parameters = new TLSServerParameters();
        parameters.setKeyManagers(managers.getKeyManagers());
        JettyHTTPServerEngineFactory engines =
                BusFactory.getDefaultBus().getExtension(JettyHTTPServerEngineFactory.class);
        engines.setTLSServerParametersForPort("127.0.0.1", port, parameters);
    }
}
