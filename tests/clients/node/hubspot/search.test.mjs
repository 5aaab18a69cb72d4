// Searching files and folders: every filter and every sort key, paging, and what is never found.

import assert from 'node:assert/strict'
import test, { before } from 'node:test'
import { files, folders, freshBytes, freshFolder, hidden, md5, PIXEL, refused, upload } from './setup.mjs'

// The clients take some forty parameters by place, so the tests name them.
const PAGE = ['properties', 'after', 'before', 'limit', 'sort']
const COMMON = ['ids', 'idLte', 'idGte', 'createdAt', 'createdAtLte', 'createdAtGte', 'updatedAt', 'updatedAtLte',
  'updatedAtGte', 'name', 'path', 'parentFolderIds']
const OF_FILES = ['size', 'sizeLte', 'sizeGte', 'height', 'heightLte', 'heightGte', 'width', 'widthLte', 'widthGte',
  'encoding', 'type', 'extension', 'url', 'isUsableInContent', 'allowsAnonymousAccess', 'fileMd5', 'expiresAt',
  'expiresAtLte', 'expiresAtGte']

const placed = (names, named) => {
  for (const name of Object.keys(named)) assert.ok(names.includes(name), `${name} is no parameter`)
  return names.map((name) => named[name])
}
const searchFiles = (named) => files.doSearch(...placed([...PAGE, ...COMMON, ...OF_FILES], named))
const searchFolders = (named) => folders.doSearch(...placed([...PAGE, ...COMMON], named))

const folderPath = freshFolder()
const names = (page) => page.results.map((found) => found.name)
let parent, cat, dog, note

/** Names of the files of this test's folder that the filter leaves, in order of id. */
const left = async (filter) => names(await searchFiles({ parentFolderIds: [parent], ...filter }))

before(async () => {
  cat = await upload(PIXEL, 'Cat 1.png', { folderPath, access: 'PUBLIC_INDEXABLE' })
  dog = await upload(Buffer.from('a dog'), 'dog.txt', { folderPath, ttl: 'P1D' })
  note = await upload(Buffer.from('%PDF-1.4 a catalogue'), 'catalogue.pdf', { folderPath })
  note = await files.updateProperties(note.id, { isUsableInContent: false })
  parent = Number(cat.parentFolderId)
})

test('files are found by each of their properties', async () => {
  const at = (text) => new Date(text)
  const [c, d, n] = [cat, dog, note].map((file) => Number(file.id))
  for (const [filter, expected] of [
    [{}, ['Cat 1', 'dog', 'catalogue']],
    [{ ids: [d, n] }, ['dog', 'catalogue']],
    [{ idGte: d }, ['dog', 'catalogue']], [{ idLte: d }, ['Cat 1', 'dog']], [{ idGte: d, idLte: d }, ['dog']],
    [{ createdAt: at(cat.createdAt), ids: [c] }, ['Cat 1']],
    [{ createdAtGte: at(cat.createdAt), createdAtLte: at(note.createdAt) }, ['Cat 1', 'dog', 'catalogue']],
    [{ createdAtLte: at('2001-01-01') }, []], [{ createdAtGte: at('2100-01-01') }, []],
    [{ updatedAt: at(note.updatedAt), ids: [n] }, ['catalogue']],
    [{ updatedAtGte: at('2001-01-01'), updatedAtLte: at('2100-01-01') }, ['Cat 1', 'dog', 'catalogue']],
    [{ updatedAtLte: at('2001-01-01') }, []], [{ updatedAtGte: at('2100-01-01') }, []],
    [{ before: '946684800000' }, []], [{ before: String(Date.now() + 3_600_000) }, ['Cat 1', 'dog', 'catalogue']],
    [{ name: 'cat' }, ['Cat 1', 'catalogue']], [{ name: 'T 1.P' }, ['Cat 1']], [{ name: 'c%t' }, []],
    [{ path: cat.path }, ['Cat 1']], [{ path: cat.path.slice(1) }, ['Cat 1']], [{ path: folderPath }, []],
    [{ size: 5 }, ['dog']], [{ sizeGte: 6 }, ['Cat 1', 'catalogue']], [{ sizeLte: 5 }, ['dog']],
    [{ height: 1 }, ['Cat 1']], [{ heightGte: 2 }, []], [{ heightLte: 1 }, ['Cat 1']],
    [{ width: 1 }, ['Cat 1']], [{ widthGte: 2 }, []], [{ widthLte: 1 }, ['Cat 1']],
    [{ encoding: 'png' }, ['Cat 1']],
    [{ type: 'IMG' }, ['Cat 1']], [{ type: 'DOCUMENT' }, ['dog', 'catalogue']], [{ type: 'MOVIE' }, []],
    [{ extension: 'pdf' }, ['catalogue']], [{ extension: '.PDF' }, ['catalogue']],
    [{ url: cat.url }, ['Cat 1']], [{ url: `${cat.url}x` }, []],
    [{ isUsableInContent: true }, ['Cat 1', 'dog']], [{ isUsableInContent: false }, ['catalogue']],
    [{ allowsAnonymousAccess: true }, ['Cat 1']], [{ allowsAnonymousAccess: false }, ['dog', 'catalogue']],
    [{ fileMd5: md5(PIXEL) }, ['Cat 1']], [{ fileMd5: md5(PIXEL).toUpperCase() }, ['Cat 1']],
    [{ expiresAt: new Date(dog.expiresAt) }, ['dog']],
    [{ expiresAtGte: new Date(dog.expiresAt), expiresAtLte: new Date(dog.expiresAt) }, ['dog']],
    [{ expiresAtGte: new Date(dog.expiresAt + 1) }, []], [{ expiresAtLte: new Date(dog.expiresAt - 1) }, []],
    [{ name: 'cat', extension: 'png', sizeGte: 1 }, ['Cat 1']],
  ]) assert.deepEqual(await left(filter), expected, JSON.stringify(filter))
})

