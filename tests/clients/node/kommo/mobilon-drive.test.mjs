// Mobilon's client of the drive: whole uploads in parts of 128 KiB, as it cuts them, and what it reads.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import test, { after } from 'node:test'
import {
  content, crmToken, failure, fetched, filesToken, freshBytes, freshName, isProblem, mobilonDrive, NOBODYS, PIXEL, sha256,
  token, url,
} from './setup.mjs'

const drive = mobilonDrive(token)
const folder = mkdtempSync(join(tmpdir(), 'attache-uploads-'))
after(() => rmSync(folder, { recursive: true }))

const SLICE = 131_072
const SIZES = [1, 1000, SLICE - 1, SLICE, SLICE + 1, 2 * SLICE, 300_000, 4 * SLICE, 4 * SLICE + 1, 1_000_000]

/** The client reads files from disk. */
function onDisk(bytes, name = freshName('bin')) {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return { name, path }
}

function uploadFile(bytes, type = 'application/octet-stream', name = undefined) {
  const file = onDisk(bytes, name)
  return drive.uploadFile(file.name, file.path, type)
}

const fullName = ({ name, metadata: { extension } }) => extension ? `${name}.${extension}` : name
const open = (fileName, fileSize) => drive.createSession({ fileName, fileSize, contentType: 'text/plain' })

test('hasScope, hasFilesScope and hasFilesDeleteScope read the token', () => {
  for (const [one, files, filesDelete, crm] of [
    [token, true, true, true], [filesToken, true, false, false], [crmToken, false, false, true],
  ]) {
    const client = mobilonDrive(one)
    assert.equal(client.hasFilesScope(), files)
    assert.equal(client.hasFilesDeleteScope(), filesDelete)
    assert.equal(client.hasScope('crm'), crm)
  }
})

for (const size of SIZES) {
  test(`uploadFile brings ${size} bytes as they are`, async () => {
    const bytes = freshBytes(size)
    const name = freshName('bin')
    const file = await uploadFile(bytes, 'application/octet-stream', name)
    assert.equal(fullName(file), name)
    assert.deepEqual([file.size, file.is_trashed, file.has_multiple_versions], [size, false, false])
    assert.deepEqual([file.metadata.mime_type, file.metadata.sha256], ['application/octet-stream', sha256(bytes)])
    assert.equal(typeof file.session_id, 'number')
    assert.equal('next_url' in file, false)
    assert.deepEqual(await content(file._links.download), bytes)
    assert.deepEqual(await content(file._links.download_version), bytes)
    assert.deepEqual(await drive.getFileByUUID(file.uuid), file)
  })
}

test('uploadFile of an empty file sends no part, so the client fails and no file appears', async () => {
  const { name, path } = onDisk(Buffer.alloc(0))
  const error = await failure(drive.uploadFile(name, path, 'text/plain'))
  assert.equal(error.message, 'Upload failed: no result received')
  const { data } = await drive.instance.get('/v1.0/files', { params: { 'filter[name]': name } })
  assert.equal(data, '')
})

