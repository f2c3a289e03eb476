package authctl.e2e;

import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import javax.xml.bind.JAXBElement;
import javax.xml.ws.WebServiceProvider;

import org.apache.cxf.sts.QNameConstants;
import org.apache.cxf.sts.StaticSTSProperties;
import org.apache.cxf.sts.claims.ClaimsManager;
import org.apache.cxf.sts.operation.TokenIssueOperation;
import org.apache.cxf.sts.service.StaticService;
import org.apache.cxf.sts.token.provider.DefaultConditionsProvider;
import org.apache.cxf.sts.token.provider.DefaultSubjectProvider;
import org.apache.cxf.sts.token.provider.SAMLTokenProvider;
import org.apache.cxf.sts.token.provider.SubjectProviderParameters;
import org.apache.cxf.ws.security.sts.provider.STSException;
import org.apache.cxf.ws.security.sts.provider.SecurityTokenServiceProvider;
import org.apache.cxf.ws.security.sts.provider.model.RequestSecurityTokenResponseCollectionType;
import org.apache.cxf.ws.security.sts.provider.model.RequestSecurityTokenType;
import org.apache.cxf.ws.security.sts.provider.model.UseKeyType;
import org.apache.cxf.ws.security.sts.provider.model.secext.BinarySecurityTokenType;
import org.apache.cxf.ws.security.sts.provider.model.xmldsig.KeyInfoType;
import org.apache.cxf.ws.security.sts.provider.model.xmldsig.ObjectFactory;
import org.apache.cxf.ws.security.sts.provider.model.xmldsig.X509DataType;
import org.apache.wss4j.common.crypto.Crypto;
import org.apache.wss4j.common.saml.bean.SubjectBean;
import org.apache.wss4j.common.saml.bean.SubjectConfirmationDataBean;

/** Issues SAML 2.0 assertions for one service. */
@WebServiceProvider(serviceName = "STS", targetNamespace = Server.NAMESPACE)
public class Service extends SecurityTokenServiceProvider {

    private static final String APPLIES_TO = "http://ehealth.sundhed.dk/service/CareGateway/1";

    private static final Duration CONFIRMED = Duration.ofMinutes(20); // CXF's assertions live 30

    private final Crypto crypto;

    /** The subject's confirmation has an end of its own and the service as its recipient where confirmed is true. */
    Service(Crypto crypto, boolean confirmed) throws Exception {
        this.crypto = crypto;
        TokenIssueOperation issue = new TokenIssueOperation();
        issue.setStsProperties(properties(crypto));
        issue.setServices(List.of(service()));
        issue.setTokenProviders(List.of(assertions(confirmed)));
        ClaimsManager claims = new ClaimsManager();
        claims.setClaimParsers(List.of(new Claims.Parser()));
        claims.setClaimHandlers(List.of(new Claims.Handler()));
        issue.setClaimsManager(claims);
        setIssueOperation((request, principal, context) -> issue(issue, request, principal, context));
    }

    Crypto crypto() {
        return crypto;
    }

    private static StaticSTSProperties properties(Crypto crypto) {
        StaticSTSProperties p = new StaticSTSProperties();
        p.setSignatureCrypto(crypto);
        p.setSignatureUsername("sts");
        p.setCallbackHandler(Keys.password());
        p.setIssuer("https://saml.adgangsstyring.example");
        return p;
    }

    private static StaticService service() {
        StaticService s = new StaticService();
        s.setEndpoints(List.of(Pattern.quote(APPLIES_TO)));
        return s;
    }

    private static SAMLTokenProvider assertions(boolean confirmed) {
        DefaultSubjectProvider subjects = new DefaultSubjectProvider() {
            @Override
            public SubjectBean getSubject(SubjectProviderParameters parameters) {
                SubjectBean subject = super.getSubject(parameters);
                if (confirmed) {
                    SubjectConfirmationDataBean data = new SubjectConfirmationDataBean();
                    data.setNotAfter(Instant.now().plus(CONFIRMED));
                    data.setRecipient(APPLIES_TO);
                    subject.setSubjectConfirmationData(data);
                }
                return subject;
            }
        };
        subjects.setSubjectNameIDFormat("urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName");
        DefaultConditionsProvider conditions = new DefaultConditionsProvider();
        conditions.setAcceptClientLifetime(true);
        SAMLTokenProvider p = new SAMLTokenProvider();
        p.setSubjectProvider(subjects);
        p.setConditionsProvider(conditions);
        return p;
    }

    private static RequestSecurityTokenResponseCollectionType issue(
            TokenIssueOperation issue, RequestSecurityTokenType request, Principal principal, Map<String, Object> context) {
        boolean claims = false;
        for (Object o : request.getAny()) {
            if (o instanceof JAXBElement<?> e) {
                claims |= QNameConstants.CLAIMS.equals(e.getName());
                if (e.getValue() instanceof UseKeyType u) {
                    understand(u);
                }
            }
        }
        if (!claims) { // CXF alone would issue an assertion without attributes
            throw new STSException("no Claims in the request", STSException.INVALID_REQUEST);
        }
        return issue.issue(request, principal, context);
    }

    /** CXF overlooks a BinarySecurityToken in UseKey; as X509Data it knows the certificate. */
    private static void understand(UseKeyType u) {
        if (u.getAny() instanceof JAXBElement<?> e && e.getValue() instanceof BinarySecurityTokenType token) {
            ObjectFactory xmldsig = new ObjectFactory();
            X509DataType data = new X509DataType();
            data.getX509IssuerSerialOrX509SKIOrX509SubjectName().add(
                    xmldsig.createX509DataTypeX509Certificate(Base64.getMimeDecoder().decode(token.getValue())));
            KeyInfoType info = new KeyInfoType();
            info.getContent().add(xmldsig.createX509Data(data));
            u.setAny(xmldsig.createKeyInfo(info));
        }
    }
}