test('files come in every order, also backwards, also by several keys', async () => {
  const [first, second, third] = [cat, dog, note].map((file) => file.name)
  for (const [sort, expected] of [
    [['id'], [first, second, third]], [['-id'], [third, second, first]],
    [['name'], [first, third, second]], [['-name'], [second, third, first]],
    [['extension'], [third, first, second]], [['-size'], [first, third, second]], [['size'], [second, third, first]],
    [['type', '-id'], [third, second, first]], [['createdAt', 'id'], [first, second, third]], [['-updatedAt'], null],
  ]) {
    const found = await left({ sort })
    if (expected) assert.deepEqual(found, expected, sort.join())
    else assert.equal(found[0], third, 'what was changed last comes first')
  }
  for (const sort of ['width', 'height', 'expiresAt']) {
    assert.equal((await left({ sort: [sort, 'id'] })).length, 3, sort)
    assert.equal((await left({ sort: [`-${sort}`] })).length, 3, sort)
  }
})

test('pages follow one another without a gap and end', async () => {
  const seen = []
  let after
  do {
    const page = await searchFiles({ parentFolderIds: [parent], limit: 2, after, sort: ['name'] })
    assert.ok(page.results.length <= 2)
    seen.push(...names(page))
    after = page.paging?.next.after
    if (after) {
      const link = new URL(page.paging.next.link)
      assert.equal(link.searchParams.get('after'), after)
      assert.equal(link.searchParams.get('parentFolderIds'), String(parent))
    }
  } while (after)
  assert.deepEqual(seen, [cat.name, note.name, dog.name])
})

test('a search leaves out the properties that it was not asked for', async () => {
  const { results } = await searchFiles({ parentFolderIds: [parent], properties: ['name'], limit: 1 })
  assert.deepEqual(Object.keys(results[0]).sort(), ['access', 'archived', 'createdAt', 'id', 'name', 'updatedAt'])
})

test('hidden files are never found, whoever asks', async () => {
  const kept = await upload(freshBytes(), 'hidden.txt', { folderPath, access: 'HIDDEN_PRIVATE', client: hidden })
  assert.deepEqual(await left({ name: 'hidden' }), [])
  const found = await hidden.files.filesApi.doSearch(...placed([...PAGE, ...COMMON], { ids: [Number(kept.id)] }))
  assert.deepEqual(found.results, [])
})

test('folders are found by each of their properties, in every order', async () => {
  const root = freshFolder()
  const top = await folders.create({ name: root.slice(1) })
  const one = await folders.create({ name: 'One', parentFolderId: top.id })
  const two = await folders.create({ name: 'two', parentFolderId: top.id })
  const found = async (filter) => names(await searchFolders({ parentFolderIds: [Number(top.id)], ...filter }))
  for (const [filter, expected] of [
    [{}, ['One', 'two']], [{ ids: [Number(two.id)] }, ['two']],
    [{ idGte: Number(two.id) }, ['two']], [{ idLte: Number(one.id) }, ['One']],
    [{ createdAt: one.createdAt, ids: [Number(one.id)] }, ['One']],
    [{ createdAtGte: new Date('2100-01-01') }, []], [{ createdAtLte: new Date('2001-01-01') }, []],
    [{ updatedAt: two.updatedAt, ids: [Number(two.id)] }, ['two']],
    [{ updatedAtGte: new Date('2100-01-01') }, []], [{ updatedAtLte: new Date('2001-01-01') }, []],
    [{ before: '946684800000' }, []], [{ name: 'ONE' }, ['One']], [{ path: `${root}/two` }, ['two']],
    [{ sort: ['-name'] }, ['two', 'One']], [{ sort: ['id'] }, ['One', 'two']], [{ sort: ['-createdAt', '-id'] }, ['two', 'One']],
    [{ sort: ['updatedAt', 'name'] }, ['One', 'two']],
  ]) assert.deepEqual(await found(filter), expected, JSON.stringify(filter))
  const page = await searchFolders({ parentFolderIds: [Number(top.id)], limit: 1 })
  assert.equal(page.paging.next.after, '1')
  const last = await searchFolders({ parentFolderIds: [Number(top.id)], limit: 1, after: '1' })
  assert.deepEqual(names(last), ['two'])
  assert.equal(last.paging, undefined)
})

test('a parameter that cannot be read is named', async () => {
  for (const [named, place] of [
    [{ limit: 101 }, 'limit'], [{ limit: 0 }, 'limit'], [{ after: '10001' }, 'after'], [{ after: 'x' }, 'after'],
    [{ sort: ['colour'] }, 'sort'], [{ ids: ['x'] }, 'ids'], [{ before: 'soon' }, 'before'],
  ]) {
    await refused(searchFiles(named), 400, 'VALIDATION_ERROR', place)
    await refused(searchFolders(named), 400, 'VALIDATION_ERROR', place)
  }
})
