// A list of things to do, in Vue.

import { createApp, h, reactive } from 'vue';

const state = reactive({ text: '', todos: [], next: 0 });
const add = ({ key }) => {
  if (key !== 'Enter' || !state.text) return;
  state.todos.push({ id: state.next++, text: state.text, done: false });
  state.text = '';
};
const remove = (id) => state.todos.splice(state.todos.findIndex((todo) => todo.id === id), 1);

const item = (todo) => h('li', { key: todo.id, class: { completed: todo.done } }, [h('div', { class: 'view' }, [
  h('input', { class: 'toggle', type: 'checkbox', checked: todo.done, onChange: () => (todo.done = !todo.done) }),
  h('label', todo.text),
  h('button', { class: 'destroy', onClick: () => remove(todo.id) }),
])]);

createApp({
  render: () => h('section', { class: 'todoapp' }, [
    h('input', { class: 'new-todo', value: state.text, onInput: ({ target }) => (state.text = target.value), onKeydown: add }),
    h('ul', { class: 'todo-list' }, state.todos.map(item)),
    h('footer', [h('strong', state.todos.filter(({ done }) => !done).length), ' left']),
  ]),
}).mount(document.body.appendChild(document.createElement('main')));
