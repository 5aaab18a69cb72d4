// Folders: made, found, changed at once and by a task, and deleted.

import assert from 'node:assert/strict'
import test from 'node:test'
import { ended, fetched, files, folders, freshBytes, freshFolder, refused, upload } from './setup.mjs'

test('a folder is made in the root, under an id and under a path', async () => {
  const path = freshFolder()
  const top = await folders.create({ name: path.slice(1) })
  assert.deepEqual([top.name, top.path, top.archived, top.parentFolderId], [path.slice(1), path, false, undefined])
  assert.ok(top.createdAt instanceof Date)
  const byId = await folders.create({ name: 'by id', parentFolderId: top.id })
  assert.deepEqual([byId.path, byId.parentFolderId], [`${path}/by id`, top.id])
  const byPath = await folders.create({ name: 'leaf', parentPath: `${path}/made/on demand` })
  assert.equal(byPath.path, `${path}/made/on demand/leaf`)
})

test('a folder is found by id and by path, whatever is in its name', async () => {
  const root = freshFolder()
  for (const name of ['ä ö 日本', '100%', 'a+b', '#1', 'what?', 'say "hi"', '2024', 'a.b', 'n'.repeat(255)]) {
    const folder = await folders.create({ name, parentPath: root })
    assert.equal(folder.name, name)
    assert.equal((await folders.getById(folder.id)).path, `${root}/${name}`)
    assert.equal((await folders.getByPath(`${root}/${name}`)).id, folder.id)
    assert.equal((await files.getMetadata(`${root}/${name}`)).folder.id, folder.id)
  }
  const some = await folders.getByPath(root, ['name'])
  assert.equal(some.path, undefined)
  assert.equal(some.name, root.slice(1))
})

test('a folder named by digits is reached by its path', async () => {
  const name = String(Date.now()) + String(process.pid)
  const folder = await folders.create({ name })
  assert.equal((await folders.getByPath(`/${name}`)).id, folder.id)
  await refused(folders.getById(name), 404, 'OBJECT_NOT_FOUND')
  await folders.archiveByPath(`/${name}`)
})

test('a rename shows in everything below it', async () => {
  const root = freshFolder()
  const old = await folders.create({ name: 'old', parentPath: root })
  const file = await upload(freshBytes(), 'a.txt', { folderPath: `${root}/old/deep`, access: 'PUBLIC_INDEXABLE' })
  const renamed = await folders.updateProperties(old.id, { name: 'new' })
  assert.deepEqual([renamed.id, renamed.path], [old.id, `${root}/new`])
  const now = await files.getById(file.id)
  assert.equal(now.path, `${root}/new/deep/a.txt`)
  assert.equal((await fetched(file.url)).status, 404)
  assert.equal((await fetched(now.url)).status, 200)
})

test('a folder moves, into the root too', async () => {
  const root = freshFolder()
  const from = await folders.create({ name: root.slice(1) + '-moved', parentPath: root })
  const to = await folders.create({ name: 'to', parentPath: root })
  assert.equal((await folders.updateProperties(from.id, { parentFolderId: Number(to.id) })).path, `${to.path}/${from.name}`)
  const atRoot = await folders.updateProperties(from.id, { parentFolderId: 0 })
  assert.deepEqual([atRoot.path, atRoot.parentFolderId], [`/${from.name}`, undefined])
  await folders.archive(from.id)
})

test('a change by task ends COMPLETE with the folder, under the address that its locator names', async () => {
  const root = freshFolder()
  const folder = await folders.create({ name: 'old', parentPath: root })
  const target = await folders.create({ name: 'target', parentPath: root })
  const wish = { id: folder.id, name: 'new', parentFolderId: Number(target.id) }
  const locator = await folders.updatePropertiesRecursively(wish)
  const task = await ended(() => folders.checkUpdateStatus(locator.id))
  assert.equal(task.status, 'COMPLETE')
  assert.equal(task.taskId, locator.id)
  assert.deepEqual([task.result.id, task.result.path], [folder.id, `${root}/target/new`])
  for (const at of [task.requestedAt, task.startedAt, task.completedAt]) assert.ok(at instanceof Date)
  const told = await fetched(locator.links.status, { headers: { authorization: `Bearer ${process.env.ATTACHE_TOKEN}` } })
  assert.equal(told.status, 200)
  assert.equal(JSON.parse(told.bytes).taskId, locator.id)
})

test('a task that meets a taken name ends CANCELED and says why', async () => {
  const root = freshFolder()
  const folder = await folders.create({ name: 'a', parentPath: root })
  await folders.create({ name: 'b', parentPath: root })
  const { id } = await folders.updatePropertiesRecursively({ id: folder.id, name: 'b' })
  const task = await ended(() => folders.checkUpdateStatus(id))
  assert.equal(task.status, 'CANCELED')
  assert.equal(task.numErrors, 1)
  assert.equal(task.errors[0].category, 'CONFLICT')
  assert.equal(task.result, undefined)
  assert.equal((await folders.getById(folder.id)).name, 'a')
})

test('an archived folder takes its contents along', async () => {
  const root = freshFolder()
  const file = await upload(freshBytes(), 'a.txt', { folderPath: `${root}/deep`, access: 'PUBLIC_INDEXABLE' })
  const deep = await folders.getById(file.parentFolderId)
  await folders.archiveByPath(root)
  await folders.archive(deep.id)
  await refused(folders.getByPath(root), 404, 'OBJECT_NOT_FOUND')
  await refused(folders.getById(deep.id), 404, 'OBJECT_NOT_FOUND')
  await refused(files.getById(file.id), 404, 'OBJECT_NOT_FOUND')
  assert.equal((await fetched(file.url)).status, 404)
  assert.notEqual((await folders.create({ name: root.slice(1) })).id, undefined)
})
