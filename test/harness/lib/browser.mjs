// A real browser, headless, that can reach nothing but this machine.
import { chromium } from 'playwright-core';
import { findBrowser } from './programs.mjs';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost',
];

/** @param {{ viewport?: { width: number, height: number } }} [options] */
export async function startBrowser({ viewport = { width: 1280, height: 800 } } = {}) {
  const { path: executablePath, env } = await browserOnMachine();
  const browser = await chromium.launch({ executablePath, env, args: ARGS, headless: true });
  const permissions = ['clipboard-read', 'clipboard-write'];
  const context = await browser.newContext({ viewport, permissions });
  return { browser, context };
}

/** @returns {Promise<{ path: string, env?: Record<string, string> }>} */
async function browserOnMachine() {
  const found = findBrowser();
  if (found) return { path: found };
  const before = { ...process.env };
  // This makes the package unpack shared libraries and a font too, and name them in the environment. That is meant for
  // the browser alone.
  process.env['AWS_EXECUTION_ENV'] = 'AWS_Lambda_nodejs20.x';
  try {
    const { default: packed } = await import('@sparticuz/chromium');
    const path = await packed.executablePath();
    return { path, env: /** @type {Record<string, string>} */ ({ ...process.env }) };
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  }
}
