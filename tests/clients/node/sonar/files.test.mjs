// What scripts do with files, through each client: upload and link, find by owner, words, numbers and dates, walk pages,
// change, take off, delete.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import test from 'node:test'
import {
  errorsOf, fetched, freshBytes, freshId, freshName, isRefused, LINK, linkToken, NOBODYS, put, putOn, readToken, send, token, url, WAYS,
} from './setup.mjs'

const FILE = `id sonar_unique_id created_at updated_at _version description file_size_in_bytes fileable_id fileable_type
  filename mime_type primary_image user_id checksum_sha256 download_path`
const BY_OWNER = `query ByOwner($type: FileableType, $id: Int64Bit) {
  files(fileable_type: $type, fileable_id: $id) { entities { ${FILE} } }
}`
const SEARCH = `query Find($search: [Search], $sorter: [Sorter], $paginator: Paginator) {
  files(search: $search, sorter: $sorter, paginator: $paginator) {
    entities { id filename }
    page_info { page total_pages total_count records_per_page }
  }
}`

/** The files of an owner, in Sonar's own search: words on the type, a number on the id. */
const on = (type, id) => ({
  string_fields: [{ attribute: 'fileable_type', search_value: type, match: true, partial_matching: false }],
  integer_fields: [{ attribute: 'fileable_id', search_value: id, operator: 'EQ' }],
})

