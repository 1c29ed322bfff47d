// The demo shop: plain modules, no framework, no inline code.
import { products } from './products.js';
import { signIn } from './sign-in.js';
import { guide, words } from './words.js';

const read = (key, otherwise) => {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? otherwise;
  } catch {
    return otherwise;
  }
};
const keep = (key, value) => {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // The basket lasts as long as the page then.
  }
};

const wanted = read('shop:language', navigator.language.startsWith('ja') ? 'ja' : 'en');
const language = words[wanted] ? wanted : 'en';
const say = (key) => words[language][key];
const page = document.body.dataset.page;
const yen = (amount) => new Intl.NumberFormat(language, { style: 'currency', currency: 'JPY' }).format(amount);
let basket = read('shop:basket', []);

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

function setTitle(text) {
  document.title = `${text} | Kaede & Co.`;
}

function count() {
  document.getElementById('count').textContent = basket.length > 0 ? String(basket.length) : '';
}

function picture(product) {
  const box = make('div', { class: 'picture', 'aria-hidden': 'true' }, product[language][0].slice(0, 1));
  box.style.setProperty('--hue', product.hue);
  return box;
}

function card(product) {
  const [name, text] = product[language];
  const link = make('a', { href: `product.html?id=${product.id}` }, picture(product), make('strong', {}, name));
  return make('li', { class: 'card' }, link, make('p', {}, text), make('span', { class: 'price' }, yen(product.price)));
}

/** Stars in a shadow root: a widget as shops have them. */
class Rating extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('button{font-size:24px;border:0;background:none;color:#b4472e;cursor:pointer;min-width:44px;min-height:44px}');
    root.adoptedStyleSheets = [sheet];
    const show = (given) =>
      root.replaceChildren(
        ...[1, 2, 3, 4, 5].map((star) =>
          make('button', { 'aria-label': `${star} ${say('stars')}`, onclick: () => show(star) }, star <= given ? '★' : '☆'),
        ),
      );
    show(0);
  }
}
customElements.define('shop-rating', Rating);

