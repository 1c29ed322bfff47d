// A list of things to do, in React.

import { useState } from 'react';
import { createRoot } from 'react-dom/client';

function Item({ todo, toggle, remove }) {
  return (
    <li className={todo.done ? 'completed' : ''}>
      <div className="view">
        <input className="toggle" type="checkbox" checked={todo.done} onChange={toggle} />
        <label>{todo.text}</label>
        <button className="destroy" onClick={remove} />
      </div>
    </li>
  );
}

function App() {
  const [todos, setTodos] = useState([]);
  const [text, setText] = useState('');
  const add = ({ key }) => {
    if (key !== 'Enter' || !text) return;
    setTodos((all) => [...all, { id: all.length, text, done: false }]);
    setText('');
  };
  const change = (id, changed) => setTodos((all) => all.map((todo) => (todo.id === id ? { ...todo, ...changed } : todo)));
  const remove = (id) => setTodos((all) => all.filter((todo) => todo.id !== id));
  return (
    <section className="todoapp">
      <input className="new-todo" value={text} onChange={({ target }) => setText(target.value)} onKeyDown={add} />
      <ul className="todo-list">
        {todos.map((todo) => (
          <Item key={todo.id} todo={todo} toggle={() => change(todo.id, { done: !todo.done })} remove={() => remove(todo.id)} />
        ))}
      </ul>
      <footer><strong>{todos.filter(({ done }) => !done).length}</strong> left</footer>
    </section>
  );
}

createRoot(document.body.appendChild(document.createElement('main'))).render(<App />);
