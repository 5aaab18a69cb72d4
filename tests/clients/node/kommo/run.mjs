// Runs the tests beside it. Kommo's clients speak to an account over https alone, so they get a door of TLS in front of
// the server, with a certificate of its own that their process is told to trust. Needs openssl.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const server = new URL(process.env.ATTACHE_URL ?? '')

/** A key and a certificate for `localhost`, in files of `folder`. */
function certificate(folder) {
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name))
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  execFileSync('openssl', ['req', '-x509', ...kind, ...name, '-keyout', key, '-out', cert], { stdio: 'pipe' })
  return { key, cert }
}

/** Hands a request on as it is, and its answer back. */
function forward(asked, answer) {
  const { method, url: path, headers } = asked
  const on = request({ host: server.hostname, port: server.port, method, path, headers }, (got) => {
    answer.writeHead(got.statusCode, got.statusMessage, got.headers)
    got.pipe(answer)
  })
  on.on('error', () => answer.destroy())
  asked.pipe(on)
}

const folder = mkdtempSync(join(tmpdir(), 'attache-door-'))
try {
  const { key, cert } = certificate(folder)
  const door = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, forward)
  await once(door.listen(0, 'localhost'), 'listening')
  const tests = readdirSync(here).filter((name) => name.endsWith('.test.mjs')).sort().map((name) => join(here, name))
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: cert, ATTACHE_ACCOUNT_HOST: `localhost:${door.address().port}` }
  const run = spawn(process.execPath, ['--test', '--test-reporter=spec', ...tests], { stdio: 'inherit', env })
  const [code] = await once(run, 'exit')
  process.exitCode = code ?? 1
  door.close()
  door.closeAllConnections()
} finally {
  rmSync(folder, { recursive: true })
}
