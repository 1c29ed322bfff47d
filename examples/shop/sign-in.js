// The demo customers sign in and out, and the SDK hears of it. Where the site's server knows no customers, nothing is shown.

/** @param {(key: string) => string} say @param {(name: string, attributes?: object, ...children: unknown[]) => HTMLElement} make */
export async function signIn(say, make) {
  if (!document.querySelector('meta[name=customers]')) return;
  const ask = async (path, method, body) => {
    const answer = await fetch(path, { method, ...(body && { body: JSON.stringify(body) }) });
    return answer.ok ? answer.json() : undefined;
  };
  const known = await ask('/session', 'GET').catch(() => {});
  if (!known) return;

  const summary = make('summary', { class: 'quiet' });
  const menu = make('div');
  const details = make('details', { class: 'help', id: 'customer' }, summary, menu);
  document.getElementById('language').before(details);
  /** What is told once the customer has chosen. @type {((isThere: boolean) => void) | undefined} */
  let chosen;
  let name = known.name;
  const draw = () => {
    summary.textContent = name ?? say('signIn');
    const choice = (customer, label) => make('button', { class: 'quiet', onclick: () => enter(customer) }, label);
    menu.replaceChildren(...(chosen
      ? [make('p', {}, say('isItYou')), ...(name ? [make('button', { class: 'quiet', onclick: () => finish(true) }, say('itIsMe'))] : [choice('mika', 'Mika Tanaka'), choice('jun', 'Jun Park')]), make('button', { class: 'quiet', onclick: () => finish(false) }, say('notNow'))]
      : name ? [make('button', { class: 'quiet', onclick: leave }, say('signOut'))] : [choice('mika', 'Mika Tanaka'), choice('jun', 'Jun Park')]));
  };
  const finish = (isThere) => {
    const tell = chosen;
    chosen = undefined;
    details.open = false;
    draw();
    tell?.(isThere);
  };
  const enter = async (customer) => {
    const wasAsked = Boolean(chosen);
    name = (await ask('/session', 'POST', { customer }))?.name ?? null;
    finish(Boolean(name));
    if (!wasAsked) await window.alongside?.('identity.signIn');
  };
  const leave = async () => {
    await ask('/session', 'DELETE');
    name = null;
    finish(false);
    // The next one at this computer sees nothing of this one.
    await window.alongside?.('identity.signOut');
  };
  const getToken = async ({ reason }) => {
    let isConfirmed = false;
    if (reason === 'step-up') {
      isConfirmed = await new Promise((resolve) => {
        chosen?.(false);
        chosen = resolve;
        draw();
        details.open = true;
        menu.querySelector('button')?.focus();
      });
      if (!isConfirmed) return null;
    }
    return (await ask('/token', 'POST', { isConfirmed }))?.token ?? null;
  };
  draw();
  const begin = () => window.alongside?.('identity.provide', getToken);
  // The SDK's script is there when the page has loaded, or never.
  if (document.readyState === 'complete') begin();
  else addEventListener('load', begin, { once: true });
}
