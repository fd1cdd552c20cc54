// SPDX-License-Identifier: MIT
// judge.mjs ORG VERSION: Okta's own client of that version, 5 or 7, walks through the stand-in; told as TAP, the plan
// last. NODE_EXTRA_CA_CERTS names the authority; first.key and second.key are those of security keys.
import { execFileSync } from 'node:child_process'
import { createHash, createSign } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const [org, version] = process.argv.slice(2)
const { OktaAuth } = createRequire(import.meta.url)(`okta-auth-js-${version}`)

const password = 'Okta-Passw0rd'
const client = new OktaAuth({ issuer: org + '/oauth2/default', clientId: 'judge' })
let number = 0
let failures = 0

const fact = async (title, told) => {
  let why = ''
  try {
    why = (await told()) === true ? '' : 'not so'
  } catch (error) {
    why = error.stack
  }
  failures += why ? 1 : 0
  console.log(`${why ? 'not ' : ''}ok ${++number} - ${title}`)
  if (why) console.log(why.replace(/^/gm, '# '))
}
const signIn = (username, more) => client.signInWithCredentials({ username, password, ...more })
const code = async user => (await (await fetch(`${org}/-/code/${user}`)).text()).trim()
const factor = (tx, type, provider = 'OKTA') => tx.factors.find(f => f.factorType === type && f.provider === provider)
const refused = async (errorCode, promise) => {
  try {
    await promise
    return false
  } catch (error) {
    if (error.errorCode !== errorCode) throw error
    return true
  }
}
await fetch(`${org}/-/again`)

await fact('primary', async () => {
  const tx = await signIn('bob')
  return tx.status === 'SUCCESS' && tx.sessionToken.length > 20 && tx.user.profile.login === 'bob@example.com'
})
await fact('a wrong password', () => refused('E0000004', signIn('alice', { password: 'wrong' })))
await fact('locked out, shown', async () => (await signIn('locked')).status === 'LOCKED_OUT')
await fact('limited', () => refused('E0000047', signIn('limited-ever')))
await fact('all factors are seen', async () => {
  const tx = await signIn('all')
  return tx.factors.length === 18 && (await tx.cancel()).status === undefined
})
await fact('an authenticator: wrong, right, used before', async () => {
  const tx = await signIn('f-totp-google')
  const one = factor(tx, 'token:software:totp', 'GOOGLE')
  if (!await refused('E0000068', one.verify({ passCode: '000000' }))) return false
  const right = await code('f-totp-google')
  if ((await one.verify({ passCode: right })).status !== 'SUCCESS') return false
  return refused('E0000082', factor(await signIn('f-totp-google'), 'token:software:totp', 'GOOGLE').verify({ passCode: right }))
})
await fact('a text message: sent, sent again, right', async () => {
  let tx = await (await factor(await signIn('f-sms'), 'sms').verify())
  if (tx.status !== 'MFA_CHALLENGE') return false
  tx = await tx.resend('sms')
  return (await tx.verify({ passCode: await code('f-sms') })).status === 'SUCCESS'
})
await fact('a question', async () =>
  (await factor(await signIn('f-question'), 'question').verify({ answer: '123456' })).status === 'SUCCESS')
