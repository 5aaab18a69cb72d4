// What every test of HubSpot's client starts from: clients with tokens, contents to send, and folders of its own. A test
// looks at nothing outside its folder, so the same server can be driven again and again.
//
//   ATTACHE_URL            where the server answers, such as http://127.0.0.1:8080
//   ATTACHE_TOKEN          a token with the scope hubspot:files
//   ATTACHE_READ_TOKEN     one with hubspot:files.read
//   ATTACHE_HIDDEN_TOKEN   one with hubspot:files.ui_hidden.read and hubspot:files.ui_hidden.write
//
// The server has to allow imports from this machine: --allow-private-network 127.0.0.0/8

import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from '@hubspot/api-client'

export const url = setting('ATTACHE_URL')

/** HubSpot's client with a token, otherwise as anybody makes it. */
export const connect = (accessToken, more) => new Client({ accessToken, basePath: url, ...more })

export const hubspot = connect(setting('ATTACHE_TOKEN'))
export const readerToken = setting('ATTACHE_READ_TOKEN')
export const reader = connect(readerToken)
export const hidden = connect(setting('ATTACHE_HIDDEN_TOKEN'))
export const files = hubspot.files.filesApi
export const folders = hubspot.files.foldersApi

function setting(name) {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set; hubspot/setup.mjs says what these tests need`)
  return value
}

/** A folder that no other test knows. */
export const freshFolder = () => `/node-${randomUUID()}`

/** Bytes that no other test sends. */
export const freshBytes = () => Buffer.from(`content ${randomUUID()}`)

export const md5 = (bytes) => createHash('md5').update(bytes).digest('hex')

/** A picture of 1 x 1 pixels. */
export const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')

/** Uploads bytes under a name; `more` holds the operation's other parameters. */
export function upload(data, name, { folderId, folderPath, fileName, charsetHunch, client = hubspot, ...options } = {}) {
  const asked = JSON.stringify({ access: 'PRIVATE', ...options })
  return client.files.filesApi.upload({ data, name }, folderId, folderPath, fileName, charsetHunch, asked)
}

/** Holds when `call` ends in the client's own exception, made from an answer of this status and category. */
export async function refused(call, code, category, place) {
  const error = await call.then(() => assert.fail(`answered instead of ${code}`), (error) => error)
  assert.equal(error.code, code, error.message)
  assert.equal(error.body.category, category)
  assert.match(error.body.correlationId, /^[0-9a-f-]{36}$/)
  assert.equal(error.headers['x-hubspot-correlation-id'], error.body.correlationId)
  assert.ok(error.body.message.length > 0)
  if (place) assert.equal(error.body.errors?.[0]?.in, place, error.message)
  return error
}

/** Asks until the task has ended, as HubSpot's guide tells callers to. */
export async function ended(ask) {
  for (const began = Date.now(); Date.now() - began < 60_000; await pause(20)) {
    const task = await ask()
    if (['COMPLETE', 'CANCELED'].includes(task.status)) return task
    assert.ok(['PENDING', 'PROCESSING'].includes(task.status), task.status)
  }
  assert.fail('the task has not ended within a minute')
}

/** What anybody gets at a URL, without a token. */
export const fetched = async (where, how) => {
  const answer = await fetch(where, how)
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) }
}
