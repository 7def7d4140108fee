// The documentation pages in a real browser: they load without a request leaving the machine, and "try it" signs in and lists
// products. Run by ./run; needs the services of SHOPCTL_USERS and SHOPCTL_PRODUCTS (http://127.0.0.1:<port>).

import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const { SHOPCTL_USERS: users, SHOPCTL_PRODUCTS: products, SHOPCTL_PASSWORD: password, SCREENSHOTS: shots } = process.env;
const context = await chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), "docs-")), {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
  viewport: { width: 1100, height: 1000 },
});
const page = await context.newPage();
const asked = [];
const complaints = [];
page.on("request", request => asked.push(request.url()));
page.on("console", message => message.type() === "error" && complaints.push(message.text()));
page.on("pageerror", error => complaints.push(String(error)));

// Opens an operation, fills it in, sends it and gives what came back.
const send = async (operation, values) => {
  const box = page.locator(`#${operation}`);
  await box.locator("summary").click();
  for (const [name, value] of Object.entries(values)) await box.locator(`[name="${name}"]`).fill(value);
  await box.locator("button").click();
  await page.waitForFunction(id => /^\d{3} /.test(document.querySelector(`#${id} .status`).textContent), operation);
  const status = await box.locator(".status").textContent();
  return { status, body: JSON.parse(await box.locator("form pre").textContent()) };
};

try {
  await page.goto(`${users}/docs`);
  await page.waitForSelector("#login");
  assert.match(await page.title(), /users/);
  const refused = await send("list_users", {});
  assert.match(refused.status, /^401/);
  const signedIn = await send("login", { body: JSON.stringify({ email: "admin@example.com", password }) });
  assert.match(signedIn.status, /^200/);
  const token = await page.inputValue("#token");
  assert.equal(token, signedIn.body.access_token);
  await page.screenshot({ path: join(shots, "users.png") });

  await page.goto(`${products}/docs`);
  await page.waitForSelector("#list_products");
  await page.fill("#token", token);
  const listed = await send("list_products", { sort: "-price", limit: "5" });
  assert.match(listed.status, /^200/);
  assert.deepEqual(listed.body.items.map(item => [item.sku, item.status]), [["POT", "draft"], ["MUG", "active"]]);
  await page.locator("#list_products .status").scrollIntoViewIfNeeded();
  await page.screenshot({ path: join(shots, "products.png") });

  const elsewhere = asked.filter(url => !url.startsWith(users) && !url.startsWith(products));
  assert.deepEqual(elsewhere, [], "requests to other hosts");
  // The browser itself notes the 401 that was asked for.
  assert.deepEqual(complaints.filter(text => !text.includes("401")), []);
  console.log(`ok: ${asked.length} requests, all to the services; screenshots in ${shots}`);
} finally {
  await context.close();
}
