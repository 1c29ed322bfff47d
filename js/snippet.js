// Optional, before the script tag: lets the page call `alongside` at once. Paste it inline, or serve it as a file.
// For another global (data-global), change the name in the first line.
((name) => {
  const stub = (command, ...args) => {
    if (window[name] !== stub) return window[name](command, ...args);
    const promise = new Promise((resolve, reject) => {
      stub.q.push({ command, args, resolve, reject });
      if (stub.q.length > 100) stub.q.shift().reject(Object.assign(new Error('too many calls wait'), { code: 'queue-full' }));
    });
    promise.catch(() => {});
    return promise;
  };
  stub.q = [];
  window[name] = window[name] || stub;
})('alongside');
