// The stand-in for google.script in an add-on's page. It runs inside the sandboxed frame and speaks with the workbook's page.
(() => {
  const functions = 'FUNCTIONS';
  const origin = 'ORIGIN';
  const AT_ONCE_MAX = 10;
  const pending = new Map();
  const waiting = [];
  let next = 1;

  // What Google lets through: primitives, plain objects, arrays, and a form that stands alone.
  const lawful = (value, inArray) => {
    if (value === undefined) return inArray ? null : undefined;
    if (value === null || ['string', 'boolean'].includes(typeof value)) return value;
    if (typeof value === 'number') return Number.isFinite(value) ? value : null;
    if (Array.isArray(value)) return value.map((item) => lawful(item, true));
    const plain =
      typeof value === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(value));
    if (!plain) throw new TypeError('illegal');
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, lawful(item, false)]));
  };
  const argument = (value, index) => {
    try {
      if (value instanceof HTMLFormElement) return Object.fromEntries(new FormData(value));
      return lawful(value, true);
    } catch {
      throw new TypeError(`Failed due to illegal value in property: ${index}`);
    }
  };

  const start = () => {
    while (pending.size < AT_ONCE_MAX && waiting.length > 0) {
      const call = waiting.shift();
      pending.set(call.id, call);
      parent.postMessage({ stocksheet: 'call', id: call.id, name: call.name, args: call.args }, '*');
    }
  };
  addEventListener('message', (event) => {
    if (event.source !== parent || event.data?.stocksheet !== 'answer') return;
    const call = pending.get(event.data.id);
    pending.delete(event.data.id);
    start();
    if (call === undefined) return;
    if (event.data.ok) return call.success?.(event.data.result, call.user);
    const error = new Error(event.data.message);
    error.name = 'ScriptError';
    if (call.failure) call.failure(error, call.user);
    // As Google does: a failure that nobody handles ends up in the console.
    else reportError(error);
  });

  const runner = (handlers) => {
    const run = {
      withSuccessHandler: (success) => runner({ ...handlers, success }),
      withFailureHandler: (failure) => runner({ ...handlers, failure }),
      withUserObject: (user) => runner({ ...handlers, user }),
    };
    for (const name of functions) {
      run[name] = (...args) => {
        waiting.push({ ...handlers, id: next++, name, args: args.map(argument) });
        start();
      };
    }
    return Object.freeze(run);
  };
  const tell = (what, more) => parent.postMessage({ stocksheet: what, ...more }, '*');
  const host = Object.freeze({
    origin,
    close: () => tell('close'),
    setHeight: (heightPx) => tell('size', { heightPx: Number(heightPx) }),
    setWidth: (widthPx) => tell('size', { widthPx: Number(widthPx) }),
    editor: Object.freeze({ focus: () => tell('focus') }),
  });
  window.google = Object.freeze({ script: Object.freeze({ run: runner({}), host }) });
})();