const pages = {
  product() {
    const product = products.find(({ id }) => id === new URLSearchParams(location.search).get('id'));
    const box = document.getElementById('product');
    if (!product) {
      box.append(make('p', {}, say('unknown')));
      return;
    }
    const [name, text] = product[language];
    const status = make('p', { role: 'status' });
    const add = () => {
      basket.push(product.id);
      keep('shop:basket', basket);
      count();
      status.textContent = say('added');
    };
    box.append(
      picture(product),
      make('div', {}, make('h1', {}, name), make('p', {}, text), make('p', { class: 'price' }, yen(product.price)),
        make('button', { class: 'button', onclick: add }, say('add')), status, make('p', {}, say('rate')), make('shop-rating')),
    );
    setTitle(name);
  },
  search() {
    const term = new URLSearchParams(location.search).get('q')?.trim() ?? '';
    document.querySelector('input[type=search]').value = term;
    if (!term) return;
    const found = products.filter((product) => [product.id, ...product.en, ...product.ja].join(' ').toLowerCase().includes(term.toLowerCase()));
    document.getElementById('found').textContent = `${say(found.length > 0 ? 'found' : 'nothing')} “${term}”`;
    document.getElementById('results').append(...found.map(card));
  },
  cart() {
    const box = document.getElementById('cart');
    const items = basket.map((id) => products.find((product) => product.id === id)).filter(Boolean);
    if (items.length === 0) {
      box.replaceChildren(make('p', {}, say('empty')));
      return;
    }
    const remove = (index) => () => {
      basket = basket.filter((_, other) => other !== index);
      keep('shop:basket', basket);
      count();
      pages.cart();
    };
    box.replaceChildren(
      make('ul', { class: 'lines' }, ...items.map((product, index) =>
        make('li', {}, make('span', {}, product[language][0]), make('span', { class: 'price' }, yen(product.price)),
          make('button', { class: 'quiet', onclick: remove(index) }, say('remove'))))),
      make('p', { class: 'total' }, `${say('total')} ${yen(items.reduce((sum, { price }) => sum + price, 0))}`),
      make('a', { class: 'button', href: 'checkout.html' }, say('toCheckout')),
    );
  },
  checkout() {
    const form = document.getElementById('checkout');
    const luhn = (digits) => [...digits].reverse().reduce((sum, digit, index) => sum + (index % 2 ? [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][digit] : +digit), 0) % 10 === 0;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const problem = document.getElementById('problem');
      const digits = form.elements.card.value.replace(/\D/g, '');
      if ([...form.elements].some((field) => field.required && !field.value.trim())) problem.textContent = say('missing');
      else if (digits.length < 13 || !luhn(digits)) problem.textContent = say('badCard');
      else {
        form.hidden = true;
        document.getElementById('thanks').hidden = false;
        basket = [];
        keep('shop:basket', basket);
        count();
      }
    });
  },
  account() {
    const password = document.getElementById('password');
    document.getElementById('reveal').addEventListener('change', (event) => {
      password.type = event.target.checked ? 'text' : 'password';
    });
    document.getElementById('account').addEventListener('submit', (event) => {
      event.preventDefault();
      document.getElementById('welcome').textContent = say('welcome');
    });
  },
  canvas() {
    const canvas = document.getElementById('canvas');
    const pen = canvas.getContext('2d');
    const clear = () => {
      pen.fillStyle = '#fffaf2';
      pen.fillRect(0, 0, canvas.width, canvas.height);
    };
    clear();
    Object.assign(pen, { strokeStyle: '#38463f', lineWidth: 4, lineCap: 'round' });
    const at = (event) => [event.offsetX * (canvas.width / canvas.clientWidth), event.offsetY * (canvas.height / canvas.clientHeight)];
    canvas.addEventListener('pointerdown', (event) => {
      pen.beginPath();
      pen.moveTo(...at(event));
    });
    canvas.addEventListener('pointermove', (event) => {
      if (event.buttons === 0) return;
      pen.lineTo(...at(event));
      pen.stroke();
    });
    document.getElementById('clear').addEventListener('click', clear);
  },
  guide() {
    const base = '/guide/';
    const show = () => {
      const route = location.pathname.slice(base.length).replace(/\/$/, '');
      const [title, text] = guide[language][route] ?? guide[language][''];
      document.getElementById('route').replaceChildren(make('h2', {}, title), make('p', {}, text));
      for (const link of document.querySelectorAll('#routes a')) {
        if (link.getAttribute('href') === base + route) link.setAttribute('aria-current', 'page');
        else link.removeAttribute('aria-current');
      }
      setTitle(title);
    };
    const go = (event) => {
      event.preventDefault();
      history.pushState(null, '', event.currentTarget.href);
      show();
    };
    const links = Object.entries(guide[language]).map(([route, [title]]) => make('a', { href: base + route, onclick: go }, title));
    document.getElementById('routes').append(...links);
    addEventListener('popstate', show);
    show();
  },
};

document.documentElement.lang = language;
for (const element of document.querySelectorAll('[data-t]')) element.textContent = say(element.dataset.t);
for (const element of document.querySelectorAll('[data-t-placeholder]')) element.placeholder = say(element.dataset.tPlaceholder);
for (const list of document.querySelectorAll('[data-products]')) {
  list.append(...products.slice(0, list.dataset.products === 'all' ? undefined : Number(list.dataset.products)).map(card));
}
setTitle(say(page) ?? say('searchTitle'));
count();
const other = language === 'ja' ? 'en' : 'ja';
const toggle = document.getElementById('language');
toggle.textContent = other === 'ja' ? '日本語' : 'English';
toggle.lang = other;
toggle.addEventListener('click', () => {
  keep('shop:language', other);
  location.reload();
});
// Help by somebody who sees the page: by a code, as on the telephone.
for (const [id, command] of [['enter-code', 'cobrowse.startWithCode'], ['show-code', 'cobrowse.showCode']]) {
  document.getElementById(id)?.addEventListener('click', ({ target }) => {
    const problem = document.getElementById('help-problem');
    problem.textContent = '';
    target.closest('details').open = false;
    window.alongside?.(command).catch((error) => {
      target.closest('details').open = true;
      problem.textContent = error.message;
    });
  });
}
pages[page]?.();
void signIn(say, make);
