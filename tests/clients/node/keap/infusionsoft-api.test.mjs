// infusionsoft-api: its services call what it is given, its tables are asked in words.

import assert from 'node:assert/strict'
import test from 'node:test'
import {
  context, fetched, FileBox, freshBytes, freshContact, freshName, isFault, names, NOBODYS, SIZES, token, url, userToken,
} from './setup.mjs'

const keap = context(token)
const { FileService, DataService, FileBoxes } = keap

/** Puts files on a contact, one after the other; their ids. */
async function put(contact, ...all) {
  const ids = []
  for (const name of all) ids.push(await FileService.uploadFile(contact, name, Buffer.from(name).toString('base64')))
  return ids
}

const ids = (rows) => rows.map((row) => row.Id)
const content = async (file) => Buffer.from(await FileService.getFile(file), 'base64')

for (const size of SIZES) {
  test(`uploadFile, getFile and getDownloadUrl bring ${size} bytes as they are`, async () => {
    const [contact, name, bytes] = [freshContact(), freshName('bin'), freshBytes(size)]
    const file = await FileService.uploadFile(contact, name, bytes.toString('base64'))
    assert.deepEqual(await content(file), bytes)
    const link = await FileService.getDownloadUrl(file)
    assert.ok(link.startsWith(`${url}/`), link)
    assert.deepEqual((await fetched(link)).bytes, bytes)
    const [row] = await FileBoxes.where(FileBox.Id, file).toArray()
    assert.deepEqual({ ...row }, { Id: file, FileName: name, Extension: 'bin', FileSize: size, ContactId: contact, Public: 0 })
  })
}

test('uploadFile takes the arguments in the order that the client documents, and without a contact', async () => {
  const contact = freshContact()
  const file = await FileService.uploadFile(freshName(), 'YWJj', contact)
  assert.deepEqual(ids(await FileBoxes.where(FileBox.ContactId, contact).toArray()), [file])
  const company = await FileService.uploadFile(freshName(), 'YWJj')
  assert.equal((await FileBoxes.where(FileBox.Id, company).first()).ContactId, 0)
})

test('uploadFile, renameFile and where keep names of every script', async () => {
  for (const name of names()) {
    const contact = freshContact()
    const [file] = await put(contact, name)
    const found = await FileBoxes.where({ ContactId: contact, FileName: name }).toArray()
    assert.deepEqual(found.map((row) => [row.Id, row.FileName]), [[file, name]])
    assert.equal(await FileService.renameFile(file, `2 ${name}`), true)
    assert.equal((await FileBoxes.where(FileBox.Id, file).first()).FileName, `2 ${name}`)
  }
})

test('replaceFile keeps id, name and contact', async () => {
  const contact = freshContact()
  const [file] = await put(contact, 'a.txt')
  const bytes = freshBytes(100_000)
  assert.equal(await FileService.replaceFile(String(file), bytes.toString('base64')), true)
  assert.deepEqual(await content(file), bytes)
  const row = await FileBoxes.where(FileBox.Id, file).first()
  assert.deepEqual([row.FileName, row.FileSize, row.ContactId], ['a.txt', 100_000, contact])
})

