#!/bin/sh
# Makes the files in this folder: OpenSSL 3 with its legacy provider, keytool
# (OpenJDK 17) and pk12util (NSS 3.87). The passphrase is letmein, the
# key that of ../made/ec256.pem.
set -eu
cd "$(dirname "$0")"
key=../made/ec256.pem crt=../made/leaf.crt
pass="-passout pass:letmein"
both="-provider legacy -provider default"

v2() { openssl pkcs8 -topk8 $both -in $key -out "$1.pem" -iter 100 -v2 "$2" -v2prf "${3:-hmacWithSHA256}" $pass; }
for prf in SHA1 SHA224 SHA256 SHA384 SHA512 SHA512-224 SHA512-256; do v2 "prf-$prf" aes-256-cbc "hmacWith$prf" || rm -f "prf-$prf.pem"; done
for cipher in aes-128-cbc aes-192-cbc des-ede3-cbc des-cbc rc2-cbc camellia-128-cbc camellia-192-cbc camellia-256-cbc \
	aria-128-cbc aria-192-cbc aria-256-cbc seed-cbc sm4-cbc; do v2 "$cipher" $cipher || rm -f "$cipher.pem"; done
for pbe in PBE-MD5-DES PBE-SHA1-DES PBE-SHA1-3DES PBE-SHA1-2DES PBE-SHA1-RC2-128 PBE-SHA1-RC2-40 PBE-MD5-RC2-64 PBE-SHA1-RC2-64 PBE-SHA1-RC4-128 PBE-SHA1-RC4-40; do
	openssl pkcs8 -topk8 $both -in $key -out $pbe.pem -iter 100 -v1 $pbe $pass || rm -f $pbe.pem
done
for cipher in bf-cbc cast5-cbc rc4 aes-128-cfb aes-192-ofb aes-256-cfb aes-256-ofb; do v2 "$cipher" $cipher; done
v2 prf-MD5 aes-256-cbc hmacWithMD5
openssl pkcs8 -topk8 -in $key -out scrypt.pem -scrypt -scrypt_N 16 $pass
openssl genpkey -algorithm ed448 | openssl pkcs8 -topk8 -out ed448.pem -iter 100 $pass
openssl genpkey -algorithm x25519 | openssl pkcs8 -topk8 -out x25519.pem -iter 100 $pass

openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out pss.pem
openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_pss_keygen_md:sha384 \
	-pkeyopt rsa_pss_keygen_mgf1_md:sha384 -pkeyopt rsa_pss_keygen_saltlen:48 -out pss-sha384.pem
openssl pkcs8 -topk8 -in pss.pem -out pss-sealed.pem -iter 100 $pass
for n in pss pss-sha384; do
	openssl pkey -in $n.pem -pubout -out $n.pub.pem
	openssl req -x509 -key $n.pem -subj /CN=$n -days 36500 -out $n.crt
done
for curve in prime256v1 secp384r1 secp521r1 brainpoolP256r1; do
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:$curve -pkeyopt ec_param_enc:explicit -out explicit-$curve.pem
	openssl pkey -in explicit-$curve.pem -pubout -out explicit-$curve.pub.pem
	openssl ec -in explicit-$curve.pem -out explicit-$curve.sec1.pem
	openssl ec -in explicit-$curve.pem -conv_form compressed -out explicit-$curve.compressed.pem
done

p12() { openssl pkcs12 -export -inkey $key -in $crt -iter 100 -passout pass:letmein -out "$@"; }
p12 modern.p12
p12 legacy.p12 -legacy
p12 descert.p12 -legacy -descert
p12 nomac.p12 -nomac
p12 clear.p12 -keypbe NONE -certpbe NONE
p12 clear-nomac.p12 -keypbe NONE -certpbe NONE -nomac
p12 mac-sha384.p12 -macalg sha384
p12 mac-sha224.p12 -macalg sha224
p12 camellia.p12 -certpbe camellia-256-cbc -keypbe camellia-256-cbc
p12 rc4.p12 $both -certpbe PBE-SHA1-RC4-128 -keypbe PBE-SHA1-RC4-128
p12 mac-md5.p12 -macalg md5
p12 mac-md5-legacy.p12 -macalg md5 -legacy
p12 mac-sm3.p12 -macalg sm3 -legacy
p12 mac-ripemd160.p12 -macalg ripemd160 -legacy
p12 mac-sha3.p12 -macalg sha3-256
p12 mac-sha512-256.p12 -macalg sha512-256
p12 mac-sha512-224.p12 -macalg sha512-224
p12 chain.p12 -certfile ../made/chain.pem
p12 key-only.p12 -nocerts
openssl pkcs12 -export -nokeys -in $crt -iter 100 -passout pass:letmein -out certificate-only.p12
openssl req -x509 -key $key -subj /CN=Negative -set_serial -5 -days 36500 -out negative.crt
openssl pkcs12 -export -inkey $key -in negative.crt -iter 100 -passout pass:letmein -out negative.p12
openssl pkcs12 -export -nokeys -in negative.crt -iter 100 -passout pass:letmein -out negative-only.p12
cat $key negative.crt > negative.pem

# NSS writes BER, with octet strings in pieces.
db=$(mktemp -d)
certutil -N -d "$db" --empty-password
pk12util -i modern.p12 -d "$db" -W letmein -K ''
nick=$(certutil -L -d "$db" | awk '/u,u,u/ {sub(/ +u,u,u.*/, ""); print; exit}')
pk12util -o nss.p12 -n "$nick" -d "$db" -W letmein -K ''
rm -r "$db"

rm -f store.jks store-java.p12 trust-java.p12
keytool -importkeystore -noprompt -srckeystore modern.p12 -srcstoretype pkcs12 -srcstorepass letmein \
	-destkeystore store.jks -deststoretype jks -deststorepass letmein
keytool -importkeystore -noprompt -srckeystore modern.p12 -srcstoretype pkcs12 -srcstorepass letmein \
	-destkeystore store.jceks -deststoretype jceks -deststorepass letmein
keytool -importkeystore -noprompt -srckeystore modern.p12 -srcstoretype pkcs12 -srcstorepass letmein \
	-destkeystore store-java.p12 -deststoretype pkcs12 -deststorepass letmein
keytool -importcert -noprompt -file $crt -alias a -keystore trust-java.p12 -storetype pkcs12 -storepass letmein

for kind in rsa ecdsa ed25519; do ssh-keygen -q -t $kind -N letmein -C '' -f openssh-$kind; done
ssh-keygen -e -m RFC4716 -f openssh-rsa.pub | sed 's/, converted by.*from OpenSSH//' > openssh-rsa.rfc4716
rm openssh-ed25519.pub
openssl crl2pkcs7 -nocrl -certfile $crt -out certificates.p7b
openssl crl2pkcs7 -nocrl -certfile $crt -outform DER -out certificates.p7c
