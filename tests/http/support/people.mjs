// Who uses the portal: a signed-in clerk or admin, and a filed request of a citizen.
import { strict as assert } from 'node:assert';

import { dogJson, file, post } from '../../browser/support/forms.mjs';
import { accounts } from '../../support/portal.mjs';

/** Signs in; the cookies as a header value. */
export async function signIn(portal, name, headers = {}) {
  const answer = await post(portal.url, '/login', new URLSearchParams({ name, password: accounts(portal.folder)[name] }), headers);
  assert.equal(answer.status, 303, await answer.text());
  return answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]).join('; ');
}

export const fileDog = (portal, key, spot = 'umo-3') => file(portal.url, 'dog_fee', 'registration', dogJson(spot), key);
