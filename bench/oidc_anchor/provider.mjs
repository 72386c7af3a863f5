// The anchor of bench/signon.py: oidc-provider as its documentation sets it up, storing in PostgreSQL.
//
// ANCHOR (environment) is JSON: port, database (URL), clients (as oidc-provider takes them), hash.
// The sign-on page and the accounts are the least that does the same steps as Central Sign-On: a form, a look-up by
// user name, a password hash: "md5", which costs nothing on either side, or Argon2id by the fastest package that npm has
// ("argon2id") or by Node itself ("node").
import { argon2, createHash, generateKeyPairSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { verify } from '@node-rs/argon2';
import pg from 'pg';
import { Provider } from 'oidc-provider';

const { port, database, clients, hash } = JSON.parse(process.env.ANCHOR);
const pool = new pg.Pool({ connectionString: database, max: 8 });

await pool.query(`
  CREATE TABLE IF NOT EXISTS payload (
    model text, id text, payload jsonb NOT NULL, grant_id text, uid text, user_code text,
    expires_at timestamptz, consumed_at timestamptz, PRIMARY KEY (model, id));
  CREATE INDEX IF NOT EXISTS payload_grant ON payload (grant_id);
  CREATE INDEX IF NOT EXISTS payload_uid ON payload (model, uid);
`);

class Adapter {
  constructor(model) { this.model = model; }

  async upsert(id, payload, expiresIn) {
    const expires = expiresIn ? new Date(Date.now() + expiresIn * 1000) : null;
    await pool.query(
      `INSERT INTO payload (model, id, payload, grant_id, uid, user_code, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (model, id) DO UPDATE SET payload = $3, grant_id = $4, uid = $5, user_code = $6, expires_at = $7`,
      [this.model, id, payload, payload.grantId, payload.uid, payload.userCode, expires]);
  }

  async #one(column, value) {
    const { rows: [row] } = await pool.query(
      `SELECT payload, expires_at, consumed_at FROM payload WHERE model = $1 AND ${column} = $2`, [this.model, value]);
    if (!row || (row.expires_at && row.expires_at < new Date())) return undefined;
    return row.consumed_at ? { ...row.payload, consumed: true } : row.payload;
  }

  find(id) { return this.#one('id', id); }

  findByUid(uid) { return this.#one('uid', uid); }

  findByUserCode(code) { return this.#one('user_code', code); }

  async consume(id) {
    await pool.query('UPDATE payload SET consumed_at = now() WHERE model = $1 AND id = $2', [this.model, id]);
  }

  async destroy(id) {
    await pool.query('DELETE FROM payload WHERE model = $1 AND id = $2', [this.model, id]);
  }

  async revokeByGrantId(grantId) {
    await pool.query('DELETE FROM payload WHERE grant_id = $1', [grantId]);
  }
}

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const provider = new Provider(`http://127.0.0.1:${port}`, {
  adapter: Adapter,
  clients,
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: 'anchor' }] },
  cookies: { keys: [randomBytes(32).toString('hex')] },
  claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email'] },
  enabledJWA: { clientAuthSigningAlgValues: ['Ed25519', 'EdDSA'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  ttl: { AccessToken: 300, AuthorizationCode: 60, IdToken: 300, Grant: 43200, Interaction: 600, Session: 43200 },
  async findAccount(_ctx, id) {
    const { rows: [row] } = await pool.query('SELECT id, username, name, email FROM account WHERE id = $1', [id]);
    if (!row) return undefined;
    return {
      accountId: row.id,
      claims: async () => ({ sub: row.id, name: row.name, preferred_username: row.username, email: row.email }),
    };
  },
  // Courts need no consent: the documented way to skip it.
  async loadExistingGrant(ctx) {
    const { client, session, provider: op } = ctx.oidc;
    const known = ctx.oidc.result?.consent?.grantId || session.grantIdFor(client.clientId);
    if (known) return op.Grant.find(known);
    const grant = new op.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope('openid profile email');
    await grant.save();
    return grant;
  },
});
provider.on('server_error', (_ctx, error) => console.error(error));

const page = (uid) => `<!doctype html><html lang="en"><head><title>Sign in</title></head><body><h1>Sign in</h1>
<form method="post" action="/interaction/${uid}"><label>Username <input name="username" autocomplete="username"></label>
<label>Password <input name="password" type="password"></label><button>Sign in</button></form></body></html>`;

const byNode = (password, [, , , , salt, kept]) => new Promise((resolve, reject) => {
  const asked = { message: password, nonce: Buffer.from(salt, 'base64'), parallelism: 1, tagLength: 32, memory: 19456, passes: 2 };
  argon2('argon2id', asked, (error, made) => error ? reject(error) : resolve(timingSafeEqual(made, Buffer.from(kept, 'base64'))));
});

async function isRight(row, password) {
  if (hash === 'argon2id') return verify(row.password, password);
  if (hash === 'node') return byNode(password, row.password.split('$'));
  return createHash('md5').update(row.salt + password).digest('hex') === row.password;
}

async function body(req) {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

provider.use(async (ctx, next) => {
  const uid = ctx.path.startsWith('/interaction/') ? ctx.path.slice('/interaction/'.length) : null;
  if (!uid) return next();
  await provider.interactionDetails(ctx.req, ctx.res);
  if (ctx.method === 'GET') {
    ctx.type = 'html';
    ctx.body = page(uid);
    return undefined;
  }
  const form = await body(ctx.req);
  const { rows: [row] } = await pool.query(
    'SELECT id, salt, password FROM account WHERE username = $1', [form.get('username')]);
  if (!row || !await isRight(row, form.get('password'))) {
    ctx.status = 401;
    return undefined;
  }
  ctx.respond = false;
  return provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: row.id } });
});

provider.listen(port, '127.0.0.1', () => console.log('ready'));
