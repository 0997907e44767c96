// A person makes an account on a phone, without scripts, and has the identity verified at a counter, where a clerk
// works in another window.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { accounts, startDemo } from '../support/portal.mjs';
import { axe, axeWithoutScripts, complaints, desktop, launch, phone, picture, scrollsSideways } from './support/browser.mjs';

const PASSWORD = 'kolo mlha vratka osm';
let portal, browser;
before(async () => {
  portal = await startDemo();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  assert.equal(await portal.stop(), 0, portal.log);
  await portal.remove();
});

async function fine(page, name, look = axe) {
  await picture(page, `account-${name}`);
  assert.deepEqual(await look(page), [], name);
  assert.equal(await scrollsSideways(page), false, `${name} scrolls sideways`);
}

/** The address in the latest mail of the demo's mailbox. */
async function follow(page) {
  for (let i = 0; ; i++) {
    await page.goto(`${portal.url}/demo/mailbox`);
    const link = page.locator('section a').first();
    if (await link.count()) { await link.click(); return; }
    assert.ok(i < 40, 'no mail came');
    await page.waitForTimeout(250);
  }
}

test('from the sign-in page to a verified identity', async () => {
  const context = await phone(browser, { javaScriptEnabled: false }), page = await context.newPage();
  await page.goto(`${portal.url}/login?lang=cs`);
  await page.getByRole('link', { name: 'Nemáte účet? Založte si ho' }).click();
  await page.getByLabel('Jméno a příjmení').fill('Jana Nováková');
  await page.getByLabel('E-mail').fill('jana@example.cz');
  await page.getByLabel('Heslo').fill('krátké');
  await page.getByRole('button', { name: 'Založit účet' }).click();
  await fine(page, 'register', axeWithoutScripts);
  assert.match(await page.getByLabel('Heslo').getAttribute('aria-describedby'), /fault/);
  await page.getByLabel('Heslo').fill(PASSWORD);
  await page.getByRole('button', { name: 'Založit účet' }).click();
  await page.getByRole('heading', { name: 'Podívejte se do pošty' }).waitFor();
  await follow(page);
  await page.getByRole('button', { name: 'Dokončit' }).click();
  await page.getByRole('heading', { name: 'Jana Nováková' }).waitFor();
  await page.getByRole('link', { name: 'Ověřit totožnost' }).click();
  await page.getByLabel('Jméno', { exact: true }).fill('Jana');
  await page.getByLabel('Příjmení').fill('Nováková');
  await page.getByLabel('Datum narození').fill('31. 2. 1985');
  await page.getByLabel('Adresa trvalého pobytu').fill('Americká 42, 301 00 Plzeň');
  await page.getByRole('button', { name: 'Získat kód' }).click();
  await fine(page, 'say', axeWithoutScripts);
  assert.equal(await page.getByLabel('Datum narození').inputValue(), '31. 2. 1985');
  await page.getByLabel('Datum narození').fill('24. 11. 1985');
  await page.getByRole('button', { name: 'Získat kód' }).click();
  await fine(page, 'code', axeWithoutScripts);
  const code = (await page.locator('.code').textContent()).trim();
  assert.match(code, /^[0-9a-z]{4}-[0-9a-z]{4}$/);

  const counter = await (await desktop(browser)).newPage(), heard = complaints(counter);
  await counter.goto(`${portal.url}/login?next=/office/identity&lang=cs`);
  await counter.getByLabel('E-mail nebo přihlašovací jméno').fill('umo-3');
  await counter.getByLabel('Heslo').fill(accounts(portal.folder)['umo-3']);
  await counter.keyboard.press('Enter');
  await counter.getByRole('heading', { name: 'Ověření totožnosti', level: 1 }).waitFor();
  assert.equal(await counter.getByText(code).count(), 0, 'the list of who waits shows no codes');
  await counter.getByLabel('Kód, který člověk ukáže').fill(code.toUpperCase().replace('-', ' '));
  await counter.keyboard.press('Enter');
  await counter.getByRole('heading', { name: 'Jana Nováková' }).waitFor();
  await fine(counter, 'counter');
  await counter.getByLabel('občanský průkaz').check();
  await counter.getByLabel('Poslední znaky čísla dokladu').fill('12a4');
  await counter.getByRole('button', { name: 'Potvrdit totožnost' }).click();
  await counter.getByText('Hotovo, je to zapsané.').waitFor();
  await fine(counter, 'counter-done');
  assert.deepEqual(heard, []);

  await page.reload();
  assert.match(await page.textContent('main'), /Vaše totožnost je ověřená/);
  await fine(page, 'verified', axeWithoutScripts);

  // what the dog register keeps under a number is compared and linked by the same clerk; the account shows it
  execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(portal.folder, 'portal.db'), `INSERT INTO records (tenant, agenda, key, person, kind, data, from_day, changed_at_us) VALUES ('plzen', 'dog_fee', 'znamka-1042', '5550001042', 'dog', '{"dog_name":"Rek","breed":"jezevčík"}', '2024-01-01', 1)`]);
  await counter.getByRole('link', { name: 'Propojení účtu s evidencí' }).click();
  await counter.getByLabel('Účet').fill('jana@example.cz');
  await counter.getByLabel('Agenda').selectOption('dog_fee');
  await counter.getByLabel('Číslo člověka v evidenci').fill('5550001042');
  await counter.keyboard.press('Enter');
  await counter.getByText('znamka-1042').waitFor();
  assert.match(await counter.textContent('main'), /24\. 11\. 1985[^]*jezevčík/);
  await fine(counter, 'link');
  await counter.getByRole('button', { name: 'Propojit účet s číslem' }).click();
  await counter.getByText('Hotovo, je to zapsané.').waitFor();
  await page.goto(`${portal.url}/account/registers`);
  assert.match(await page.textContent('main'), /Poplatek ze psů[^]*5550001042[^]*propojil Úřad městského obvodu Plzeň 3/);
  await fine(page, 'registers', axeWithoutScripts);

  // her company: the code, the extract at the counter, and a form in its name
  await page.goto(`${portal.url}/account/business`);
  await page.getByText('právnická osoba').click();
  await page.getByLabel('IČO').fill('000 75 370');
  await page.getByLabel('Název').fill('Stavby Plzeň s.r.o.');
  await page.getByLabel('Sídlo').fill('Americká 1, 301 00 Plzeň');
  await page.getByRole('button', { name: 'Získat kód' }).click();
  await fine(page, 'mandates', axeWithoutScripts);
  await counter.goto(`${portal.url}/office/mandates?code=${(await page.locator('.code').textContent()).trim()}`);
  await counter.getByLabel('Výpis, který jste viděli').fill('výpis z obchodního rejstříku z 28. 11. 2026');
  await fine(counter, 'business');
  await counter.getByRole('button', { name: 'Potvrdit', exact: true }).click();
  await counter.getByText('Hotovo, je to zapsané.').waitFor();
  await page.goto(`${portal.url}/agendas/dog_fee/registration`);
  await page.getByLabel('Za koho jednáte').selectOption({ index: 1 });
  await page.getByRole('button', { name: 'Zvolit' }).click();
  assert.equal(await page.getByLabel('IČO').inputValue(), '00075370');
  await fine(page, 'acting', axeWithoutScripts);
  await page.goto(`${portal.url}/account`);
  await page.getByRole('heading', { name: 'Podání, jménem: Stavby Plzeň s.r.o.' }).waitFor();
  await page.getByLabel('Za koho jednáte').selectOption({ index: 0 });
  await page.getByRole('button', { name: 'Zvolit' }).click();
  await page.goto(`${portal.url}/account/mandates/new`);
  await fine(page, 'give', axeWithoutScripts);
  await counter.goto(`${portal.url}/office/identity`);

  await page.goto(`${portal.url}/account`);
  assert.match(await page.textContent('main'), /Vaše totožnost je ověřená/);

  await page.getByRole('link', { name: 'Heslo a přihlášení' }).click();
  await fine(page, 'security', axeWithoutScripts);

  await counter.getByLabel('Důvod odvolání: Jana Nováková').fill('Doklad byl hlášen jako ztracený.');
  await counter.getByRole('button', { name: 'Odvolat' }).click();
  await counter.getByText('Hotovo, je to zapsané.').waitFor();
  await page.goto(`${portal.url}/account/identity`);
  assert.match(await page.textContent('main'), /Úřad ověření odvolal\. Důvod: Doklad byl hlášen jako ztracený\./);
});

