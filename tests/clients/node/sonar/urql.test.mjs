// urql: its one error for all that can go wrong, what it does by GET and by POST, and answers that come from its cache.

import assert from 'node:assert/strict'
import test from 'node:test'
import { CombinedError, fetchExchange, gql } from '@urql/core'
import { freshId, NOBODYS, put, putOn, token, urql, urqlCached } from './setup.mjs'

const OF = gql`query Of($id: Int64Bit) { files(fileable_type: Account, fileable_id: $id) { entities { id description } } }`

/** A client that notes with which method it fetched. */
function noting(options) {
  const methods = []
  const noted = (...asked) => {
    methods.push(asked[1].method)
    return fetch(...asked)
  }
  return [urql(token, { fetch: noted, ...options }), methods]
}

test('queries go by GET when they are short, by POST when they are long or when that is wanted', async () => {
  const owner = freshId()
  const [client, methods] = noting()
  const long = gql`query Of($id: Int64Bit, $text: String) { files(fileable_id: $id, description: $text) { entities { id } } }`
  assert.deepEqual((await client.query(OF, { id: owner })).data.files.entities, [])
  assert.deepEqual((await client.query(long, { id: owner, text: 'x'.repeat(3000) })).data.files.entities, [])
  assert.deepEqual(methods, ['GET', 'POST'])
  const [poster, posted] = noting({ preferGetMethod: false })
  await poster.query(OF, { id: owner })
  assert.deepEqual(posted, ['POST'])
  const [forced, got] = noting({ preferGetMethod: 'force' })
  assert.deepEqual((await forced.query(long, { id: owner, text: 'x'.repeat(3000) })).data.files.entities, [])
  assert.deepEqual(got, ['GET'])
})

test('a CombinedError holds the errors of GraphQL beside the data that is there', async () => {
  const id = await put()
  const { data, error } = await urql(token).mutation(gql`mutation Both($id: Int64Bit!, $never: Int64Bit!) {
    gone: deleteFile(id: $id) { success } never: deleteFile(id: $never) { success }
  }`, { id, never: NOBODYS })
  assert.deepEqual(data, { gone: { success: true }, never: null })
  assert.ok(error instanceof CombinedError)
  assert.equal(error.networkError, undefined)
  assert.deepEqual(error.graphQLErrors.map((told) => [told.path, told.extensions.category]), [[['never'], 'not_found']])
})

test('without a token the answer is a 401, and the error in it says so', async () => {
  const { error } = await urql(token, { fetchOptions: {} }).query('{ me { id } }', {})
  assert.deepEqual(error.graphQLErrors.map((told) => told.extensions.category), ['authentication'])
  assert.equal(error.response.status, 401)
  assert.equal(error.response.headers.get('www-authenticate').startsWith('Bearer'), true)
})

test('what the cache holds of files is forgotten when one of them changes', async () => {
  const owner = freshId()
  const cached = urqlCached(token)
  const ask = async (document, variables) => (await cached.mutation(document, variables)).data
  const id = await putOn(ask, 'Account', owner)
  const described = async () => (await cached.query(OF, { id: owner })).data.files.entities.map((file) => file.description)
  assert.deepEqual(await described(), [null])
  await ask(gql`mutation Say($id: Int64Bit!) { updateFile(id: $id, input: { description: "Signed" }) { id description } }`, { id })
  assert.deepEqual(await described(), ['Signed'])
})

test('a client with nothing but fetchExchange in it asks in a few lines', async () => {
  const client = urql(token, { exchanges: [fetchExchange] })
  assert.equal((await client.query('{ me { id } }', {}).toPromise()).data.me.id, '1')
})