test('uploadFile of a picture gives pictures of it', async () => {
  const file = await uploadFile(PIXEL, 'image/png', freshName('png'))
  assert.deepEqual([file.type, file.metadata.mime_type], ['image', 'image/png'])
  assert.ok(file.previews.length > 0)
  for (const { download_link, width, height } of file.previews) {
    assert.deepEqual([width, height], [1, 1])
    const { status, headers } = await fetched(download_link)
    assert.equal(status, 200)
    assert.match(headers.get('content-type'), /^image\//)
  }
})

test('uploadFile keeps names of every script and gives a taken one a number', async () => {
  const mark = freshName('').slice(7, -1)
  for (const end of ['Счёт № 5.pdf', '日本 report.txt', 'a.b.c.txt', 'two  words (1).txt', 'README']) {
    const { path } = onDisk(freshBytes())
    const name = `${mark} ${end}`
    const first = await drive.uploadFile(name, path, 'text/plain')
    const second = await drive.uploadFile(name, path, 'text/plain')
    assert.equal(fullName(first), name)
    assert.equal(second.name, `${first.name}-1`)
    assert.notEqual(first.uuid, second.uuid)
    assert.match(first.sanitized_name, /^[A-Za-z0-9-]+$/)
    assert.ok(decodeURIComponent(first._links.download.href.split('/').at(-1)).startsWith(first.sanitized_name))
  }
})

test('createSession answers with an address and the limits', async () => {
  const session = await open(freshName(), 5)
  assert.deepEqual(Object.keys(session).sort(), ['max_file_size', 'max_part_size', 'session_id', 'upload_url'])
  assert.ok(session.upload_url.startsWith(`${url}/upload/`), session.upload_url)
  assert.deepEqual([session.max_file_size, session.max_part_size], [314_572_800, 524_288])
  assert.ok(Number.isInteger(session.session_id))
})

test('uploadFilePart takes parts of any length, from buffers and streams, and the same part again', async () => {
  const bytes = freshBytes(1000)
  const session = await open(freshName(), bytes.length)
  const parts = [bytes.subarray(0, 1), bytes.subarray(1, 700), bytes.subarray(700)]
  const first = await drive.uploadFilePart(session.upload_url, parts[0])
  assert.deepEqual(await drive.uploadFilePart(session.upload_url, parts[0]), first)
  assert.equal(first.session_id, session.session_id)
  const second = await drive.uploadFilePart(first.next_url, Readable.from([parts[1].subarray(0, 9), parts[1].subarray(9)]))
  const file = await drive.uploadFilePart(second.next_url, parts[2])
  assert.deepEqual(await drive.uploadFilePart(second.next_url, Readable.from([parts[2]])), file)
  assert.deepEqual(await content(file._links.download), bytes)
})

test('uploadFilePart with other bytes for a part that is there is refused, and the upload goes on', async () => {
  const bytes = freshBytes(20)
  const session = await open(freshName(), bytes.length)
  const { next_url } = await drive.uploadFilePart(session.upload_url, bytes.subarray(0, 10))
  const { response } = await failure(drive.uploadFilePart(session.upload_url, freshBytes(10)))
  assert.equal(response.status, 409)
  isProblem(response.data, 409)
  const file = await drive.uploadFilePart(next_url, bytes.subarray(10))
  assert.deepEqual(await content(file._links.download), bytes)
})

test('uploadFilePart of no bytes makes an empty file and nothing else', async () => {
  for (const nothing of [Buffer.alloc(0), Readable.from([])]) {
    const empty = await open(freshName(), 0)
    const file = await drive.uploadFilePart(empty.upload_url, nothing)
    assert.equal(file.size, 0)
    assert.equal((await content(file._links.download)).length, 0)
  }
  const session = await open(freshName(), 3)
  const { response } = await failure(drive.uploadFilePart(session.upload_url, Buffer.alloc(0)))
  isProblem(response.data, 400)
  const file = await drive.uploadFilePart(session.upload_url, Buffer.from('abc'))
  assert.deepEqual(await content(file._links.download), Buffer.from('abc'))
})

test('uploadFilePart past the size of the file or of a part is refused, and the upload goes on', async () => {
  const session = await open(freshName(), 3)
  isProblem((await failure(drive.uploadFilePart(session.upload_url, Buffer.from('abcd')))).response.data, 400)
  const long = Buffer.alloc(session.max_part_size + 1)
  isProblem((await failure(drive.uploadFilePart(session.upload_url, long))).response.data, 413)
  assert.equal((await drive.uploadFilePart(session.upload_url, Buffer.from('abc'))).size, 3)
})

test('uploadFilePart to an address that was never given is 404', async () => {
  const { upload_url } = await open(freshName(), 3)
  const { response } = await failure(drive.uploadFilePart(`${upload_url.slice(0, -2)}AA`, Buffer.from('abc')))
  isProblem(response.data, 404)
})

test('getFiles has the newest file first', async () => {
  const file = await uploadFile(freshBytes())
  const list = await drive.getFiles()
  const { session_id, ...listed } = file
  assert.equal(list._count, list._embedded.files.length)
  assert.ok(list._count <= 50)
  assert.deepEqual(list._embedded.files.find(({ uuid }) => uuid === file.uuid), listed)
  const times = list._embedded.files.map(({ created_at }) => created_at)
  assert.deepEqual(times, times.toSorted((a, b) => b - a))
  assert.ok(list._links.self.href.startsWith(`${url}/v1.0/files?`), list._links.self.href)
})

test('getFileByUUID of what is not there is 404 as plain JSON', async () => {
  for (const uuid of [NOBODYS, 'not-a-uuid']) {
    const { response } = await failure(drive.getFileByUUID(uuid))
    assert.equal(response.headers['content-type'], 'application/json')
    isProblem(response.data, 404)
  }
})

test('restoreFileByUUID brings a file back with its bytes', async () => {
  const bytes = freshBytes()
  const file = await uploadFile(bytes)
  await drive.instance.delete(`/v1.0/files/${file.uuid}`)
  const trashed = await drive.getFileByUUID(file.uuid)
  const { is_trashed, deleted_at, deleted_by } = trashed
  assert.deepEqual([is_trashed, typeof deleted_at, typeof deleted_by.id], [true, 'number', 'number'])
  assert.equal((await fetched(file._links.download.href)).status, 404)
  const { _count, _embedded } = await drive.restoreFileByUUID(file.uuid)
  const [restored] = _embedded.files
  assert.deepEqual([_count, restored.uuid], [1, file.uuid])
  assert.deepEqual([restored.is_trashed, restored.deleted_at, restored.deleted_by], [false, null, null])
  assert.deepEqual(await content(restored._links.download), bytes)
  assert.deepEqual(await drive.restoreFileByUUID(NOBODYS), { _count: 0, _embedded: { files: [] } })
})

test('without the scope every call is 403 and names it, without a good token 401', async () => {
  const calls = (client) => [
    () => client.getFiles(),
    () => client.getFileByUUID(NOBODYS),
    () => client.restoreFileByUUID(NOBODYS),
    () => client.createSession({ fileName: 'a.txt', fileSize: 1, contentType: 'text/plain' }),
  ]
  for (const call of calls(mobilonDrive(crmToken))) isProblem((await failure(call())).response.data, 403, "'files'")
  for (const call of calls(mobilonDrive('nobody.knows.it'))) isProblem((await failure(call())).response.data, 401)
  const files = mobilonDrive(filesToken)
  isProblem((await failure(files.instance.delete(`/v1.0/files/${NOBODYS}`))).response.data, 403, "'files_delete'")
})
