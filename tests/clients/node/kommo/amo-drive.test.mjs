// The client of both hosts, on the drive: sessions, lists with every filter, one file, versions, trash.

import assert from 'node:assert/strict'
import test from 'node:test'
import { Filter } from '@shevernitskiy/amo'
import {
  connect, content, crmToken, failure, fetched, filesToken, freshBytes, freshName, hasNothing, isProblem, NOBODYS, PIXEL,
  token, upload, url,
} from './setup.mjs'

const amo = connect(token)
const drive = amo.file(url)

/** The problem in the exception that the client makes of an answer of the drive: its message is the body. */
async function problem(call, status, words) {
  const { message } = await failure(call)
  isProblem(JSON.parse(message), status, words)
}

const uuids = ({ _embedded }) => _embedded.files.map(({ uuid }) => uuid)
const open = (more) => drive.createSession({
  file_name: freshName(), file_size: 5, content_type: 'text/plain', with_preview: false, ...more,
})

test('createSession and the bytes sent to its address make a file', async () => {
  const [bytes, name] = [freshBytes(1_200_000), freshName('bin')]
  const file = await upload(amo, bytes, name)
  assert.equal(`${file.name}.${file.metadata.extension}`, name)
  assert.deepEqual(await content(file._links.download), bytes)
})

test('createSession with what cannot be a file is refused', async () => {
  await problem(open({ file_size: -1 }), 400, 'file_size')
  await problem(open({ file_size: 314_572_801 }), 400, 'file_size')
  await problem(open({ file_size: undefined }), 400, 'file_size')
  await problem(open({ file_name: undefined }), 400, 'file_name')
  await problem(open({ file_uuid: NOBODYS }), 404)
})

test('createSession for a file makes a version that is active at once', async () => {
  const [old, bytes] = [freshBytes(), freshBytes(200_000)]
  const first = await upload(amo, old, freshName())
  const second = await upload(amo, bytes, freshName(), { file_uuid: first.uuid, partSize: 70_000 })
  assert.equal(second.uuid, first.uuid)
  assert.notEqual(second.version_uuid, first.version_uuid)
  assert.deepEqual([second.size, second.has_multiple_versions], [bytes.length, true])
  assert.deepEqual(await content(first._links.download), bytes)
  assert.deepEqual(await content(first._links.download_version), old)
  assert.deepEqual(await content(second._links.download_version), bytes)
})

test('uploadFileChunk asks with GET, which sends nothing and changes nothing', async () => {
  const { upload_url } = await open()
  await problem(drive.uploadFileChunk(upload_url.split('/').at(-1)), 405)
  const { status } = await fetched(upload_url, { method: 'POST', body: 'bytes' })
  assert.equal(status, 200)
})

test('the address of a part is at three places and asks for no token', async () => {
  for (const place of ['upload', 'v1.0/upload', 'v1.0/sessions/upload']) {
    const { upload_url } = await open()
    const at = `${url}/${place}/${upload_url.split('/').at(-1)}`
    const { status } = await fetched(at, { method: 'POST', body: 'bytes', headers: { authorization: 'Bearer nobody' } })
    assert.equal(status, 200, place)
  }
})

test('getFileByUUID shows a file, in the trash too, and 404 for what is not there', async () => {
  const file = await upload(amo, freshBytes(), freshName())
  assert.deepEqual(await drive.getFileByUUID(file.uuid), file)
  assert.ok(file._links.self.href.endsWith(`/v1.0/files/${file.uuid}`))
  await drive.deleteFiles([{ uuid: file.uuid }])
  assert.equal((await drive.getFileByUUID(file.uuid)).is_trashed, true)
  await problem(drive.getFileByUUID(NOBODYS), 404)
})

test('updateFileByUUID gives a file another name and keeps its extension', async () => {
  const file = await upload(amo, freshBytes(), freshName())
  const name = freshName('').slice(0, -1)
  for (const asked of [name, `${name}2.txt`]) {
    const renamed = await drive.updateFileByUUID(file.uuid, { name: asked })
    assert.deepEqual([renamed.name, renamed.metadata.extension], [asked.replace('.txt', ''), 'txt'])
    assert.equal(renamed.version_uuid, file.version_uuid)
  }
  const sentBack = { ...(await drive.getFileByUUID(file.uuid)), name, request_id: '0' }
  assert.equal((await drive.updateFileByUUID(file.uuid, sentBack)).name, name)
  await problem(drive.updateFileByUUID(NOBODYS, { name }), 404)
})

