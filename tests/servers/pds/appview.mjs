// A real PDS with a real AppView behind it, for trying by hand what people see; ends on SIGTERM or SIGINT.
//   DB_POSTGRES_URL=postgresql://... REDIS_HOST=127.0.0.1:6379 node appview.mjs
// Prints one line of JSON when it answers: {"pds": address, "plc": address, "appview": address, "pid": number}.
import { TestNetwork } from '@atproto/dev-env'

const network = await TestNetwork.create({ dbPostgresSchema: 'dialoog', pds: { hostname: 'localhost' } })

async function end() {
  setTimeout(() => process.exit(0), 3000).unref()
  await network.close().catch(() => {})
  process.exit(0)
}
process.on('SIGTERM', end)
process.on('SIGINT', end)

const { pds, plc, bsky } = network
console.log(JSON.stringify({ pds: pds.url, plc: plc.url, appview: bsky.url, pid: process.pid }))
