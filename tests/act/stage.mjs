// Opens pages with an actor in them, in a browser without any network.

import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { FLAGS } from '../e2e/harness.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

/** A script and all that it imports. */
export async function bundled(name) {
  const options = { bundle: true, format: 'iife', target: 'es2022', write: false, logLevel: 'warning', define: { 'process.env.NODE_ENV': '"production"', __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' }, alias: { vue: 'vue/dist/vue.esm-bundler.js' } };
  const { outputFiles } = await build({ ...options, entryPoints: [path.join(here, name)], absWorkingDir: here });
  return outputFiles[0].text;
}

export const SITE = 'http://shop.test';

export class Stage {
  static async begin() {
    const stage = new Stage();
    stage.script = await bundled('page.js');
    stage.browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
    return stage;
  }

  /** A page of the site, with this body; `app` is a script that makes more of it. */
  async open(body, { app = '', address = '/', viewport = { width: 800, height: 600 } } = {}) {
    await this.context?.close();
    this.context = await this.browser.newContext({ viewport });
    const page = await this.context.newPage();
    this.errors = [];
    page.on('pageerror', (error) => this.errors.push(error.message));
    await page.route('**/*', (route) => {
      const url = new URL(route.request().url());
      const isPage = url.origin === SITE && url.pathname === new URL(address, SITE).pathname;
      route.fulfill({ contentType: 'text/html', body: isPage ? `<!doctype html><title>Shop</title><body>${body}` : `<!doctype html><title>${url.pathname}</title>` });
    });
    await page.goto(SITE + address);
    if (app) await page.evaluate(app);
    await page.evaluate(this.script);
    return page;
  }

  async end() {
    await this.browser?.close();
  }
}

/** An act on what a selector finds; through open shadow roots and frames with `>>>`. */
export const act = (page, selector, action, leave) =>
  page.evaluate(([selector, action, leave]) => window.acting.do(window.find(selector), action, leave), [selector, action, leave]);

/** What the page has at hand in tests. */
export async function prepared(page) {
  await page.evaluate(() => {
    window.find = (selector) => {
      let node = document;
      for (const part of selector.split('>>>')) node = (node.contentDocument ?? node.shadowRoot ?? node).querySelector(part.trim());
      return node;
    };
    window.heard = [];
    const KEYS = ['detail', 'button', 'buttons', 'clientX', 'clientY', 'pointerType', 'isPrimary', 'key', 'code', 'inputType', 'data', 'bubbles', 'cancelable', 'composed', 'relatedTarget', 'keyCode', 'charCode', 'isComposing', 'pressure', 'pointerId', 'submitter'];
    window.record = (types, keys = KEYS) => {
      for (const type of types) {
        // The browser tells of these only who listens at the element itself.
        const isOnce = /enter$|leave$/.test(type);
        for (const node of isOnce ? document.querySelectorAll('*') : [window]) node.addEventListener(type, (event) => {
          if (isOnce && event.target !== node) return;
          const target = event.composedPath()[0];
          const told = Object.fromEntries(keys.filter((key) => event[key] !== undefined).map((key) => [key, event[key]?.id ?? event[key]]));
          window.heard.push({ type, target: target.id || target.localName, ...told });
        }, true);
      }
    };
  });
  return page;
}

export const CLICK = { click: { x: 5000, y: 5000, count: 1 } };
export const press = (key, shift = false) => ({ press: { key, shift } });
