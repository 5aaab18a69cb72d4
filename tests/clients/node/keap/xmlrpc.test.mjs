// The plain client `xmlrpc`, with the token wherever Keap takes one.

import assert from 'node:assert/strict'
import test from 'node:test'
import { fetched, freshBytes, freshContact, freshName, isFault, names, NOBODYS, SIZES, token, userToken, WAYS } from './setup.mjs'

for (const [way, connect] of Object.entries(WAYS)) {
  const call = connect(token)
  const content = async (file) => Buffer.from(await call('FileService.getFile', file), 'base64')

  test(`by ${way}: files of all sizes are put in, fetched and replaced`, async () => {
    for (const size of SIZES) {
      const [contact, name, bytes] = [freshContact(), freshName('pdf'), freshBytes(size)]
      const file = await call('FileService.uploadFile', contact, name, bytes.toString('base64'))
      assert.deepEqual(await content(file), bytes)
      const { headers, bytes: got } = await fetched(await call('FileService.getDownloadUrl', file))
      assert.deepEqual(got, bytes)
      assert.ok(headers.get('content-disposition').includes(name))
      assert.equal(await call('FileService.replaceFile', file, bytes.toString('base64url')), true)
      assert.deepEqual(await content(file), bytes)
    }
  })

  test(`by ${way}: a buffer comes as typed bytes`, async () => {
    const bytes = freshBytes(100_000)
    const file = await call('FileService.uploadFile', freshContact(), freshName(), bytes)
    assert.deepEqual(await content(file), bytes)
  })

  test(`by ${way}: names of every script come back and are found`, async () => {
    for (const name of names()) {
      const contact = freshContact()
      const file = await call('FileService.uploadFile', contact, name, 'YWJj')
      const where = { ContactId: contact, FileName: name }
      const found = await call('DataService.query', 'FileBox', 1000, 0, where, ['Id', 'FileName'], 'Id', true)
      assert.deepEqual(found, [{ Id: file, FileName: name }])
      assert.equal(await call('DataService.count', 'FileBox', where), 1)
      assert.equal(await call('FileService.renameFile', file, `2 ${name}`), true)
      assert.deepEqual(await call('DataService.load', 'FileBox', file, ['FileName']), { FileName: `2 ${name}` })
    }
  })

  test(`by ${way}: what cannot be is a fault`, async () => {
    await isFault(call('FileService.getFile', NOBODYS), 5, '[RecordNotFound]')
    await isFault(call('FileService.uploadFile', freshContact(), freshName(), '*'), 12, '[InvalidParameter]')
    await isFault(call('FileService.dance', 1), 0, 'No such handler: ')
    await isFault(connect(userToken)('FileService.uploadFile', freshName(), 'YWJj'), 14, '[NoAccess]')
  })

  test(`by ${way}: a bad key gets nothing`, async () => {
    const bad = connect('KeapAK-00000000000000000000')('FileService.getFile', 1)
    if (way === 'argument') return isFault(bad, 2, '[InvalidKey]')
    // The gateway's answer is not XML; the client says so, and keeps the answer beside it.
    await assert.rejects(bad, (error) => (assert.equal(error.res.statusCode, 401), true))
  })
}
