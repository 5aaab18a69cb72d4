// Every refusal is the client's own exception, with a category and the place of the fault.

import assert from 'node:assert/strict'
import { Agent } from 'node:http'
import test from 'node:test'
import { connect, files, folders, freshBytes, freshFolder, hubspot, reader, readerToken, refused, upload } from './setup.mjs'

const NOBODYS = '999999999'
const NO_TASK = '00000000-0000-7000-8000-000000000000'

/** Every operation, on things that are not there or with inputs that would be good elsewhere. */
const everyOperation = ({ filesApi, foldersApi }) => {
  const part = { data: freshBytes(), name: 'a.txt' }
  const options = JSON.stringify({ access: 'PRIVATE' })
  return {
    lists: [() => filesApi.doSearch(), () => foldersApi.doSearch()],
    reads: [
      () => filesApi.getById(NOBODYS),
      () => filesApi.getMetadata('/nothing/there'),
      () => filesApi.getSignedUrl(NOBODYS),
      () => filesApi.checkImport(NO_TASK),
      () => foldersApi.getById(NOBODYS),
      () => foldersApi.getByPath('/nothing/there'),
    ],
    writes: [
      () => filesApi.upload(part, NOBODYS, undefined, undefined, undefined, options),
      () => filesApi.replace(NOBODYS, part, undefined, options),
      () => filesApi.updateProperties(NOBODYS, { name: 'b' }),
      () => filesApi.importFromUrl({ url: 'http://127.0.0.1/', access: 'PRIVATE', folderId: NOBODYS }),
      () => foldersApi.create({ name: 'a', parentFolderId: NOBODYS }),
      () => foldersApi.updateProperties(NOBODYS, { name: 'b' }),
      () => foldersApi.updatePropertiesRecursively({ id: NOBODYS, name: 'b' }),
      () => foldersApi.checkUpdateStatus(NO_TASK),
    ],
    deletes: [
      () => filesApi.archive(NOBODYS),
      () => filesApi._delete(NOBODYS),
      () => foldersApi.archive(NOBODYS),
      () => foldersApi.archiveByPath('/nothing/there'),
    ],
  }
}

test('without a good token every operation is 401', async () => {
  for (const client of [connect('att_nobody_knows_it'), connect(undefined)]) {
    const { lists, reads, writes, deletes } = everyOperation(client.files)
    for (const call of [...lists, ...reads, ...writes, ...deletes]) await refused(call(), 401, 'INVALID_AUTHENTICATION')
  }
})

test('without the scope every operation is 403 and names the scopes that would do', async () => {
  const { lists, reads, writes, deletes } = everyOperation(reader.files)
  for (const call of lists) await call()
  for (const call of reads) await refused(call(), 404, 'OBJECT_NOT_FOUND')
  for (const [calls, scopes] of [
    [writes, ['files', 'files.write', 'files.ui_hidden.write']],
    [deletes, ['files', 'files.delete', 'files.ui_hidden.write']],
  ]) {
    for (const call of calls) {
      const error = await refused(call(), 403, 'MISSING_SCOPES')
      assert.deepEqual(error.body.errors[0].context.requiredGranularScopes, scopes)
    }
  }
})

test('a refused upload does not cost a client that keeps its connection the next call', async () => {
  const httpAgent = new Agent({ keepAlive: true, maxSockets: 1 })
  const { filesApi } = connect(readerToken, { httpAgent }).files
  for (const size of [5, 50_000, 500_000]) {
    const part = { data: Buffer.alloc(size, 'x'), name: 'a.txt' }
    for (let i = 0; i < 10; i++) {
      await refused(filesApi.upload(part, undefined, undefined, undefined, undefined, '{}'), 403, 'MISSING_SCOPES')
      await filesApi.doSearch()
    }
  }
  httpAgent.destroy()
})

test('what is not there is 404 for every operation', async () => {
  const { lists, reads, writes, deletes } = everyOperation(hubspot.files)
  for (const call of lists) await call()
  for (const call of [...reads, ...writes, ...deletes]) await refused(call(), 404, 'OBJECT_NOT_FOUND')
})

test('an upload that cannot be is 400 and says where', async () => {
  const send = (options, { folderId, folderPath, fileName } = {}) =>
    files.upload({ data: freshBytes(), name: 'a.txt' }, folderId, folderPath, fileName, undefined, options)
  const json = (more) => JSON.stringify({ access: 'PRIVATE', ...more })
  const bad = (call, place) => refused(call, 400, 'VALIDATION_ERROR', place)
  const missing = await bad(send(undefined), 'options')
  assert.equal(missing.body.message, 'options parameter is required')
  await bad(send('not json'), 'options')
  await bad(send('[]'), 'options')
  await bad(send('{}'), 'options.access')
  for (const access of ['SECRET', 'private', 'HIDDEN_PRIVATE', 'SENSITIVE', 'HIDDEN_SENSITIVE', 7]) await bad(send(json({ access })), 'options.access')
  for (const ttl of ['PT24H', 'P0D', 'P2Y', 'P1Y2M3D', 'soon', 7]) await bad(send(json({ ttl })), 'options.ttl')
  await bad(send(json({ expiresAt: '2001-01-01T00:00:00Z' })), 'options.expiresAt')
  await bad(send(json({ overwrite: 'maybe' })), 'options.overwrite')
  await bad(send(json({ duplicateValidationStrategy: 'GUESS' })), 'options.duplicateValidationStrategy')
  await bad(send(json({ duplicateValidationScope: 'HERE' })), 'options.duplicateValidationScope')
  await bad(send(json(), { folderId: '1', folderPath: '/a' }), 'folderId')
  await bad(send(json(), { folderId: 'seven' }), 'folderId')
  await bad(send(json(), { folderPath: '/a/../b' }), 'folderPath')
  for (const fileName of ['a/b.txt', 'a\\b.txt', 'a\tb.txt', 'a'.repeat(256)]) await bad(send(json(), { fileName }), 'fileName')
  await bad(files.upload(undefined, undefined, undefined, undefined, undefined, json()), 'file')
})

