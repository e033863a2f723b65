// A real Bluesky PDS (with its own PLC directory) on loopback; ends on SIGTERM, SIGINT or when stdin closes.
//   node pds.mjs --port 2583 [--data FOLDER] [--rate-limits] [--stand-in https://there/=http://127.0.0.1:1/]
// What it would fetch from the address before the = it fetches from the one behind it: a site that isn't there.
// Prints one line of JSON when it answers: {"pds": address, "plc": address, "pid": number}.
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { TestNetworkNoAppView } from '@atproto/dev-env'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '2583' },
    data: { type: 'string' },
    'rate-limits': { type: 'boolean', default: false },
    'stand-in': { type: 'string', default: '' },
  },
})

const port = Number(values.port)
const folders = {}
if (values.data) {
  folders.dataDirectory = path.join(values.data, 'data')
  folders.blobstoreDiskLocation = path.join(values.data, 'blobs')
  folders.blobstoreDiskTmpLocation = path.join(values.data, 'incoming')
  await Promise.all(Object.values(folders).map((folder) => mkdir(folder, { recursive: true })))
}

if (values['stand-in']) {
  const [there, here] = values['stand-in'].split('=')
  const fetchThere = globalThis.fetch
  globalThis.fetch = (input, init) => {
    const address = input instanceof Request ? input.url : String(input)
    return address.startsWith(there) ? fetchThere(here + address.slice(there.length)) : fetchThere(input, init)
  }
}

const network = await TestNetworkNoAppView.create({
  pds: { port, hostname: 'localhost', rateLimitsEnabled: values['rate-limits'], ...folders },
  plc: {},
})

let ending = false
async function end() {
  if (ending) return
  ending = true
  setTimeout(() => process.exit(0), 3000).unref()
  await network.close().catch(() => {})
  process.exit(0)
}
process.on('SIGTERM', end)
process.on('SIGINT', end)
process.stdin.on('end', end).on('error', end).resume()

console.log(JSON.stringify({ pds: network.pds.url, plc: network.plc.url, pid: process.pid }))
