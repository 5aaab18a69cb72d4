// Mobilon's client of the account: records, files on them, notes and fields.

import assert from 'node:assert/strict'
import test, { before } from 'node:test'
import {
  connect, crmToken, failure, filesToken, freshBytes, freshName, isProblem, mobilonAccount, NOBODYS, token, upload, url,
} from './setup.mjs'

const account = mobilonAccount(token)
const other = connect(token)

/** The id of the one record that a call made. */
const made = (kind) => ({ _embedded }) => {
  assert.equal(_embedded[kind].length, 1)
  return _embedded[kind][0].id
}
const addLead = (lead = {}) => account.addLead({ name: freshName(), ...lead }).then(made('leads'))
const addContact = (contact = {}) => account.addContact({ name: freshName(), ...contact }).then(made('contacts'))
const addCompany = (company = {}) => account.addCompany({ name: freshName(), ...company }).then(made('companies'))
const uuids = ({ _embedded }) => _embedded.files.map(({ file_uuid }) => file_uuid)
const someFile = () => upload(other, freshBytes(), freshName())

test('getAccount tells where the drive is', async () => {
  assert.equal((await account.getAccount({ driveUrl: true })).drive_url, url)
  const every = { amojoId: true, amojoRights: true, version: true, driveUrl: true, isApiFilterEnabled: true }
  const whole = await account.getAccount({ ...every, usersGroups: true, taskTypes: true })
  assert.ok(whole.amojo_id && whole.version)
  const { id, name, subdomain } = await account.getAccount()
  assert.deepEqual([typeof id, typeof name, typeof subdomain], ['number', 'string', 'string'])
})

test('addLead, getLeadById and updateLead agree', async () => {
  const name = freshName()
  const [base, pipeline] = [account.getBaseLeadPayload(name, 500), account.getPipelineLeadPayload(3_858_604, 37_066_879)]
  const id = await addLead({ ...base, ...pipeline })
  const lead = await account.getLeadById(id, { contacts: true })
  const { price, pipeline_id, status_id } = lead
  assert.deepEqual([lead.id, lead.name, price, pipeline_id, status_id], [id, name, 500, 3_858_604, 37_066_879])
  const { _embedded } = await account.updateLead([{ id, price: 700 }])
  assert.equal(_embedded.leads[0].id, id)
  assert.deepEqual((({ price, name }) => [price, name])(await account.getLeadById(id)), [700, name])
})

test('getLeads and getLeadsWithFilter have pages', async () => {
  const id = await addLead()
  for (const list of [account.getLeads.bind(account), account.getLeadsWithFilter.bind(account)]) {
    const page = await list({ page: 1, limit: 250 })
    assert.equal(page._page, 1)
    assert.ok(page._embedded.leads.length > 0)
    const far = await list({ page: 4000, limit: 250 })
    assert.equal(far, '')
  }
  assert.equal((await account.getLeads({ filter: { createdAtFrom: 1, createdAtTo: 4_000_000_000 } }))._page, 1)
  assert.equal((await account.getLeadById(id)).id, id)
})

test('addContact, getContact, getContacts and updateContact agree', async () => {
  const name = freshName()
  const id = await addContact({ name })
  assert.equal((await account.getContact(id, { leads: true })).name, name)
  assert.ok((await account.getContacts({ page: 1, limit: 250 }))._embedded.contacts.length > 0)
  const updated = await account.updateContact(id, { name: `${name} too` })
  assert.equal(updated.id, id)
  assert.equal((await account.getContact(id)).name, `${name} too`)
})

test('addCompany, getCompany and getCompanies agree', async () => {
  const name = freshName()
  const id = await addCompany({ name })
  assert.equal((await account.getCompany(id, { leads: true })).name, name)
  assert.ok((await account.getCompanies({ page: 1, limit: 250 }))._embedded.companies.length > 0)
})

test('linkFileToLead and getLeadFiles agree, newest first', async () => {
  const id = await addLead()
  assert.equal(await account.getLeadFiles(id), '')
  const [first, second] = [await someFile(), await someFile()]
  assert.deepEqual(await account.linkFileToLead(first.uuid, id), {})
  assert.deepEqual(await account.linkFileToLead(second.uuid, id), {})
  assert.deepEqual(await account.linkFileToLead(first.uuid, id), {})
  assert.deepEqual(uuids(await account.getLeadFiles(id)), [second.uuid, first.uuid])
})

