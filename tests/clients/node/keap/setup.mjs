// What every test of Keap's Node clients starts from: clients with tokens, contents to send, and contacts of its own. A
// test looks at nothing but what it made, so the same server can be driven again and again.
//
//   ATTACHE_URL          where the server answers, such as http://127.0.0.1:8080
//   ATTACHE_TOKEN        a token with the scope keap:full
//   ATTACHE_USER_TOKEN   a token with keap:user

import assert from 'node:assert/strict'
import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import infusionsoft from 'infusionsoft-api'
import xmlrpc from 'xmlrpc'

export const url = setting('ATTACHE_URL')
export const token = setting('ATTACHE_TOKEN')
export const userToken = setting('ATTACHE_USER_TOKEN')

function setting(name) {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set; keap/setup.mjs says what these tests need`)
  return value
}

/** An id that no file has. */
export const NOBODYS = 2_147_483_647

/** Contents that every upload is tried with. */
export const SIZES = [0, 1, 2, 3, 1000, 3_000_000]

/** Names that every upload is tried with, new each time. */
export const names = () => ['pdf', 'tar.gz', 'ПДФ', '日本', `<a> & "b" 'c' ]] >`].map((end) => `${randomUUID()}.${end}`)

export const freshName = (extension = 'txt') => `report-${randomUUID()}.${extension}`
export const freshBytes = (length = 40) => randomBytes(length)
export const freshContact = () => randomInt(1_000, 2 ** 31 - 1)

/** The key of infusionsoft-api's own client of XML-RPC, an older one than ours. */
const own = createRequire(createRequire(import.meta.url).resolve('infusionsoft-api'))('xmlrpc')

/** infusionsoft-api, pointed here. */
export function context(key) {
  const made = new infusionsoft.DataContext('app', key)
  made.client = own.createClient(`${url}/api/xmlrpc`)
  return made
}

/** The columns of its table. */
export const { FileBox } = infusionsoft.api.tables

/** The client `xmlrpc` with the token in the query, in a header, or as the first argument; each gives a function that calls. */
export const WAYS = {
  parameter: (key) => caller({ ...place('/crm/xmlrpc/v1', `?access_token=${key}`) }, 'backwards-compatability'),
  key: (key) => caller({ ...place('/crm/xmlrpc'), headers: { 'X-Keap-API-Key': key } }, key),
  bearer: (key) => caller({ ...place('/crm/xmlrpc/v1/'), headers: { Authorization: `Bearer ${key}` } }, key),
  argument: (key) => caller(`${url}/api/xmlrpc`, key),
}

function place(path, query = '') {
  const { hostname: host, port } = new URL(url)
  return { host, port, path: path + query }
}

function caller(options, key) {
  const client = xmlrpc.createClient(options)
  return (method, ...parameters) => new Promise((resolve, reject) => {
    client.methodCall(method, [key, ...parameters], (error, value) => error ? reject(error) : resolve(value))
  })
}

/** What anybody gets at a link, without a token. */
export async function fetched(link) {
  const answer = await fetch(link)
  assert.equal(answer.status, 200)
  return { headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) }
}

/** Holds when a call ends in this fault. */
export const isFault = (call, code, words = '') => assert.rejects(async () => call, (error) => {
  assert.deepEqual([error.faultCode, error.faultString?.includes(words)], [code, true], String(error))
  return true
})
