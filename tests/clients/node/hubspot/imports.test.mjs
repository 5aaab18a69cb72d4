// Imports from a server of this process.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import test, { after, before } from 'node:test'
import { ended, fetched, files, freshBytes, freshFolder, md5, refused, upload } from './setup.mjs'

const pages = new Map()
let source

const server = createServer((request, response) => {
  const page = pages.get(request.url)
  if (!page) return response.writeHead(500).end('out of order')
  response.writeHead(page.status ?? 200, page.headers).end(page.bytes)
})

before(async () => {
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready))
  source = `http://127.0.0.1:${server.address().port}`
})
after(() => server.close())

const begin = (path, input) => files.importFromUrl({ url: `${source}${path}`, access: 'PRIVATE', ...input })
const bring = async (path, input) => {
  const { id } = await begin(path, input)
  return ended(() => files.checkImport(id))
}

test('an import ends COMPLETE with the file, under the address that its locator names', async () => {
  const folderPath = freshFolder()
  const bytes = freshBytes()
  pages.set('/a%20b.txt', { bytes })
  const locator = await begin('/a%20b.txt', { folderPath, access: 'PUBLIC_INDEXABLE', ttl: 'P2W' })
  const task = await ended(() => files.checkImport(locator.id))
  assert.equal(task.status, 'COMPLETE')
  assert.equal(task.taskId, locator.id)
  for (const at of [task.requestedAt, task.startedAt, task.completedAt]) assert.ok(at instanceof Date)
  const { path, fileMd5, access, expiresAt } = task.result
  assert.deepEqual([path, fileMd5, access], [`${folderPath}/a b.txt`, md5(bytes), 'PUBLIC_INDEXABLE'])
  assert.ok(expiresAt > Date.now())
  assert.equal((await files.getById(task.result.id)).path, path)
  const told = await fetched(locator.links.status, { headers: { authorization: `Bearer ${process.env.ATTACHE_TOKEN}` } })
  assert.equal(JSON.parse(told.bytes).status, 'COMPLETE')
})

test('the name is the one asked for, else the one that the source tells, else the one of its address', async () => {
  const folderPath = freshFolder()
  const headers = { 'content-disposition': `attachment; filename="told.txt"` }
  pages.set('/named', { bytes: freshBytes(), headers })
  assert.equal((await bring('/named', { folderPath, name: 'asked.txt' })).result.path, `${folderPath}/asked.txt`)
  assert.equal((await bring('/named', { folderPath })).result.path, `${folderPath}/told.txt`)
  pages.set('/deep/address.txt?x=1', { bytes: freshBytes() })
  assert.equal((await bring('/deep/address.txt?x=1', { folderPath })).result.path, `${folderPath}/address.txt`)
})

test('a redirect is followed', async () => {
  pages.set('/old', { status: 302, headers: { location: '/new.txt' } })
  pages.set('/new.txt', { bytes: freshBytes() })
  assert.equal((await bring('/old', { folderPath: freshFolder() })).status, 'COMPLETE')
})

test('a source that fails ends the task CANCELED, with the status it answered', async () => {
  const task = await bring('/out-of-order', { folderPath: freshFolder() })
  assert.equal(task.status, 'CANCELED')
  assert.equal(task.numErrors, 1)
  assert.match(task.errors[0].message, /500/)
  assert.equal(task.result, undefined)
})

test('duplicates are refused or returned as for uploads', async () => {
  const folderPath = freshFolder()
  const bytes = freshBytes()
  pages.set('/again.txt', { bytes })
  const first = await upload(bytes, 'first.txt', { folderPath })
  const rejected = await bring('/again.txt', { folderPath, duplicateValidationStrategy: 'REJECT' })
  assert.deepEqual([rejected.status, rejected.errors[0].category], ['CANCELED', 'CONFLICT'])
  const look = { duplicateValidationStrategy: 'RETURN_EXISTING', duplicateValidationScope: 'EXACT_FOLDER' }
  const returned = await bring('/again.txt', { folderPath, ...look })
  assert.deepEqual([returned.status, returned.result.id], ['COMPLETE', first.id])
})

test('what cannot be an import is refused when it is asked for', async () => {
  const ask = (input) => files.importFromUrl(input)
  const good = { url: `${source}/a.txt`, access: 'PRIVATE' }
  for (const [input, place] of [
    [{ access: 'PRIVATE' }, 'url'], [{ ...good, url: 'ftp://example.com/a' }, 'url'], [{ ...good, url: 'no address' }, 'url'],
    [{ url: good.url }, 'access'], [{ ...good, access: 'SECRET' }, 'access'], [{ ...good, ttl: 'PT24H' }, 'ttl'],
    [{ ...good, folderId: '1', folderPath: '/a' }, 'folderId'], [{ ...good, duplicateValidationScope: 'HERE' }, 'duplicateValidationScope'],
  ]) await refused(ask(input), 400, 'VALIDATION_ERROR', place)
  await refused(ask({ ...good, folderId: '99999999' }), 404, 'OBJECT_NOT_FOUND')
})