test('a replace and a change that cannot be are 400 and change nothing', async () => {
  const file = await upload(freshBytes(), 'a.txt', { folderPath: freshFolder() })
  const part = { data: freshBytes(), name: 'a.txt' }
  const bad = (call, place) => refused(call, 400, 'VALIDATION_ERROR', place)
  await bad(files.replace(file.id, part), 'options')
  await bad(files.replace(file.id, part, undefined, '{}'), 'options.access')
  await bad(files.replace(file.id, undefined, undefined, JSON.stringify({ access: 'PRIVATE' })), 'file')
  for (const [input, place] of [
    [{ name: '' }, 'name'], [{ name: 'a/b' }, 'name'], [{ access: 'SECRET' }, 'access'],
    [{ parentFolderId: '1', parentFolderPath: '/a' }, 'parentFolderId'], [{ expiresAt: new Date('2001-01-01') }, 'expiresAt'],
    [{ clearExpires: true, expiresAt: new Date('2099-01-01') }, 'expiresAt'], [{ parentFolderPath: '/a/..' }, 'parentFolderPath'],
  ]) await bad(files.updateProperties(file.id, input), place)
  await refused(files.updateProperties(file.id, { parentFolderId: NOBODYS }), 404, 'OBJECT_NOT_FOUND')
  assert.deepEqual(await files.getById(file.id), file)
})

test('a taken name is 409 and names what has it', async () => {
  const folderPath = freshFolder()
  const there = await upload(freshBytes(), 'there.txt', { folderPath })
  const other = await upload(freshBytes(), 'other.txt', { folderPath })
  const taken = await refused(files.updateProperties(other.id, { name: 'there' }), 409, 'CONFLICT')
  assert.deepEqual(taken.body.errors[0].context, { existingFileId: [there.id] })
  const again = await refused(folders.create({ name: folderPath.slice(1) }), 409, 'CONFLICT')
  assert.deepEqual(again.body.errors[0].context, { existingFolderId: [there.parentFolderId] })
})

test('a folder that cannot be is 400 and says where', async () => {
  const bad = (call, place) => refused(call, 400, 'VALIDATION_ERROR', place)
  const top = await folders.create({ name: freshFolder().slice(1) })
  const leaf = await folders.create({ name: 'leaf', parentFolderId: top.id })
  await bad(folders.create({}), 'name')
  for (const name of ['', '.', '..', 'a/b', 'a\u0000b', 'a'.repeat(256)]) await bad(folders.create({ name }), 'name')
  await bad(folders.create({ name: 'a', parentFolderId: top.id, parentPath: '/a' }), 'parentFolderId')
  await bad(folders.updateProperties(top.id, { name: 'a/b' }), 'name')
  for (const parentFolderId of [Number(top.id), Number(leaf.id)]) {
    await bad(folders.updateProperties(top.id, { parentFolderId }))
    await bad(folders.updatePropertiesRecursively({ id: top.id, parentFolderId }))
  }
  await bad(folders.updatePropertiesRecursively({ name: 'a' }), 'id')
  await bad(folders.getByPath('/a/../b'))
  await bad(files.getMetadata('/a/\u0001'))
})

test('a signed URL that cannot be is 400 and says where', async () => {
  const file = await upload(freshBytes(), 'a.txt', { folderPath: freshFolder() })
  await refused(files.getSignedUrl(file.id, 'huge'), 400, 'VALIDATION_ERROR', 'size')
  for (const seconds of [0, -1]) await refused(files.getSignedUrl(file.id, undefined, seconds), 400, 'VALIDATION_ERROR', 'expirationSeconds')
})

test('also what no operation is for is answered in the envelope', async () => {
  for (const [request, status, category] of [
    [{ path: '/files/v3/nowhere' }, 404, 'OBJECT_NOT_FOUND'], [{ path: '/files/v3/files/abc' }, 404, 'OBJECT_NOT_FOUND'],
    [{ path: '/files/v3/files', method: 'GET' }, 405, 'VALIDATION_ERROR'],
    [{ path: '/files/v3/files', method: 'POST', body: {} }, 415, 'VALIDATION_ERROR'],
  ]) {
    const answer = await hubspot.apiRequest(request)
    assert.equal(answer.status, status, request.path)
    assert.equal((await answer.json()).category, category)
  }
})
