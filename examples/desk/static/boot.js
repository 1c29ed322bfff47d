// @ts-check
// Starts the desk. A file of its own, because the desk's policy allows no inline script.
import start from './desk.js';

start().catch((error) => {
  const notice = document.createElement('p');
  notice.className = 'boot-error';
  notice.setAttribute('role', 'alert');
  notice.textContent = 'The desk could not start. Reload the page; if that does not help, use a current browser.';
  document.body.append(notice);
  console.error(error);
});
