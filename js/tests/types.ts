// Checked by tsc, never run: what the types allow and refuse.
import { start, type Alongside, type AlongsideError, type Status } from '../index.js';

const alongside: Alongside = start({ deployment: 'demo', hub: 'https://hub.example', searchParameters: ['q'] });

const done: Promise<void> = alongside('journey.record', 'tea_chosen', { kind: 'green', grams: 12.5, gift: true });
const state: Promise<Status> = alongside('status');
void alongside('journey.pageView');
void alongside('journey.pageView', { title: 'Tea' });
void alongside('journey.search', 'sencha').catch((error: AlongsideError) => error.code === 'empty-term');
void alongside('on', 'status', ({ state, queued }) => console.log(state === 'online', queued + 1));
void alongside('on', 'fatal', (error) => console.log(error.code));
void alongside('on', 'cobrowse', ({ stage, reason }) => console.log(stage === 'over' && reason === 'idle'));
void alongside('cobrowse.startWithCode');
void alongside('cobrowse.startWithCode', '123456').catch((error: AlongsideError) => error.code === 'no-visit');
void alongside('cobrowse.showCode');
start({ deployment: 'demo', hub: 'https://hub.example', cobrowse: { language: 'ja', agentsSubmit: true, cookieDomain: 'shop.example' } });
void window.alongside?.('stop');
start({ deployment: 'demo', hub: 'https://hub.example', getToken: async ({ reason }) => (reason === 'step-up' ? 'token' : null) });
void alongside('identity.provide', () => null);
void alongside('identity.signIn').then(({ status, error }) => status === 'verified' || error?.code === 'rejected');
void alongside('identity.signOut');
void alongside('on', 'identity', ({ status, name }) => console.log(status === 'identified', name));
// @ts-expect-error a token is a string
void alongside('identity.provide', () => 7);
start({
  deployment: 'demo',
  hub: 'https://hub.example',
  transport: { open: ({ onopen }) => onopen(), send: () => {}, close: () => {} },
});

// @ts-expect-error a hub is needed
start({ deployment: 'demo' });
// @ts-expect-error no such transport
start({ deployment: 'demo', hub: 'https://hub.example', transport: 'pigeon' });
// @ts-expect-error no such command
void alongside('journey.nothing');
// @ts-expect-error a search needs a term
void alongside('journey.search');
// @ts-expect-error attributes are not nested
void alongside('journey.record', 'x', { deep: { er: 1 } });
// @ts-expect-error a code is a string: zeros at its start count
void alongside('cobrowse.startWithCode', 123456);
// @ts-expect-error there is no such event
void alongside('on', 'rain', () => {});

export { done, state };
