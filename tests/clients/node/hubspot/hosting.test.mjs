// Content without the API: hosted addresses, signed URLs, downloads.

import assert from 'node:assert/strict'
import test from 'node:test'
import { fetched, files, freshBytes, freshFolder, hidden, hubspot, PIXEL, refused, upload } from './setup.mjs'

test('a public file is at its address for anybody, and told to robots as its access says', async () => {
  const bytes = freshBytes()
  for (const [access, robots] of [['PUBLIC_INDEXABLE', null], ['PUBLIC_NOT_INDEXABLE', 'noindex']]) {
    const file = await upload(bytes, 'a.txt', { folderPath: freshFolder(), access })
    const got = await fetched(file.url)
    assert.equal(got.status, 200)
    assert.deepEqual(got.bytes, bytes)
    assert.equal(got.headers.get('x-robots-tag'), robots)
    assert.equal(got.headers.get('x-content-type-options'), 'nosniff')
  }
})

test('a private file has an address that answers 404, until its access changes', async () => {
  const file = await upload(freshBytes(), 'a.txt', { folderPath: freshFolder() })
  assert.equal((await fetched(file.url)).status, 404)
  await files.updateProperties(file.id, { access: 'PUBLIC_INDEXABLE' })
  assert.equal((await fetched(file.url)).status, 200)
})

test('pages and scripts are shown as plain text', async () => {
  for (const name of ['page.html', 'script.js']) {
    const bytes = Buffer.from(`<!doctype html><script>alert("${name}")</script>`)
    const file = await upload(bytes, name, { folderPath: freshFolder(), access: 'PUBLIC_INDEXABLE' })
    const got = await fetched(file.url)
    assert.match(got.headers.get('content-type'), /^text\/plain/, name)
    assert.deepEqual(got.bytes, bytes)
  }
})

test('a signed URL gives a private file to anybody and tells all about it', async () => {
  const file = await upload(PIXEL, 'pixel.png', { folderPath: freshFolder() })
  const asked = Date.now()
  const signed = await files.getSignedUrl(file.id)
  const { name, extension, type, size, width, height } = signed
  assert.deepEqual({ name, extension, type, size, width, height },
    { name: 'pixel', extension: 'png', type: 'IMG', size: PIXEL.length, width: 1, height: 1 })
  assert.ok(signed.expiresAt instanceof Date)
  const seconds = (signed.expiresAt - asked) / 1000
  assert.ok(seconds > 3590 && seconds < 3660, `it lives an hour, not ${seconds} s`)
  const got = await fetched(signed.url)
  assert.equal(got.status, 200)
  assert.deepEqual(got.bytes, PIXEL)
  assert.match(got.headers.get('x-robots-tag'), /noindex/)
})

test('a signed URL lives as long as it was asked to, and six hours at most', async () => {
  const file = await upload(freshBytes(), 'a.txt', { folderPath: freshFolder() })
  for (const [seconds, life] of [[60, 60], [21_600, 21_600], [1_000_000, 21_600]]) {
    const asked = Date.now()
    const { expiresAt } = await files.getSignedUrl(file.id, undefined, seconds)
    assert.ok(Math.abs((expiresAt - asked) / 1000 - life) < 30, `${seconds}`)
  }
})

test('a signed URL takes a size and upscale, which other content than pictures ignores', async () => {
  const picture = await upload(PIXEL, 'pixel.png', { folderPath: freshFolder() })
  for (const size of ['icon', 'thumb', 'medium', 'preview']) {
    const signed = await files.getSignedUrl(picture.id, size, 600, true)
    assert.deepEqual([signed.width, signed.size], [1, PIXEL.length], 'it tells about the original')
  }
  const bytes = freshBytes()
  const text = await upload(bytes, 'a.txt', { folderPath: freshFolder() })
  assert.deepEqual((await fetched((await files.getSignedUrl(text.id, 'icon')).url)).bytes, bytes)
})

test('a signed URL that was tampered with is refused', async () => {
  const file = await upload(freshBytes(), 'a.txt', { folderPath: freshFolder() })
  const { url } = await files.getSignedUrl(file.id)
  const at = url.length - 5
  const forged = url.slice(0, at) + (url[at] === 'A' ? 'B' : 'A') + url.slice(at + 1)
  assert.equal((await fetched(forged)).status, 403)
})

test('a signed URL serves the new bytes after a replace', async () => {
  const file = await upload(freshBytes(), 'a.txt', { folderPath: freshFolder() })
  const { url } = await files.getSignedUrl(file.id)
  const bytes = freshBytes()
  await files.replace(file.id, { data: bytes, name: 'a.txt' }, undefined, JSON.stringify({ access: 'PRIVATE' }))
  assert.deepEqual((await fetched(url)).bytes, bytes)
})

test('a download is an attachment with its real type, whole or in part', async () => {
  const file = await upload(Buffer.from('0123456789'), 'ä 1.txt', { folderPath: freshFolder() })
  const ask = (headers, method) => hubspot.apiRequest({ path: `/files/v3/files/${file.id}/download`, headers, method })
  const whole = await ask()
  assert.equal(whole.status, 200)
  assert.match(whole.headers.get('content-disposition'), /^attachment;.*filename\*=UTF-8''%C3%A4%201\.txt/)
  assert.match(whole.headers.get('content-type'), /^text\/plain/)
  assert.equal(whole.headers.get('etag'), `"${file.fileMd5}"`)
  assert.equal(await whole.text(), '0123456789')
  const part = await ask({ range: 'bytes=2-4' })
  assert.deepEqual([part.status, part.headers.get('content-range'), await part.text()], [206, 'bytes 2-4/10', '234'])
  const behind = await ask({ range: 'bytes=10-' })
  assert.deepEqual([behind.status, (await behind.json()).category], [416, 'VALIDATION_ERROR'])
  const head = await ask({}, 'HEAD')
  assert.deepEqual([head.status, head.headers.get('content-length')], [200, '10'])
})

test('hidden files are there for those who may see them and not there for others', async () => {
  const file = await upload(freshBytes(), 'a.txt', { folderPath: freshFolder(), access: 'HIDDEN_PRIVATE', client: hidden })
  assert.equal((await hidden.files.filesApi.getById(file.id)).access, 'HIDDEN_PRIVATE')
  assert.equal((await fetched((await hidden.files.filesApi.getSignedUrl(file.id)).url)).status, 200)
  await refused(files.getById(file.id), 404, 'OBJECT_NOT_FOUND')
  await refused(files.getSignedUrl(file.id), 404, 'OBJECT_NOT_FOUND')
  const download = await hubspot.apiRequest({ path: `/files/v3/files/${file.id}/download` })
  assert.equal(download.status, 404)
})
