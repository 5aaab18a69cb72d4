// What every test of Sonar's Node clients starts from: one way to ask through each client, uploads and downloads as Sonar's
// pages show them, and owners of its own. A test looks at nothing but what it made, so the same server can be driven again
// and again.
//
//   ATTACHE_URL          where the server answers, such as http://127.0.0.1:8080
//   ATTACHE_TOKEN        a token with all of Sonar's scopes
//   ATTACHE_READ_TOKEN   a token with sonar:READ_FILE, of user 2
//   ATTACHE_LINK_TOKEN   a token with sonar:CREATE_FILE and sonar:UPDATE_FILE, of user 3
//   ATTACHE_KEYS_TOKEN   a token with sonar:READ_FILE and settings, of user 4

import assert from 'node:assert/strict'
import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import { cacheExchange, Client, fetchExchange } from '@urql/core'
import { gql, GraphQLClient } from 'graphql-request'

export const url = setting('ATTACHE_URL')
export const token = setting('ATTACHE_TOKEN')
export const readToken = setting('ATTACHE_READ_TOKEN')
export const linkToken = setting('ATTACHE_LINK_TOKEN')
export const keysToken = setting('ATTACHE_KEYS_TOKEN')
export const endpoint = `${url}/api/graphql`

function setting(name) {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set; sonar/setup.mjs says what these tests need`)
  return value
}

/** An id that no file has. */
export const NOBODYS = '2147483647'

export const bearer = (key) => ({ Authorization: `Bearer ${key}` })
export const freshName = (extension = 'txt') => `report-${randomUUID()}.${extension}`
export const freshBytes = (length = 40) => randomBytes(length)
/** The id of something that has no files; it needs no making. */
export const freshId = () => randomInt(1_000, 2 ** 47)

/** A client of graphql-request. */
export const graphqlRequest = (key, options = {}) => new GraphQLClient(endpoint, { headers: bearer(key), ...options })

/** A client of urql, without what stands by default in front of what it fetches: a cache. */
export const urql = (key, options = {}) => new Client({
  url: endpoint, exchanges: [fetchExchange], fetchOptions: { headers: bearer(key) }, ...options,
})

/** The same with its cache, as its page shows it. */
export const urqlCached = (key) => urql(key, { exchanges: [cacheExchange, fetchExchange] })

/** What a client of urql brings: the data, or the error, thrown. */
async function brought(client, document, variables) {
  const isMutation = document.trimStart().startsWith('mutation')
  const { data, error } = await (isMutation ? client.mutation(document, variables) : client.query(document, variables))
  if (error) throw error
  return data
}

/** Each way to ask: a token makes it a function of a document and its variables, which throws what the client throws. */
export const WAYS = {
  'graphql-request': (key) => (document, variables) => graphqlRequest(key).request(gql`${document}`, variables),
  'graphql-request by GET': (key) => (document, variables) => graphqlRequest(key, { method: 'GET' }).request(document, variables),
  // Queries go by GET as long as they are short.
  urql: (key) => (document, variables) => brought(urql(key), document, variables),
  'urql with its cache': (key) => (document, variables) => brought(urqlCached(key), document, variables),
  'urql by POST': (key) => (document, variables) => brought(urql(key, { preferGetMethod: false }), document, variables),
}

/** The errors in what a client threw: of graphql-request in the answer, of urql beside each other. */
export const errorsOf = (error) => error.response?.errors ?? error.graphQLErrors ?? assert.fail(String(error))

/** Holds when a call is refused with one error of this category, at this field, whose message has these words. */
export const isRefused = (call, category, path, words = '') => assert.rejects(async () => call, (error) => {
  const [told, ...more] = errorsOf(error)
  assert.deepEqual([more, told.extensions.category, told.path?.join('.')], [[], category, path], JSON.stringify(told))
  assert.ok(told.message.length > 0 && JSON.stringify(told).includes(words), JSON.stringify(told))
  assert.ok(told.extensions.request_id, JSON.stringify(told))
  return true
})

/** Sends files in one form, in the parts that Sonar's page names; the answer of HTTP. */
export function send(files, key = token) {
  const form = new FormData()
  for (const [name, bytes] of files) form.append('files[]', new Blob([bytes]), name)
  return fetch(`${url}/api/files`, { method: 'POST', headers: bearer(key), body: form })
}

/** Puts a file in; its id. */
export async function put(name = freshName(), bytes = freshBytes(), key = token) {
  const answer = await send([[name, bytes]], key)
  assert.equal(answer.status, 200)
  const { files: [file] } = await answer.json()
  assert.deepEqual(file, { id: file.id, filename: name, stored: true, failure_message: null })
  return file.id
}

/** What anybody with this token gets for a file. */
export async function fetched(id, key = token) {
  const answer = await fetch(`${url}/api/files/${id}`, { headers: bearer(key) })
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) }
}

export const LINK = `mutation Link($input: LinkFileToEntityMutationInput) {
  linkFileToEntity(input: $input) { id created_at updated_at }
}`

/** Puts a file in and links it; its id as GraphQL says it. */
export async function putOn(ask, type, owner, name = freshName(), bytes = freshBytes()) {
  const id = await put(name, bytes)
  const { linkFileToEntity } = await ask(LINK, { input: { fileable_type: type, fileable_id: owner, files: [{ file_id: id }] } })
  assert.equal(linkFileToEntity.id, String(owner))
  return String(id)
}