test('linkFileToContact and getContactFiles agree', async () => {
  const [id, file] = [await addContact(), await someFile()]
  assert.deepEqual(await account.linkFileToContact(file.uuid, id), {})
  const list = await account.getContactFiles(id)
  assert.deepEqual(uuids(list), [file.uuid])
  assert.deepEqual(await account.getEntityFiles('contacts', id), list)
})

test('getCompanyFiles has what was linked to a company', async () => {
  const [id, file] = [await addCompany(), await someFile()]
  await other.file(url).linkEntityFiles(id, 'companies', [{ file_uuid: file.uuid }])
  assert.deepEqual(uuids(await account.getCompanyFiles(id)), [file.uuid])
})

test('a file or a record that is not there is refused in the words of the account', async () => {
  const [id, file] = [await addLead(), await someFile()]
  const unknown = await failure(account.linkFileToLead(file.uuid, 987_654_321))
  assert.equal(unknown.response.headers['content-type'], 'application/problem+json')
  isProblem(unknown.response.data, 404)
  isProblem((await failure(account.getLeadFiles(987_654_321))).response.data, 404)
  for (const bad of [NOBODYS, 'not-a-uuid']) {
    const { data } = (await failure(account.linkFileToLead(bad, id))).response
    isProblem(data, 400)
    const [{ request_id, errors }] = data['validation-errors']
    assert.deepEqual([request_id, errors[0].path], ['0', '0.file_uuid'])
  }
  assert.equal(await account.getLeadFiles(id), '')
})

test('addNote, addNoteToLead and addNoteToContact send a shape that is refused, and make nothing', async () => {
  const [lead, contact] = [await addLead(), await addContact()]
  const note = { note_type: 'common', params: { text: 'hello' }, is_need_to_trigger_digital_pipeline: false }
  isProblem((await failure(account.addNoteToLead(lead, note))).response.data, 400)
  isProblem((await failure(account.addNoteToContact(contact, note))).response.data, 400)
  isProblem((await failure(account.addNote('leads', lead, [note]))).response.data, 400)
  assert.equal(await account.getNotesByEntityId('leads', lead), '')
  assert.equal(await account.getContactNotes(contact), '')
})

/** An attachment and a common note on a record; their ids. */
async function addNotes(kind, entity_id) {
  const file = await someFile()
  const params = { file_uuid: file.uuid, file_name: 'The plan.txt', version_uuid: null }
  const common = { entity_id, note_type: 'common', params: { text: 'look' } }
  const notes = [{ entity_id, note_type: 'attachment', params }, common]
  const { _embedded } = await other.note.addNotes(kind, notes)
  return { file, ids: _embedded.notes.map(({ id }) => id) }
}

for (const [kind, add, one] of [
  ['leads', addLead, 'getLeadNoteById'],
  ['contacts', addContact, 'getContactNoteById'],
  ['companies', addCompany, 'getCompanyNoteById'],
]) {
  test(`the notes of ${kind} are read one by one, by record and by kind`, async () => {
    const id = await add()
    const { file, ids: [attachment, common] } = await addNotes(kind, id)
    const note = await account[one](id, attachment)
    assert.deepEqual([note.id, note.entity_id, note.note_type], [attachment, id, 'attachment'])
    const { file_uuid, version_uuid, text, is_drive_attachment: drive } = note.params
    assert.deepEqual([file_uuid, version_uuid, text, drive], [file.uuid, file.version_uuid, 'The plan.txt', true])
    assert.deepEqual(await account.getNoteById(kind, id, attachment), note)
    assert.equal((await account.getNoteById(kind, id, common)).params.text, 'look')
    const list = await account.getNotesByEntityId(kind, id)
    assert.deepEqual(list._embedded.notes.map((note) => note.id), [attachment, common])
    const all = { leads: 'getLeadsNotes', contacts: 'getContactsNotes', companies: 'getCompaniesNotes' }[kind]
    assert.ok((await account[all]({ page: 1, limit: 250 }))._embedded.notes.length > 1)
    assert.deepEqual(uuids(await account.getEntityFiles(kind, id)), [file.uuid])
    if (kind === 'contacts') assert.deepEqual(await account.getContactNotes(id), list)
    if (kind === 'companies') assert.deepEqual(await account.getCompanyNotes(id), list)
    const missing = await failure(account[one](id, 987_654_321))
    isProblem(missing.response.data, 404)
  })
}

