// One telephone: its number is kept in this browser.

const by = (id) => document.getElementById(id);
const [address, name, text, list, state] = ['address', 'name', 'text', 'messages', 'state'].map(by);
const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const STATES = { sending: 'sending …', sent: 'sent', failed: 'not sent: the shop cannot be reached' };

const random = () => Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('');

address.value = localStorage.getItem('number') ?? `+49 30 ${String(Math.floor(Math.random() * 1e7)).padStart(7, '0')}`;
name.value = localStorage.getItem('name') ?? '';

/** @type {EventSource | undefined} */
let source;
let read = 0;

function post(what, message) {
  return fetch(what, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(message) });
}

/** Tells that what came was seen, where it was. */
function seen() {
  const last = Math.max(0, ...Array.from(list.children, (item) => Number(item.dataset.seq ?? 0)));
  if (document.visibilityState !== 'visible' || last <= read) return;
  read = last;
  void post('read', { address: address.value, seq: last }).catch(() => {});
}

function show(message) {
  by('empty').hidden = true;
  const item = list.querySelector(`[data-id="${CSS.escape(message.id)}"]`) ?? list.appendChild(document.createElement('li'));
  item.dataset.id = message.id;
  if (message.seq) item.dataset.seq = message.seq;
  item.className = message.event ? 'event' : message.from ? 'theirs' : 'own';
  const words = document.createElement('p');
  words.textContent = message.event ? 'The conversation is over. Write to begin another one.' : message.text;
  const about = document.createElement('small');
  about.textContent = [message.from, time.format(message.at), STATES[message.state]].filter(Boolean).join(' · ');
  item.replaceChildren(words, about);
  item.scrollIntoView({ block: 'nearest' });
  seen();
}

function open() {
  source?.close();
  list.replaceChildren();
  read = 0;
  by('empty').hidden = false;
  if (!by('who').checkValidity()) return;
  localStorage.setItem('number', address.value);
  source = new EventSource(`messages?address=${encodeURIComponent(address.value)}`);
  source.onopen = () => (state.textContent = '');
  source.onerror = () => (state.textContent = 'No network: trying again …');
  source.onmessage = ({ data }) => show(JSON.parse(data));
}

by('who').addEventListener('submit', (event) => event.preventDefault());
address.addEventListener('change', () => (by('who').reportValidity(), open()));
name.addEventListener('change', () => localStorage.setItem('name', name.value));
document.addEventListener('visibilitychange', seen);

by('composer').addEventListener('submit', async (event) => {
  event.preventDefault();
  if (!text.value.trim() || !by('who').reportValidity()) return;
  const message = { id: random(), address: address.value, name: name.value, language: navigator.language, text: text.value };
  const sent = await post('send', message).then((answer) => answer.ok, () => false);
  state.textContent = sent ? '' : 'Not sent: the telephone network is gone. Try again.';
  if (sent) text.value = '';
  text.focus();
});
text.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  by('composer').requestSubmit();
});

open();
