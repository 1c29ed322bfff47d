// Everything that pages do to a guest. Each replacement still works for the page itself.
'use strict';
(() => {
  const wrap = (object, name, around) => {
    const original = object[name];
    object[name] = around(original);
  };
  window.Map = class extends Map {};
  for (const name of ['push', 'map', 'forEach']) {
    wrap(Array.prototype, name, (original) => function hostile(...args) { return original.apply(this, args); });
  }
  Array.prototype.planted = 'an enumerable property on every array';
  Object.prototype.planted = 'and on every object';
  wrap(JSON, 'stringify', () => () => '"replaced"');
  wrap(Promise.prototype, 'then', (original) => function hostile(done, failed) { return original.call(this, done, failed); });
  wrap(EventTarget.prototype, 'addEventListener', (original) => function hostile(type, listener, options) { return original.call(this, type, listener, options); });
  window.MutationObserver = class { observe() {} disconnect() {} takeRecords() { return []; } };
  wrap(window, 'fetch', (original) => (...args) => original(...args));
  Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('refused', 'SecurityError'); } });
  window.errors = [];
  window.addEventListener('error', (event) => window.errors.push(String(event.message)));
  window.addEventListener('unhandledrejection', (event) => window.errors.push(String(event.reason)));
  let storm = 0;
  let beats = 0;
  document.addEventListener('DOMContentLoaded', () => {
    const stage = document.getElementById('stage');
    document.getElementById('storm').addEventListener('click', () => {
      clearInterval(storm);
      storm = setInterval(() => {
        stage.textContent = '';
        for (let index = 0; index < 200; index += 1) stage.append(Object.assign(document.createElement('i'), { textContent: `${beats}.${index} ` }));
        document.getElementById('beats').textContent = String((beats += 1));
      }, 16);
    });
    document.getElementById('calm').addEventListener('click', () => clearInterval(storm));
  });
})();
