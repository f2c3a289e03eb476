package authctl.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;

import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;

import org.apache.wss4j.common.crypto.Crypto;
import org.apache.wss4j.common.crypto.Merlin;
import org.apache.wss4j.common.ext.WSPasswordCallback;

/**
 * A folder of PEM files that the test made: for each own key NAME.pem, its certificate, and NAME.key, PKCS#8; and
 * trusted.pem, the authorities and clients that are trusted.
 */
record Keys(Path folder) {

    /** Guards keys in memory, for the interfaces that want one. */
    static final char[] PASSWORD = "in memory".toCharArray();

    /** Signs as name and trusts whom the folder says. */
    Crypto crypto(String name) throws Exception {
        Merlin crypto = new Merlin();
        crypto.setKeyStore(own(name));
        KeyStore trusted = empty();
        for (Certificate c : certificates("trusted")) {
            trusted.setCertificateEntry("trusted " + trusted.size(), c);
        }
        crypto.setTrustStore(trusted);
        return crypto;
    }

    KeyStore own(String name) throws GeneralSecurityException, IOException {
        Certificate own = certificates(name).iterator().next();
        String pem = Files.readString(folder.resolve(name + ".key")).replaceAll("-----.*-----|\\s", "");
        PrivateKey key = KeyFactory.getInstance(own.getPublicKey().getAlgorithm())
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
        KeyStore store = empty();
        store.setKeyEntry(name, key, PASSWORD, new Certificate[] {own});
        return store;
    }

    static CallbackHandler password() {
        return callbacks -> {
            for (Callback c : callbacks) {
                ((WSPasswordCallback) c).setPassword(new String(PASSWORD));
            }
        };
    }

    private Collection<? extends Certificate> certificates(String name) throws GeneralSecurityException, IOException {
        try (InputStream in = Files.newInputStream(folder.resolve(name + ".pem"))) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in);
        }
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
