// The six mutation workloads that rrweb measures itself by, and pages of a given number of nodes. Each runs in the page.

/** `before` fills the page, `work` is what is measured. */
export const WORKLOADS = {
  /** 100 towers, each 256 elements high, built from the ground one storey at a time. */
  deep: {
    before() {},
    work() {
      let tops = Array.from({ length: 100 }, () => document.body.appendChild(document.createElement('div')));
      for (let storey = 0; storey < 256; storey += 1) tops = tops.map((top) => top.appendChild(document.createElement('div')));
    },
  },
  /** 1,000 branches of 10 elements with two attributes each. */
  wide: {
    before() {},
    work() {
      for (let branch = 0; branch < 1000; branch += 1) {
        let parent;
        let root;
        for (let depth = 0; depth < 10; depth += 1) {
          const element = document.createElement('div');
          element.setAttribute('branch', `${branch}`);
          element.setAttribute('depth', `${depth}`);
          parent?.appendChild(element);
          root ??= element;
          parent = element;
        }
        document.body.appendChild(root);
      }
    },
  },
  /** The same branches are added, all removed one by one, and added again. */
  'add-remove': {
    before() {},
    work() {
      const add = () => {
        const fragment = document.createDocumentFragment();
        for (let branch = 0; branch < 1000; branch += 1) {
          let parent = fragment;
          for (let depth = 0; depth < 10; depth += 1) {
            const element = document.createElement('div');
            element.setAttribute('branch', `${branch}`);
            element.setAttribute('depth', `${depth}`);
            parent = parent.appendChild(element);
          }
        }
        document.body.appendChild(fragment);
      };
      add();
      for (const element of document.querySelectorAll('div')) element.remove();
      add();
    },
  },
  /** 1,000 elements, each appended to the one before it. */
  append: {
    before() {},
    work() {
      let parent = document.body;
      for (let index = 1; index <= 1000; index += 1) {
        const element = document.createElement('div');
        element.textContent = `el-${index}`;
        parent.append(element);
        parent = element;
      }
    },
  },
  /** 10,000 elements are added, moved to a new container, and their old one removed. */
  move: {
    before() {
      document.body.innerHTML = '<div id="app"></div>';
    },
    work() {
      const fill = (place, count) => {
        const list = document.createElement('div');
        for (let index = 1; index <= count; index += 1) {
          const element = document.createElement('div');
          element.textContent = `div-${index}`;
          list.append(element);
        }
        place.append(list);
        return list;
      };
      const app = document.getElementById('app');
      const list = fill(app, 10000);
      const container = document.createElement('div');
      container.append(list);
      document.body.append(container);
      app.remove();
      fill(document.body, 1);
    },
  },
  /** A class is added to each of 10,000 elements. */
  attributes: {
    before() {
      for (let index = 0; index < 10000; index += 1) document.body.append(document.createElement('div'));
    },
    work() {
      for (const element of document.getElementsByTagName('div')) element.classList.add('foo');
    },
  },
};

/** Fills the page with about `nodes` nodes, as a shop or an application has them: cards with links, pictures, prices, controls. */
export function fill(nodes) {
  const words = 'about account after again against always another answer around basket because before better between bring change city clear colour customer delivery detail different during early every example family follow garden great green house important interest letter light little local matter money morning never number offer order other paper people perhaps place point price product question quick ready reason right river season second service should small something sound special still story street strong summer table through today together travel under until value water weather winter without wonder world yellow young'.split(' ');
  // A fixed sequence of numbers, the same in every run.
  let seed = 42;
  const next = (below) => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  const text = (count) => Array.from({ length: count }, () => words[next(words.length)]).join(' ');
  const card = (index) => `<article class="card card--${words[index % 9]} ${index % 3 ? 'is-new' : 'is-sale'}" id="card-${index}" data-sku="SKU-${next(1e6)}" aria-labelledby="title-${index}">
<a class="card__link" href="/products/${text(1)}-${index}?ref=list"><img class="card__image" alt="${text(3)}" width="120" height="80" data-src="/media/${next(9999)}.jpg"></a>
<h3 class="card__title" id="title-${index}">${text(3)}</h3><p class="card__text">${text(8 + next(10))} <b>${text(2)}</b> ${text(4)}</p>
<ul class="card__list"><li class="item"><span class="label">${text(1)}</span> <span class="value">${next(500)}</span></li><li class="item"><span class="label">${text(1)}</span> <span class="value">${next(500)}</span></li></ul>
<div class="card__foot" style="--level: ${next(100)}%"><span class="price" data-currency="EUR">${next(300)}.99</span><label class="amount">${text(1)} <input type="number" name="amount-${index}" min="0" max="9" value="${next(9)}"></label><button type="button" class="button button--primary" aria-pressed="false" title="${text(2)}"><svg class="icon" viewBox="0 0 16 16" width="16" height="16"><path d="M2 8h${next(9)}M8 2v${next(9)}"></path></svg>${text(2)}</button></div>
</article>`;
  const style = document.createElement('style');
  style.textContent = '.card { border: 1px solid #ccc; padding: 8px; contain: strict; height: 200px } .card__title { margin: 0 } .button--primary { background: #36c; color: #fff } .list { display: grid; grid-template-columns: repeat(4, 1fr) }';
  document.head.append(style);
  const list = document.createElement('main');
  list.className = 'list';
  document.body.append(list);
  const sample = document.createElement('template');
  sample.innerHTML = card(0);
  const count = (root) => { let found = 0; for (const walker = document.createTreeWalker(root); walker.nextNode();) found += 1; return found; };
  const cards = Math.round(nodes / (count(sample.content) + 1));
  let html = '';
  for (let index = 0; index < cards; index += 1) html += `${card(index)}\n`;
  list.innerHTML = html;
  return count(document);
}