test('where, like, select, orderBy, orderByDescending, take, page, count, sum and groupBy find a contacts files', async () => {
  const contact = freshContact()
  const [b, c, a] = await put(contact, 'b.pdf', 'c.txt', 'a passport.pdf')
  // A query that was run once keeps its rows, and so does what is made of it.
  const mine = () => FileBoxes.where(FileBox.ContactId, contact)
  assert.deepEqual(ids(await mine().toArray()), [b, c, a])
  assert.deepEqual(ids(await mine().like(FileBox.FileName, '%.pdf').toArray()), [b, a])
  assert.deepEqual(ids(await mine().like(FileBox.FileName, '%pass%').toArray()), [a])
  assert.deepEqual(ids(await mine().where(FileBox.Extension, 'TXT').toArray()), [c])
  assert.deepEqual(ids(await mine().orderBy(FileBox.FileName).toArray()), [a, b, c])
  assert.deepEqual(ids(await mine().orderByDescending(FileBox.FileName).toArray()), [c, b, a])
  assert.deepEqual(ids(await mine().take(2).toArray()), [b, c])
  assert.deepEqual(ids(await mine().page(1).take(2).toArray()), [a])
  assert.equal(await mine().count(), 3)
  assert.equal(await mine().sum((row) => row.FileSize), 'b.pdfc.txta passport.pdf'.length)
  assert.deepEqual(Object.keys(await mine().groupBy((row) => row.Extension)).sort(), ['pdf', 'txt'])
  const [row] = await mine().select(FileBox.Id, FileBox.Public).toArray()
  assert.deepEqual({ ...row }, { Id: b, Public: 0 })
})

test('toArray walks beyond the 1000 rows of a page', async () => {
  const contact = freshContact()
  const files = []
  for (let at = 0; at < 1003; at += 59) {
    const some = Array.from({ length: Math.min(59, 1003 - at) }, () => FileService.uploadFile(contact, 'a.txt', 'YWJj'))
    files.push(...await Promise.all(some))
  }
  const found = await FileBoxes.where(FileBox.ContactId, contact).select(FileBox.Id).toArray()
  assert.deepEqual(ids(found), files.sort((a, b) => a - b))
  assert.equal((await FileBoxes.where(FileBox.ContactId, contact).take(1002).toArray()).length, 1002)
})

test('findByField, query and load are the calls that they are called as', async () => {
  const contact = freshContact()
  const [file, other] = await put(contact, 'a.txt', 'b.txt')
  const fields = ['Id', 'FileName', 'Extension', 'Public']
  const expected = [
    { Id: file, FileName: 'a.txt', Extension: 'txt', Public: 0 }, { Id: other, FileName: 'b.txt', Extension: 'txt', Public: 0 },
  ]
  assert.deepEqual(await DataService.findByField('FileBox', 1000, 0, 'ContactId', contact, fields), expected)
  assert.deepEqual(await DataService.findByField('FileBox', 1000, 0, 'ContactId', String(contact), fields), expected)
  // Without a direction the order is descending.
  assert.deepEqual(ids(await DataService.query('FileBox', 9, 0, { ContactId: contact }, ['Id'], 'Id')), [other, file])
  assert.deepEqual(await DataService.load('FileBox', file, ['FileName']), { FileName: 'a.txt' })
  await DataService.getAppSetting('Application', 'enabled')
})

test('what cannot be is a fault with its number', async () => {
  const [file] = await put(freshContact(), 'a.txt')
  await isFault(FileService.getFile(NOBODYS), 5, '[RecordNotFound]')
  await isFault(FileService.getDownloadUrl(NOBODYS), 5)
  await isFault(FileService.renameFile(NOBODYS, 'a.txt'), 5)
  await isFault(FileService.replaceFile(NOBODYS, 'YWJj'), 5)
  await isFault(FileService.replaceFile(file, '*'), 12, '[InvalidParameter]')
  await isFault(FileService.renameFile(file, 'a/b'), 12)
  await isFault(DataService.load('FileBox', NOBODYS, ['Id']), 5)
  await isFault(DataService.load('FileBox', file, ['Colour']), 10, '[NoFieldFound]')
  await isFault(DataService.update('FileBox', file, { FileName: 'b.txt' }), 8)
  await isFault(DataService.delete('FileBox', file), 7)
  await isFault(DataService.add('FileBox', { FileName: 'b.txt' }), 7)
  await isFault(context(userToken).FileService.uploadFile(freshName(), 'YWJj'), 14, '[NoAccess]')
  await isFault(context('KeapAK-00000000000000000000').FileService.getFile(file), 2, '[InvalidKey]')
  await isFault(keap.ContactService.load(1, ['Id']), 0, 'No such handler: ')
})
