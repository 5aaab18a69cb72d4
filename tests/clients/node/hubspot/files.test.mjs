// One file: upload, replace, properties, copies, names, and its two ways to go.

import assert from 'node:assert/strict'
import test from 'node:test'
import { files, folders, freshBytes, freshFolder, hubspot, md5, PIXEL, refused, upload, url } from './setup.mjs'

const ODD_NAMES = [
  'äöü – 日本.txt', '100% sure.txt', 'a+b c.txt', 'issue #1.txt', 'what?.txt', 'say "hi".txt', "it's (1) & co;.txt",
  'a.b.c.txt', 'x%2Fy.txt', '😀.txt', '[1]{2}^`|~.txt', `${'n'.repeat(251)}.txt`,
]

const download = (file) => hubspot.apiRequest({ path: `/files/v3/files/${file.id}/download` })

test('an upload answers with the whole file', async () => {
  const folderPath = freshFolder()
  const file = await upload(PIXEL, 'pixel.png', { folderPath, access: 'PUBLIC_INDEXABLE' })
  const folder = await folders.getByPath(folderPath)
  assert.match(file.id, /^[0-9]+$/)
  const { id, createdAt, updatedAt, defaultHostingUrl, ...rest } = file
  assert.deepEqual(rest, {
    name: 'pixel', extension: 'png', path: `${folderPath}/pixel.png`, parentFolderId: folder.id, access: 'PUBLIC_INDEXABLE',
    archived: false, size: PIXEL.length, width: 1, height: 1, encoding: 'png', type: 'IMG', fileMd5: md5(PIXEL),
    isUsableInContent: true, sourceGroup: 'CONTENT', url: defaultHostingUrl,
  })
  assert.equal(createdAt, updatedAt)
  assert.deepEqual(await files.getById(id), file)
  assert.deepEqual((await files.getMetadata(`${folderPath}/pixel.png`)).file, file)
})

test('properties leave what was asked for and what is always there', async () => {
  const file = await upload(freshBytes(), 'a.txt', { folderPath: freshFolder() })
  const always = ['access', 'archived', 'createdAt', 'id', 'updatedAt']
  const some = await files.getById(file.id, ['name', 'size', 'noSuchProperty'])
  assert.deepEqual(Object.keys(some).sort(), [...always, 'name', 'size'].sort())
  const { file: stated } = await files.getMetadata(file.path, ['path'])
  assert.deepEqual(Object.keys(stated).sort(), [...always, 'path'].sort())
})

for (const name of ODD_NAMES) {
  test(`a file may be called ${name.slice(0, 40)}`, async () => {
    const folderPath = freshFolder()
    const bytes = freshBytes()
    const file = await upload(bytes, name, { folderPath, access: 'PUBLIC_NOT_INDEXABLE' })
    assert.equal(`${file.name}.${file.extension}`, name)
    assert.equal(file.path, `${folderPath}/${name}`)
    assert.equal((await files.getMetadata(file.path)).file.id, file.id)
    assert.equal(await (await fetch(file.url)).text(), bytes.toString())
    const kept = await download(file)
    assert.equal(await kept.text(), bytes.toString())
  })
}

test('an empty file is a file', async () => {
  const file = await upload(Buffer.alloc(0), 'empty.txt', { folderPath: freshFolder() })
  assert.equal(file.size, 0)
  assert.equal(file.fileMd5, 'd41d8cd98f00b204e9800998ecf8427e')
  assert.equal((await (await download(file)).arrayBuffer()).byteLength, 0)
})

test('a name without extension stays without, and a bare name takes the extension of the part', async () => {
  const folderPath = freshFolder()
  const readme = await upload(freshBytes(), 'README', { folderPath })
  assert.deepEqual([readme.name, readme.extension, readme.path], ['README', '', `${folderPath}/README`])
  const bare = await upload(freshBytes(), 'file.jpeg', { folderPath, fileName: 'name_in_hubspot' })
  assert.deepEqual([bare.name, bare.extension], ['name_in_hubspot', 'jpeg'])
  const whole = await upload(freshBytes(), 'photo.jpg', { folderPath, fileName: 'photo.jpg' })
  assert.deepEqual([whole.name, whole.extension], ['photo', 'jpg'])
})