test('updateFileByUUID makes another version the active one', async () => {
  const bytes = freshBytes()
  const first = await upload(amo, bytes, freshName())
  const second = await upload(amo, freshBytes(99), freshName(), { file_uuid: first.uuid })
  const back = await drive.updateFileByUUID(first.uuid, { version_uuid: first.version_uuid })
  assert.deepEqual([back.version_uuid, back.size, back.has_multiple_versions], [first.version_uuid, bytes.length, true])
  assert.deepEqual(await content(back._links.download), bytes)
  await problem(drive.updateFileByUUID(first.uuid, { name: 'a', version_uuid: second.version_uuid }), 400, 'version_uuid')
  await problem(drive.updateFileByUUID(first.uuid, { version_uuid: NOBODYS }), 400, 'version_uuid')
})

test('getFileVersionByUUID has every version, newest first', async () => {
  const bytes = [freshBytes(), freshBytes(50), freshBytes(60)]
  const file = await upload(amo, bytes[0], freshName())
  for (const more of bytes.slice(1)) await upload(amo, more, freshName(), { file_uuid: file.uuid })
  const { _count, _embedded } = await drive.getFileVersionByUUID(file.uuid)
  assert.equal(_count, 3)
  const shown = _embedded.versions.map(({ is_main, size }) => [is_main, size])
  assert.deepEqual(shown, [[true, 60], [false, 50], [false, bytes[0].length]])
  for (const [at, version] of _embedded.versions.entries()) {
    assert.equal(version.file_uuid, file.uuid)
    assert.deepEqual(await content(version._links.download), bytes[2 - at])
    const alone = await fetch(version._links.self.href, { headers: { authorization: `Bearer ${token}` } })
    assert.deepEqual(await alone.json(), version)
  }
  await problem(drive.getFileVersionByUUID(NOBODYS), 404)
})

test('deleteFiles and restoreFiles take batches and pass over what is not there', async () => {
  const files = [await upload(amo, freshBytes(), freshName()), await upload(amo, freshBytes(), freshName())]
  const batch = [...files, { uuid: NOBODYS }].map(({ uuid }) => ({ uuid }))
  assert.equal(await drive.deleteFiles(batch), null)
  assert.equal(await drive.deleteFiles(batch), null)
  for (const file of files) assert.equal((await fetched(file._links.download.href)).status, 404)
  const restored = await drive.restoreFiles(batch)
  assert.equal(restored._count, 2)
  assert.deepEqual(uuids(restored).sort(), files.map(({ uuid }) => uuid).sort())
  for (const file of files) assert.equal((await fetched(file._links.download.href)).status, 200)
  for (const bad of [[], [{ uuid: 'not-a-uuid' }, { uuid: files[0].uuid }]]) {
    await problem(drive.deleteFiles(bad), 400)
    await problem(drive.restoreFiles(bad), 400)
  }
  assert.equal((await drive.getFileByUUID(files[0].uuid)).is_trashed, false)
})

test('getFiles finds files by each of their properties', async () => {
  const began = Math.floor(Date.now() / 1000) - 1
  const mark = freshName('').slice(7, -1)
  const picture = await upload(amo, PIXEL, `Cat ${mark}.PNG`)
  const text = await upload(amo, freshBytes(3000), `dog-${mark}.txt`)
  const bare = await upload(amo, freshBytes(5), `bare-${mark}`)
  const gone = await upload(amo, freshBytes(7), `gone-${mark}.txt`)
  await drive.deleteFiles([{ uuid: gone.uuid }])
  const every = [bare, text, picture]
  const here = (more) => (filter) => more(filter.single('term', mark))
  const cases = [
    ['term', (f) => f, every],
    ['uuid', (f) => f.single('uuid', `${text.uuid},${bare.uuid}`), [bare, text]],
    ['uuid as an array', (f) => f.multi('uuid', [text.uuid, bare.uuid]), [bare, text]],
    ['name with extension', (f) => f.single('name', `DOG-${mark}.txt`), [text]],
    ['name without', (f) => f.single('name', `cat ${mark}`), [picture]],
    ['name in part', (f) => f.single('name', 'dog'), []],
    ['one extension', (f) => f.single('extensions', 'png'), [picture]],
    ['extensions', (f) => f.multi('extensions', ['png', 'txt']), [text, picture]],
    ['no extension', (f) => f.single('extensions][', ''), [bare]],
    ['source', (f) => f.single('source_id', 5), []],
    ['size', (f) => f.range('size', 5, PIXEL.length), [bare, picture]],
    ['size in units', (f) => f.range('size', 3, 3).single('size][unit', 1000), [text]],
    ['date', (f) => f.range('date', began, began + 600), every],
    ['date of change', (f) => f.single('date][type', 'updated_at').range('date', began, began + 600), every],
    ['date before', (f) => f.range('date', 0, began - 600), []],
    ['year', (f) => f.single('date][date_preset', 'year'), every],
    ['next month', (f) => f.single('date][date_preset', 'next_month'), []],
    ['author', (f) => f.multi('created_by', [1, 2]), every],
    ['another author', (f) => f.multi('created_by', [-1, 0]), []],
    ['who changed it', (f) => f.multi('updated_by', [1]), every],
    ['trash', (f) => f.single('deleted', 1), [gone]],
    ['trash without a value', (f) => f.single('deleted', ''), [gone]],
    ['marker of the web page', (f) => f.single('is_filter', 'y'), every],
    ['everything at once', (f) => f.multi('extensions', ['txt']).range('size', 3000, 3000).multi('created_by', [1]), [text]],
  ]
  for (const [what, filter, expected] of cases) {
    const asked = drive.getFiles({ filter: here(filter) })
    if (expected.length === 0) await hasNothing(asked)
    else assert.deepEqual(uuids(await asked), expected.map(({ uuid }) => uuid), what)
  }
  const both = await drive.getFiles({ with: ['deleted', 'unbilled'], filter: new Filter().single('term', mark) })
  assert.deepEqual(uuids(both), [gone, ...every].map(({ uuid }) => uuid))
})

