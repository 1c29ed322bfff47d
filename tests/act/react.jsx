// A form of React whose fields are all controlled: what the page holds is what React was told.

import { useState } from 'react';
import { createRoot } from 'react-dom/client';

function Form() {
  const [state, setState] = useState({ name: '', note: 'old', upper: '', agree: false, size: 's', tea: 'green', day: '', count: '1', open: 0 });
  window.state = state;
  const put = (name, of = (target) => target.value) => (event) => setState((before) => ({ ...before, [name]: of(event.target) }));
  return (
    <form onSubmit={(event) => (event.preventDefault(), setState((before) => ({ ...before, sent: true })))}>
      <input id="name" value={state.name} onChange={put('name')} onBlur={put('left', () => true)} />
      <textarea id="note" value={state.note} onChange={put('note')} />
      <input id="upper" value={state.upper} onChange={put('upper', ({ value }) => value.toUpperCase())} />
      <input id="digits" value={state.digits ?? ''} onBeforeInput={(event) => /\D/.test(event.data) && event.preventDefault()} onChange={put('digits')} />
      <input id="fixed" value="fixed" onChange={() => {}} />
      <label id="agreeing"><input id="agree" type="checkbox" checked={state.agree} onChange={put('agree', ({ checked }) => checked)} /> I agree</label>
      <input id="s" type="radio" name="size" checked={state.size === 's'} onChange={put('size', () => 's')} />
      <input id="l" type="radio" name="size" checked={state.size === 'l'} onChange={put('size', () => 'l')} />
      <select id="tea" value={state.tea} onChange={put('tea')}><option value="green">Green</option><option value="black">Black</option></select>
      <input id="day" type="date" value={state.day} onChange={put('day')} />
      <input id="count" type="number" value={state.count} onChange={put('count')} />
      <div id="menu" onMouseEnter={put('hovered', () => true)} onPointerDown={put('down', () => true)} onClick={put('open', () => state.open + 1)} onDoubleClick={put('doubled', () => true)}>Menu</div>
      <button id="send">Send</button>
    </form>
  );
}

createRoot(document.querySelector('#app')).render(<Form />);
