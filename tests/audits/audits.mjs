// Runs the reference audits of GraphQL over HTTP against a server.
//
//   node audits.mjs GRAPHQL_HTTP URL
//
// GRAPHQL_HTTP is the folder of the npm package graphql-http, URL that of /graphql. Fails if an
// audit that says MUST or SHOULD does; one that says MAY is only shown.

import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, url] = process.argv.slice(2);
if (!folder || !url) {
  console.error("usage: node audits.mjs GRAPHQL_HTTP URL");
  process.exit(2);
}
const { serverAudits } = await import(pathToFileURL(join(folder, "lib/audits/index.mjs")));

const audits = serverAudits({ url, fetchFn: fetch });
let failures = 0;
for (const audit of audits) {
  const result = await audit.fn();
  if (result.status === "ok") continue;
  // notice is a MAY, warn a SHOULD, error a MUST.
  if (result.status !== "notice") failures += 1;
  const body = await result.response.text().catch(() => "(no body)");
  console.log(`${result.status}: ${result.id} ${result.name}: ${result.reason}`);
  console.log(`  ${result.response.status} ${body.slice(0, 300)}`);
}
console.log(`${audits.length} audits, ${failures} failed`);
process.exitCode = failures > 0 || audits.length === 0 ? 1 : 0;
