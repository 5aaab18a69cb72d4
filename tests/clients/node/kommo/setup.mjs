// What every test of Kommo's clients starts from: clients with tokens, contents to send, and records of its own. A test
// looks at nothing but what it made, so the same server can be driven again and again.
//
//   ATTACHE_URL            where the server answers, such as http://127.0.0.1:8080; the drive
//   ATTACHE_ACCOUNT_HOST   host and port where it answers over https; the account (run.mjs opens it)
//   ATTACHE_TOKEN          a JWT with the scopes kommo:crm, kommo:files and kommo:files_delete
//   ATTACHE_FILES_TOKEN    a JWT with kommo:files
//   ATTACHE_CRM_TOKEN      a JWT with kommo:crm
//   ATTACHE_ALL_TOKEN      a token with the scope all, for the other faces of the server

import assert from 'node:assert/strict'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import amotop from '@mobilon-dev/amotop'
import { Amo } from '@shevernitskiy/amo'

export const url = setting('ATTACHE_URL')
export const accountHost = setting('ATTACHE_ACCOUNT_HOST')
export const token = setting('ATTACHE_TOKEN')
export const filesToken = setting('ATTACHE_FILES_TOKEN')
export const crmToken = setting('ATTACHE_CRM_TOKEN')
export const allToken = setting('ATTACHE_ALL_TOKEN')

/** Mobilon's client of the drive. */
export const mobilonDrive = (accessToken) => new amotop.AmoFileClient(accessToken, { driveUrl: url })

/** Mobilon's client of the account. */
export const mobilonAccount = (accessToken) => new amotop.AmoApiClient(accountHost, accessToken)

/** The client of both hosts, with a token that it counts as good until `expires_at`. */
export function connect(access_token, { expires_at = Date.now() + 3_600_000, ...options } = {}) {
  const app = { client_id: randomUUID(), client_secret: 'secret', redirect_uri: 'https://app.example' }
  const held = { token_type: 'Bearer', expires_in: 86_400, refresh_token: 'def50200', access_token, expires_at }
  return new Amo(accountHost, { ...app, ...held }, { request_delay: 0, ...options })
}

function setting(name) {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set; kommo/setup.mjs says what these tests need`)
  return value
}

/** A name that no other test gives. */
export const freshName = (extension = 'txt') => `report-${randomUUID()}.${extension}`

/** Bytes that no other test sends. */
export const freshBytes = (length = 40) => randomBytes(length)

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')

/** A uuid that nothing has. */
export const NOBODYS = '01890000-0000-7000-8000-000000000000'

/** A picture of 1 x 1 pixels. */
export const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')

/** What anybody gets at a URL, without a token. */
export async function fetched(where, how) {
  const answer = await fetch(where, how)
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) }
}

/** The bytes at a link, which gives them to whoever knows it. */
export async function content({ href }) {
  const { status, bytes } = await fetched(href)
  assert.equal(status, 200, `${href}: ${bytes}`)
  return bytes
}

/** Opens a session with the second client and sends the bytes part by part, as the server's answers tell it to. */
export async function upload(client, bytes, file_name, { partSize, ...more } = {}) {
  const asked = { file_name, file_size: bytes.length, content_type: 'application/octet-stream', with_preview: true, ...more }
  const session = await client.file(url).createSession(asked)
  const step = partSize ?? session.max_part_size
  let [next, at] = [session.upload_url, 0]
  for (;;) {
    const { status, bytes: told } = await fetched(next, { method: 'POST', body: bytes.subarray(at, at + step) })
    const answer = JSON.parse(told)
    if (status === 200) return answer
    assert.equal(status, 202, String(told))
    assert.equal(answer.session_id, session.session_id)
    next = answer.next_url
    at += step
  }
}

/** The error that a call ends in. */
export const failure = (call) => call.then((answer) => assert.fail(`answered ${JSON.stringify(answer)}`), (error) => error)

/** Holds when a call of the second client is answered with no content, which it tells as an exception. */
export const hasNothing = async (call) => assert.match((await failure(call)).message, /^204 No Content, /)

/** Holds when a problem is one of Kommo's, with this status and these words in its detail. */
export function isProblem(problem, status, words = '') {
  assert.deepEqual([problem.status, problem.type], [status, `https://httpstatus.es/${status}`], JSON.stringify(problem))
  assert.ok(problem.title.length > 0)
  assert.ok(problem.detail.includes(words), problem.detail)
}
