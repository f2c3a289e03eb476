package authctl.e2e;

import java.net.URI;
import java.util.List;

import org.apache.cxf.helpers.DOMUtils;
import org.apache.cxf.rt.security.claims.Claim;
import org.apache.cxf.rt.security.claims.ClaimCollection;
import org.apache.cxf.sts.claims.ClaimsHandler;
import org.apache.cxf.sts.claims.ClaimsParameters;
import org.apache.cxf.sts.claims.ClaimsParser;
import org.apache.cxf.sts.claims.ProcessedClaim;
import org.apache.cxf.sts.claims.ProcessedClaimCollection;
import org.w3c.dom.Element;

/** What a request may claim: the number of an organisation, which every client may act for here. */
final class Claims {

    static final String NUMBER = "dk:gov:saml:attribute:CvrNumberIdentifier";

    private Claims() {
    }

    /** Reads the dialect of WS-Federation 1.2, 9, which CXF does not know. */
    static final class Parser implements ClaimsParser {

        private static final String AUTH = "http://docs.oasis-open.org/wsfed/authorization/200706";

        @Override
        public String getSupportedDialect() {
            return AUTH + "/authclaims";
        }

        @Override
        public Claim parse(Element type) {
            Claim c = new Claim();
            c.setClaimType(URI.create(type.getAttributeNS(null, "Uri")));
            c.setOptional(Boolean.parseBoolean(type.getAttributeNS(null, "Optional")));
            for (Element value : DOMUtils.getChildrenWithName(type, AUTH, "Value")) {
                c.addValue(value.getTextContent());
            }
            return c;
        }
    }

    /** Gives the claimed number as an attribute. */
    static final class Handler implements ClaimsHandler {

        @Override
        public List<String> getSupportedClaimTypes() {
            return List.of(NUMBER);
        }

        @Override
        public ProcessedClaimCollection retrieveClaimValues(ClaimCollection claims, ClaimsParameters parameters) {
            ProcessedClaimCollection given = new ProcessedClaimCollection();
            for (Claim c : claims) {
                ProcessedClaim p = new ProcessedClaim();
                p.setClaimType(c.getClaimType());
                p.setValues(c.getValues());
                given.add(p);
            }
            return given;
        }
    }
}
