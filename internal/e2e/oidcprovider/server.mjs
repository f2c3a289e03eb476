// A strict OpenID Provider for the end-to-end tests: PKCE, PAR and DPoP with
// server nonces are required, clients authenticate with private_key_jwt, refresh
// tokens rotate, and a reused one revokes its family (oidc-provider's own rule).
// With `mtls`, the prefix of the endpoints that ask for a certificate, it is open instead:
// every client authentication, PAR and DPoP for those who like. So it is with `messages`,
// and then has signed requests (RFC 9101), signed answers (JARM) and authorization
// details of the type `account` (RFC 9396) too.
// The settings come as one JSON object on standard input.
import { X509Certificate, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Provider, { errors } from 'oidc-provider';

const { port, clients, accessTokenTTL, mtls, messages } = JSON.parse(readFileSync(0, 'utf8'));
const signing = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
const issuer = `http://127.0.0.1:${port}`;

const strict = mtls === undefined && !messages;

// What nginx saw of the client's certificate (RFC 8705).
const certificate = (ctx) => decodeURIComponent(ctx.get('ssl-client-cert')) || undefined;
const mTLS = {
  enabled: mtls !== undefined,
  certificateBoundAccessTokens: true,
  selfSignedTlsClientAuth: true,
  tlsClientAuth: true,
  getCertificate: certificate,
  certificateAuthorized: (ctx) => ctx.get('ssl-client-verify') === 'SUCCESS',
  certificateSubjectMatches: (ctx, property, expected) =>
    property === 'tls_client_auth_subject_dn' && new X509Certificate(certificate(ctx)).subject === expected,
};
// What was asked for is granted as it is, and echoed.
const asked = (details) => (details === undefined ? undefined : JSON.parse(details));
const richAuthorizationRequests = messages ? {
  enabled: true,
  types: { account: { validate: () => {} } },
  authorizationDetailsForGrantSource: (ctx) => asked(ctx.oidc.params.authorization_details),
  authorizationDetailsForAccessToken: (ctx, token, source) => source?.rar ?? asked(ctx.oidc.params.authorization_details),
  authorizationDetailsForIntrospection: (ctx, token) => token.rar,
} : { enabled: false };
const secrets = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt'];
const certificates = ['tls_client_auth', 'self_signed_tls_client_auth'];

const provider = new Provider(issuer, {
  clients,
  clientAuthMethods: ['private_key_jwt', 'none', ...(strict ? [] : secrets), ...(mTLS.enabled ? certificates : [])],
  discovery: mtls === undefined ? {} : { mtls_endpoint_aliases: { token_endpoint: `${mtls}/token` } },
  enabledJWA: strict ? {} : { clientAuthSigningAlgValues: ['HS256', 'RS256', 'PS256', 'ES256'] },
  cookies: { keys: [randomBytes(32).toString('hex')] },
  features: {
    devInteractions: { enabled: true }, // a page to log in, a page to consent: any name is an account
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => strict },
    fapi: strict ? { enabled: true, profile: '2.0' } : { enabled: false },
    introspection: { enabled: true },
    jwtResponseModes: { enabled: Boolean(messages) },
    requestObjects: { enabled: Boolean(messages) },
    richAuthorizationRequests,
    resourceIndicators: { // RFC 8707: one audience for each API, and a token for one at a time
      enabled: true,
      getResourceServerInfo: (_ctx, resource) => {
        if (!resource.startsWith('https://api-')) throw new errors.InvalidTarget();
        return { scope: 'api', audience: resource, accessTokenTTL, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } };
      },
      // One API is named once, at the login; of several one in each token request.
      useGrantedResource: () => Boolean(messages),
    },
    mTLS,
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: strict },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  jwks: { keys: [{ ...signing, alg: 'ES256', use: 'sig', kid: 'id-token' }] },
  pkce: { required: () => true },
  responseTypes: ['code'],
  rotateRefreshToken: () => true,
  scopes: ['openid', 'offline_access', 'api'],
  ttl: {
    AccessToken: accessTokenTTL,
    ClientCredentials: accessTokenTTL,
    DeviceCode: 300,
    Grant: 3600,
    IdToken: 3600,
    Interaction: 600,
    RefreshToken: 3600,
    Session: 3600,
  },
});

provider.on('server_error', (_ctx, err) => console.error(err));
provider.listen(port, '127.0.0.1');
