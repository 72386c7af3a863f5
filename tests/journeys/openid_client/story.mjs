// openid-client, as published, as a court of Central Sign-On. Prints one JSON object: the name of each thing that was
// tried, and "well" or what went wrong.
//
// STORY (environment) is JSON: issuer, court, key (PKCS8, base64), redirectUri, signedOut, username, password.
import { webcrypto } from 'node:crypto';
import * as oidc from 'openid-client';

const story = JSON.parse(process.env.STORY);
const told = {};
const scope = 'openid profile email offline_access';

async function tried(name, act) {
  try {
    const given = await act();
    told[name] = 'well';
    return given;
  } catch (problem) {
    told[name] = `${problem.name}: ${problem.message} ${JSON.stringify(problem.cause ?? {})}`;
    return undefined;
  }
}

function must(condition, words) {
  if (!condition) throw new Error(words);
}

// A browser without a window: cookies and redirects, up to the first address that is not the provider's.
class Browser {
  cookies = new Map();

  async go(address, options = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(address, { ...options, redirect: 'manual', headers: { ...options.headers, cookie } });
    for (const given of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(given);
      if (value && value !== '""') this.cookies.set(name, value); else this.cookies.delete(name);
    }
    const next = answer.headers.get('location');
    if (!next) return { page: await answer.text(), url: String(address) };
    const url = new URL(next, address);
    return url.origin === new URL(story.issuer).origin ? this.go(url) : { left: url };
  }

  async signOn({ page, url }) {
    const fields = new URLSearchParams();
    for (const [tag] of page.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
      const name = /name="([^"]*)"/.exec(tag)?.[1];
      const value = /value="([^"]*)"/.exec(tag)?.[1] ?? '';
      if (name) fields.set(name, value.replaceAll('&amp;', '&'));
    }
    fields.set('loginForm:loginName', story.username);
    fields.set('loginForm:password', story.password);
    const headers = { 'content-type': 'application/x-www-form-urlencoded', referer: url };
    return this.go(new URL('/csologin/login.jsf', url), { method: 'POST', body: fields.toString(), headers });
  }
}

const key = await webcrypto.subtle.importKey('pkcs8', Buffer.from(story.key, 'base64'), 'Ed25519', false, ['sign']);
const config = await tried('discovery', async () => {
  const found = await oidc.discovery(new URL(story.issuer), story.court, { id_token_signed_response_alg: 'ES256' },
    oidc.PrivateKeyJwt(key), { execute: [oidc.allowInsecureRequests] });
  must(found.serverMetadata().supportsPKCE(), 'PKCE is not announced');
  return found;
});

if (!config) {
  console.log(JSON.stringify(told));
  process.exit(0);
}

async function request(more = {}) {
  const verifier = oidc.randomPKCECodeVerifier();
  const checks = { pkceCodeVerifier: verifier, expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce() };
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: story.redirectUri, scope, state: checks.expectedState, nonce: checks.expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', ...more,
  });
  return { url, checks: { ...checks, idTokenExpected: true } };
}

const browser = new Browser();
const first = await request({ max_age: '3600' });
const back = await tried('a person signs on and comes back', async () => {
  const { left } = await browser.signOn(await browser.go(first.url));
  must(left?.href.startsWith(story.redirectUri), `left for ${left}`);
  return left;
});
const tokens = await tried('the code gives tokens that verify', () =>
  oidc.authorizationCodeGrant(config, back, { ...first.checks, maxAge: 3600 }));
const claims = tokens?.claims();
await tried('the ID token tells what courts need', async () => {
  for (const name of ['sub', 'sid', 'auth_time', 'acr', 'amr', 'at_hash']) must(claims[name], `no ${name}`);
});
await tried('userinfo is about the same person', async () => {
  const facts = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
  must(facts.preferred_username === story.username && facts.email, 'not the person');
});
await tried('introspection says that the token lives', async () => {
  must((await oidc.tokenIntrospection(config, tokens.access_token)).active, 'not active');
});
await tried('the code is good once, and shown again it ends what it gave', async () => {
  const second = await request();
  const { left } = await browser.go(second.url);
  const given = await oidc.authorizationCodeGrant(config, left, second.checks);
  const again = await oidc.authorizationCodeGrant(config, left, second.checks).then(() => null, (error) => error);
  must(again?.error === 'invalid_grant', `the second time: ${again}`);
  must(!(await oidc.tokenIntrospection(config, given.access_token)).active, 'its token still lives');
});
const newer = await tried('a refresh token gives the next', async () => {
  const given = await oidc.refreshTokenGrant(config, tokens.refresh_token);
  must(given.refresh_token && given.refresh_token !== tokens.refresh_token, 'not rotated');
  return given;
});
await tried('a token that is revoked is dead', async () => {
  const { left } = await browser.go((await request()).url);
  must(left, 'no second court');
  await oidc.tokenRevocation(config, newer.access_token);
  must(!(await oidc.tokenIntrospection(config, newer.access_token)).active, 'it lives');
});
await tried('prompt=none without a sign-on is refused by the provider, by name', async () => {
  const silent = await request({ prompt: 'none' });
  const { left } = await new Browser().go(silent.url);
  const refusal = await oidc.authorizationCodeGrant(config, left, silent.checks).then(() => null, (error) => error);
  must(refusal?.error === 'login_required', `${refusal}`);
});
await tried('prompt=none with a sign-on needs no page', async () => {
  const silent = await request({ prompt: 'none', id_token_hint: tokens.id_token });
  const { left } = await browser.go(silent.url);
  must((await oidc.authorizationCodeGrant(config, left, silent.checks)).claims().sub === claims.sub, 'somebody else');
});
await tried('prompt=login asks for the password, and proves it', async () => {
  const anew = await request({ prompt: 'login' });
  await new Promise((done) => { setTimeout(done, 1100); });
  const page = await browser.go(anew.url);
  must(page.page, 'no page was shown');
  const { left } = await browser.signOn(page);
  const given = await oidc.authorizationCodeGrant(config, left, anew.checks);
  must(given.claims().auth_time > claims.auth_time, 'the time of sign-on is old');
  must(given.claims().sid === claims.sid, 'it is another session now');
});
await tried('signing off ends everything without a question', async () => {
  const end = oidc.buildEndSessionUrl(config, {
    id_token_hint: tokens.id_token, post_logout_redirect_uri: story.signedOut, state: 'over',
  });
  const { left } = await browser.go(end);
  must(left?.href === `${story.signedOut}?state=over`, `left for ${left}`);
  const silent = await request({ prompt: 'none' });
  must((await browser.go(silent.url)).left.searchParams.get('error') === 'login_required', 'the sign-on lives');
  const late = await oidc.refreshTokenGrant(config, newer.refresh_token).then(() => null, (error) => error);
  must(late?.error === 'invalid_grant', 'the refresh token lives');
});
console.log(JSON.stringify(told));
