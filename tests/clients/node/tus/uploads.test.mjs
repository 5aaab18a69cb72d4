// tus-js-client, whole uploads and those that were interrupted.

import assert from 'node:assert/strict'
import { createServer, request } from 'node:http'
import { Readable } from 'node:stream'
import test from 'node:test'
import * as tus from 'tus-js-client'
import { asked, content, ended, file, freshBytes, freshName, headers, stoppedAfter, upload, url } from './setup.mjs'

test('a file goes up in one request', async () => {
  const [bytes, filename] = [freshBytes(300_000), freshName()]
  const made = await file(await ended(upload(bytes, { metadata: { filename, filetype: 'application/pdf', record: 'deal/42' } })))
  assert.equal(made.name, filename)
  assert.deepEqual(await content(made), bytes)
  const listed = await (await fetch(`${url}/v1/records/deal/42/files`, { headers })).json()
  assert.ok(JSON.stringify(listed).includes(made.id))
})

test('a file of no bytes is there', async () => {
  const made = await file(await ended(upload(Buffer.alloc(0), { metadata: { filename: freshName() } })))
  assert.equal(made.version.size, 0)
})

test('the first bytes go with the creation', async () => {
  for (const chunkSize of [50_000, Infinity]) {
    const bytes = freshBytes(120_000)
    const options = { uploadDataDuringCreation: true, chunkSize, metadata: { filename: freshName() } }
    assert.deepEqual(await content(await file(await ended(upload(bytes, options)))), bytes)
  }
})

test('an upload that was stopped goes on where it was', async () => {
  const [bytes, metadata] = [freshBytes(500_000), { filename: freshName() }]
  const uploadUrl = await stoppedAfter(upload(bytes, { chunkSize: 100_000, metadata }), 200_000)
  const seen = await asked(uploadUrl)
  const taken = Number(seen.headers.get('upload-offset'))
  assert.ok(taken >= 200_000 && taken < bytes.length, `${taken}`)
  let sent = 0
  const rest = upload(bytes, { uploadUrl, metadata, onProgress: (now) => { sent ||= now } })
  assert.deepEqual(await content(await file(await ended(rest))), bytes)
  assert.ok(sent >= taken, 'nothing was sent again')
})

test('a connection that is cut in the middle of a request does not end the upload', async () => {
  const bytes = freshBytes(2_000_000)
  // Stands between client and server, and cuts the first request with bytes.
  let cuts = 0
  const { port } = new URL(url)
  const between = createServer((from, to) => {
    const on = request({ port, method: from.method, path: from.url, headers: from.headers }, (answer) => {
      to.writeHead(answer.statusCode, answer.headers)
      answer.pipe(to)
    })
    on.on('error', () => to.destroy())
    if (from.method === 'PATCH' && cuts++ === 0) {
      let passed = 0
      from.on('data', (part) => {
        passed += part.length
        on.write(part)
        if (passed > 500_000) {
          from.destroy()
          on.destroy()
        }
      })
    } else from.pipe(on)
  })
  await new Promise((listening) => between.listen(0, '127.0.0.1', listening))
  try {
    const at = `http://127.0.0.1:${between.address().port}`
    const through = upload(bytes, {
      endpoint: `${at}/v1/uploads`,
      metadata: { filename: freshName() },
      retryDelays: [0, 10, 100],
    })
    // The server names itself in Location; this client is to go through the middle.
    through.options.onUploadUrlAvailable = () => { through.url = through.url.replace(url, at) }
    assert.deepEqual(await content(await file(await ended(through))), bytes)
    assert.ok(cuts > 1)
  } finally {
    between.closeAllConnections()
    between.close()
  }
})

test('a file goes up in parallel and is one file', async () => {
  const [bytes, filename] = [freshBytes(1_000_001), freshName()]
  const options = { parallelUploads: 4, metadata: { filename }, metadataForPartialUploads: { part: 'of a whole' } }
  const made = await file(await ended(upload(bytes, options)))
  assert.equal(made.name, filename)
  assert.deepEqual(await content(made), bytes)
})

test('a stream of unknown length goes up', async () => {
  const bytes = freshBytes(350_000)
  const parts = [bytes.subarray(0, 100_000), bytes.subarray(100_000, 100_001), bytes.subarray(100_001)]
  const options = { uploadLengthDeferred: true, chunkSize: 64_000, metadata: { filename: freshName() } }
  assert.deepEqual(await content(await file(await ended(upload(Readable.from(parts), options)))), bytes)
})

test('where PATCH is not let through, POST is', async () => {
  const bytes = freshBytes(100_000)
  const options = { overridePatchMethod: true, chunkSize: 30_000, metadata: { filename: freshName() } }
  assert.deepEqual(await content(await file(await ended(upload(bytes, options)))), bytes)
})

test('an upload is given up', async () => {
  const uploadUrl = await stoppedAfter(upload(freshBytes(300_000), { chunkSize: 100_000 }), 100_000)
  await tus.Upload.terminate(uploadUrl, { headers, retryDelays: null })
  assert.equal((await asked(uploadUrl)).status, 404)
})

test('a new version of a file goes up', async () => {
  const first = await file(await ended(upload(freshBytes(1000), { metadata: { filename: freshName() } })))
  const bytes = freshBytes(2000)
  const second = await file(await ended(upload(bytes, { metadata: { filename: 'ignored.bin', file: first.id } })))
  assert.deepEqual([second.id, second.name, second.version.no], [first.id, first.name, 2])
  assert.deepEqual(await content(second), bytes)
})

test('a refusal reaches the program with its reason', async () => {
  const refused = await ended(upload(freshBytes(10), { metadata: { filename: '../x' } })).catch((error) => error)
  assert.equal(refused.originalResponse.getStatus(), 422)
  assert.match(refused.originalResponse.getBody(), /^name_invalid: /)
})