await fact('back to the choice', async () => {
  const tx = await factor(await signIn('two'), 'sms').verify()
  return (await tx.prev()).status === 'MFA_REQUIRED'
})
const push = async user => (await factor(await signIn(user), 'push').verify()).poll({ delay: 20 })
await fact('push: approved', async () => (await push('push')).status === 'SUCCESS')
await fact('push: refused', async () => (await push('push-no')).factorResult === 'REJECTED')
await fact('push: not answered', async () => (await push('push-late')).factorResult === 'TIMEOUT')
await fact('set up an authenticator', async () => {
  const tx = await factor(await signIn('enroll'), 'token:software:totp', 'GOOGLE').enroll()
  return tx.status === 'MFA_ENROLL_ACTIVATE' && (await tx.activate({ passCode: await code('enroll') })).status === 'SUCCESS'
})
await fact('set up a phone', async () => {
  const tx = await factor(await signIn('enroll'), 'sms').enroll({ profile: { phoneNumber: '+49 30 1234567' } })
  return (await tx.activate({ passCode: await code('enroll') })).status === 'SUCCESS'
})
await fact('set up a question', async () => {
  const one = factor(await signIn('enroll'), 'question')
  const questions = await one.questions()
  return questions.length === 20 &&
    (await one.enroll({ profile: { question: questions[0].question, answer: 'abcdef' } })).status === 'SUCCESS'
})
const scanned = async (text) => (await (await fetch(`${org}/-/scanned`, { method: 'POST', body: text })).text()).trim()
const read = async (href) => {
  const answer = await fetch(href)
  const file = `scan-${version}.png`
  writeFileSync(file, Buffer.from(await answer.arrayBuffer()))
  return answer.headers.get('content-type') === 'image/png' &&
    execFileSync('zbarimg', ['--quiet', '--raw', file], { encoding: 'utf8' }).trim()
}
await fact('set up Okta Verify: polled until the phone has scanned the picture', async () => {
  const tx = await factor(await signIn('enroll-push'), 'push').enroll()
  if (tx.status !== 'MFA_ENROLL_ACTIVATE' || tx.factorResult !== 'WAITING') return false
  const text = await read(tx.factor.activation.qrcode.href)
  if (await scanned(text + 'x') !== 'no' || await scanned(text) !== 'yes') return false
  return (await tx.poll({ delay: 20 })).status === 'SUCCESS'
})
await fact('set up Okta Verify: by a link that is sent', async () => {
  const tx = await factor(await signIn('enroll-push'), 'push').enroll()
  const { send } = tx.data._embedded.factor._embedded.activation._links
  const headers = { 'Content-Type': 'application/json' }
  const said = { stateToken: tx.data.stateToken, profile: { phoneNumber: '+49 30 1234567' } }
  const sent = await fetch(send.find(l => l.name === 'sms').href, { method: 'POST', headers, body: JSON.stringify(said) })
  return (await sent.json()).factorResult === 'WAITING' && (await tx.poll({ delay: 20 })).status === 'SUCCESS'
})
await fact('set up Okta Verify: not in time, begun anew', async () => {
  let tx = await factor(await signIn('enroll-late'), 'push').enroll()
  tx = await tx.poll({ delay: 20 })
  if (tx.status !== 'MFA_ENROLL_ACTIVATE' || tx.factorResult !== 'TIMEOUT') return false
  tx = await tx.activate()
  if (tx.factorResult !== 'WAITING' || await scanned(await read(tx.factor.activation.qrcode.href)) !== 'yes') return false
  return (await tx.poll({ delay: 20 })).status === 'SUCCESS'
})
await fact('warned, skipped', async () => {
  const tx = await signIn('warned', { options: { warnBeforePasswordExpired: true } })
  return tx.status === 'PASSWORD_WARN' && tx.policy.expiration.passwordExpireDays === 3 && (await tx.skip()).status === 'SUCCESS'
})
await fact('expired: too weak, then changed', async () => {
  const tx = await signIn('expired')
  if (!await refused('E0000080', tx.changePassword({ oldPassword: password, newPassword: 'x' }))) return false
  return (await tx.changePassword({ oldPassword: password, newPassword: 'Brand-New-1' })).status === 'SUCCESS'
})
await fact('reset', async () => (await (await signIn('reset')).resetPassword({ newPassword: 'Brand-New-1' })).status === 'SUCCESS')
const sha256 = data => createHash('sha256').update(data).digest()
const sign = (key, ...data) => createSign('SHA256').update(Buffer.concat(data)).sign(readFileSync(`${key}.key`))
const webauthn = (key, challenge, origin = org) => {
  const client = Buffer.from(JSON.stringify({ type: 'webauthn.get', challenge, origin, crossOrigin: false }))
  const data = Buffer.concat([sha256(new URL(org).hostname), Buffer.from([1, 0, 0, 0, 9])])
  return {
    clientData: client.toString('base64'),
    authenticatorData: data.toString('base64'),
    signatureData: sign(key, data, sha256(client)).toString('base64')
  }
}
await fact('a security key', async () => {
  const tx = await factor(await signIn('f-webauthn'), 'webauthn', 'FIDO').verify()
  if (tx.status !== 'MFA_CHALLENGE' || tx.factor.factorType !== 'webauthn') return false
  return (await tx.verify(webauthn('first', tx.factor.challenge.challenge))).status === 'SUCCESS'
})
await fact('a security key: of another origin, of somebody else, twice the same', async () => {
  let tx = await factor(await signIn('f-webauthn'), 'webauthn', 'FIDO').verify()
  const { challenge } = tx.factor.challenge
  if (!await refused('E0000068', tx.verify(webauthn('first', challenge, 'https://evil.example')))) return false
  if (!await refused('E0000068', tx.verify(webauthn('first', challenge)))) return false
  tx = await factor(await signIn('f-webauthn'), 'webauthn', 'FIDO').verify()
  return refused('E0000068', tx.verify(webauthn('second', tx.factor.challenge.challenge)))
})
await fact('security keys, by their type', async () => {
  const first = await signIn('two-keys')
  const { href } = first.data._embedded.factorTypes.find(t => t.factorType === 'webauthn')._links.next
  const headers = { 'Content-Type': 'application/json' }
  const body = JSON.stringify({ stateToken: first.data.stateToken })
  await fetch(href, { method: 'POST', headers, body })
  const tx = await client.tx.resume({ stateToken: first.data.stateToken })
  if (tx.factors.length !== 2) return false
  return (await tx.verify(webauthn('second', tx.challenge.challenge))).status === 'SUCCESS'
})
await fact('a security key by U2F', async () => {
  const tx = await factor(await signIn('f-u2f'), 'u2f', 'FIDO').verify()
  const client = Buffer.from(JSON.stringify({
    typ: 'navigator.id.getAssertion', challenge: tx.factor.challenge.nonce, origin: org
  }))
  const said = Buffer.from([1, 0, 0, 0, 9])
  const signature = sign('first', sha256(tx.factor.profile.appId), said, sha256(client))
  return (await tx.verify({
    clientData: client.toString('base64url'), signatureData: Buffer.concat([said, signature]).toString('base64url')
  })).status === 'SUCCESS'
})
await fact('forgotten: a text message sent again, the question, a new password', async () => {
  let tx = await client.forgotPassword({ username: 'bob', factorType: 'SMS' })
  tx = await tx.resend()
  if (!await refused('E0000068', tx.verify({ passCode: 'x' }))) return false
  tx = await tx.verify({ passCode: await code('bob') })
  if (tx.status !== 'RECOVERY' || !await refused('E0000087', tx.answer({ answer: 'x' }))) return false
  tx = await tx.answer({ answer: 'Cowgirl "Sue"' })
  return tx.status === 'PASSWORD_RESET' && (await tx.resetPassword({ newPassword: 'Brand-New-2' })).status === 'SUCCESS'
})
await fact('forgotten: an e-mail, its link used once', async () => {
  const sent = await client.forgotPassword({ username: 'bob', factorType: 'EMAIL' })
  const recoveryToken = new URL((await (await fetch(`${org}/-/mail/bob`)).text()).trim()).pathname.split('/').pop()
  if (sent.status !== 'RECOVERY_CHALLENGE' || sent.factorResult !== 'WAITING') return false
  if ((await client.verifyRecoveryToken({ recoveryToken })).status !== 'RECOVERY') return false
  return refused('E0000105', client.verifyRecoveryToken({ recoveryToken }))
})
await fact('unlocked', async () => {
  let tx = await client.unlockAccount({ username: 'locked', factorType: 'CALL' })
  tx = await tx.verify({ passCode: await code('locked') })
  tx = await tx.answer({ answer: 'Cowgirl "Sue"' })
  return tx.status === 'SUCCESS' && tx.sessionToken === undefined && (await signIn('locked')).status === 'SUCCESS'
})
await fact('a token that is cancelled', async () => {
  const tx = await signIn('two')
  await tx.cancel()
  return refused('E0000011', factor(tx, 'sms').verify())
})
console.log(`1..${number}`)
process.exit(failures ? 1 : 0)
