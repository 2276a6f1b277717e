/** Calls the API. The session is a cookie that scripts cannot read. */
export class Problem extends Error {
  constructor(status, detail) { super(detail); this.status = status; }
}

export async function call(method, path, body) {
  const options = { method, headers: { Accept: 'application/json' }, credentials: 'same-origin' };
  if (body !== undefined) {
    options.headers['Content-Type'] = 'application/json';
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(path, options);
  const text = await answer.text();
  const json = text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Problem(answer.status, json ? json.detail : answer.statusText);
  return json;
}

/** Signs in with the one-time code of the address, which then leaves the address. */
export async function signIn() {
  const code = new URLSearchParams(location.hash.slice(1)).get('code');
  if (!code) return;
  history.replaceState(null, '', location.pathname);
  await call('POST', '/v1/session', { code });
}
