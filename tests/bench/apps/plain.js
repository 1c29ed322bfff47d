// A list of things to do, without a framework.

const make = (name, className, ...children) => {
  const element = document.createElement(name);
  element.className = className;
  element.append(...children);
  return element;
};
const list = make('ul', 'todo-list');
const left = make('strong', '', '0');
const input = make('input', 'new-todo');
const count = () => (left.textContent = String(list.querySelectorAll('li:not(.completed)').length));

input.addEventListener('keydown', ({ key }) => {
  if (key !== 'Enter' || !input.value) return;
  const toggle = make('input', 'toggle');
  toggle.type = 'checkbox';
  const destroy = make('button', 'destroy');
  const item = make('li', '', make('div', 'view', toggle, make('label', '', input.value), destroy));
  toggle.addEventListener('change', () => {
    item.classList.toggle('completed', toggle.checked);
    count();
  });
  destroy.addEventListener('click', () => {
    item.remove();
    count();
  });
  list.append(item);
  input.value = '';
  count();
});
document.body.append(make('section', 'todoapp', input, list, make('footer', '', left, ' left')));
