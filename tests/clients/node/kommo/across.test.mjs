// A file that came in through Kommo's client is the same file in every other face of the server.

import assert from 'node:assert/strict'
import test from 'node:test'
import { Client } from '@hubspot/api-client'
import { allToken, connect, content, freshBytes, freshName, mobilonDrive, token, upload, url } from './setup.mjs'

const amo = connect(token)
const drive = amo.file(url)
const hubspot = new Client({ accessToken: allToken, basePath: url })
const files = hubspot.files.filesApi

const native = async (path, how) => {
  const answer = await fetch(`${url}/v1${path}`, { ...how, headers: { authorization: `Bearer ${allToken}` } })
  return { status: answer.status, body: answer.status === 204 ? null : await answer.json() }
}

test('a file is found through HubSpot and the native API, with the same numbers, name and bytes', async () => {
  const bytes = freshBytes(300_000)
  const file = await upload(amo, bytes, freshName())
  const shown = await files.getById(String(file.id))
  const { name, extension, size, access } = shown
  assert.deepEqual([name, extension, size, access], [file.name, file.metadata.extension, file.size, 'PRIVATE'])
  const download = await hubspot.apiRequest({ path: `/files/v3/files/${file.id}/download` })
  assert.deepEqual(Buffer.from(await download.arrayBuffer()), bytes)
  const { status, body } = await native(`/files/${file.uuid}`)
  assert.equal(status, 200)
  assert.equal(body.id, file.uuid)
  const raw = await fetch(`${url}/v1/files/${file.uuid}/content`, { headers: { authorization: `Bearer ${allToken}` } })
  assert.deepEqual(Buffer.from(await raw.arrayBuffer()), bytes)
})

test("HubSpot's search finds it until it is deleted, and after it is restored", async () => {
  const file = await upload(amo, freshBytes(), freshName())
  const found = async () => {
    const answer = await hubspot.apiRequest({ path: `/files/v3/files/search?name=${file.name}` })
    return (await answer.json()).results.map(({ id }) => id)
  }
  assert.deepEqual(await found(), [String(file.id)])
  await files.archive(String(file.id))
  assert.deepEqual(await found(), [])
  assert.equal((await drive.getFileByUUID(file.uuid)).is_trashed, true)
  await mobilonDrive(token).restoreFileByUUID(file.uuid)
  assert.deepEqual(await found(), [String(file.id)])
})

test('a file of HubSpot is in the list of the drive, and its replacement is a version', async () => {
  const [name, first, second] = [freshName(), freshBytes(), freshBytes(90)]
  const options = JSON.stringify({ access: 'PRIVATE' })
  const { id } = await files.upload({ data: first, name }, undefined, '/kommo-across', undefined, undefined, options)
  const list = await drive.getFiles({ filter: (f) => f.single('name', name) })
  const [{ uuid, id: number }] = list._embedded.files
  assert.equal(String(number), id)
  await files.replace(id, { data: second, name }, undefined, options)
  const { _embedded } = await drive.getFileVersionByUUID(uuid)
  assert.deepEqual(await Promise.all(_embedded.versions.map(({ _links }) => content(_links.download))), [second, first])
})

test('a file that a note or a link of Kommo put on a record is on that record in the native API', async () => {
  const [{ id }] = (await amo.lead.addLeads([{ name: freshName() }]))._embedded.leads
  const [noted, linked] = [await upload(amo, freshBytes(), freshName()), await upload(amo, freshBytes(), freshName())]
  const params = { file_uuid: noted.uuid, file_name: 'plan' }
  await amo.note.addNotes('leads', [{ entity_id: id, note_type: 'attachment', params }])
  await drive.linkEntityFiles(id, 'leads', [{ file_uuid: linked.uuid }])
  const { body } = await native(`/records/deal/${id}/files`)
  assert.deepEqual(body.items.map(({ file }) => file.id).sort(), [noted.uuid, linked.uuid].sort())
})