let plan
before(async () => { plan = await someFile() })

for (const [kind, add, list, byId] of [
  ['leads', 'addLeadsCustomFields', 'getLeadsCustomFields', 'getLeadsCustomFieldById'],
  ['contacts', 'addContactsCustomFields', 'getContactsCustomFields', 'getContactsCustomFieldById'],
]) {
  test(`${add}, ${list} and ${byId} agree`, async () => {
    const name = freshName()
    const { _embedded } = await account[add]([{ name, type: 'file', sort: 510 }])
    const [field] = _embedded.custom_fields
    assert.deepEqual([field.name, field.type, field.sort, field.entity_type], [name, 'file', 510, kind])
    assert.deepEqual((await account[byId](field.id)).name, name)
    const { _embedded: page } = await account[list]({ page: 1, limit: 250 })
    assert.ok(page.custom_fields.some(({ id }) => id === field.id))
  })
}

test('getCompaniesCustomFields and getCompaniesCustomFieldById read a field', async () => {
  const { _embedded } = await other.custom_fields.addCustomFields('companies', [{ name: freshName(), type: 'file' }])
  const [{ id }] = _embedded.custom_fields
  assert.equal((await account.getCompaniesCustomFieldById(id)).id, id)
  assert.ok((await account.getCompaniesCustomFields({ limit: 250 }))._embedded.custom_fields.some((field) => field.id === id))
})

test('a file is put in a field with updateContact and taken out again', async () => {
  const { _embedded } = await account.addContactsCustomFields([{ name: freshName(), type: 'file' }])
  const [{ id: field_id }] = _embedded.custom_fields
  const id = await addContact()
  const values_in = [{ value: { file_uuid: plan.uuid } }]
  await account.updateContact(id, { custom_fields_values: [{ field_id, values: values_in }] })
  const [{ field_type, values }] = (await account.getContact(id)).custom_fields_values
  const { file_uuid, version_uuid, file_name, file_size, is_deleted } = values[0].value
  assert.equal(field_type, 'file')
  assert.deepEqual([file_uuid, version_uuid, file_size, is_deleted], [plan.uuid, plan.version_uuid, plan.size, false])
  assert.equal(file_name, `${plan.name}.${plan.metadata.extension}`)
  assert.equal(await account.getContactFiles(id), '')
  await account.updateContact(id, { custom_fields_values: [{ field_id, values: null }] })
  assert.equal((await account.getContact(id)).custom_fields_values, null)
})

test('addContact with the telephone number of getContactPayload is refused: only files are kept here', async () => {
  const { data } = (await failure(account.addContact(account.getContactPayload(freshName(), '+15550100')))).response
  isProblem(data, 400)
  assert.equal(data['validation-errors'][0].errors[0].path, 'custom_fields_values.0.field_code')
})

test('getUrl asks for any address of the account', async () => {
  const [id, file] = [await addLead(), await someFile()]
  await account.linkFileToLead(file.uuid, id)
  const { entities } = await account.getUrl(`/api/v4/files/${file.uuid}/links`, {})
  assert.deepEqual(entities.map(({ id, entity_type }) => [id, entity_type]), [[id, 'leads']])
})

test('without the scope every call is 403 and names it, without a good token 401', async () => {
  const lead = await addLead()
  const calls = (client) => [() => client.getLeadFiles(lead), () => client.linkFileToLead(NOBODYS, lead)]
  const cards = (client) => [
    () => client.getLeads({}), () => client.getLeadById(lead), () => client.addLead({}), () => client.getLeadsNotes({}),
  ]
  for (const call of calls(mobilonAccount(crmToken))) isProblem((await failure(call())).response.data, 403, "'files'")
  for (const call of cards(mobilonAccount(filesToken))) isProblem((await failure(call())).response.data, 403, "'crm'")
  const nobody = mobilonAccount('nobody.knows.it')
  for (const call of [...calls(nobody), ...cards(nobody)]) isProblem((await failure(call())).response.data, 401)
})
