// Opens GraphiQL in a headless browser, types a query and reads the answer.
//
//   node graphiql.mjs PLAYWRIGHT CHROMIUM URL [QUERY] [EXPECTED]
//
// PLAYWRIGHT is the folder of the npm package playwright-core, which only drives the browser,
// CHROMIUM the program, URL that of /graphql. The page passes if the answer to QUERY (default:
// { __typename }) contains EXPECTED (default: "Query"), nothing on the page failed to load, the
// browser reported no error, and nothing was asked of another server than URL's.

import { createRequire } from "node:module";

const [playwright, executablePath, url, query = "{ __typename }", expected = '"Query"'] = process.argv.slice(2);
if (!playwright || !executablePath || !url) {
  console.error("usage: node graphiql.mjs PLAYWRIGHT CHROMIUM URL [QUERY] [EXPECTED]");
  process.exit(2);
}
const { chromium } = createRequire(import.meta.url)(playwright);

const problems = [];
const browser = await chromium.launch({
  executablePath,
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
  await editor.waitFor({ timeout: 45_000 });
  await editor.click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(query);
  await page.locator("button.graphiql-execute-button").click();
  const answer = page.locator(".result-window .CodeMirror-code");
  await answer.filter({ hasText: "data" }).waitFor({ timeout: 45_000 });
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
