// Opens GraphiQL in a headless browser, types a query and reads the answer.
//
//   node graphiql.mjs URL CHROMIUM [QUERY] [EXPECTED]
//
// URL is that of /graphql, CHROMIUM the program. The page passes if the answer to QUERY
// (default: { __typename }) contains EXPECTED (default: "Query"), nothing on the page failed to
// load, the browser reported no error, and nothing was asked of another server than URL's.
// playwright-core, which only drives the browser, is installed into a temporary folder.

import { execFileSync } from "node:child_process";
import { mkdirSync, existsSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PLAYWRIGHT = "1.65.1";
const [url, chromium, query = "{ __typename }", expected = '"Query"'] = process.argv.slice(2);
if (!url || !chromium) {
  console.error("usage: node graphiql.mjs URL CHROMIUM [QUERY] [EXPECTED]");
  process.exit(2);
}

function playwright() {
  const folder = join(tmpdir(), `playwright-core-${PLAYWRIGHT}`);
  const module = join(folder, "node_modules", "playwright-core");
  if (!existsSync(module)) {
    mkdirSync(folder, { recursive: true });
    const install = ["install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"];
    execFileSync("npm", [...install, `playwright-core@${PLAYWRIGHT}`], { stdio: ["ignore", "ignore", "inherit"] });
  }
  return createRequire(import.meta.url)(module);
}

const problems = [];
const browser = await playwright().chromium.launch({
  executablePath: chromium,
  // Containers run as root and have a small /dev/shm.
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});
try {
  const page = await browser.newPage();
  const origin = new URL(url).origin;
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`script: ${error.message}`));
  page.on("requestfailed", (request) => problems.push(`not loaded: ${request.url()}`));
  page.on("response", (response) => {
    if (response.status() >= 400) problems.push(`status ${response.status()}: ${response.url()}`);
  });
  page.on("request", (request) => {
    const address = request.url();
    if (!address.startsWith(origin) && !address.startsWith("data:")) problems.push(`foreign: ${address}`);
  });

  await page.goto(url);
  const editor = page.locator(".graphiql-query-editor .CodeMirror").first();
  await editor.waitFor({ timeout: 20_000 });
  await editor.click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(query);
  await page.locator("button.graphiql-execute-button").click();
  const answer = page.locator(".result-window .CodeMirror-code");
  await answer.filter({ hasText: "data" }).waitFor({ timeout: 20_000 });
  const text = await answer.innerText();
  if (!text.includes(expected)) problems.push(`the answer lacks ${expected}: ${text}`);
} catch (error) {
  problems.push(error.message);
} finally {
  await browser.close();
}

if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
console.log("GraphiQL answers");