test('a folder is named by id, by path with or without a slash, or not at all', async () => {
  const folderPath = freshFolder()
  const { id: folderId } = await folders.create({ name: folderPath.slice(1) })
  assert.equal((await upload(freshBytes(), 'a.txt', { folderId })).path, `${folderPath}/a.txt`)
  assert.equal((await upload(freshBytes(), 'b.txt', { folderPath: folderPath.slice(1) })).parentFolderId, folderId)
  const atRoot = await upload(freshBytes(), `${folderPath.slice(1)}.txt`)
  assert.equal(atRoot.path, `${folderPath}.txt`)
  assert.equal('parentFolderId' in atRoot, false)
  await files.archive(atRoot.id)
})

test('a large file goes through in pieces and comes back whole', async () => {
  const bytes = Buffer.alloc(9_000_001, 'attache ')
  const file = await upload(bytes, 'large.bin', { folderPath: freshFolder() })
  assert.equal(file.size, bytes.length)
  assert.equal(md5(Buffer.from(await (await download(file)).arrayBuffer())), md5(bytes))
})

test('the charset hunch is kept for text', async () => {
  const text = Buffer.from('\xe4', 'latin1')
  const file = await upload(text, 'a.txt', { folderPath: freshFolder(), charsetHunch: 'ISO-8859-1', access: 'PUBLIC_INDEXABLE' })
  assert.match((await fetch(file.url)).headers.get('content-type'), /charset="?iso-8859-1/i)
})

test('a taken name gets a number', async () => {
  const folderPath = freshFolder()
  const names = []
  for (let i = 0; i < 3; i++) names.push((await upload(freshBytes(), 'x.txt', { folderPath })).name)
  assert.deepEqual(names, ['x', 'x-1', 'x-2'])
})

test('overwrite puts a new file in place of the old one', async () => {
  const folderPath = freshFolder()
  const old = await upload(freshBytes(), 'x.txt', { folderPath, access: 'PUBLIC_INDEXABLE' })
  const bytes = freshBytes()
  const fresh = await upload(bytes, 'x.txt', { folderPath, access: 'PUBLIC_INDEXABLE', overwrite: true })
  assert.notEqual(fresh.id, old.id)
  assert.equal(fresh.url, old.url)
  assert.equal(await (await fetch(fresh.url)).text(), bytes.toString())
  await refused(files.getById(old.id), 404, 'OBJECT_NOT_FOUND')
})

test('RETURN_EXISTING answers 201 with the file that is there, unchanged', async () => {
  const folderPath = freshFolder()
  const bytes = freshBytes()
  const first = await upload(bytes, 'first.txt', { folderPath })
  const look = { duplicateValidationStrategy: 'RETURN_EXISTING', duplicateValidationScope: 'ENTIRE_PORTAL' }
  const again = await upload(bytes, 'second.txt', { folderPath: freshFolder(), access: 'PUBLIC_INDEXABLE', ttl: 'P1D', ...look })
  assert.deepEqual(again, first)
  const elsewhere = { ...look, duplicateValidationScope: 'EXACT_FOLDER' }
  assert.notEqual((await upload(bytes, 'third.txt', { folderPath: freshFolder(), ...elsewhere })).id, first.id)
})

test('REJECT is a conflict that names the file that is there', async () => {
  const folderPath = freshFolder()
  const bytes = freshBytes()
  const first = await upload(bytes, 'first.txt', { folderPath })
  const again = upload(bytes, 'second.txt', { folderPath, duplicateValidationStrategy: 'REJECT' })
  const error = await refused(again, 409, 'CONFLICT')
  assert.deepEqual(error.body.errors[0].context, { existingFileId: [first.id] })
  assert.equal(error.headers['x-should-retry'], 'false')
})

test('a ttl becomes an end in milliseconds', async () => {
  const file = await upload(freshBytes(), 'a.txt', { folderPath: freshFolder(), ttl: 'P1D' })
  const life = file.expiresAt - Date.parse(file.createdAt)
  assert.ok(Math.abs(life - 24 * 3600 * 1000) < 1000, `it lives ${life} ms`)
})

test('a replace keeps id, name, place and address', async () => {
  const old = await upload(freshBytes(), 'a.txt', { folderPath: freshFolder(), access: 'PUBLIC_INDEXABLE', ttl: 'P1D' })
  const bytes = freshBytes()
  const options = JSON.stringify({ access: 'PUBLIC_NOT_INDEXABLE' })
  const file = await files.replace(old.id, { data: bytes, name: 'other.pdf' }, undefined, options)
  for (const same of ['id', 'name', 'extension', 'path', 'url', 'createdAt', 'parentFolderId', 'expiresAt']) {
    assert.equal(file[same], old[same], same)
  }
  assert.equal(file.fileMd5, md5(bytes))
  assert.equal(file.access, 'PUBLIC_NOT_INDEXABLE')
  assert.ok(file.updatedAt >= old.updatedAt)
  assert.equal(await (await fetch(file.url)).text(), bytes.toString())
})

test('a change renames, moves, and sets access, use and end', async () => {
  const folderPath = freshFolder()
  const old = await upload(freshBytes(), 'a.txt', { folderPath, access: 'PUBLIC_INDEXABLE' })
  const change = (input) => files.updateProperties(old.id, input)
  const renamed = await change({ name: 'b.txt' })
  assert.equal(renamed.path, `${folderPath}/b.txt`)
  assert.equal((await fetch(old.url)).status, 404)
  assert.equal((await fetch(renamed.url)).status, 200)
  const moved = await change({ parentFolderPath: `${folderPath}/made/on/demand` })
  assert.equal(moved.path, `${folderPath}/made/on/demand/b.txt`)
  assert.equal((await change({ parentFolderId: old.parentFolderId })).path, `${folderPath}/b.txt`)
  assert.equal((await change({ access: 'PRIVATE' })).access, 'PRIVATE')
  assert.equal((await fetch(renamed.url)).status, 404)
  assert.equal((await change({ isUsableInContent: false })).isUsableInContent, false)
  const expiresAt = new Date('2099-12-31T23:59:59.999Z')
  assert.equal((await change({ expiresAt })).expiresAt, expiresAt.getTime())
  assert.equal('expiresAt' in await change({ clearExpires: true }), false)
  assert.equal((await change({})).createdAt, old.createdAt)
})

test('an archived file is gone at once, and archiving it again is no error', async () => {
  const file = await upload(freshBytes(), 'a.txt', { folderPath: freshFolder(), access: 'PUBLIC_INDEXABLE' })
  const { url: signed } = await files.getSignedUrl(file.id)
  await files.archive(file.id)
  await files.archive(file.id)
  await refused(files.getById(file.id), 404, 'OBJECT_NOT_FOUND')
  await refused(files.getMetadata(file.path), 404, 'OBJECT_NOT_FOUND')
  assert.deepEqual((await search({ ids: [file.id] })), [])
  assert.equal((await fetch(file.url)).status, 404)
  assert.equal((await fetch(signed)).status, 404)
})

test('gdpr-delete works on living and archived files, once', async () => {
  for (const before of [async () => {}, (id) => files.archive(id)]) {
    const file = await upload(freshBytes(), 'a.txt', { folderPath: freshFolder() })
    await before(file.id)
    await files._delete(file.id)
    await refused(files.getById(file.id), 404, 'OBJECT_NOT_FOUND')
    await refused(files._delete(file.id), 404, 'OBJECT_NOT_FOUND')
    await refused(files.archive(file.id), 404, 'OBJECT_NOT_FOUND')
  }
})

async function search(query) {
  const found = await fetch(`${url}/files/v3/files/search?${new URLSearchParams(query)}`, {
    headers: { authorization: `Bearer ${process.env.ATTACHE_TOKEN}` },
  })
  return (await found.json()).results
}
