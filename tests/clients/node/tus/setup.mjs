// What every test of tus-js-client starts from.
//
//   ATTACHE_URL     where the server answers, such as http://127.0.0.1:8080
//   ATTACHE_TOKEN   a token with the scopes files:read, files:write and files:delete

import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import * as tus from 'tus-js-client'

export const url = setting('ATTACHE_URL')
export const headers = { Authorization: `Bearer ${setting('ATTACHE_TOKEN')}` }

function setting(name) {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set; tus/setup.mjs says what these tests need`)
  return value
}

/** A name that no other test uses. */
export const freshName = () => `node-${randomUUID()}.bin`

/** Bytes that no other test sends. */
export const freshBytes = (length) => randomBytes(length)

/** An upload as anybody makes it; `options` are the client's own. It is started by `ended`. */
export const upload = (bytes, options) =>
  new tus.Upload(bytes, { endpoint: `${url}/v1/uploads`, headers, retryDelays: null, ...options })

/** Starts an upload and waits until the client says that it is done; the last answer. */
export function ended(started) {
  return new Promise((resolve, reject) => {
    started.options.onSuccess = ({ lastResponse }) => resolve(lastResponse)
    started.options.onError = reject
    started.start()
  })
}

/** Starts an upload and gives up when the server has taken `enough` bytes; where it is. */
export function stoppedAfter(started, enough) {
  return new Promise((resolve, reject) => {
    started.options.onChunkComplete = (_, taken) => {
      if (taken >= enough) started.abort().then(() => resolve(started.url), reject)
    }
    started.options.onSuccess = () => reject(new Error('it was done before it was stopped'))
    started.options.onError = reject
    started.start()
  })
}

/** Asks about an upload as the protocol says. */
export const asked = (where) => fetch(where, { method: 'HEAD', headers: { ...headers, 'Tus-Resumable': '1.0.0' } })

/** The file that the last answer names, as the native API shows it. */
export async function file(answer) {
  const shown = await fetch(url + answer.getHeader('Content-Location'), { headers })
  assert.equal(shown.status, 200)
  return shown.json()
}

/** The content of a file. */
export async function content({ id }) {
  const answer = await fetch(`${url}/v1/files/${id}/content`, { headers })
  assert.equal(answer.status, 200)
  return Buffer.from(await answer.arrayBuffer())
}
