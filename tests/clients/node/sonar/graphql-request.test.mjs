// graphql-request: what it has besides asking: errors beside data, raw answers, several requests in one, calls that are
// called off, and headers of a single request.

import assert from 'node:assert/strict'
import test from 'node:test'
import { batchRequests, ClientError, gql, rawRequest, request } from 'graphql-request'
import {
  bearer, endpoint, freshId, freshName, graphqlRequest, isRefused, keysToken, NOBODYS, put, putOn, readToken, token,
} from './setup.mjs'

const client = graphqlRequest(token)
const ME = gql`{ me { id } }`
const DELETE = gql`mutation Gone($id: Int64Bit!) { deleteFile(id: $id) { success } }`

test('the function without a client takes the token in its headers', async () => {
  const { me } = await request({ url: endpoint, document: ME, requestHeaders: bearer(readToken) })
  assert.equal(me.id, '2')
})

test('rawRequest shows the status and the headers of an answer', async () => {
  const { data, status, headers } = await rawRequest(endpoint, ME, {}, bearer(token))
  assert.deepEqual([data.me.id, status], ['1', 200])
  assert.match(headers.get('content-type'), /^application\/(graphql-response\+)?json/)
})

test('headers of one request stand in front of those of the client', async () => {
  assert.equal((await client.request(ME, undefined, bearer(readToken))).me.id, '2')
})

test('an error is a ClientError with the answer, which has HTTP 200 and null for its field', async () => {
  await assert.rejects(client.request(DELETE, { id: NOBODYS }), (error) => {
    assert.ok(error instanceof ClientError)
    assert.deepEqual([error.response.status, error.response.data], [200, { deleteFile: null }])
    assert.equal(error.message.startsWith(error.response.errors[0].message), true)
    return true
  })
})

test('errorPolicy all and ignore keep what went well beside what did not', async () => {
  const id = await put()
  const both = `mutation { gone: deleteFile(id: ${id}) { success } never: deleteFile(id: ${NOBODYS}) { success } }`
  const { data, errors } = await graphqlRequest(token, { errorPolicy: 'all' }).rawRequest(both)
  assert.deepEqual(data, { gone: { success: true }, never: null })
  assert.deepEqual(errors.map((error) => [error.path, error.extensions.category]), [[['never'], 'not_found']])
  assert.deepEqual(await graphqlRequest(token, { errorPolicy: 'ignore' }).request(DELETE, { id: NOBODYS }), { deleteFile: null })
})

test('batchRequests sends several documents as one, and each has its own answer', async () => {
  const owner = freshId()
  const id = await putOn((...asked) => client.request(...asked), 'Account', owner)
  const FILES = gql`query Of($id: Int64Bit) { files(fileable_type: Account, fileable_id: $id) { entities { id } } }`
  const documents = [{ document: ME }, { document: FILES, variables: { id: owner } }, { document: FILES, variables: { id: owner + 1 } }]
  const expected = [{ me: { id: '1' } }, { files: { entities: [{ id }] } }, { files: { entities: [] } }]
  assert.deepEqual((await batchRequests(endpoint, documents, bearer(token))).map((answer) => answer.data), expected)
  assert.deepEqual((await client.batchRequests(documents)).map((answer) => answer.data), expected)
})

test('a token that may make others makes one, which is its users until it is deleted', async () => {
  const keeper = graphqlRequest(keysToken)
  const CREATE = gql`mutation Make($input: CreatePersonalAccessTokenMutationInput) {
    createPersonalAccessToken(input: $input) { id name token revoked }
  }`
  const name = freshName()
  const { createPersonalAccessToken: made } = await keeper.request(CREATE, { input: { name } })
  assert.deepEqual([made.name, made.revoked, (await graphqlRequest(made.token).request(ME)).me.id], [name, false, '4'])
  const LIST = gql`{ personal_access_tokens { entities { id name token } } }`
  const listed = async () => (await keeper.request(LIST)).personal_access_tokens.entities.filter((key) => key.name === name)
  assert.deepEqual(await listed(), [{ id: made.id, name, token: null }])
  const gone = await keeper.request(gql`mutation End($id: Int64Bit!) { deletePersonalAccessToken(id: $id) { success } }`, { id: made.id })
  assert.deepEqual([gone.deletePersonalAccessToken.success, await listed()], [true, []])
  await assert.rejects(graphqlRequest(made.token).request(ME), (error) => error.response.status === 401)
  await isRefused(client.request(CREATE, { input: { name } }), 'authorization', 'createPersonalAccessToken')
})

test('a request that is called off ends', async () => {
  const controller = new AbortController()
  const asked = client.request({ document: ME, signal: controller.signal })
  controller.abort()
  await assert.rejects(asked, { name: 'AbortError' })
})

test('numbers are taken as numbers and as texts, in variables and in documents', async () => {
  const owner = freshId()
  const id = await putOn((...asked) => client.request(...asked), 'Account', owner)
  const ONE = gql`query One($id: Int64Bit) { files(id: $id) { entities { id fileable_id } } }`
  for (const said of [Number(id), id]) {
    assert.deepEqual((await client.request(ONE, { id: said })).files.entities, [{ id, fileable_id: String(owner) }])
  }
  for (const said of [id, `"${id}"`]) {
    assert.deepEqual((await client.request(`{ files(id: ${said}) { entities { id } } }`)).files.entities, [{ id }])
  }
  await isRefused(client.request(ONE, { id: 'seven' }), 'graphql', undefined)
})