for (const [name, way] of Object.entries(WAYS)) {
  const ask = way(token)
  const found = async (variables) => (await ask(SEARCH, variables)).files
  const ids = async (variables) => (await found(variables)).entities.map((file) => file.id)
  const byOwner = async (type, id) => (await ask(BY_OWNER, { type, id })).files.entities

  test(`${name}: me is the user of the token`, async () => {
    const { me } = await ask('{ me { name username id super_admin role_id } }')
    assert.ok(me.name && me.username)
    assert.equal(me.id, '1')
    assert.equal((await way(readToken)('{ me { id } }')).me.id, '2')
  })

  test(`${name}: a file is uploaded, linked, found by its owner and downloaded`, async () => {
    for (const [type, size, bytes] of [['Account', 0, ''], ['TicketReply', 40, freshBytes()], ['Ticket', 3_000_000, freshBytes(3_000_000)]]) {
      const owner = freshId()
      const filename = freshName('pdf')
      const id = await putOn(ask, type, owner, filename, bytes)
      const [file, ...more] = await byOwner(type, owner)
      assert.deepEqual(more, [])
      assert.deepEqual(file, {
        ...file, id, filename, file_size_in_bytes: String(size), fileable_type: type, fileable_id: String(owner), description: null,
        primary_image: false, user_id: '1', checksum_sha256: createHash('sha256').update(bytes).digest('hex'),
        download_path: `/api/files/${id}`,
      })
      assert.match(file.sonar_unique_id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      assert.match(file._version, /^[1-9]\d*$/)
      assert.match(file.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/)
      assert.ok(Math.abs(Date.now() - Date.parse(file.created_at)) < 300_000)
      assert.deepEqual((await fetched(id)).bytes, Buffer.from(bytes))
      const answer = await fetch(url + file.download_path, { headers: { Authorization: `Bearer ${token}` } })
      assert.equal(answer.headers.get('etag'), `"${file.checksum_sha256}"`)
    }
  })

  test(`${name}: linking again to the same owner is fine, to another one a conflict, and nothing is linked then`, async () => {
    const [owner, other] = [freshId(), freshId()]
    const id = await putOn(ask, 'Account', owner)
    const free = String(await put())
    const link = (type, fileable_id, files) => ask(LINK, { input: { fileable_type: type, fileable_id, files } })
    assert.equal((await link('Account', owner, [{ file_id: id }])).linkFileToEntity.id, String(owner))
    await isRefused(link('Account', other, [{ file_id: free }, { file_id: id }]), 'conflict', 'linkFileToEntity')
    assert.deepEqual([await byOwner('Account', other), (await byOwner('Account', owner)).length], [[], 1])
    // A single value counts as a list of one; what a list says of its files is written to them.
    await link('Account', String(owner), { file_id: free, description: 'Signed' })
    assert.deepEqual((await byOwner('Account', owner)).map((file) => file.description), [null, 'Signed'])
  })

  test(`${name}: an owner has its files, and a file its owner`, async () => {
    const owner = freshId()
    const [id, other] = [await putOn(ask, 'TicketReply', owner), await putOn(ask, 'TicketReply', owner)]
    const answer = await ask(`query Reply($id: Int64Bit) {
      ticket_replies(id: $id) { entities { __typename id sonar_unique_id
        files(sorter: { attribute: "id", direction: DESC }) { entities { id
          fileable { __typename id ... on TicketReply { files { page_info { total_count } } } } } page_info { total_count } } } }
    }`, { id: owner })
    const [reply, ...more] = answer.ticket_replies.entities
    assert.deepEqual([more, reply.__typename, reply.id], [[], 'TicketReply', String(owner)])
    assert.deepEqual(reply.files.entities.map((file) => file.id), [other, id])
    assert.equal(reply.files.page_info.total_count, 2)
    assert.equal(reply.files.entities[0].fileable.id, String(owner))
    assert.equal(reply.files.entities[0].fileable.files.page_info.total_count, 2)
  })

  test(`${name}: search, sorter and paginator find and order an owners files`, async () => {
    const owner = freshId()
    const [b, c, a] = [await putOn(ask, 'Job', owner, 'b.pdf'), await putOn(ask, 'Job', owner, 'c.txt'), await putOn(ask, 'Job', owner, 'A lease.pdf', 'x')]
    const mine = on('Job', owner)
    const word = (attribute, search_value, more) => ({ ...mine, string_fields: [...mine.string_fields, { attribute, search_value, match: true, ...more }] })
    const size = (operator) => ({ ...mine, integer_fields: [...mine.integer_fields, { attribute: 'file_size_in_bytes', search_value: '40', operator }] })
    const by = (attribute, direction) => ({ search: [mine], sorter: [{ attribute, direction }] })
    const cases = [
      [{ search: [mine] }, [b, c, a]], [{ search: mine }, [b, c, a]],
      [{ search: [word('filename', '.PDF')] }, [b, a]],
      [{ search: [word('filename', 'a LEASE.pdf', { partial_matching: false })] }, [a]],
      [{ search: [word('filename', 'lease', { partial_matching: false })] }, []],
      [{ search: [word('filename', 'lease', { match: false })] }, [b, c]],
      [{ search: [word('filename', 'b.'), word('filename', 'c.')] }, [b, c]],
      [{ search: [size('EQ')] }, [b, c]], [{ search: [size('LT')] }, [a]], [{ search: [size('NEQ')] }, [a]],
      [{ search: [{ ...mine, unset_fields: 'description' }] }, [b, c, a]], [{ search: [{ ...mine, exists: ['description'] }] }, []],
      [{ search: [{ ...mine, exists: 'id' }] }, [b, c, a]],
      [{ search: [{ ...mine, boolean_fields: [{ attribute: 'primary_image', search_value: true }] }] }, []],
      [{ search: [{ ...mine, datetime_fields: [{ attribute: 'created_at', search_value: '2020-01-01T00:00:00+01:00', operator: 'GT' }] }] }, [b, c, a]],
      [{ search: [{ ...mine, reverse_relation_filters: { relation: 'user', is_empty: false } }] }, [b, c, a]],
      [by('filename', 'ASC'), [a, b, c]], [by('filename', 'DESC'), [c, b, a]], [by('file_size_in_bytes', 'ASC'), [a, b, c]],
    ]
    for (const [variables, expected] of cases) assert.deepEqual(await ids(variables), expected, JSON.stringify(variables))
    const walked = []
    for (let page = 1; page <= 2; page++) {
      const { entities, page_info } = await found({ search: [mine], paginator: { page, records_per_page: 2 } })
      assert.deepEqual([page_info.page, page_info.total_pages, page_info.total_count, page_info.records_per_page], [page, 2, 3, 2])
      walked.push(...entities.map((file) => file.id))
    }
    assert.deepEqual(walked, [b, c, a])
    const { page_info } = await found({ search: [mine], paginator: { page: 1, records_per_page: 1_000_000 } })
    assert.equal(page_info.records_per_page, 10_000)
  })

  test(`${name}: a description and a picture are set and taken away, and each change is a version`, async () => {
    const update = async (id, input) => (await ask(`mutation Change($id: Int64Bit!, $input: UpdateFileMutationInput) {
      updateFile(id: $id, input: $input) { ${FILE} }
    }`, { id, input })).updateFile
    const id = await putOn(ask, 'InventoryItem', freshId(), freshName('png'), Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'))
    const before = await update(id, {})
    assert.equal(before.mime_type, 'image/png')
    const after = await update(Number(id), { description: 'Front door', primary_image: true })
    assert.deepEqual([after.description, after.primary_image], ['Front door', true])
    assert.equal(BigInt(after._version) > BigInt(before._version), true)
    assert.equal((await update(id, { description: 'Front door' }))._version, after._version)
    assert.equal((await update(id, { unset_description: true })).description, null)
    await isRefused(update(id, { description: 'x', unset_description: true }), 'validation', 'updateFile')
  })

  test(`${name}: a file is taken off its owner and goes to another one`, async () => {
    const [owner, other] = [freshId(), freshId()]
    const id = await putOn(ask, 'Account', owner)
    const { unlinkFile } = await ask(`mutation Off($id: Int64Bit!) { unlinkFile(id: $id) { ${FILE} } }`, { id })
    assert.deepEqual([unlinkFile.id, unlinkFile.fileable_id, unlinkFile.fileable_type], [id, null, null])
    assert.deepEqual(await byOwner('Account', owner), [])
    await ask(LINK, { input: { fileable_type: 'Ticket', fileable_id: other, files: [{ file_id: id }] } })
    assert.deepEqual((await byOwner('Ticket', other)).map((file) => file.id), [id])
  })

  test(`${name}: a deleted file is gone`, async () => {
    const owner = freshId()
    const id = await putOn(ask, 'Account', owner)
    const remove = () => ask('mutation Gone($id: Int64Bit!) { deleteFile(id: $id) { success message } }', { id })
    const { deleteFile } = await remove()
    assert.equal(deleteFile.success, true)
    assert.deepEqual([await byOwner('Account', owner), (await fetched(id)).status], [[], 404])
    await isRefused(remove(), 'not_found', 'deleteFile')
  })

  test(`${name}: what cannot be is refused with its category, and changes nothing`, async () => {
    const id = await put()
    const link = (input) => ask(LINK, { input })
    const account = { fileable_type: 'Account', fileable_id: 1 }
    await isRefused(link({ ...account, files: [{ file_id: NOBODYS }] }), 'not_found', 'linkFileToEntity')
    for (const files of [[], undefined]) await isRefused(link({ ...account, files }), 'validation', 'linkFileToEntity', 'input.files')
    await isRefused(link({ ...account, fileable_id: 0, files: [{ file_id: id }] }), 'validation', 'linkFileToEntity', 'input.fileable_id')
    await isRefused(ask('mutation { linkFileToEntity { id } }'), 'validation', 'linkFileToEntity', 'input')
    await isRefused(found({ search: [{ string_fields: [{ attribute: 'colour', search_value: 'red', match: true }] }] }), 'validation', 'files', 'colour')
    await isRefused(found({ paginator: { page: 0, records_per_page: 10 } }), 'validation', 'files')
    await isRefused(ask('{ files { entities { colour } } }'), 'graphql', undefined, 'colour')
    await isRefused(way(readToken)(LINK, { input: { ...account, files: [{ file_id: id }] } }), 'authorization', 'linkFileToEntity')
    assert.equal((await send([['a.txt', 'abc']], readToken)).status, 403)
    assert.deepEqual((await ask('query One($id: Int64Bit) { files(id: $id) { entities { fileable_id } } }', { id })).files.entities.map((file) => file.fileable_id), [null])
  })

  test(`${name}: a token that uploads and links needs two permissions, and sees nothing`, async () => {
    const [linking, owner] = [way(linkToken), freshId()]
    const own = await put(freshName(), freshBytes(), linkToken)
    const link = (file) => linking(LINK, { input: { fileable_type: 'Account', fileable_id: owner, files: [{ file_id: file }] } })
    assert.equal((await link(own)).linkFileToEntity.id, String(owner))
    assert.deepEqual((await byOwner('Account', owner)).map((file) => [file.id, file.user_id]), [[String(own), '3']])
    await isRefused(link(await put()), 'not_found', 'linkFileToEntity')
    assert.deepEqual((await linking(BY_OWNER, { type: 'Account', id: owner })).files.entities, [])
    assert.equal((await fetched(own, linkToken)).status, 404)
    await isRefused(linking('mutation Gone($id: Int64Bit!) { deleteFile(id: $id) { success } }', { id: own }), 'authorization', 'deleteFile')
  })

  test(`${name}: nobody is let in with a bad token`, async () => {
    await assert.rejects(way('at_0000000000000000000000')('{ me { id } }'), (error) => {
      assert.deepEqual([error.response.status, errorsOf(error)[0].extensions.category], [401, 'authentication'])
      return true
    })
  })
}

test('a form brings several files, and each of its parts is told of', async () => {
  const names = [freshName('pdf'), 'счёт № 5.txt', 'no extension', freshName('zip')]
  const answer = await send(names.map((name) => [name, `content of ${name}`]))
  const { files } = await answer.json()
  assert.deepEqual(files.map((file) => [file.filename, file.stored, file.failure_message]), names.map((name) => [name, true, null]))
  for (const [at, { id }] of files.entries()) {
    const { headers, bytes } = await fetched(id)
    assert.equal(bytes.toString(), `content of ${names[at]}`)
    assert.match(headers.get('content-disposition'), /^attachment; /)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
  }
})
