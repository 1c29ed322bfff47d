// Optional, before the script tag: lets the page call `alongside` at once. Paste it inline, or serve it as a file.
window.alongside =
  window.alongside ||
  Object.assign(
    (command, ...args) =>
      new Promise((resolve, reject) => window.alongside.q.push({ command, args, resolve, reject })),
    { q: [] },
  );
