// The client of both hosts, on the account: files on records, notes, fields and the records themselves.

import assert from 'node:assert/strict'
import test from 'node:test'
import {
  connect, content, crmToken, failure, filesToken, freshBytes, freshName, hasNothing, isProblem, NOBODYS, token, upload,
  url,
} from './setup.mjs'

const amo = connect(token)
const files = amo.file(url)
const KINDS = ['leads', 'contacts', 'companies', 'customers']

/** The problem in the exception that the client makes of an answer of the account, if it is the media type it looks for. */
async function problem(call, status, words) {
  const { response, message } = await failure(call)
  assert.ok(message.startsWith(`${status} `), message)
  isProblem(response, status, words)
  return response
}

/** What the client calls its methods for each kind of record. */
const called = (api, ...names) => {
  const [add, get, list, change, changeAll] = names.map((name) => api[name].bind(api))
  return { add, get, list, change, changeAll }
}
const methods = {
  leads: called(amo.lead, 'addLeads', 'getLeadById', 'getLeads', 'updateLeadById', 'updateLeads'),
  contacts: called(amo.contact, 'addContacts', 'getContactById', 'getContacts', 'updateContactById', 'updateContacts'),
  companies: called(
    amo.company, 'addCompanies', 'getCompanyById', 'getCompanies', 'updateCompaniesById', 'updateCompanies'),
  customers: called(
    amo.customer, 'addCustomers', 'getCustomerById', 'getCustomers', 'updateCustomerById', 'updateCustomers'),
}

const add = async (kind, record = { name: freshName() }) => (await methods[kind].add([record]))._embedded[kind][0].id
const someFile = (bytes = freshBytes()) => upload(amo, bytes, freshName())
const linked = ({ _embedded }) => _embedded.files.map(({ file_uuid }) => file_uuid)
const fullName = ({ name, metadata }) => `${name}.${metadata.extension}`

test('getAccount tells where the drive is', async () => {
  const account = await amo.account.getAccount({ with: ['drive_url', 'amojo_id', 'version'] })
  assert.equal(account.drive_url, url)
  assert.equal((await amo.account.getAccount()).id, account.id)
})

test('a token that the client counts as over is not renewed here, and it is told how to get one', async () => {
  const { response } = await failure(connect(token, { expires_at: 1 }).account.getAccount())
  isProblem(response, 400, 'attache token create --jwt')
})

