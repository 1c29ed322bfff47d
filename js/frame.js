// @ts-check
// The artefact `frame`: what the document at the hub runs that the messenger lives in, where the customer's page is not to see it.

import init from 'alongside-wasm';
import { listen } from './frame/inside.js';

const loaded = init({ module_or_path: new URL('./core_bg.wasm', import.meta.url) });
listen(loaded);
