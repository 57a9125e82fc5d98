import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { tempFolder } from './temp-folder.ts'

export interface SelfSigned {
  readonly key: string
  readonly cert: string
  /** Path of the certificate, for `NODE_EXTRA_CA_CERTS`. */
  readonly certFile: string
}

export interface SelfSignedOptions {
  /** Names and addresses it is for. @default ['localhost', '127.0.0.1'] */
  readonly hosts?: readonly string[]
  /** Whether it was valid in the year 2001 only. @default false */
  readonly isExpired?: boolean
}

/** A certificate that nobody has signed but itself, made with `openssl`. */
export async function selfSigned(options: SelfSignedOptions = {}): Promise<SelfSigned> {
  const { hosts = ['localhost', '127.0.0.1'], isExpired = false } = options
  const folder = await tempFolder()
  const file = (name: string): string => join(folder, name)
  const names = hosts.map((host) => (/^[\d.]+$/.test(host) ? `IP:${host}` : `DNS:${host}`))
  writeFileSync(file('openssl.cnf'), configuration(folder, names.join(',')))
  writeFileSync(file('index.txt'), '')
  writeFileSync(file('serial'), '01')
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', file('key.pem')]
  const subject = ['-subj', `/CN=${hosts[0]}`, '-config', file('openssl.cnf')]
  await openssl(['req', '-new', ...key, ...subject, '-out', file('request.pem')])
  const dates = isExpired ? ['-startdate', '20010101000000Z', '-enddate', '20020101000000Z'] : ['-days', '2']
  const signing = ['-selfsign', '-keyfile', file('key.pem'), '-in', file('request.pem'), '-out', file('cert.pem')]
  await openssl(['ca', '-batch', '-notext', '-config', file('openssl.cnf'), ...dates, ...signing])
  return {
    key: readFileSync(file('key.pem'), 'utf8'),
    cert: readFileSync(file('cert.pem'), 'utf8'),
    certFile: file('cert.pem'),
  }
}

async function openssl(args: readonly string[]): Promise<void> {
  await promisify(execFile)('openssl', args)
}

function configuration(folder: string, names: string): string {
  return `
[req]
distinguished_name = subject
prompt = no
[subject]
CN = test
[ca]
default_ca = own
[own]
database = ${folder}/index.txt
serial = ${folder}/serial
new_certs_dir = ${folder}
default_md = sha256
policy = anything
unique_subject = no
x509_extensions = extensions
[anything]
commonName = supplied
[extensions]
basicConstraints = critical,CA:TRUE
subjectAltName = ${names}
`
}