for (const kind of KINDS) {
  const { get, list, change, changeAll } = methods[kind]

  test(`${kind} are added, read, listed and changed`, async () => {
    const name = freshName()
    const id = await add(kind, { name })
    const record = await get(id)
    assert.deepEqual([record.id, record.name], [id, name])
    assert.ok((await list({ page: 1, limit: 250 }))._embedded[kind].length > 0)
    assert.equal((await change(id, { name: `${name} 2` })).id, id)
    const { _embedded } = await changeAll([{ id, name: `${name} 3` }])
    assert.equal(_embedded[kind][0].id, id)
    assert.equal((await get(id)).name, `${name} 3`)
    await problem(get(987_654_321), 404)
  })

  test(`linkEntityFiles, getEntityFiles, getFileEntities and unlinkEntityFiles agree on ${kind}`, async () => {
    const id = await add(kind)
    const put = [await someFile(), await someFile(), await someFile()].map(({ uuid }) => uuid)
    await hasNothing(files.getEntityFiles(id, kind))
    const batch = put.map((file_uuid) => ({ file_uuid }))
    assert.deepEqual(await files.linkEntityFiles(id, kind, batch), {})
    assert.deepEqual(await files.linkEntityFiles(id, kind, batch), {})
    const all = await files.getEntityFiles(id, kind)
    assert.deepEqual(linked(all), put.toReversed())
    const first = await files.getEntityFiles(id, kind, { limit: 2 })
    assert.deepEqual(linked(first), [put[2], put[1]])
    const before_id = first._embedded.files.at(-1).id
    assert.deepEqual(linked(await files.getEntityFiles(id, kind, { limit: 2, before_id })), [put[0]])
    const { file_uuid, entities } = await files.getFileEntities(put[0])
    assert.equal(file_uuid, put[0])
    assert.deepEqual(entities.map(({ id, entity_type }) => [id, entity_type]), [[id, kind]])
    assert.deepEqual(await files.unlinkEntityFiles(id, kind, [batch[0], { file_uuid: NOBODYS }]), {})
    assert.deepEqual(linked(await files.getEntityFiles(id, kind)), [put[2], put[1]])
    assert.deepEqual((await files.getFileEntities(put[0])).entities, [])
  })

  test(`notes on ${kind} are added, read and changed`, async () => {
    const [id, file, other] = [await add(kind), await someFile(), await someFile()]
    const created_at = 1_700_000_000
    const shown = { file_uuid: file.uuid, file_name: 'Plan (1).txt' }
    const asked = [
      { entity_id: id, note_type: 'attachment', created_at, request_id: 'plan', params: shown },
      { entity_id: id, note_type: 'common', created_at, params: { text: 'what do you think?' } },
    ]
    const { _embedded } = await amo.note.addNotes(kind, asked)
    const [plan, common] = _embedded.notes
    assert.deepEqual([plan.entity_id, plan.request_id, common.request_id], [id, 'plan', '1'])
    const note = await amo.note.getNotesById(plan.id, kind)
    assert.deepEqual([note.entity_id, note.created_at, note.note_type], [id, created_at, 'attachment'])
    assert.deepEqual(note.params, {
      is_drive_attachment: true, text: 'Plan (1).txt', original_name: 'Plan (1).txt', file_uuid: file.uuid,
      version_uuid: file.version_uuid, file_name: 'Plan__1_.txt',
    })
    assert.deepEqual(linked(await files.getEntityFiles(id, kind)), [file.uuid])
    const found = async (query) => (await amo.note.getNotesByEntityId(id, kind, query))._embedded.notes.map((one) => one.id)
    assert.deepEqual(await found(), [plan.id, common.id])
    assert.deepEqual(await found({ order: { param: 'id', type: 'desc' } }), [common.id, plan.id])
    assert.deepEqual(await found({ filter: (f) => f.multi('note_type', ['attachment']) }), [plan.id])
    assert.deepEqual(await found({ filter: (f) => f.single('note_type', 'common') }), [common.id])
    assert.deepEqual(await found({ limit: 1, page: 2 }), [common.id])
    const byKind = await amo.note.getNotesByEntityType(kind, { filter: (f) => f.multi('id', [plan.id, common.id]) })
    assert.deepEqual(byKind._embedded.notes.map((one) => one.id), [plan.id, common.id])
    await amo.note.updateNotes(kind, [{ id: common.id, note_type: 'common', params: { text: 'and now?' } }])
    assert.equal((await amo.note.getNotesById(common.id, kind)).params.text, 'and now?')
    const params = { file_uuid: other.uuid, file_name: 'Other.txt', version_uuid: other.version_uuid }
    await amo.note.updateNoteById(plan.id, kind, { entity_id: id, note_type: 'attachment', params })
    assert.equal((await amo.note.getNotesById(plan.id, kind)).params.file_uuid, other.uuid)
    await problem(amo.note.getNotesById(987_654_321, kind), 404)
  })

  test(`fields of ${kind} are added, read, changed and removed`, async () => {
    const name = freshName()
    const { _embedded } = await amo.custom_fields.addCustomFields(kind, [{ name, type: 'file', sort: 4 }])
    const [{ id }] = _embedded.custom_fields
    const field = await amo.custom_fields.getCustomFieldById(id, kind)
    assert.deepEqual([field.name, field.type, field.sort, field.entity_type], [name, 'file', 4, kind])
    const page = await amo.custom_fields.getCustomFields(kind, undefined, { limit: 250 })
    assert.ok(page._embedded.custom_fields.some((one) => one.id === id))
    await amo.custom_fields.updateCustomFields(kind, [{ id, name: `${name} 2` }])
    assert.equal((await amo.custom_fields.updateCustomFieldById(id, kind, { name: `${name} 3` })).id, id)
    assert.equal((await amo.custom_fields.getCustomFieldById(id, kind)).name, `${name} 3`)
    assert.equal(await amo.custom_fields.deleteCustomFieldById(id, kind), null)
    await problem(amo.custom_fields.getCustomFieldById(id, kind), 404)
  })

  test(`a field of ${kind} holds a file, follows its versions, and knows when it is deleted`, async () => {
    const { _embedded } = await amo.custom_fields.addCustomFields(kind, [{ name: freshName(), type: 'file' }])
    const [{ id: field_id }] = _embedded.custom_fields
    const file = await someFile()
    const use = { file_uuid: file.uuid, version_uuid: null, file_name: null, file_size: null }
    const id = await add(kind, { name: freshName(), custom_fields_values: [{ field_id, values: [{ value: use }] }] })
    const value = async () => (await get(id)).custom_fields_values[0].values[0].value
    assert.deepEqual(await value(), {
      file_uuid: file.uuid, version_uuid: file.version_uuid, file_name: fullName(file), file_size: file.size,
      is_deleted: false,
    })
    const bytes = freshBytes(77)
    const newer = await upload(amo, bytes, freshName(), { file_uuid: file.uuid })
    assert.deepEqual((({ version_uuid, file_size }) => [version_uuid, file_size])(await value()), [newer.version_uuid, 77])
    const pinned = { file_uuid: file.uuid, version_uuid: file.version_uuid }
    await change(id, { custom_fields_values: [{ field_id, values: [{ value: pinned }] }] })
    assert.equal((await value()).version_uuid, file.version_uuid)
    assert.deepEqual(await content(newer._links.download), bytes)
    await hasNothing(files.getEntityFiles(id, kind))
    await files.deleteFiles([{ uuid: file.uuid }])
    assert.equal((await value()).is_deleted, true)
    await files.restoreFiles([{ uuid: file.uuid }])
    assert.equal((await value()).is_deleted, false)
    await change(id, { custom_fields_values: [{ field_id, values: [] }] })
    assert.equal((await get(id)).custom_fields_values, null)
  })
}

