// A strict OpenID Provider for the end-to-end tests: PKCE, PAR and DPoP with
// server nonces are required, clients authenticate with private_key_jwt, refresh
// tokens rotate, and a reused one revokes its family (oidc-provider's own rule).
// The settings come as one JSON object on standard input.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Provider, { errors } from 'oidc-provider';

const { port, clients, accessTokenTTL } = JSON.parse(readFileSync(0, 'utf8'));
const signing = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients,
  clientAuthMethods: ['private_key_jwt', 'none'],
  cookies: { keys: [randomBytes(32).toString('hex')] },
  features: {
    devInteractions: { enabled: true }, // a page to log in, a page to consent: any name is an account
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
    fapi: { enabled: true, profile: '2.0' },
    introspection: { enabled: true },
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
    resourceIndicators: { // RFC 8707: one audience for each API, and a token for one at a time
      enabled: true,
      getResourceServerInfo: (_ctx, resource) => {
        if (!resource.startsWith('https://api-')) throw new errors.InvalidTarget();
        return { scope: 'api', audience: resource, accessTokenTTL, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } };
      },
      useGrantedResource: () => false,
    },
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
