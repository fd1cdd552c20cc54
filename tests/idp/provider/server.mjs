// SPDX-License-Identifier: MIT
// A real OpenID provider (npm oidc-provider) over TLS on loopback, for the tests.
//
//   node server.mjs FOLDER [ISSUER-HOST]
//
// FOLDER holds key.pem and cert.pem for localhost, and gets ports: "ISSUER CONTROL" once both listen.
// People: alice, bob (Alice-Passw0rd, Bob-Passw0rd); mallory may not sign in. Clients: lab (public, native), lab-ALG for
// each algorithm of signatures, secret (with the secret "Kept-s3cret+%&").
// Control, plain HTTP on loopback, GET: /rotate (new keys sign, the old ones are published), /rotate?drop=1 (the old
// ones are gone), /user?name=N&password=P, /count (token requests by grant; those that wait; TLS connections; requests of
// any kind), /forget, /style?v=entra (its refusals), /hang?path=/jwks (requests there wait until /hang), /last (the last
// answer with tokens), /form (what was sent for it).
import fs from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import crypto from 'node:crypto'
import Provider from 'oidc-provider'

const folder = process.argv[2]
const key = fs.readFileSync(`${folder}/key.pem`), cert = fs.readFileSync(`${folder}/cert.pem`)
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
const people = {
  alice: { password: 'Alice-Passw0rd', name: 'Alice Example', email: 'alice@corp.example', groups: ['staff', 'engineers'] },
  bob: { password: 'Bob-Passw0rd', name: 'Bob Example', email: 'bob@corp.example', groups: ['staff'] }
}
const counts = {}
let style = 'oauth'
let hang = { path: '', until: Promise.resolve(), release: () => {} }
let last = {}
let form = {}

function makeKey (alg, number) {
  const pairs = {
    R: () => crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }),
    P: () => crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }),
    E: () => alg === 'EdDSA'
      ? crypto.generateKeyPairSync('ed25519')
      : crypto.generateKeyPairSync('ec', { namedCurve: { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }[alg] })
  }
  return { ...pairs[alg[0]]().privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: `${alg}-${number}` }
}

let rotation = 0
let keys = algorithms.map(alg => makeKey(alg, 0))
const store = new Map()
class Memory {
  constructor (name) { this.name = name }
  key (id) { return `${this.name}:${id}` }
  async upsert (id, payload) {
    store.set(this.key(id), payload)
    if (payload.userCode) store.set(`userCode:${payload.userCode}`, id)
    if (payload.uid) store.set(`uid:${payload.uid}`, id)
    if (payload.grantId) store.set(`of:${payload.grantId}`, [...(store.get(`of:${payload.grantId}`) ?? []), this.key(id)])
  }
  async find (id) { return store.get(this.key(id)) }
  async findByUid (uid) { return this.find(store.get(`uid:${uid}`)) }
  async findByUserCode (code) { return this.find(store.get(`userCode:${code}`)) }
  async consume (id) { store.get(this.key(id)).consumed = Math.floor(Date.now() / 1000) }
  async destroy (id) { store.delete(this.key(id)) }
  async revokeByGrantId (id) { for (const one of store.get(`of:${id}`) ?? []) store.delete(one) }
}

const scope = 'openid profile email groups offline_access'
const grants = ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code', 'password']
const native = { grant_types: grants, redirect_uris: ['org.chatelaine:/callback'], response_types: ['code'],
  application_type: 'native', token_endpoint_auth_method: 'none', scope }
const clients = [{ ...native, client_id: 'lab' },
  { ...native, client_id: 'secret', client_secret: 'Kept-s3cret+%&', token_endpoint_auth_method: 'client_secret_basic' },
  ...algorithms.map(alg => ({ ...native, client_id: `lab-${alg}`, id_token_signed_response_alg: alg }))]

function page (ctx, title, body) {
  ctx.type = 'html'
  ctx.body = `<!DOCTYPE html><title>${title}</title><h1>${title}</h1>${body}`
}

// What Entra answers in the place of an OAuth error alone.
const entra = { invalid_grant: [50126, 'Error validating credentials due to invalid username or password.'] }