test('getFiles has an order and pages that lead from one to the next', async () => {
  const mark = freshName('').slice(7, -1)
  const files = []
  for (const [stem, size] of [['b', 10], ['c', 30], ['a', 20]]) {
    files.push(await upload(amo, freshBytes(size), `${stem}-${mark}.txt`))
  }
  const [b, c, a] = files.map(({ uuid }) => uuid)
  const filter = new Filter().single('term', mark)
  for (const [order, expected] of [
    [undefined, [a, c, b]],
    [{ param: 'created_at', type: 'asc' }, [b, c, a]],
    [{ param: 'updated_at', type: 'desc' }, [a, c, b]],
    [{ param: 'size', type: 'desc' }, [c, a, b]],
    [{ param: 'name', type: 'asc' }, [a, b, c]],
  ]) {
    assert.deepEqual(uuids(await drive.getFiles({ filter, order })), expected, JSON.stringify(order))
    const first = await drive.getFiles({ filter, order, limit: 2 })
    assert.deepEqual([first._count, uuids(first), first._links.prev], [2, expected.slice(0, 2), undefined])
    const next = await (await fetch(first._links.next.href, { headers: { authorization: `Bearer ${token}` } })).json()
    assert.deepEqual([next._count, uuids(next), next._links.next], [1, expected.slice(2), undefined])
    assert.deepEqual(uuids(await drive.getFiles({ filter, order, limit: 2, page: 2 })), expected.slice(2))
  }
  const largest = new Filter().single('term', mark).single('order_by', 'size')
  assert.deepEqual(uuids(await drive.getFiles({ filter: largest })), [c, a, b])
  await hasNothing(drive.getFiles({ filter, page: 3, limit: 2 }))
})

test('getFiles with a filter that cannot be read is refused by its name', async () => {
  const keys = ['uuid', 'size][from', 'date][type', 'date][date_preset', 'date][to', 'created_by', 'source_id', 'order_by']
  for (const key of keys) {
    await problem(drive.getFiles({ filter: new Filter().single(key, 'x') }), 400, `filter[${key}]`)
  }
  await problem(drive.getFiles({ page: 0 }), 400, 'page')
})

test('without the scope every call is 403 and names it, without a good token 401', async () => {
  const calls = (client) => [
    () => client.getFiles(), () => client.getFileByUUID(NOBODYS), () => client.getFileVersionByUUID(NOBODYS),
    () => client.updateFileByUUID(NOBODYS, { name: 'a' }), () => client.restoreFiles([{ uuid: NOBODYS }]),
    () => client.createSession({ file_name: 'a', file_size: 1 }),
  ]
  for (const call of calls(connect(crmToken).file(url))) await problem(call(), 403, "'files'")
  for (const call of calls(connect('nobody.knows.it').file(url))) await problem(call(), 401)
  await problem(connect(filesToken).file(url).deleteFiles([{ uuid: NOBODYS }]), 403, "'files_delete'")
  assert.equal((await connect(filesToken).file(url).restoreFiles([{ uuid: NOBODYS }]))._count, 0)
})