test('a batch with one bad file links none and says which', async () => {
  const [id, good, gone] = [await add('leads'), await someFile(), await someFile()]
  await files.deleteFiles([{ uuid: gone.uuid }])
  for (const bad of [NOBODYS, 'not-a-uuid', gone.uuid]) {
    const told = await problem(files.linkEntityFiles(id, 'leads', [{ file_uuid: good.uuid }, { file_uuid: bad }]), 400)
    const places = told['validation-errors'].map(({ request_id, errors }) => [request_id, errors[0].path])
    assert.deepEqual(places, [['1', '1.file_uuid']])
  }
  await hasNothing(files.getEntityFiles(id, 'leads'))
})

test('a note with a file that cannot be used is refused at its place, and none is made', async () => {
  const [id, gone] = [await add('leads'), await someFile()]
  await files.deleteFiles([{ uuid: gone.uuid }])
  const note = (params) => ({ entity_id: id, note_type: 'attachment', params: { file_name: 'a', ...params } })
  const common = { entity_id: id, note_type: 'common', params: { text: 'first' } }
  for (const [params, path] of [
    [{ file_uuid: gone.uuid }, '1.params.file_uuid'],
    [{ file_uuid: NOBODYS }, '1.params.file_uuid'],
    [{}, '1.params.file_uuid'],
    [{ file_uuid: gone.uuid, file_name: undefined }, '1.params.file_name'],
  ]) {
    const told = await problem(amo.note.addNotes('leads', [common, note(params)]), 400)
    assert.equal(told['validation-errors'][0].errors[0].path, path)
  }
  await hasNothing(amo.note.getNotesByEntityId(id, 'leads'))
})

test('files in the trash leave the tab and come back to it', async () => {
  const [id, file] = [await add('leads'), await someFile()]
  await files.linkEntityFiles(id, 'leads', [{ file_uuid: file.uuid }])
  await files.deleteFiles([{ uuid: file.uuid }])
  await hasNothing(files.getEntityFiles(id, 'leads'))
  await files.restoreFiles([{ uuid: file.uuid }])
  assert.deepEqual(linked(await files.getEntityFiles(id, 'leads')), [file.uuid])
})

test('a record that is not there is 404 for every call', async () => {
  const file = await someFile()
  const batch = [{ file_uuid: file.uuid }]
  await problem(files.getEntityFiles(987_654_321, 'leads'), 404)
  await problem(files.linkEntityFiles(987_654_321, 'leads', batch), 404)
  await problem(files.unlinkEntityFiles(987_654_321, 'leads', batch), 404)
  await problem(files.getFileEntities(NOBODYS), 404)
  await problem(amo.note.getNotesByEntityId(987_654_321, 'leads'), 404)
})

test('without the scope every call is 403 and names it', async () => {
  const id = await add('leads')
  const [crm, only, batch] = [connect(crmToken).file(url), connect(filesToken), [{ file_uuid: NOBODYS }]]
  for (const call of [
    () => crm.getEntityFiles(id, 'leads'), () => crm.linkEntityFiles(id, 'leads', batch),
    () => crm.unlinkEntityFiles(id, 'leads', batch), () => crm.getFileEntities(NOBODYS),
  ]) await problem(call(), 403, "'files'")
  for (const call of [
    () => only.lead.getLeads(), () => only.lead.addLeads([{}]), () => only.note.getNotesByEntityType('leads'),
    () => only.note.addNotes('leads', []), () => only.custom_fields.getCustomFields('leads'),
    () => only.custom_fields.addCustomFields('leads', []),
  ]) await problem(call(), 403, "'crm'")
})
