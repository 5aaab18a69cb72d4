// What tools read out of the server: the schema by introspection, with graphql 16, graphql 17 and get-graphql-schema. Each
// finds the file that the server's schema is made of, whole.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import test from 'node:test'
import { promisify } from 'node:util'
import * as graphql16 from 'graphql'
import * as graphql17 from 'graphql-17'
import { bearer, endpoint, token } from './setup.mjs'

const require = createRequire(import.meta.url)
const SCHEMA = fs.readFileSync(new URL('../../../../dialects/sonar/schema.graphql', import.meta.url), 'utf8')
const EVERYTHING = {
  descriptions: true, specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true, inputValueDeprecation: true, oneOf: true,
}

async function introspected(query) {
  const headers = { ...bearer(token), 'Content-Type': 'application/json' }
  const answer = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify({ query }) })
  const { data, errors } = await answer.json()
  assert.equal(errors, undefined, JSON.stringify(errors))
  return data
}

for (const [name, graphql] of Object.entries({ 'graphql 16': graphql16, 'graphql 17': graphql17 })) {
  const { buildClientSchema, buildSchema, getIntrospectionQuery, lexicographicSortSchema, printSchema, validateSchema } = graphql
  const printed = (schema) => printSchema(lexicographicSortSchema(schema))

  for (const options of [{}, EVERYTHING, { descriptions: false }]) {
    test(`${name}: introspection with ${JSON.stringify(options)} gives a client schema without a fault`, async () => {
      const schema = buildClientSchema(await introspected(getIntrospectionQuery(options)))
      assert.deepEqual(validateSchema(schema), [])
      assert.ok('linkFileToEntity' in schema.getMutationType().getFields())
    })
  }

  test(`${name}: what introspection tells is the schema file, descriptions and defaults included`, async () => {
    // What the schema says of itself as a whole is the server's own, and not in the file.
    const schema = buildClientSchema(await introspected(getIntrospectionQuery({ ...EVERYTHING, schemaDescription: false })))
    assert.equal(printed(schema), printed(buildSchema(SCHEMA)))
  })

  test(`${name}: the queries of the scripts are valid by what introspection tells`, async () => {
    const schema = buildClientSchema(await introspected(getIntrospectionQuery()))
    for (const [document, faults] of [
      ['{ files (fileable_type:TicketReply fileable_id:49) { entities { id filename } } }', 0],
      ['mutation { linkFileToEntity (input:{ files:{ file_id:61 } fileable_type:Account fileable_id:1 }) { id } }', 0],
      ['mutation ($input: LinkFileToEntityMutationInput) { linkFileToEntity(input: $input) { id } }', 0],
      ['{ files(fileable_type: Contact) { entities { id } } }', 1],
    ]) assert.equal(graphql.validate(schema, graphql.parse(document)).length, faults, document)
  })
}

test('get-graphql-schema prints the schema, as text and as JSON', async () => {
  const manifest = require.resolve('get-graphql-schema/package.json')
  const { bin } = JSON.parse(fs.readFileSync(manifest, 'utf8'))
  const program = path.join(path.dirname(manifest), bin)
  const run = async (...more) => (await promisify(execFile)(process.execPath, [
    program, '-h', `Authorization=Bearer ${token}`, endpoint, ...more,
  ], { maxBuffer: 2 ** 26 })).stdout
  const { buildClientSchema, buildSchema, lexicographicSortSchema, printSchema } = graphql16
  const printed = (schema) => printSchema(lexicographicSortSchema(schema))
  assert.equal(printed(buildSchema(await run())), printed(buildSchema(SCHEMA)))
  assert.equal(printed(buildClientSchema(JSON.parse(await run('--json')))), printed(buildSchema(SCHEMA)))
})