function make (issuer) {
  const provider = new Provider(issuer, {
    adapter: Memory,
    clients,
    jwks: { keys },
    enabledJWA: { idTokenSigningAlgValues: algorithms },
    claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'oid', 'tid'], email: ['email'], groups: ['groups'],
      amr: null, auth_time: null },
    scopes: scope.split(' '),
    conformIdTokenClaims: false,
    pkce: { methods: ['S256'], required: () => true },
    rotateRefreshToken: true,
    ttl: { AccessToken: 300, IdToken: 300, DeviceCode: 600, RefreshToken: 86400, AuthorizationCode: 60, Session: 3600, Grant: 86400, Interaction: 600 },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true },
      userinfo: { enabled: true },
      rpInitiatedLogout: { enabled: false },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: async (ctx, form) => page(ctx, 'Code', `${form}<button form="op.deviceInputForm">Continue</button>`),
        userCodeConfirmSource: async (ctx, form, client, info, code) =>
          page(ctx, 'Confirm', `<p>${code}</p>${form}<button form="op.deviceConfirmForm">Continue</button><button form="op.deviceConfirmForm" name="abort" value="yes">Deny</button>`),
        successSource: async ctx => page(ctx, 'Done', '<p>You may close this page.</p>')
      }
    },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    issueRefreshToken: async (ctx, client, code) => code.scopes.has('offline_access'),
    findAccount: async (_, id) => people[id] && {
      accountId: id,
      claims: async () => ({ sub: id, name: people[id].name, preferred_username: people[id].email, email: people[id].email,
        groups: people[id].groups, oid: `00000000-0000-0000-0000-0000000000${id.length}0`, tid: '11111111-2222-3333-4444-555555555555' })
    }
  })

  async function consent (name, interaction) {
    const grant = interaction.grantId
      ? await provider.Grant.find(interaction.grantId)
      : new provider.Grant({ accountId: name, clientId: interaction.params.client_id })
    grant.addOIDCScope(interaction.params.scope ?? scope)
    return grant.save()
  }

  async function interact (ctx) {
    const interaction = await provider.interactionDetails(ctx.req, ctx.res)
    if (interaction.prompt.name === 'consent') {
      const grantId = await consent(interaction.session.accountId, interaction)
      return provider.interactionFinished(ctx.req, ctx.res, { consent: { grantId } }, { mergeWithLastSubmission: true })
    }
    if (ctx.method !== 'POST') {
      return page(ctx, 'Sign in', '<form method=post><input name=user autofocus><input name=password type=password><button>Sign in</button></form>')
    }
    const form = new URLSearchParams(await body(ctx.req))
    const person = people[form.get('user')]
    if (!person || person.password !== form.get('password')) return page(ctx, 'Wrong', '<p>Not right.</p>')
    return provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: form.get('user'), amr: ['pwd'] } })
  }

  provider.registerGrantType('password', async ctx => {
    const { username, password } = ctx.oidc.params
    const person = people[username]
    if (!person || person.password !== password) {
      ctx.status = 400
      ctx.body = { error: 'invalid_grant', error_description: 'grant request is invalid' }
      return
    }
    const client = ctx.oidc.client
    const grant = new provider.Grant({ accountId: username, clientId: client.clientId })
    grant.addOIDCScope(scope)
    const grantId = await grant.save()
    const account = await people[username] && { accountId: username, claims: async () => ({ sub: username, name: person.name, preferred_username: person.email, email: person.email, groups: person.groups }) }
    const access = new provider.AccessToken({ accountId: username, client, grantId, gty: 'password', scope })
    const refresh = new provider.RefreshToken({ accountId: username, client, grantId, gty: 'password', scope, rotations: 0 })
    const id = new provider.IdToken(await account.claims(), { ctx })
    id.scope = scope
    id.mask = {}
    id.rejected = []
    ctx.body = { access_token: await access.save(), expires_in: access.expiration, token_type: 'Bearer', scope,
      id_token: await id.issue({ use: 'idtoken' }), refresh_token: await refresh.save() }
  }, ['username', 'password', 'scope'], [])

  provider.use(async (ctx, next) => {
    if (ctx.path.startsWith('/interaction/')) return interact(ctx)
    if (ctx.path === hang.path) {
      counts.waiting = (counts.waiting ?? 0) + 1
      await hang.until
    }
    await next()
    if (ctx.oidc?.route === 'revocation') counts.revocation = (counts.revocation ?? 0) + 1
    if (ctx.oidc?.route === 'token') {
      const type = ctx.oidc.params?.grant_type ?? '?'
      if (ctx.body?.access_token) [last, form] = [ctx.body, { ...ctx.oidc.params }]
      counts[type] = (counts[type] ?? 0) + 1
      if (style === 'entra' && ctx.body?.error && entra[ctx.body.error] && type === 'password') {
        const [code, text] = entra[ctx.body.error]
        ctx.body = { error: ctx.body.error, error_description: `AADSTS${code}: ${text}\r\nTrace ID: 0`, error_codes: [code] }
      }
    }
  })
  provider.on('server_error', (_, error) => console.error(error))
  return provider.callback()
}

function body (request) {
  return new Promise(resolve => {
    let text = ''
    request.on('data', chunk => { text += chunk })
    request.on('end', () => resolve(text))
  })
}

let handle
const server = https.createServer({ key, cert, minVersion: 'TLSv1.2' }, (request, response) => {
  counts.requests = (counts.requests ?? 0) + 1
  return handle(request, response)
})
server.on('secureConnection', () => { counts.connections = (counts.connections ?? 0) + 1 })
server.listen(0, '127.0.0.1', () => {
  const issuer = `https://localhost:${server.address().port}`
  handle = make(issuer)
  const control = http.createServer((request, response) => {
    const url = new URL(request.url, 'http://localhost')
    const word = url.searchParams
    if (url.pathname === '/rotate') {
      rotation++
      keys = [...algorithms.map(alg => makeKey(alg, rotation)), ...(word.has('drop') ? [] : keys)]
      handle = make(issuer)
    } else if (url.pathname === '/user') {
      people[word.get('name')] = { ...people[word.get('name')], password: word.get('password') }
    } else if (url.pathname === '/forget') {
      store.clear()
    } else if (url.pathname === '/hang') {
      hang.release()
      hang = { path: word.get('path') ?? '' }
      hang.until = new Promise(resolve => { hang.release = resolve })
    } else if (url.pathname === '/style') {
      style = word.get('v')
    }
    const told = { '/count': counts, '/last': last, '/form': form }[url.pathname]
    response.end(told ? JSON.stringify(told) : 'ok')
  })
  control.listen(0, '127.0.0.1', () => {
    fs.writeFileSync(`${folder}/ports.new`, `${issuer} http://127.0.0.1:${control.address().port}\n`)
    fs.renameSync(`${folder}/ports.new`, `${folder}/ports`)
  })
})