test('codes of an app, then a passkey: beside the password, and alone', async () => {
  const base = portal.url.replace('127.0.0.1', 'localhost'); // browsers bind a passkey to a name
  const context = await desktop(browser), page = await context.newPage(), wrong = complaints(page);
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
  const answers = [];
  page.on('request', (request) => { if (new URL(request.url()).pathname === '/login/passkey') answers.push(request.postData()); });
  const password = async () => {
    await page.goto(`${base}/login?lang=cs`);
    await page.getByLabel('E-mail nebo přihlašovací jméno').fill('umo-1');
    await page.getByLabel('Heslo').fill(accounts(portal.folder)['umo-1']);
    await page.getByRole('button', { name: 'Přihlásit se', exact: true }).click();
  };
  const passkey = () => page.getByRole('button', { name: 'Použít přístupový klíč' }).click();

  await password();
  await page.waitForURL('**/office**');
  await page.goto(`${base}/account/security/totp`);
  await fine(page, 'totp');
  const box = await page.locator('.qr').boundingBox();
  assert.ok(box.width > 150 && Math.abs(box.width - box.height) < 1, 'the code is square and large enough for a camera');
  await page.goto(`${base}/account/security`);
  await page.getByLabel('Jak klíči říkat').fill('můj telefon');
  await page.getByRole('button', { name: 'Přidat přístupový klíč' }).click();
  await page.getByRole('heading', { name: 'Záložní kódy' }).waitFor();
  await fine(page, 'codes');
  await page.getByRole('link', { name: 'Mám je uložené' }).click();
  await page.getByText('můj telefon').first().waitFor();
  await fine(page, 'security');

  await context.clearCookies();
  await page.goto(`${base}/login?lang=cs`);
  await fine(page, 'login-passkey');
  await passkey();
  await page.waitForURL('**/office**');
  const cookies = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const again = await fetch(`${base}/login/passkey`, { method: 'POST', redirect: 'manual', headers: { cookie: cookies, 'content-type': 'application/x-www-form-urlencoded' }, body: answers[0] });
  assert.equal(again.status, 403, 'an answer is good once');

  await context.clearCookies();
  await password();
  await page.getByRole('heading', { name: 'Druhý krok přihlášení' }).waitFor();
  await fine(page, 'second');
  await passkey();
  await page.waitForURL('**/office**');
  await page.goto(`${base}/account/security`);
  assert.match(await page.getByRole('main').innerText(), /přihlášení, přístupovým klíčem \(Chrome, Linux\)/);

  // A copy of the key that has not counted on is refused.
  const { credentials: [copy] } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
  assert.ok(copy.signCount > 0);
  await cdp.send('WebAuthn.removeCredential', { authenticatorId, credentialId: copy.credentialId });
  await cdp.send('WebAuthn.addCredential', { authenticatorId, credential: { ...copy, signCount: 0 } });
  await context.clearCookies();
  await page.goto(`${base}/login?lang=cs`);
  await passkey();
  await page.getByText('Přístupový klíč nesouhlasí').first().waitFor();

  await password();
  await page.getByLabel('Kód z aplikace, nebo záložní kód').fill('123456');
  await page.getByRole('button', { name: 'Pokračovat' }).click();
  await page.getByText('Kód nesouhlasí').first().waitFor();
  await fine(page, 'second-wrong');
  assert.deepEqual(wrong.filter((each) => !/403/.test(each)), []);
  await context.close();
});
